"""What can be wrong with a wish before or after it is solved."""

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from conda_clone.errors import CondaError

if TYPE_CHECKING:  # what explains is imported where an error is made
    from conda_clone.core.solver.advice import Advice
    from conda_clone.core.solver.conflict import Conflict

__all__ = [
    "CondaIndexError",
    "CondaUpdatePackageError",
    "DisallowedPackageError",
    "InvalidSnapshotError",
    "PackagesNotFoundInChannelsError",
    "PackagesNotFoundInPrefixError",
    "RemoveError",
    "SpecsConfigurationConflictError",
]


def _bullets(items: Iterable[str]) -> str:
    return "".join(f"\n  - {item}" for item in items)


class PackagesNotFoundInChannelsError(CondaError):
    """No channel has what was asked for, or what that needs.

    Attributes:
        packages: The specs that nothing matches.
        channel_urls: What was searched.
        conflict: Who needs them, where it is not the user.
        told: What is known about each of them.
    """

    def __init__(
        self,
        packages: Sequence[str],
        channel_urls: Sequence[str],
        *,
        conflict: "Conflict | None" = None,
        told: "Sequence[Advice]" = (),
    ) -> None:
        from conda_clone.core.solver.advice import SEARCH, advice, advice_text, with_general
        from conda_clone.core.solver.explain import explanation

        formatted, searched = _bullets(packages), _bullets(channel_urls)
        why = "" if conflict is None else f"\n\n{explanation(conflict)}"
        self._advice = with_general(told, advice(conflict) if conflict else ()) or (SEARCH,)
        if all(package.startswith("__") for package in packages):
            what = "This machine lacks what packages need:"
        else:
            what = "No channel offers these packages:"
        super().__init__(
            f"{what}\n{formatted}\n\nSearched:\n{searched}{why}",
            hint=advice_text(self._advice),
            packages=list(packages),
            packages_formatted=formatted,
            channel_urls=list(channel_urls),
            channels_formatted=searched,
        )
        self.packages = tuple(packages)
        self.channel_urls = tuple(channel_urls)
        self.conflict = conflict
        self.told = tuple(told)

    def to_dict(self) -> dict[str, object]:
        """Return the JSON error report, with what is known of the packages under `guidance`."""
        from conda_clone.core.solver.conflict_graph import guidance

        cause = "Packages, or versions of them, are not there."
        return {**super().to_dict(), "guidance": guidance(self._advice, self.conflict, cause=cause)}


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


class SpecsConfigurationConflictError(CondaError):
    """What was asked for contradicts pins."""

    def __init__(
        self, requested: Sequence[str], pinned: Sequence[str], prefix: str, conflict: "Conflict"
    ) -> None:
        from conda_clone.core.solver.advice import advice, advice_text
        from conda_clone.core.solver.explain import explanation

        self.conflict = conflict
        self._advice = advice(conflict)
        super().__init__(
            f"The request contradicts pinned packages.\n  requested:{_bullets(requested)}\n"
            f"  pinned:{_bullets(pinned)}\n\n{explanation(conflict)}",
            hint=advice_text(self._advice),
            requested_specs=list(requested),
            pinned_specs=list(pinned),
            prefix=prefix,
        )

    def to_dict(self) -> dict[str, object]:
        """Return the JSON error report, with the conflict as a graph under `guidance`."""
        from conda_clone.core.solver.conflict_graph import guidance

        return {**super().to_dict(), "guidance": guidance(self._advice, self.conflict)}


class InvalidSnapshotError(CondaError):
    """A file is no snapshot of a solve."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"`{path}` is no snapshot of a solve: {reason}.",
            hint="`conda create --save-solve FILE` writes one.",
            path=path,
        )


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
