"""Errors of `conda.exceptions` that this program raises nowhere, or makes from other operands."""

from conda_clone.core.env_formats import errors
from conda_clone.errors import CondaError

__all__ = [
    "EnvironmentFileInvalid",
    "EnvironmentFileTypeMismatchError",
    "PlatformMismatchError",
    "UnsatisfiableError",
]


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
