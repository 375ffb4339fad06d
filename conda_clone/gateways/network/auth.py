"""Which credentials go with which request.

Credentials belong to one origin: scheme, host and port. They never follow a redirection to another
one, and a redirection never leads from an encrypted connection to an open one.
"""

from conda_clone.models.url import redact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["basic_auth", "basic_header", "without_secret_headers"]

_SECRET_HEADERS = frozenset({"authorization", "cookie", "proxy-authorization", "set-cookie"})


def basic_auth(url: str) -> tuple[str, tuple[str, str] | None]:
    """Split `user:password@` off a URL; a token in the path stays.

    Both parts come back with one character per byte of their UTF-8 form, which is how the HTTP
    library turns them into bytes again.

    >>> basic_auth("https://user:p%40ss@host/t/tk/chan")
    ('https://host/t/tk/chan', ('user', 'p@ss'))
    """
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    credentials, at, host = host.rpartition("@")
    if not at:
        return url, None
    from urllib.parse import unquote_to_bytes  # 4 ms, and few URLs have credentials

    user, _, password = credentials.partition(":")
    clean = f"{scheme}{separator}{host}{slash}{path}"
    return clean, (
        unquote_to_bytes(user).decode("latin-1"),
        unquote_to_bytes(password).decode("latin-1"),
    )


def basic_header(auth: tuple[str, str]) -> str:
    """Return the value of the header `Authorization` for what `basic_auth` returns (RFC 7617).

    >>> basic_header(("user", "p@ss"))
    'Basic dXNlcjpwQHNz'

    Raises:
        ValueError: A character is none of one byte.
    """
    import base64  # few URLs have credentials

    return "Basic " + base64.b64encode(":".join(auth).encode("latin-1")).decode()


def without_secret_headers(headers: "Mapping[str, str]") -> dict[str, str]:
    """Return the headers that may be shown; URLs in them are redacted."""
    return {
        name: redact(value)
        for name, value in headers.items()
        if name.lower() not in _SECRET_HEADERS
    }
