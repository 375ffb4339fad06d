"""Errors of `conda.exceptions` that this program raises nowhere, or makes from other operands."""

from conda_clone.core.env_formats import errors
from conda_clone.errors import CondaError

__all__ = ["EnvironmentFileInvalid", "EnvironmentFileTypeMismatchError"]


class EnvironmentFileInvalid(errors.EnvironmentFileInvalid):
    """A file that describes an environment is not in its format."""

    def __init__(self, message: str) -> None:
        CondaError.__init__(self, message)


class EnvironmentFileTypeMismatchError(CondaError):
    """Files of different kinds are given where one kind is needed."""
