"""The transport that settings ask for: by scheme, with retries, or refusing when offline.

Building one is cheap; the HTTP library is loaded with the first request.
"""

import random
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from conda_clone.errors import OfflineError
from conda_clone.gateways.log import log
from conda_clone.gateways.network.errors import (
    CondaHTTPError,
    ProxyError,
    UnsupportedSchemeError,
)
from conda_clone.gateways.network.extended import ExtendedTransport, RequestExtras
from conda_clone.gateways.network.http_transport import HttpTransport
from conda_clone.gateways.network.later_transport import LaterTransport
from conda_clone.gateways.network.local_files import FileTransport
from conda_clone.gateways.network.mirrors import MirrorTransport
from conda_clone.gateways.network.transport import Request, Response, Transport, close, prepare
from conda_clone.models.url import redact

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings
    from conda_clone.models.events import Reporter

__all__ = ["OfflineTransport", "RetryingTransport", "SchemeTransport", "build_transport"]

_RETRIED_STATUSES = frozenset({408, 413, 425, 429, 500, 502, 503, 504})
_REMOTE = ("http", "https", "ftp", "s3", "oci")
_LONGEST_TIME = 300.0  # seconds for all tries of one request
_LONGEST_WAIT = 60.0  # seconds; a server that wants more is reported instead


def build_transport(
    settings: "NetworkSettings",
    extras: RequestExtras | None = None,
    reporter: "Reporter | None" = None,
) -> Transport:
    """Return the transport for everything that one command fetches.

    Args:
        settings: How connections are made.
        extras: What others add to requests.
        reporter: Hears what is less safe than it could be.
    """
    files = FileTransport()
    if settings.offline:
        offline = OfflineTransport()
        return SchemeTransport({"file": files, **dict.fromkeys(_REMOTE, offline)})
    if extras is None:
        plain = HttpTransport(settings, reporter)
    else:
        plain = ExtendedTransport(settings, extras, reporter)
    web = _retrying(plain, settings)
    transport = SchemeTransport(
        {
            "file": files,
            "http": web,
            "https": web,
            "ftp": LaterTransport(lambda: _retrying(_ftp(settings), settings)),
            "s3": LaterTransport(lambda: _retrying(_s3(settings), settings)),
            "oci": LaterTransport(lambda: _oci(web)),
        }
    )
    return MirrorTransport(transport, settings.mirrors) if settings.mirrors else transport


def _retrying(transport: Transport, settings: "NetworkSettings") -> Transport:
    return RetryingTransport(
        transport, retries=settings.max_retries, backoff_factor=settings.backoff_factor
    )


def _ftp(settings: "NetworkSettings") -> Transport:
    from conda_clone.gateways.network.ftp import FtpTransport  # 5 ms, and few use it

    return FtpTransport(settings)


def _s3(settings: "NetworkSettings") -> Transport:
    from conda_clone.gateways.network.s3 import S3Transport  # as above

    return S3Transport(settings)


def _oci(web: Transport) -> Transport:
    from conda_clone.gateways.network.oci import OciTransport  # as above

    return OciTransport(web)


class SchemeTransport:
    """Chooses a transport by the scheme of the URL."""

    def __init__(self, transports: Mapping[str, Transport]) -> None:
        self._transports = dict(transports)

    def open(self, request: Request) -> Response:
        """Open the URL with the transport for its scheme.

        Raises:
            UnsupportedSchemeError: There is none.
        """
        transport = self._transports.get(request.url.partition("://")[0].lower())
        if transport is None:
            raise UnsupportedSchemeError(request.url)
        return transport.open(request)

    def prepare(self, url: str, connections: int) -> None:
        """Prepare the transport for its scheme."""
        transport = self._transports.get(url.partition("://")[0].lower())
        if transport is not None:
            prepare(transport, url, connections)

    def close(self) -> None:
        """Close all of them."""
        for transport in self._transports.values():
            close(transport)


class OfflineTransport:
    """Opens nothing."""

    def open(self, request: Request) -> Response:
        """Refuse."""
        raise OfflineError(
            f"`{redact(request.url)}` is needed, but this command runs offline.",
            hint="Run it without `--offline`, or set `offline` to false.",
            url=redact(request.url),
        )


class RetryingTransport:
    """Tries again when a connection fails or a server says that it is busy or broken.

    Waits `backoff_factor` seconds, then twice as long each time, and up to a quarter longer, so
    that many clients do not come back in the same moment; or as long as the server's Retry-After
    says. A server that wants more than a minute has its answer returned at once, and so has one
    that has cost five minutes already.
    """

    def __init__(
        self,
        transport: Transport,
        *,
        retries: int,
        backoff_factor: float,
        sleep: Callable[[float], None] = time.sleep,
        jitter: Callable[[], float] = random.random,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._transport = transport
        self._retries = retries
        self._backoff_factor = backoff_factor
        self._sleep = sleep
        self._jitter = jitter
        self._clock = clock

    def open(self, request: Request) -> Response:
        """Return the first answer that another try would not change, or the last one."""
        deadline = self._clock() + _LONGEST_TIME
        for attempt in range(self._retries):
            wait = min(self._backoff_factor * 2**attempt, _LONGEST_WAIT)
            wait += wait * self._jitter() / 4
            is_late = self._clock() + wait > deadline
            try:
                response = self._transport.open(request)
            except (CondaHTTPError, ProxyError) as error:
                if is_late or not error.is_connection_failure:
                    raise
                reason = error.message
            else:
                if is_late or response.status not in _RETRIED_STATUSES:
                    return response
                asked = _retry_after(response.headers.get("retry-after", ""))
                if asked > _LONGEST_WAIT:
                    return response
                wait = max(wait, asked)
                response.close()
                reason = f"status {response.status} for `{response.url}`"
            log("network", "another try in %.1f s: %s", wait, reason, is_detail=False)
            self._sleep(wait)
        return self._transport.open(request)

    def prepare(self, url: str, connections: int) -> None:
        """Prepare the transport below; what fails is not tried again."""
        prepare(self._transport, url, connections)

    def close(self) -> None:
        """Close the transport below."""
        close(self._transport)


def _retry_after(text: str) -> float:
    """Return the seconds that a Retry-After header asks for (RFC 9110, section 10.2.3)."""
    if text.isdecimal():
        return float(text)
    from email.utils import parsedate_to_datetime  # loaded by the HTTP library

    try:
        return max(parsedate_to_datetime(text).timestamp() - time.time(), 0.0)
    except (ValueError, OverflowError):
        return 0.0
