"""What can be wrong with a package archive."""

from conda_clone.errors import CondaError, harmless

__all__ = ["InvalidArchiveError", "MalformedError", "PartnerLostError"]


class InvalidArchiveError(CondaError):
    """A package archive is damaged, or would do harm when extracted.

    Attributes:
        path: The archive.
        reason: What is wrong with it.
    """

    def __init__(self, path: str, reason: str) -> None:
        reason = harmless(reason)  # names of members are in it
        super().__init__(
            f"The package archive `{path}` cannot be used: {reason}.",
            hint="Remove the file, so that it is downloaded again; if that does not help, tell "
            "those who publish the package.",
            path=path,
            reason=reason,
        )
        self.path = path
        self.reason = reason


class MalformedError(ValueError):
    """Says what is wrong, inside this folder, where the archive's path is not known."""


class PartnerLostError(CondaError):
    """The process that was to write the files of an archive has been ended by somebody else."""

    def __init__(self) -> None:
        super().__init__(
            "A process that wrote the files of a package was ended before it was through.",
            hint="Try again. Systems that are short of memory end processes, too.",
        )
