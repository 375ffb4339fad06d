"""Where a request goes next, when a server says that what is wanted lies elsewhere.

A redirection never leads out of the web, from an encrypted connection to an open one, or from
another machine into ours or its neighbourhood; credentials stay with the origin that they are for.
"""

from urllib.parse import urljoin, urlsplit

from conda_clone.gateways.network.auth import basic_auth
from conda_clone.gateways.network.errors import CONNECTION_FAILED, CondaHTTPError
from conda_clone.models.url import redact

__all__ = ["Redirections", "is_this_machine", "origin"]

_STATUSES = frozenset({301, 302, 303, 307, 308})
_MOST = 10
_PORTS = {"http": 80, "https": 443}


def origin(url: str) -> tuple[str, str, int | None]:
    """Return scheme, host and port: what credentials belong to.

    Raises:
        ValueError: The port or the address is none.
    """
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or _PORTS.get(parts.scheme)


def is_this_machine(host: str) -> bool:
    """Tell whether what is sent to a host stays within this machine."""
    import ipaddress  # 4 ms, and few URLs are open ones with credentials

    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


class Redirections:
    """The way of one request.

    Attributes:
        url: Where to ask now; without credentials.
        at_home: Whether that is the origin that was asked first, and no other one since.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        self.at_home = True
        self._left = _MOST

    def follow(self, status: int, location: str | None) -> bool:
        """Go where an answer says; return False when it is the last one.

        Raises:
            CondaHTTPError: It leads in circles, or where we must not go.
        """
        if status not in _STATUSES or not location:
            return False
        if not self._left:
            raise _refused(self.url, "there are too many redirections")
        self._left -= 1
        target = _target(self.url, location)
        self.at_home = self.at_home and origin(target) == origin(self.url)
        self.url = basic_auth(target)[0]
        return True


def _target(source: str, location: str) -> str:
    scheme, host, _ = origin(source)
    allowed = ("https",) if scheme == "https" else ("http", "https")
    try:
        target = urljoin(source, location)
        new_scheme, new_host, _ = origin(target)
        if new_scheme in allowed and _may_lead(host, new_host):
            return target
    except ValueError:  # a port or an address that is none
        target = location
    raise _refused(
        source, f"the server redirects to `{redact(target)}`, which is not safe to follow"
    )


def _may_lead(host: str, new_host: str) -> bool:
    """Tell whether one host may send us to another.

    Nobody may send us to services that only this machine's neighbourhood can reach, and only this
    machine itself to its own.
    """
    import ipaddress  # 4 ms, and few servers redirect

    if new_host == host:
        return True
    try:
        address = ipaddress.ip_address(new_host)
    except ValueError:
        is_near = False
    else:
        is_near = address.is_link_local or address.is_unspecified
    return not is_near and (is_this_machine(host) or not is_this_machine(new_host))


def _refused(url: str, cause: str) -> CondaHTTPError:
    return CondaHTTPError(url, None, CONNECTION_FAILED, cause=cause, is_final=True)
