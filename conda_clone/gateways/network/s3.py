"""Opens `s3://bucket/key` URLs with boto3, where that is installed.

Credentials, region and endpoint are found as boto3 finds them: its files, and `AWS_*` variables.
Patience, proxies and trust are those of the settings.
"""

import threading
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from conda_clone.gateways.network.errors import (
    CONNECTION_FAILED,
    CondaHTTPError,
    MissingExtraError,
)
from conda_clone.gateways.network.transport import Request, Response, plain_response

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings

__all__ = ["S3Transport"]

_PASSED_ON = {"Range": "Range", "If-None-Match": "IfNoneMatch"}
_HEADERS = {
    "ContentLength": "content-length",
    "ContentRange": "content-range",
    "ETag": "etag",
    "CacheControl": "cache-control",
}
_OK = 200
_PARTIAL = 206


class S3Transport:
    """Fetches objects of buckets; the client is made with the first request.

    Args:
        settings: How connections are made.
    """

    def __init__(self, settings: "NetworkSettings") -> None:
        self._settings = settings
        self._lock = threading.Lock()
        self._made: Any = None

    def open(self, request: Request) -> Response:
        """Return the object as an answer."""
        bucket, _, key = request.url.partition("://")[2].partition("/")
        wanted = {
            name: request.headers[header]
            for header, name in _PASSED_ON.items()
            if header in request.headers
        }
        client = self._client(request.url)
        from botocore.exceptions import BotoCoreError, ClientError

        try:
            found = client.get_object(Bucket=bucket, Key=key, **wanted)
        except ClientError as error:
            answer = error.response.get("ResponseMetadata", {})
            code = str(error.response.get("Error", {}).get("Code", ""))
            return plain_response(request, int(answer.get("HTTPStatusCode", 500)), code)
        except (BotoCoreError, OSError, ValueError) as error:
            raise _failure(request.url, error) from error
        body = found["Body"]
        status = _PARTIAL if "ContentRange" in found else _OK
        headers = {header: str(found[name]) for name, header in _HEADERS.items() if name in found}

        def chunks(size: int) -> Iterator[bytes]:
            try:
                yield from body.iter_chunks(size)
            except (BotoCoreError, OSError) as error:
                raise _failure(request.url, error) from error

        return Response(
            request,
            status,
            reason="OK",
            headers=headers,
            chunks=chunks,
            close=body.close,
            is_private=True,  # keys are sent whenever there are some
        )

    def _client(self, url: str) -> Any:
        with self._lock:
            if self._made is None:
                try:
                    import boto3
                except ImportError:
                    raise MissingExtraError(
                        url, what="an S3 bucket", extra="s3", package="boto3"
                    ) from None
                self._made = boto3.client("s3", **_options(self._settings))
            return self._made


def _options(settings: "NetworkSettings") -> dict[str, Any]:
    """Return how the library makes its client."""
    from botocore.config import Config

    given = settings.proxy_servers
    proxies = {
        scheme: address
        for scheme in ("http", "https")
        if (address := given.get(scheme) or given.get("all")) is not None
    }
    config = Config(
        # One try: who retries is the transport around this one.
        retries={"total_max_attempts": 1},
        connect_timeout=settings.connect_timeout,
        read_timeout=settings.read_timeout,
        max_pool_connections=settings.fetch_threads,
        proxies=proxies or None,
    )
    if settings.ssl_verify in {True, "truststore"}:
        return {"config": config}  # whom it trusts by itself; it knows no store of the system
    return {"config": config, "verify": settings.ssl_verify}


def _failure(url: str, error: Exception) -> CondaHTTPError:
    # Names of classes, because texts of this library can have URLs with credentials.
    return CondaHTTPError(url, None, CONNECTION_FAILED, cause=type(error).__name__)
