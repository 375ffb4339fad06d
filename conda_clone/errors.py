"""The root of all errors that the tool raises on purpose.

Class names are part of the interface: scripts read them as `exception_name` from `--json` output
(spec/commands.md, section 0), which is why many of them do not end in `Error`. Every package below
derives its own family from `CondaError` in its `errors.py`; only errors that several packages raise
live here.

Secrets are removed where an error is made, never where it is shown.
"""

__all__ = [
    "ArgumentError",
    "CondaError",
    "CondaExitZero",
    "CondaMultiError",
    "CondaSystemExit",
    "CondaValueError",
    "CondaVerificationError",
    "DryRunExit",
    "NoSpaceLeftError",
    "NotWritableError",
    "OfflineError",
    "harmless",
]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def harmless(text: str) -> str:
    r"""Return a text of others on one line: what a terminal would act on becomes an escape.

    >>> print(harmless("a\x1b[2Jb"))
    a\x1b[2Jb
    """
    if text.isprintable():
        return text
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode("ascii")
        for letter in text
    )


class CondaError(Exception):
    """Something the user can understand and act on.

    Attributes:
        message: What happened, to what; one or more sentences.
        hint: What to do next, or None when the message says it all.
        details: JSON-serialisable operands; each becomes a key of the JSON error report.
        exit_status: The status that the process ends with.
    """

    exit_status = 1

    def __init__(self, message: str, *, hint: str | None = None, **details: object) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details: Mapping[str, object] = details

    @property
    def exception_name(self) -> str:
        """The name that scripts compare against."""
        return type(self).__name__

    def __str__(self) -> str:
        return f"{self.message}\nhint: {self.hint}" if self.hint else self.message

    def to_dict(self) -> dict[str, object]:
        """Return the JSON error report (spec/commands.md, section 0)."""
        cause = self.__cause__
        return {
            **self.details,
            "caused_by": None if cause is None else f"{type(cause).__name__}: {cause}",
            "error": f"{self.exception_name}: {self}",
            "exception_name": self.exception_name,
            "exception_type": str(type(self)),
            "message": str(self),
        }


class CondaMultiError(CondaError):
    """Several errors that one action ran into; all of them are reported.

    One that stopped several steps may be listed for each; people are told of it once.
    """

    def __init__(self, errors: "Sequence[CondaError]") -> None:
        super().__init__("\n".join(dict.fromkeys(str(error) for error in errors)))
        self.errors = tuple(errors)

    def to_dict(self) -> dict[str, object]:
        """Return the report with one entry per error."""
        return {
            **super().to_dict(),
            "error": "Multiple Errors Encountered.",
            "errors": [error.to_dict() for error in self.errors],
        }


class CondaExitZero(CondaError):
    """The command ends early and successfully."""

    exit_status = 0


class DryRunExit(CondaExitZero):
    """A dry run has shown what would happen."""

    def __init__(self) -> None:
        super().__init__("Dry run. Exiting.")


class CondaSystemExit(CondaExitZero):
    """The user answered no, or interrupted a question."""

    def __init__(self, message: str = "Exiting.") -> None:
        super().__init__(message)


class CondaValueError(CondaError, ValueError):
    """A value that the user gave cannot be used."""


class ArgumentError(CondaError):
    """The command line does not make sense as a whole."""

    exit_status = 2


class CondaVerificationError(CondaError):
    """A package is not what its index says, or cannot be linked as its metadata says."""


class OfflineError(CondaError):
    """Something needs the network, and the command runs offline."""


class NotWritableError(CondaError):
    """A file or folder cannot be written."""

    def __init__(self, path: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"Cannot write to `{path}`: {reason}.", hint=hint, path=path)


class NoSpaceLeftError(CondaError):
    """A disk or quota is full.

    Attributes:
        path: What could not be written.
        needed: Bytes that were wanted, when somebody knows.
        free: Bytes that were left, when somebody knows.
    """

    def __init__(self, path: str, *, needed: int | None = None, free: int | None = None) -> None:
        facts = []
        if needed is not None:
            facts.append(f"{needed:,} bytes are needed")
        if free is not None:
            facts.append(f"{free:,} bytes are free")
        known = f" ({', '.join(facts)})" if facts else ""
        super().__init__(
            f"No space is left to write `{path}`{known}.",
            hint="Free some space (`conda clean --all` empties the package cache) and try again.",
            path=path,
            **{
                key: value
                for key, value in (("needed", needed), ("free", free))
                if value is not None
            },
        )
        self.path = path
        self.needed = needed
        self.free = free
