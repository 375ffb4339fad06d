"""What can be wrong with a file that describes an environment."""

from collections.abc import Sequence

from conda_clone.errors import CondaError
from conda_clone.models.values import value

__all__ = [
    "AmbiguousEnvironmentSpecPlugin",
    "CondaEnvException",
    "EnvironmentExporterNotDetected",
    "EnvironmentFileInvalid",
    "EnvironmentFileNotFound",
    "FileProblem",
    "SpecNotFound",
]


@value()
class FileProblem:
    """One thing that is wrong in a file.

    Attributes:
        line: Where, from 1 on.
        what: What is there, and what ought to be.
    """

    line: int
    what: str


class EnvironmentFileInvalid(CondaError):
    """A file does not say what an environment is to hold; every problem is in the message."""

    exit_status = 2

    def __init__(self, filename: str, problems: Sequence[FileProblem]) -> None:
        listed = "".join(f"\n  line {each.line}: {each.what}" for each in problems)
        super().__init__(
            f"`{filename}` cannot be used:{listed}",
            hint="An environment file has `channels` and `dependencies`, each a list.",
            filename=filename,
            problems=[{"line": each.line, "problem": each.what} for each in problems],
        )


class EnvironmentFileNotFound(CondaError):
    """The file is not there."""

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"There is no file `{filename}`.",
            hint="Check the path; relative paths start at the current directory.",
            filename=filename,
        )


class AmbiguousEnvironmentSpecPlugin(CondaError):
    """Several plugins can read a file, and nothing says which is meant."""

    def __init__(self, filename: str, names: Sequence[str]) -> None:
        super().__init__(
            f"`{filename}` can be read as {', '.join(names)}.",
            hint="Say which one with --format.",
            filename=filename,
        )


class SpecNotFound(CondaError):
    """There is no format of environment files with that name."""

    exit_status = 2  # as for any option with a value that it cannot have

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"`{name}` is no format of environment files.", hint=f"There are {', '.join(known)}."
        )


class EnvironmentExporterNotDetected(CondaError):
    """Nothing says in which format an environment is to be written."""

    def __init__(self, name: str, known: Sequence[str]) -> None:
        super().__init__(
            f"`{name}` says no format to write an environment in.",
            hint=f"Name one with --format: {', '.join(known)}.",
        )


class CondaEnvException(CondaError):
    """A part of an environment file could not be carried out."""
