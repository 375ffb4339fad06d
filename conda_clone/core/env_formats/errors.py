"""What can be wrong with a file that describes an environment."""

from conda_clone.errors import CondaError

__all__ = ["EnvironmentFileExtensionNotValid", "EnvironmentFileNotFound"]


class EnvironmentFileNotFound(CondaError):
    """The file is not there."""

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"There is no file `{filename}`.",
            hint="Check the path; relative paths start at the current directory.",
            filename=filename,
        )


class EnvironmentFileExtensionNotValid(CondaError):
    """The name of the file says a format that this command does not read."""

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"`{filename}` is no list of specs.",
            hint="Give a text file with one spec per line, or one that holds @EXPLICIT and URLs.",
            filename=filename,
        )
