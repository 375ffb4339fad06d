"""URLs of channels and packages: split, join, quote, and the secrets that may be inside.

Secrets are tokens (`/t/TOKEN/`) and `user:password@`. They live in `Secret`, which never shows
what it holds; everything that is stored, compared or printed has none.
"""

import os
import re

from conda_clone.models.later_pattern import pattern
from conda_clone.models.subdir import KNOWN_SUBDIRS

__all__ = [
    "PACKAGE_EXTENSIONS",
    "Secret",
    "SplitUrl",
    "add_package_extension",
    "has_scheme",
    "is_absolute_path",
    "is_package_file",
    "join",
    "package_extensions",
    "package_stem",
    "path_to_url",
    "redact",
    "redact_urls",
    "split_secrets",
    "url_to_path",
]

PACKAGE_EXTENSIONS = (".conda", ".tar.bz2")
_EXTENSIONS: "list[tuple[str, ...]]" = [PACKAGE_EXTENSIONS]

# A drive, or a share of the network.
_WINDOWS_PATH = pattern(r"[A-Za-z]:(?:[\\/]|$)|\\\\")
# In a text, of the web; a path in a `file` URL has no secrets.
_URL = pattern(r"(?<![a-z0-9+.-])(?!file:)[a-z][a-z0-9+.-]*://[^\s'\"`<>]+", re.IGNORECASE)
_SCHEME = pattern(r"[A-Za-z][A-Za-z0-9+.-]*://")
# `@` may occur in a password and in a path, so the part before the last `@` of the host counts.
_CREDENTIALS = pattern(r"://[^/\s?#'\"`]*@")
# A host may be called `t`, and so may a channel, which a platform follows.
_TOKEN_START = rf"(?<!:/)/t/(?!(?:{'|'.join(sorted(KNOWN_SUBDIRS))})(?:/|$))"
_TOKEN_OF_PATH = pattern(_TOKEN_START + r"[^/]+")
# In a text, a token ends where the URL does. White space of other scripts may be part of it.
_TOKEN = pattern(_TOKEN_START + r"[^/ \t\r\n?#'\"`]+")


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
        token_at: Where in the path the token was; most are at its start.
        auth: `user:password`, as written.
    """

    __slots__ = ("auth", "host", "path", "scheme", "token", "token_at")

    def __init__(
        self,
        scheme: str,
        host: str,
        path: str,
        *,
        token: Secret | None = None,
        token_at: int = 0,
        auth: Secret | None = None,
    ) -> None:
        self.scheme = scheme
        self.host = host
        self.path = path
        self.token = token
        self.token_at = token_at
        self.auth = auth

    @property
    def url(self) -> str:
        """The URL without secrets."""
        return f"{self.scheme}://{self.host}{self.path}"

    def reveal(self) -> str:
        """Return the URL with its secrets, for a request."""
        credentials = f"{self.auth.reveal()}@" if self.auth else ""
        token = f"/t/{self.token.reveal()}" if self.token else ""
        before, after = self.path[: self.token_at], self.path[self.token_at :]
        return f"{self.scheme}://{credentials}{self.host}{before}{token}{after}"


def has_scheme(text: str) -> bool:
    """Tell whether the text starts like `https://`."""
    return _SCHEME.match(text) is not None


def redact(text: str) -> str:
    """Remove tokens and credentials of URLs anywhere in a text.

    >>> redact("GET https://user:pw@host/t/tk-1/chan failed")
    'GET https://host/chan failed'
    """
    while True:
        shorter = _CREDENTIALS.sub("://", text) if "://" in text else text
        if "/t/" in shorter:
            shorter = _TOKEN.sub("", shorter)
        if len(shorter) == len(text):
            return text
        text = shorter  # what was cut out may have parted a secret in two


def redact_urls(text: str) -> str:
    """Remove secrets of URLs in a text that may also name folders, which can be called `t`.

    >>> redact_urls("https://user:pw@host/t/tk-1/chan is not in /home/t/me")
    'https://host/chan is not in /home/t/me'
    """
    return _URL.sub(lambda found: redact(found.group()), text) if "://" in text else text


def split_secrets(url: str) -> SplitUrl:
    """Split a URL that has a scheme into its parts, secrets apart; trailing slashes go.

    >>> split_secrets("https://host/mirror/t/tk-1/chan/").url
    'https://host/mirror/chan'
    """
    scheme, _, rest = url.partition("://")
    scheme = scheme.lower()
    host, slash, path = rest.partition("/")
    auth: Secret | None = None
    if "@" in host:
        credentials, _, host = host.rpartition("@")
        auth = Secret(credentials)
    path = (slash + path).rstrip("/")
    if "/t/" not in path or scheme == "file":  # a folder may be called `t`
        return SplitUrl(scheme, host, path, auth=auth)
    found = _TOKEN_OF_PATH.search(path)
    if found is None:
        return SplitUrl(scheme, host, path, auth=auth)
    return SplitUrl(
        scheme,
        host,
        _TOKEN_OF_PATH.sub("", path).rstrip("/"),
        token=Secret(found.group()[len("/t/") :]),
        token_at=found.start(),
        auth=auth,
    )


def join(*parts: str) -> str:
    """Join parts of a URL with one slash between each; empty parts are left out.

    >>> join("https://host/", "/chan", "noarch")
    'https://host/chan/noarch'
    """
    first, *others = [part for part in parts if part] or [""]
    pieces = [first.rstrip("/"), *(part.strip("/") for part in others)]
    return "/".join(pieces)


def is_absolute_path(text: str) -> bool:
    """Tell whether a text is an absolute path, of this system or of Windows."""
    return text.startswith("/") or _WINDOWS_PATH.match(text) is not None


def path_to_url(path: str) -> str:
    """Return the `file://` URL of a path, which may start with `~` or be relative.

    Paths of Windows are understood on all systems, since they occur in files that travel.

    >>> path_to_url("/srv/my chan")
    'file:///srv/my%20chan'
    >>> path_to_url("C:/chan")
    'file:///C:/chan'
    """
    if has_scheme(path):
        return path
    from urllib.parse import quote  # 4 ms, and most commands name no path

    is_share = path.startswith("\\\\")
    if is_share or _WINDOWS_PATH.match(path):
        path = path.replace("\\", "/")
    else:
        path = os.path.abspath(_expanded(path)).replace(os.sep, "/")
    slashes = "//" if is_share else "///"
    return f"file:{slashes}{quote(_bytes_of(path.lstrip('/')), safe=_UNQUOTED)}"


def _expanded(path: str) -> str:
    try:
        return os.path.expanduser(path)
    except UnicodeEncodeError:  # nobody's name is half a character
        return path


def _bytes_of(path: str) -> bytes:
    try:
        return path.encode("utf-8", "surrogateescape")  # names that are no UTF-8 come like this
    except UnicodeEncodeError:
        return path.encode("utf-8", "surrogatepass")  # no file has it, and who looks will say so


_UNQUOTED = "/:@!$&'()*+,;=~<>"


def url_to_path(url: str, *, windows: bool = os.name == "nt") -> str:
    """Return the path that a `file://` URL stands for; other texts come back as they are."""
    if not url.startswith("file://"):
        return url
    from urllib.parse import unquote  # 4 ms, and most channels are remote

    path = unquote(url[len("file://") :], errors="surrogateescape")
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
    return text.endswith(_EXTENSIONS[0])


def package_extensions() -> tuple[str, ...]:
    """Return what names of package archives end with: ours, and those that were added."""
    return _EXTENSIONS[0]


def add_package_extension(extension: str) -> None:
    """Let names that end so be those of package archives, in this process."""
    _EXTENSIONS[0] = tuple(dict.fromkeys((*_EXTENSIONS[0], extension)))


def package_stem(fn: str) -> tuple[str, str, str] | None:
    """Return name, version and build of a package's file name, or None when it has other parts.

    >>> package_stem("scikit-learn-1.2-py39_0.conda")
    ('scikit-learn', '1.2', 'py39_0')
    """
    for extension in _EXTENSIONS[0]:
        if fn.endswith(extension):
            fn = fn[: -len(extension)]
            break
    parts = fn.rsplit("-", 2)
    if len(parts) != 3 or not all(parts):  # noqa: PLR2004 - name, version, build
        return None
    return parts[0], parts[1], parts[2]
