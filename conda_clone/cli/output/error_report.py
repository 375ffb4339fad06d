"""Errors as text for people, and as JSON for programs (spec/commands.md, section 0)."""

from conda_clone.cli.output.spec_text import as_typed
from conda_clone.errors import CondaError, CondaMultiError
from conda_clone.models.url import redact, redact_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["error_document", "error_text", "unexpected_document", "unexpected_text"]

_REPORT = (
    "This is a bug in the program, not a mistake of yours."
    " Run the same command with -v to see where it happened, and report it with that output."
)


def error_text(error: CondaError, hints: "Sequence[tuple[str, str | None]]" = ()) -> str:
    """Return what a person reads: a block for each error, with a blank line around.

    Args:
        error: The error.
        hints: What plugins add: sentences, each with its code if it has one.
    """
    more = "".join(f"hint: {text}\n" for text, _ in hints)
    if isinstance(error, CondaMultiError):
        return "".join(dict.fromkeys(error_text(each) for each in error.errors)) + more
    return as_typed(redact_urls(f"\n{error.exception_name}: {error}\n{more}"))


def error_document(
    error: CondaError, hints: "Sequence[tuple[str, str | None]]" = ()
) -> dict[str, object]:
    """Return what a program reads; what plugins add is its `guidance`."""
    document = {key: _redacted(each) for key, each in error.to_dict().items()}
    if hints:
        document["guidance"] = [{"text": text, "hint_code": code} for text, code in hints]
    return dict(sorted(document.items()))


def _redacted(each: object) -> object:
    if isinstance(each, str):
        return redact_urls(each)
    if isinstance(each, list | tuple):
        return [_redacted(item) for item in each]
    if isinstance(each, dict):
        return {key: _redacted(item) for key, item in each.items()}
    return each


def unexpected_text(error: BaseException, *, verbose: bool) -> str:
    """Return the report of an error that nobody foresaw."""
    where = f"\n{''.join(_traceback(error))}" if verbose else ""
    return redact(f"\n{type(error).__name__}: {error}\n{where}\n{_REPORT}\n")


def unexpected_document(error: BaseException, *, command: str, verbose: bool) -> dict[str, object]:
    """Return the same for programs."""
    document: dict[str, object] = {
        "caused_by": None if error.__cause__ is None else redact(repr(error.__cause__)),
        "command": command,
        "error": redact(repr(error)),
        "exception_name": type(error).__name__,
        "exception_type": str(type(error)),
        "message": redact(str(error)),
    }
    if verbose:
        document["traceback"] = [redact(line) for line in _traceback(error)]
    return document


def _traceback(error: BaseException) -> list[str]:
    import traceback  # 6 ms, and only for those who ask

    return traceback.format_exception(error)
