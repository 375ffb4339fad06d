"""What can be wrong with a wish before or after it is solved."""

from collections.abc import Iterable, Sequence

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


class PackagesNotFoundInChannelsError(CondaError):
    """No channel has what was asked for."""

    def __init__(
        self, packages: Sequence[str], channel_urls: Sequence[str], *, hint: str | None = None
    ) -> None:
        formatted, searched = _bullets(packages), _bullets(channel_urls)
        super().__init__(
            f"No channel offers these packages:\n{formatted}\n\nSearched:\n{searched}",
            hint=hint or "Check names and versions with `conda search`, or add a channel with -c.",
            packages=list(packages),
            packages_formatted=formatted,
            channel_urls=list(channel_urls),
            channels_formatted=searched,
        )
        self.packages = tuple(packages)


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

    def __init__(self, requested: Sequence[str], pinned: Sequence[str], prefix: str) -> None:
        super().__init__(
            f"The request contradicts pinned packages.\n  requested:{_bullets(requested)}\n"
            f"  pinned:{_bullets(pinned)}",
            hint="Change `conda-meta/pinned` of the environment or the setting `pinned_packages`,"
            " or pass --no-pin.",
            requested_specs=list(requested),
            pinned_specs=list(pinned),
            prefix=prefix,
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
