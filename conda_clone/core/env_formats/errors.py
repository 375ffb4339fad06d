"""What can be wrong with a file that describes an environment."""

from conda_clone.errors import CondaError

__all__ = ["EnvironmentFileNotFound"]


class EnvironmentFileNotFound(CondaError):
    """The file is not there."""

    def __init__(self, filename: str) -> None:
        super().__init__(
            f"There is no file `{filename}`.",
            hint="Check the path; relative paths start at the current directory.",
            filename=filename,
        )
