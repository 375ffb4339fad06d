"""Opens `file://` URLs as a server would: status, size, validators, conditional and range requests.

The validator (ETag) of a file is its modification time and size.
"""

import os
from collections.abc import Iterator
from typing import BinaryIO

from conda_clone.gateways.network.transport import Request, Response, plain_response, range_start
from conda_clone.models.url import url_to_path

__all__ = ["FileTransport"]


class FileTransport:
    """Opens files of this machine, and of shares that are mounted in it."""

    def open(self, request: Request) -> Response:
        """Return the file as an answer: 200, 206, 304, 403, 404 or 416."""
        path = url_to_path(request.url)
        try:
            stream = open(path, "rb")  # noqa: SIM115 - the response closes it
        except PermissionError:
            return plain_response(request, 403, "Forbidden")
        except OSError:  # absent, a folder, a part of the path that is a file
            return plain_response(request, 404, "Not Found")
        facts = os.fstat(stream.fileno())
        etag = f'"{facts.st_mtime_ns:x}-{facts.st_size:x}"'
        headers = {"content-length": str(facts.st_size), "etag": etag, "accept-ranges": "bytes"}
        if request.headers.get("If-None-Match") == etag:
            stream.close()
            return plain_response(request, 304, "Not Modified")
        start = range_start(request)
        if start is None:
            return _answer(request, 200, "OK", headers=headers, stream=stream)
        if start >= facts.st_size:
            stream.close()
            return plain_response(request, 416, "Range Not Satisfiable")
        stream.seek(start)
        headers["content-length"] = str(facts.st_size - start)
        headers["content-range"] = f"bytes {start}-{facts.st_size - 1}/{facts.st_size}"
        return _answer(request, 206, "Partial Content", headers=headers, stream=stream)


def _answer(
    request: Request, status: int, reason: str, *, headers: dict[str, str], stream: BinaryIO
) -> Response:
    def chunks(size: int) -> Iterator[bytes]:
        while chunk := stream.read(size):
            yield chunk

    return Response(
        request, status, reason=reason, headers=headers, chunks=chunks, close=stream.close
    )
