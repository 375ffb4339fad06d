"""What can go wrong on the way to a URL.

Every URL is redacted here, where the error is made; reasons come from the innermost cause, which
names no URL, so that tokens in paths cannot leak through the text of a library's exception.
"""

from typing import TypedDict

from conda_clone.errors import CondaError
from conda_clone.models.url import redact

__all__ = [
    "CONNECTION_FAILED",
    "ChecksumMismatchError",
    "CondaHTTPError",
    "CondaSSLError",
    "InsecureCredentialsError",
    "MissingExtraError",
    "PathNotFoundError",
    "ProxyError",
    "UnsupportedSchemeError",
    "UnusableCertificatesError",
]

CONNECTION_FAILED = "CONNECTION FAILED"

_HINTS = {
    401: "Check the user name, password or token of this channel.",
    403: "Check that your credentials may read this channel, and that the URL is right.",
    404: "Check the spelling of the URL; the file may also have been removed from the server.",
    407: "The proxy wants credentials: put them into `proxy_servers` or the `*_PROXY` variables.",
    429: "The server wants fewer requests; wait a while and try again.",
}
_SERVER_HINT = "The server has a problem that is usually short; try again later."
_CONNECTION_HINT = (
    "Check the network connection and try again; `--offline` uses only what is already cached."
)
_FIRST_SERVER_ERROR = 500


class _Rest(TypedDict):
    cause: str | None
    elapsed: float | None
    response_details: str
    hint: str | None
    is_final: bool


class CondaHTTPError(CondaError):
    """A server could not be reached, or did not answer with what was asked for.

    Attributes:
        url: What was asked for, without secrets.
        status: The status of the answer; None when there was none, or it broke off.
        reason: The reason phrase of the answer, or `CONNECTION_FAILED`.
    """

    def __init__(
        self,
        url: str,
        status: int | None,
        reason: str,
        *,
        cause: str | None = None,
        elapsed: float | None = None,
        response_details: str = "",
        hint: str | None = None,
        is_final: bool = False,
    ) -> None:
        self.url = redact(url)
        self.status = status
        self.reason = reason
        cause = None if cause is None else redact(cause)
        self._rest: _Rest = {
            "cause": cause,
            "elapsed": elapsed,
            "response_details": redact(response_details),
            "hint": hint,
            "is_final": is_final,
        }
        shown_status = "000" if status is None else status
        what = f"HTTP {shown_status} {reason}" + (f" ({cause})" if cause else "")
        super().__init__(
            f"{what} for `{self.url}`.",
            hint=hint or _hint_for(status),
            url=self.url,
            status_code=shown_status,
            reason=reason,
            elapsed_time="-" if elapsed is None else _minutes_and_seconds(elapsed),
            response_details=redact(response_details),
            json={},
        )

    @property
    def is_connection_failure(self) -> bool:
        """Whether there was no complete answer, so that trying again may help."""
        return self.status is None and not self._rest["is_final"]

    def at(self, url: str) -> "CondaHTTPError":
        """Return the same error for the URL that a person would name."""
        return CondaHTTPError(url, self.status, self.reason, **self._rest)


class PathNotFoundError(CondaError):
    """A file that a `file://` URL names is not there."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"There is no file `{path}`.",
            hint="It may have been moved or removed since the index of its channel was written.",
            path=path,
        )


class CondaSSLError(CondaError):
    """A server's certificate is not trusted, or no encrypted connection can be made."""

    def __init__(self, url: str, cause: str) -> None:
        self.url = redact(url)
        super().__init__(
            f"No trusted connection to `{self.url}`: {cause}.",
            hint="If a proxy or firewall re-signs connections, name its certificate bundle in the "
            "setting `ssl_verify`.",
            url=self.url,
        )


class UnusableCertificatesError(Exception):
    """A file of certificates cannot be used; the text says which, and why.

    It becomes a `CondaSSLError` where it is known what they were needed for.
    """


class InsecureCredentialsError(CondaError):
    """A password or a token would go over a connection that everybody on its way can read."""

    def __init__(self, url: str) -> None:
        self.url = redact(url)
        scheme = self.url.partition("://")[0]
        super().__init__(
            f"The credentials for `{self.url}` are not sent: {scheme} does not encrypt them.",
            hint="Use an https address, or set `allow_insecure_credentials` to true if you trust "
            "the network on the whole way.",
            url=self.url,
        )


class ProxyError(CondaError):
    """The proxy cannot be reached or refuses the connection.

    Attributes:
        is_connection_failure: Whether it has not decided so itself, so that trying again may help.
    """

    def __init__(self, url: str, cause: str, *, is_connection_failure: bool = False) -> None:
        self.url = redact(url)
        self.is_connection_failure = is_connection_failure
        super().__init__(
            f"The proxy does not let us reach `{self.url}`: {cause}.",
            hint="Check the setting `proxy_servers` and the variables HTTP_PROXY and HTTPS_PROXY.",
            url=self.url,
        )


class UnsupportedSchemeError(CondaError):
    """Nothing here can open URLs of that kind."""

    def __init__(self, url: str) -> None:
        self.url = redact(url)
        scheme = self.url.partition("://")[0]
        super().__init__(
            f"Cannot open `{self.url}`: URLs of the kind `{scheme}` are not supported.",
            hint="Use an https, http, ftp, s3, oci or file URL.",
            url=self.url,
        )


class MissingExtraError(CondaError):
    """Opening a URL needs a package that is not installed."""

    def __init__(self, url: str, *, what: str, extra: str, package: str) -> None:
        self.url = redact(url)
        super().__init__(
            f"Cannot open `{self.url}`: {what} needs the package `{package}`.",
            hint=f"Install `{package}` beside this program, or `conda-clone[{extra}]`.",
            url=self.url,
        )


class ChecksumMismatchError(CondaError):
    """A downloaded file is not the one that was asked for; it has been deleted."""

    def __init__(
        self, url: str, path: str, *, checksum_type: str, expected: str, actual: str
    ) -> None:
        self.url = redact(url)
        super().__init__(
            f"The download of `{self.url}` has the {checksum_type} `{actual}`, but its channel "
            f"says `{expected}`.",
            hint="The file was damaged on its way or changed on the server; try again, and tell "
            "the channel's maintainers if it stays.",
            url=self.url,
            target_full_path=path,
            checksum_type=checksum_type,
            expected_checksum=expected,
            actual_checksum=actual,
            partial_download=False,
        )


def _hint_for(status: int | None) -> str | None:
    if status is None:
        return _CONNECTION_HINT
    return _HINTS.get(status) or (_SERVER_HINT if status >= _FIRST_SERVER_ERROR else None)


def _minutes_and_seconds(seconds: float) -> str:
    minutes, rest = divmod(seconds, 60)
    return f"{int(minutes):02}:{rest:09.6f}"
