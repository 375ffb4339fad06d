"""What can be wrong with an environment, its name or its files.

The class names are those that scripts compare against (spec/commands.md, section 0).
"""

from conda_clone.errors import CondaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = [
    "CondaHistoryError",
    "CorruptedEnvironmentError",
    "DirectoryNotACondaEnvironmentError",
    "EnvironmentIsFrozenError",
    "EnvironmentLocationNotFound",
    "EnvironmentNameNotFound",
    "EnvironmentNotWritableError",
    "NoWritableEnvsDirError",
    "PackageNotInstalledError",
]


class EnvironmentLocationNotFound(CondaError):
    """There is nothing at the path where the environment should be."""

    def __init__(self, location: str, *, near: "Sequence[str]" = ()) -> None:
        meant = " or ".join(f"`{name}`" for name in near)
        super().__init__(
            f"There is no environment at `{location}`.",
            hint=f"Did you mean {meant}?"
            if near
            else "`conda env list` shows the environments there are; `conda create` makes one.",
            location=location,
        )
        self.location = location


class EnvironmentNameNotFound(CondaError):
    """No folder for environments has one of that name."""

    def __init__(self, environment_name: str) -> None:
        super().__init__(
            f"There is no environment called `{environment_name}`.",
            hint="`conda env list` shows the environments there are; `conda create` makes one.",
            environment_name=environment_name,
        )


class DirectoryNotACondaEnvironmentError(CondaError):
    """The path exists, but it has no `conda-meta/history`."""

    def __init__(self, target_directory: str) -> None:
        super().__init__(
            f"The directory `{target_directory}` exists, but it is not an environment.",
            hint="`conda create` turns a directory into an environment.",
            target_directory=target_directory,
        )
        self.target_directory = target_directory


class EnvironmentNotWritableError(CondaError):
    """The user may not change the environment."""

    def __init__(self, environment_location: str) -> None:
        super().__init__(
            f"You have no permission to change the environment `{environment_location}`.",
            hint="Create an environment of your own with `conda create -n NAME`.",
            environment_location=environment_location,
        )


class EnvironmentIsFrozenError(CondaError):
    """The environment carries the marker that forbids changes (CEP 22)."""

    def __init__(self, prefix: str, reason: str = "", *, option: str = "--override-frozen") -> None:
        super().__init__(
            f"The environment `{prefix}` is marked as frozen" + (f": {reason}" if reason else "."),
            hint=f"Pass {option} to change it all the same, at your own risk.",
        )
        self.prefix = prefix


class CorruptedEnvironmentError(CondaError):
    """A file in `conda-meta` cannot be understood."""

    def __init__(self, environment_location: str, corrupted_file: str, reason: str = "") -> None:
        super().__init__(
            f"The environment `{environment_location}` is damaged: "
            f"`{corrupted_file}` cannot be read" + (f" ({reason})." if reason else "."),
            hint="Remove that file and install its package again, or create the environment anew.",
            environment_location=environment_location,
            corrupted_file=corrupted_file,
        )


class CondaHistoryError(CondaError):
    """`conda-meta/history` does not follow its grammar, or lacks what is asked of it."""


class NoWritableEnvsDirError(CondaError):
    """None of the folders for environments can be written."""

    def __init__(self, envs_dirs: "Sequence[str]") -> None:
        listed = "".join(f"\n  - {path}" for path in envs_dirs)
        super().__init__(
            f"None of the folders for environments can be written:{listed}",
            hint="Name a folder of yours in the setting `envs_dirs` (or CONDA_ENVS_DIRS), "
            "or give the environment's path with -p.",
            envs_dirs=list(envs_dirs),
        )


class PackageNotInstalledError(CondaError):
    """The environment has no package of that name."""

    def __init__(self, prefix: str, package_name: str) -> None:
        super().__init__(
            f"No package `{package_name}` is installed in `{prefix}`.",
            hint="`conda list` shows what is installed.",
            package_name=package_name,
            packages_formatted="",
            prefix=prefix,
        )
