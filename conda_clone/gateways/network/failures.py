"""What an exception on the way to a server means: the error that a person is told, and its reason.

Reasons come from the innermost cause, which knows no URL.
"""

from conda_clone.errors import CondaError
from conda_clone.gateways.network.errors import CONNECTION_FAILED, CondaHTTPError, CondaSSLError
from conda_clone.models.url import redact

__all__ = ["innermost", "reason_of", "typed_error"]


def typed_error(url: str, error: Exception, reason: str | None = None) -> CondaError:
    """Return the error for what happened at a URL.

    Args:
        url: What was asked for; it is redacted.
        error: What happened.
        reason: In words; by default, those of the innermost cause.
    """
    import ssl  # 5 ms, and something has gone wrong

    cause = reason_of(innermost(error)) if reason is None else reason
    if isinstance(error, ssl.SSLError):
        return CondaSSLError(url, cause)
    # A ValueError is about a URL that is none: ours, or the one that a server redirects to.
    is_final = isinstance(error, ValueError)
    return CondaHTTPError(url, None, CONNECTION_FAILED, cause=cause, is_final=is_final)


def innermost(error: BaseException) -> BaseException:
    """Return what led to an exception in the end."""
    seen: BaseException | None = error
    while seen is not None:
        error = seen
        inner = next((arg for arg in error.args if isinstance(arg, BaseException)), None)
        reason = getattr(error, "reason", None)
        seen = reason if isinstance(reason, BaseException) else inner or error.__context__
    return error


def reason_of(error: BaseException) -> str:
    """Return what an exception says, without secrets."""
    if isinstance(error, OSError) and error.strerror:
        return error.strerror
    text = redact(str(error.args[-1] if error.args else ""))
    # It may be what a server has sent.
    return "".join(letter for letter in text if letter.isprintable()) or type(error).__name__
