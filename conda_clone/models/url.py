"""URLs of channels and packages: split, join, quote, and the secrets that may be inside.

Secrets are tokens (`/t/TOKEN/`) and `user:password@`. They live in `Secret`, which never shows
what it holds; everything that is stored, compared or printed has none.
"""

import os
import re

__all__ = [
    "PACKAGE_EXTENSIONS",
    "Secret",
    "SplitUrl",
    "has_scheme",
    "is_package_file",
    "join",
    "package_stem",
    "path_to_url",
    "redact",
    "split_secrets",
    "url_to_path",
]

PACKAGE_EXTENSIONS = (".conda", ".tar.bz2")

_SCHEME = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)
# `@` may occur in a password and in a path, so the part before the last `@` of the host counts.
_CREDENTIALS = re.compile(r"(\b[a-zA-Z][a-zA-Z0-9+.-]*://)[^/\s?#'\"`]*@")
_TOKEN = re.compile(r"/t/[^/\s?#'\"`]+")


class Secret:
    """A token or credentials; `reveal()` is the only way to see them.

    >>> Secret("tk-123")
    <secret>
    """

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def reveal(self) -> str:
        """Return the secret itself, for building a request."""
        return self._value

    def __repr__(self) -> str:
        return "<secret>"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(self._value)


class SplitUrl:
    """A URL apart from its secrets.

    Attributes:
        scheme: In lower case, without `://`.
        host: With port.
        path: With its leading slash, or empty.
        token: Of `/t/TOKEN/`.
        auth: `user:password`, as written.
    """

    __slots__ = ("auth", "host", "path", "scheme", "token")

    def __init__(
        self, scheme: str, host: str, path: str, *, token: Secret | None, auth: Secret | None
    ) -> None:
        self.scheme = scheme
        self.host = host
        self.path = path
        self.token = token
        self.auth = auth

    @property
    def url(self) -> str:
        """The URL without secrets."""
        return f"{self.scheme}://{self.host}{self.path}"


def has_scheme(text: str) -> bool:
    """Tell whether the text starts like `https://`."""
    return _SCHEME.match(text) is not None


def redact(text: str) -> str:
    """Remove tokens and credentials of URLs anywhere in a text.

    >>> redact("GET https://user:pw@host/t/tk-1/chan failed")
    'GET https://host/chan failed'
    """
    if "://" in text:
        text = _CREDENTIALS.sub(r"\1", text)
    if "/t/" in text:
        text = _TOKEN.sub("", text)
    return text


def split_secrets(url: str) -> SplitUrl:
    """Split a URL that has a scheme into its parts, secrets apart; trailing slashes go."""
    scheme, _, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    auth: Secret | None = None
    if "@" in host:
        credentials, _, host = host.rpartition("@")
        auth = Secret(credentials)
    path = (slash + path).rstrip("/")
    token: Secret | None = None
    found = _TOKEN.match(path)
    if found:
        token = Secret(found.group()[3:])
        path = path[found.end() :]
    return SplitUrl(scheme.lower(), host, path, token=token, auth=auth)


def join(*parts: str) -> str:
    """Join parts of a URL with one slash between each; empty parts are left out.

    >>> join("https://host/", "/chan", "noarch")
    'https://host/chan/noarch'
    """
    first, *others = [part for part in parts if part] or [""]
    pieces = [first.rstrip("/"), *(part.strip("/") for part in others)]
    return "/".join(pieces)


def path_to_url(path: str) -> str:
    """Return the `file://` URL of a path, which may start with `~` or be relative.

    >>> path_to_url("/srv/my chan")
    'file:///srv/my%20chan'
    """
    if has_scheme(path):
        return path
    from urllib.parse import quote  # 4 ms, and most commands name no path

    path = os.path.abspath(os.path.expanduser(path)).replace(os.sep, "/")
    # A Windows path starts with its drive, a network share with two slashes.
    return f"file:///{quote(path, safe=_UNQUOTED).removeprefix('/')}"


_UNQUOTED = "/:@!$&'()*+,;=~<>"


def url_to_path(url: str, *, windows: bool = os.name == "nt") -> str:
    """Return the path that a `file://` URL stands for; other texts come back as they are."""
    if not url.startswith("file://"):
        return url
    from urllib.parse import unquote  # 4 ms, and most channels are remote

    path = unquote(url[len("file://") :])
    drive = path.lstrip("/")
    if windows and drive[1:2] in {":", "|"}:
        return f"{drive[0]}:{drive[2:]}"
    if not path.startswith("/"):
        # file://host/share is a network share; file://localhost/ is this machine
        host, slash, rest = path.partition("/")
        return slash + rest if host == "localhost" else f"//{path}"
    return path


def is_package_file(text: str) -> bool:
    """Tell whether the text ends like the name of a package archive."""
    return text.endswith(PACKAGE_EXTENSIONS)


def package_stem(fn: str) -> tuple[str, str, str] | None:
    """Return name, version and build of a package's file name, or None when it has other parts.

    >>> package_stem("scikit-learn-1.2-py39_0.conda")
    ('scikit-learn', '1.2', 'py39_0')
    """
    for extension in PACKAGE_EXTENSIONS:
        if fn.endswith(extension):
            fn = fn[: -len(extension)]
            break
    parts = fn.rsplit("-", 2)
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - name, version, build
        return None
    return parts[0], parts[1], parts[2]
