"""Opens `ftp://` URLs as a web server would answer them: 200, 206, 401, 404.

User and password come from the URL; without them, it is anonymous. Each request has a connection of
its own, in passive mode.
"""

import ftplib
from collections.abc import Iterator
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from conda_clone.gateways.network.auth import basic_auth
from conda_clone.gateways.network.credentials import is_open
from conda_clone.gateways.network.errors import (
    CONNECTION_FAILED,
    CondaHTTPError,
    InsecureCredentialsError,
)
from conda_clone.gateways.network.patience import brisk
from conda_clone.gateways.network.transport import Request, Response, plain_response, range_start

if TYPE_CHECKING:
    import socket

    from conda_clone.config.settings import NetworkSettings

__all__ = ["FtpTransport"]

_STATUSES = {"530": (401, "Unauthorized"), "550": (404, "Not Found")}


class FtpTransport:
    """Fetches files from FTP servers."""

    def __init__(self, settings: "NetworkSettings") -> None:
        self._timeout = settings.read_timeout
        self._may_be_open = settings.allow_insecure_credentials

    def open(self, request: Request) -> Response:
        """Return the file as an answer.

        Raises:
            CondaHTTPError: No connection, or no sense in the address.
            InsecureCredentialsError: The address has a password, which would be sent openly.
        """
        url, auth = basic_auth(request.url)
        client = ftplib.FTP(timeout=self._timeout)  # noqa: S321 - digests verify what comes
        try:
            return self._retrieve(client, request, url, auth)
        except ftplib.error_perm as error:
            client.close()
            status, reason = _STATUSES.get(str(error)[:3], (403, "Forbidden"))
            return plain_response(request, status, reason)
        except (ftplib.Error, OSError, EOFError, ValueError) as error:
            client.close()
            raise _failure(request.url, error) from error

    def _retrieve(
        self, client: ftplib.FTP, request: Request, url: str, auth: tuple[str, str] | None
    ) -> Response:
        if auth is not None and not self._may_be_open and is_open(url):
            raise InsecureCredentialsError(url)
        parts = urlsplit(url)
        path = unquote(parts.path)
        if "\r" in path or "\n" in path:
            raise ValueError("a line break in a path would be a command of its own")
        client.connect(parts.hostname or "", parts.port or ftplib.FTP_PORT)
        user, password = auth or ("anonymous", "anonymous@")
        client.login(user, password)
        client.voidcmd("TYPE I")
        size = client.size(path)
        start = range_start(request)
        if size is None or (start or 0) >= size:
            start = None
        data, announced = client.ntransfercmd(f"RETR {path}", rest=start)
        data.settimeout(self._timeout)
        size = size if size is not None else announced
        headers = {} if size is None else {"content-length": str(size - (start or 0))}
        if start and size is not None:
            headers["content-range"] = f"bytes {start}-{size - 1}/{size}"

        def close() -> None:
            data.close()
            client.close()

        return Response(
            Request(url, request.headers, method=request.method),
            206 if start else 200,
            reason="Partial Content" if start else "OK",
            headers=headers,
            chunks=lambda chunk_size: _chunks(data, client, request.url, chunk_size),
            close=close,
            is_private=auth is not None,
        )


def _chunks(
    data: "socket.socket", client: ftplib.FTP, url: str, chunk_size: int
) -> Iterator[bytes]:
    try:
        yield from brisk(lambda: data.recv(chunk_size))
        data.close()
        client.voidresp()  # says whether all of it was sent
    except (ftplib.Error, OSError, EOFError) as error:
        raise _failure(url, error) from error


def _failure(url: str, error: Exception) -> CondaHTTPError:
    strerror = error.strerror if isinstance(error, OSError) else None
    cause = strerror or str(error) or "the server closed the connection"
    is_final = isinstance(error, ValueError)
    return CondaHTTPError(url, None, CONNECTION_FAILED, cause=cause, is_final=is_final)
