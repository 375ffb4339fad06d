"""Errors of `conda.exceptions` that this program raises nowhere, or makes from other operands."""

from conda_clone.core.env_formats import errors
from conda_clone.errors import ArgumentError, CondaError

__all__ = [
    "AuthenticationError",
    "CommandNotFoundError",
    "CondaOSError",
    "EnvironmentFileInvalid",
    "EnvironmentFileTypeMismatchError",
    "PlatformMismatchError",
    "TooManyArgumentsError",
    "UnsatisfiableError",
]


class AuthenticationError(CondaError):
    """Somebody is not who they should be."""


class CommandNotFoundError(CondaError):
    """There is no command of that name."""

    def __init__(self, command: str) -> None:
        super().__init__(f"There is no command `conda {command}`.", command=command)


class CondaOSError(CondaError, OSError):
    """The operating system refuses something."""


class TooManyArgumentsError(ArgumentError):
    """A command is given more than it takes."""

    def __init__(
        self, expected: int, received: int, offending_arguments: object = (), message: str = ""
    ) -> None:
        super().__init__(
            f"{received} arguments are given where {expected} are taken. {message}".rstrip(),
            expected=expected,
            received=received,
            offending_arguments=str(offending_arguments),
        )


class EnvironmentFileInvalid(errors.EnvironmentFileInvalid):
    """A file that describes an environment is not in its format."""

    def __init__(self, message: str) -> None:
        CondaError.__init__(self, message)


class EnvironmentFileTypeMismatchError(CondaError):
    """Files of different kinds are given where one kind is needed."""


class PlatformMismatchError(CondaError):
    """Something is for another platform than the one that is wanted."""


class UnsatisfiableError(CondaError):
    """There is no solution, as a solver of a plugin says it, in its own words."""

    def __init__(self, bad_deps: object, *_: object, **__: object) -> None:
        super().__init__(str(bad_deps))
