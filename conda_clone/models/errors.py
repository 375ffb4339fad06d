"""Errors about texts and metadata that describe versions, specs, channels and packages.

Messages never hold secrets: URLs are redacted before an error is made.
"""

from conda_clone.errors import CondaError, CondaValueError, harmless
from conda_clone.models.url import redact

__all__ = [
    "ChannelError",
    "InvalidMatchSpec",
    "InvalidPackageMetadata",
    "InvalidRecord",
    "InvalidVersionSpec",
    "SpecsCannotBeMerged",
]


class InvalidVersionSpec(CondaValueError):
    """A text is neither a version nor a version constraint."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"Invalid version `{text}`: {reason}.", invalid_spec=text, reason=reason)
        self.text = text
        self.reason = reason


class InvalidMatchSpec(CondaValueError):
    """A text does not describe packages.

    Attributes:
        text: The text as it was given, without secrets.
        reason: What is wrong with it; a clause that starts in lower case, without a full stop.
    """

    def __init__(self, text: str, reason: str, *, hint: str | None = None) -> None:
        shown = redact(text)
        super().__init__(
            f"Invalid package specification `{shown}`: {reason}.",
            hint=hint,
            invalid_spec=shown,
            reason=reason,
        )
        self.text = shown
        self.reason = reason


class SpecsCannotBeMerged(CondaValueError):
    """Two specs of one name ask for different things."""

    def __init__(self, first: str, second: str, field: str) -> None:
        super().__init__(
            f"The specifications `{first}` and `{second}` ask for different values of `{field}`.",
            hint="Give only one of them.",
            specs=[first, second],
            field=field,
        )
        self.first = first
        self.second = second
        self.field = field


class ChannelError(CondaValueError):
    """A text does not name a channel."""

    def __init__(self, text: str, reason: str) -> None:
        shown = redact(text)
        super().__init__(
            f"Cannot use `{shown}` as a channel: {reason}.",
            hint="Give a name such as `conda-forge`, a URL, or the path of a channel folder.",
            channel=shown,
            reason=reason,
        )


class InvalidRecord(CondaError):
    """An entry of an index, a cache or an environment does not describe a package."""

    def __init__(self, what: str, reason: str) -> None:
        shown = redact(what)
        super().__init__(
            f"The metadata of `{shown}` is broken: {reason}.", record=shown, reason=reason
        )
        self.what = shown
        self.reason = reason


class InvalidPackageMetadata(CondaError):
    """A file below `info/` of a package is missing, broken or dangerous."""

    def __init__(self, file: str, reason: str) -> None:
        reason = harmless(reason)  # what the package says is in it
        super().__init__(
            f"The package's `{file}` cannot be used: {reason}.",
            hint="The package is broken or was tampered with; tell those who publish it.",
            file=file,
            reason=reason,
        )
        self.file = file
        self.reason = reason
