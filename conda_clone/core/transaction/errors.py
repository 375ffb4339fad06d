"""What can stop a transaction, before it changes anything or while it does.

The class names are those that scripts compare against (spec/commands.md, section 0).
"""

from conda_clone.errors import CondaError

__all__ = [
    "ClobberError",
    "EnvironmentChangedError",
    "EnvironmentExistsError",
    "EnvironmentFixedError",
    "KnownPackageClobberError",
    "LinkError",
    "PaddingError",
    "RollbackError",
    "SafetyError",
    "SharedLinkPathClobberError",
    "UnknownPackageClobberError",
]

_CLOBBER_HINT = "Pass --clobber to let the package that is linked last win."


class SafetyError(CondaError):
    """A file in the package cache is not what the package's metadata says."""

    def __init__(self, package: str, path: str, *, expected: object, actual: object) -> None:
        super().__init__(
            f"The cached package `{package}` has been changed: its file `{path}` should be "
            f"{expected}, but is {actual}.",
            hint="Run `conda clean --packages` to have it extracted again.",
            package=package,
            path=path,
            expected=str(expected),
            actual=str(actual),
        )


class LinkError(CondaError):
    """A package could not be put into the environment."""


class RollbackError(CondaError):
    """Undoing a failed transaction failed in turn; the environment may be incomplete."""

    def __init__(self, prefix: str, reason: str) -> None:
        super().__init__(
            f"The environment `{prefix}` could not be restored completely: {reason}.",
            hint="The next command that uses the environment tries again; "
            f"`python -m conda_clone.recover {prefix}` does so now.",
            prefix=prefix,
        )


class EnvironmentExistsError(CondaError):
    """Somebody else made an environment at the place of ours, while ours was built."""

    def __init__(self, prefix: str) -> None:
        super().__init__(
            f"`{prefix}` has come into being meanwhile; it is left as it is.",
            hint="Choose another name, or install into it.",
            prefix=prefix,
        )


class EnvironmentFixedError(CondaError):
    """An environment cannot change places with a new one: its folder cannot be renamed."""

    def __init__(self, prefix: str) -> None:
        super().__init__(
            f"`{prefix}` lies in a layer of an image, or is a mount point: it cannot be replaced.",
            hint=f"Remove it first (`conda remove -p {prefix} --all`), or change it.",
            prefix=prefix,
        )


class EnvironmentChangedError(CondaError):
    """An environment is not what the change was planned for."""

    def __init__(self, prefix: str) -> None:
        super().__init__(
            f"Something else has changed the environment `{prefix}` meanwhile.",
            hint="Run the command again.",
            prefix=prefix,
        )


class PaddingError(CondaError):
    """The path of the environment is longer than a binary file has room for."""

    def __init__(self, path: str, placeholder: str, prefix: str) -> None:
        room = len(placeholder.encode())
        super().__init__(
            f"`{path}` has room for an environment path of {room} bytes, but `{prefix}` has "
            f"{len(prefix.encode())}.",
            hint="Create the environment at a shorter path.",
            path=path,
            placeholder=placeholder,
            placeholder_length=room,
        )


class ClobberError(CondaError):
    """A path would be written that something else owns."""

    def __init__(
        self, message: str, path: str, path_conflict: str = "prevent", **details: object
    ) -> None:
        super().__init__(
            message,
            hint=_CLOBBER_HINT,
            target_path=path,
            path_conflict=path_conflict,
            **details,
        )


class KnownPackageClobberError(ClobberError):
    """Another installed package owns the path."""

    def __init__(self, path: str, package: str, owner: str) -> None:
        super().__init__(
            f"The package `{package}` cannot be installed because its path `{path}` belongs to "
            f"the installed package `{owner}`.",
            path,
            incoming_package=package,
            colliding_linked_package=owner,
        )


class UnknownPackageClobberError(ClobberError):
    """Something that no package owns is at the path."""

    def __init__(self, path: str, package: str) -> None:
        super().__init__(
            f"The package `{package}` cannot be installed because something that no package owns "
            f"is at its path `{path}`.",
            path,
            incoming_package=package,
        )


class SharedLinkPathClobberError(ClobberError):
    """Two packages of one transaction own the path."""

    def __init__(self, path: str, packages: tuple[str, ...]) -> None:
        listed = ", ".join(packages)
        super().__init__(
            f"These packages cannot be installed together because both own the path `{path}`: "
            f"{listed}.",
            path,
            incompatible_packages=listed,
        )
