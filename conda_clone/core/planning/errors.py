"""What can be wrong with a wish before or after it is solved."""

from collections.abc import Iterable, Sequence

from conda_clone.core.solver.advice import hint as advice_text
from conda_clone.core.solver.conflict import Conflict
from conda_clone.core.solver.conflict_graph import guidance
from conda_clone.core.solver.explain import explanation
from conda_clone.errors import CondaError

__all__ = [
    "CondaIndexError",
    "CondaUpdatePackageError",
    "DisallowedPackageError",
    "PackagesNotFoundInChannelsError",
    "PackagesNotFoundInPrefixError",
    "RemoveError",
    "SpecsConfigurationConflictError",
]


def _bullets(items: Iterable[str]) -> str:
    return "".join(f"\n  - {item}" for item in items)


class _ExplainedError(CondaError):
    """An error behind which there may be a conflict; its graph is under `guidance` in JSON."""

    conflict: Conflict | None = None

    def to_dict(self) -> dict[str, object]:
        """Return the JSON error report."""
        if self.conflict is None:
            return super().to_dict()
        return {**super().to_dict(), "guidance": guidance(self.conflict)}


class PackagesNotFoundInChannelsError(_ExplainedError):
    """No channel has what was asked for, or what that needs.

    Attributes:
        packages: The specs that nothing matches.
        channel_urls: What was searched.
        conflict: Who needs them, where it is not the user.
    """

    def __init__(
        self,
        packages: Sequence[str],
        channel_urls: Sequence[str],
        *,
        conflict: Conflict | None = None,
        hint: str | None = None,
    ) -> None:
        formatted, searched = _bullets(packages), _bullets(channel_urls)
        why = "" if conflict is None else f"\n\n{explanation(conflict)}"
        usual = "Check names and versions with `conda search`, or add a channel with -c."
        super().__init__(
            f"No channel offers these packages:\n{formatted}\n\nSearched:\n{searched}{why}",
            hint=hint or (usual if conflict is None else advice_text(conflict)),
            packages=list(packages),
            packages_formatted=formatted,
            channel_urls=list(channel_urls),
            channels_formatted=searched,
        )
        self.packages = tuple(packages)
        self.channel_urls = tuple(channel_urls)
        self.conflict = conflict


class PackagesNotFoundInPrefixError(CondaError):
    """The environment does not hold what was named."""

    def __init__(self, packages: Sequence[str], prefix: str) -> None:
        formatted = _bullets(packages)
        super().__init__(
            f"The environment `{prefix}` has no such packages:\n{formatted}",
            hint="`conda list` shows what is installed.",
            package_name=list(packages),
            packages_formatted=formatted,
            prefix=prefix,
        )


class CondaUpdatePackageError(CondaError):
    """An update takes names, not versions."""

    def __init__(self, specs: Sequence[str]) -> None:
        super().__init__(
            f"An update takes package names only; these say more:{_bullets(specs)}",
            hint="Use `conda install NAME=VERSION` to get a certain version.",
        )


class SpecsConfigurationConflictError(_ExplainedError):
    """What was asked for contradicts pins."""

    def __init__(
        self, requested: Sequence[str], pinned: Sequence[str], prefix: str, conflict: Conflict
    ) -> None:
        super().__init__(
            f"The request contradicts pinned packages.\n  requested:{_bullets(requested)}\n"
            f"  pinned:{_bullets(pinned)}\n\n{explanation(conflict)}",
            hint=advice_text(conflict),
            requested_specs=list(requested),
            pinned_specs=list(pinned),
            prefix=prefix,
        )
        self.conflict = conflict


class RemoveError(CondaError):
    """Taking this out would break the installation that runs the command."""


class DisallowedPackageError(CondaError):
    """A setting forbids this package."""

    def __init__(self, package: str, pattern: str) -> None:
        super().__init__(
            f"`{package}` may not be installed: the setting `disallowed_packages` has `{pattern}`.",
            package=package,
            disallowed=pattern,
        )


class CondaIndexError(CondaError, IndexError):
    """There is no such revision."""
