"""Where credentials come from: the URL, stored tokens, the netrc file, the system's keyring.

Each belongs to an origin (scheme, host and port) or is named for one host by the user; none is
ever taken for a host whose name merely begins like it, and none goes over a connection that is not
encrypted, unless it stays within this machine or the user wants it.
"""

import os
import threading
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conda_clone.gateways.log import log
from conda_clone.gateways.network.auth import basic_auth
from conda_clone.gateways.network.errors import InsecureCredentialsError
from conda_clone.gateways.network.redirections import is_this_machine, origin
from conda_clone.models.url import redact

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings

__all__ = ["Credentials", "is_open"]

_SUFFIX = ".token"
_Pair = tuple[str, str]


def is_open(url: str) -> bool:
    """Tell whether others can read what is sent to that address.

    >>> is_open("http://host/chan"), is_open("https://host/chan"), is_open("http://localhost/chan")
    (True, False, False)
    """
    scheme, host, _ = origin(url)
    return scheme in {"http", "ftp"} and not is_this_machine(host)


class Credentials:
    """What goes along with requests; asked by several threads.

    Args:
        settings: Says where stored tokens lie, and what may be sent where.
    """

    def __init__(self, settings: "NetworkSettings") -> None:
        self._token_dirs = settings.token_dirs
        self._may_be_open = settings.allow_insecure_credentials
        self._lock = threading.Lock()
        self._netrc: dict[str, _Pair | None] = {}
        self._keyring: dict[str, _Pair | None] = {}
        self._tokens: dict[str, str] | None = None

    def for_request(self, url: str) -> tuple[str, _Pair | None]:
        """Return the URL to ask, without user and password, and these.

        A token that was stored for the server goes into the URL if it has none.

        Raises:
            InsecureCredentialsError: The URL has credentials, and is of an open connection.
            ValueError: The URL is none.
        """
        clean, auth = basic_auth(url)
        if not self._may_be_open and is_open(clean):
            if redact(url) != url:
                raise InsecureCredentialsError(url)
            return clean, None  # nobody has asked for those that are stored
        clean = self._with_token(clean)
        if auth is not None:
            log("network", "a user is in the address %s", clean)
            return clean, auth if auth[1] else self._with_password(clean, auth)
        with self._lock:
            key = urlsplit(clean).netloc
            if key not in self._netrc:
                self._netrc[key] = _from_netrc(clean)
                if self._netrc[key] is not None:
                    log("network", "the netrc file has a user for %s", key)
            return clean, self._netrc[key]

    def from_keyring(self, url: str, user: str | None = None) -> _Pair | None:
        """Return what the system's keyring has for a server that wants credentials."""
        if not self._may_be_open and is_open(url):
            return None
        scheme, host, port = origin(url)
        service = f"{scheme}://{host}:{port}"
        with self._lock:
            key = f"{user}@{service}"
            if key not in self._keyring:
                self._keyring[key] = _ask_keyring((service, host), user)
                has = "no user" if self._keyring[key] is None else "a user"
                log("network", "the keyring has %s for %s", has, service)
            return self._keyring[key]

    def _with_password(self, url: str, auth: _Pair) -> _Pair:
        return self.from_keyring(url, auth[0]) or auth

    def _with_token(self, url: str) -> str:
        if not self._token_dirs or redact(url) != url:
            return url
        with self._lock:
            if self._tokens is None:
                self._tokens = _stored_tokens(self._token_dirs)
        for folder, token in self._tokens.items():
            if url.startswith(folder):
                log("network", "a stored token opens %s", folder)
                return f"{folder}t/{token}/{url[len(folder) :]}"
        return url


def _from_netrc(url: str) -> _Pair | None:
    """Return what the netrc file has for the host of a URL."""
    named = os.environ.get("NETRC")
    places = ["~/.netrc", "~/_netrc"] if named is None else [named]
    if not any(os.path.exists(os.path.expanduser(place)) for place in places):
        return None
    from requests.utils import get_netrc_auth  # 66 ms, and few have such a file

    return get_netrc_auth(url)


def _stored_tokens(folders: tuple[str, ...]) -> dict[str, str]:
    """Return the tokens that anaconda-client has stored, by the folder of channels they open.

    A token lies in a file called after the address of the server's API, quoted.
    """
    tokens: dict[str, str] = {}
    for folder in folders:
        try:
            names = sorted(os.listdir(folder))
        except OSError:
            continue
        for name in names:
            place = _channels_of(unquote(name.removesuffix(_SUFFIX)))
            if not name.endswith(_SUFFIX) or place is None:
                continue
            try:
                with open(os.path.join(folder, name), encoding="utf-8") as stream:
                    token = stream.read().strip()
            except (OSError, UnicodeDecodeError):
                continue
            if token and "/" not in token:
                tokens[place] = token
    return tokens


def _channels_of(api: str) -> str | None:
    """Return the folder of the channels of a server whose API has that address.

    >>> _channels_of("https://api.anaconda.org")
    'https://conda.anaconda.org/'
    >>> _channels_of("https://repo.example.com:8443/api")
    'https://repo.example.com:8443/conda/'
    """
    try:
        scheme, host, _ = origin(api)
        netloc = urlsplit(api).netloc
    except ValueError:
        return None
    if scheme not in {"http", "https"} or not host or "@" in netloc:
        return None
    path = urlsplit(api).path.rstrip("/")
    if path.endswith("/api"):
        return f"{scheme}://{netloc}{path.removesuffix('/api')}/conda/"
    if host.startswith("api."):
        return f"{scheme}://conda.{netloc.removeprefix('api.')}/"
    return f"{scheme}://{netloc}{path}/"


def _ask_keyring(services: tuple[str, ...], user: str | None) -> _Pair | None:
    """Return what the keyring has for the first of the names; None where there is no keyring."""
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError:
        return None
    for service in services:
        try:
            found = keyring.get_credential(service, user)
        except KeyringError:  # it is locked, or there is nothing behind it
            return None
        if found is not None and found.password:
            return _encoded(found.username), _encoded(found.password)
    return None


def _encoded(text: str) -> str:
    """Return a text with one character per byte, as the HTTP library wants it."""
    return text.encode().decode("latin-1")
