"""Bring one URL into one file: resumed where it broke off, verified while it is written.

The bytes go to `<target>.partial` and get their name when size and digests are right, so that a
file with the final name is always whole (spec/formats.md, section 6). What happens to the partial
file:

- the connection failed: it is kept, and the next download asks for the rest;
- the server refused (4xx), or the content is wrong: it is removed.

A download without a digest is never resumed, because nothing could tell that both halves belong
together.
"""

import os
import re
from collections.abc import Callable, Iterable

from conda_clone.errors import NoSpaceLeftError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.permissions import private_mode
from conda_clone.gateways.disk.write import make_directories, rename
from conda_clone.gateways.network.errors import (
    ChecksumMismatchError,
    CondaHTTPError,
    PathNotFoundError,
)
from conda_clone.gateways.network.mirrors import Rejecting
from conda_clone.gateways.network.stream_digests import Algorithm, StreamDigests
from conda_clone.gateways.network.transport import CHUNK, Request, Response, Transport
from conda_clone.models.url import url_to_path

__all__ = ["download", "partial_path"]

_RESUMPTIONS = 5  # of one download, each after a connection that brought something
_PARTIAL_CONTENT = 206
_RANGE_NOT_SATISFIABLE = 416
_CLIENT_ERRORS = range(400, 500)
_NOT_FOUND = 404
_CONTENT_RANGE = re.compile(r"bytes (\d{1,18})-")


def download(  # noqa: PLR0913 - all that is known of a file, and who hears of it
    transport: Transport,
    url: str,
    target_path: str,
    *,
    size: int | None = None,
    sha256: str | None = None,
    md5: str | None = None,
    digests: Iterable[Algorithm] = (),
    on_progress: Callable[[int], None] | None = None,
    on_size: Callable[[int], None] | None = None,
) -> dict[Algorithm, str]:
    """Fetch `url` into `target_path`, replacing what is there.

    Args:
        transport: How to open the URL, which may hold credentials.
        url: What to fetch.
        target_path: The file that the content becomes, once it is known to be right.
        size: The number of bytes that it must have.
        sha256: The digest that it must have, in hexadecimal.
        md5: Likewise; not looked at when a sha256 is given.
        digests: What else is to be worked out.
        on_progress: Called with numbers of bytes as they arrive. Bytes of an earlier, partial
            download count at once; a negative number takes bytes back that were of no use.
        on_size: Called with the size of the whole, when it is known and the first bytes have come.

    Returns:
        The digests of what came, in hexadecimal: the one that it must have, and others asked for.

    Raises:
        CondaHTTPError: The server refused, or the connection failed.
        PathNotFoundError: A file of this machine is not there.
        ChecksumMismatchError: What came is not what was asked for.
        NotWritableError: The file cannot be written.
        NoSpaceLeftError: There is no room for it; the part that came is removed.
    """
    make_directories(os.path.dirname(target_path) or ".")
    job = _Download(transport, url, target_path, on_progress=on_progress)
    job.size = size
    job.also = tuple(digests)
    job.on_size = on_size
    if sha256:
        job.expect("sha256", sha256)
    elif md5:
        job.expect("md5", md5)
    try:
        found = _run(job)
    except CondaHTTPError as error:
        if error.status in _CLIENT_ERRORS:
            remove_file(job.partial)
        if error.status == _NOT_FOUND and url.startswith("file://"):
            raise PathNotFoundError(url_to_path(url)) from error
        raise
    except (ChecksumMismatchError, NoSpaceLeftError):
        remove_file(job.partial)
        raise
    finally:
        job.close()
    rename(job.partial, target_path)
    return found


def partial_path(target_path: str) -> str:
    """Return the file that holds a download until all of it is there."""
    return f"{target_path}.partial"


def _run(job: "_Download") -> dict[Algorithm, str]:
    """Bring the content, from another mirror where one breaks off or has something else."""
    while True:
        try:
            return job.run()
        except (ChecksumMismatchError, CondaHTTPError) as error:
            transport = job.transport
            if not (isinstance(transport, Rejecting) and transport.reject(job.url)):
                raise
            if isinstance(error, ChecksumMismatchError):
                job.restart()


class _Download:
    """One file on its way; `done` bytes of it are in `partial` and in the digests."""

    def __init__(
        self,
        transport: Transport,
        url: str,
        target: str,
        *,
        on_progress: Callable[[int], None] | None,
    ) -> None:
        self.transport = transport
        self.url = url
        self.target = target
        self.partial = partial_path(target)
        self.size: int | None = None
        self.done = 0
        self._is_joined = False  # perhaps, of parts of several files
        self._validator = ""  # of the content that the first part of this job belongs to
        self._on_progress = on_progress
        self.also: tuple[Algorithm, ...] = ()
        self.on_size: Callable[[int], None] | None = None
        self._expected: dict[Algorithm, str] = {}
        self._digests = StreamDigests(())

    def expect(self, algorithm: Algorithm, digest: str) -> None:
        self._expected[algorithm] = digest.lower()

    def close(self) -> None:
        self._digests.close()

    def run(self) -> dict[Algorithm, str]:
        """Bring the whole content into `partial`, check it, and return its digests."""
        self._take_up()
        try:
            self._receive_all()
            return self._verified()
        except ChecksumMismatchError:
            if not self._is_joined:
                raise
            # The first part may belong to a file that has been replaced on the server since.
            self.restart()
            self._receive_all()
            return self._verified()

    def _take_up(self) -> None:
        """Count what an earlier download left, if a digest can tell whether it fits."""
        if not self._expected or not os.path.isfile(self.partial):
            self.restart()
            return
        self._begin()
        with disk_errors(self.partial), open(self.partial, "rb") as stream:
            while chunk := stream.read(CHUNK):
                self._count(chunk)
        self._is_joined = self.done > 0
        if self.size is not None and self.done > self.size:
            self.restart()

    def restart(self) -> None:
        """Forget what came so far."""
        remove_file(self.partial)
        if self.done and self._on_progress:
            self._on_progress(-self.done)
        self._begin()

    def _begin(self) -> None:
        self.done = 0
        self._is_joined = False
        self._digests.close()
        self._digests = StreamDigests((*self._expected, *self.also))

    def _receive_all(self) -> None:
        """Receive, and resume as long as every connection brings something."""
        for left in range(_RESUMPTIONS, -1, -1):
            before = self.done
            try:
                self._receive()
            except CondaHTTPError as error:
                if not (error.is_connection_failure and left and self.done > before):
                    raise
                if not self._expected:
                    self.restart()
            else:
                return

    def _receive(self) -> None:
        if self.done and self.done == self.size:
            return
        headers = {"Accept-Encoding": "identity"}
        is_rest = self.done > 0
        if is_rest:
            headers["Range"] = f"bytes={self.done}-"
            if self._validator:
                headers["If-Range"] = self._validator
        with self.transport.open(Request(self.url, headers)) as response:
            if not (self.done and response.status == _RANGE_NOT_SATISFIABLE):
                response.raise_for_status()
                if self.done and not self._continues(response):
                    self.restart()
                self._is_joined = is_rest
                self._validator = _validator(response)
                self._tell_size(response)
                self._write(response)
                return
        self.restart()
        self._receive()

    def _tell_size(self, response: Response) -> None:
        left = response.content_length
        size = self.size or (None if left is None else self.done + left)
        if self.on_size and size is not None:
            self.on_size(size)

    def _continues(self, response: Response) -> bool:
        found = _CONTENT_RANGE.match(response.headers.get("content-range", ""))
        return (
            response.status == _PARTIAL_CONTENT
            and found is not None
            and int(found.group(1)) == self.done
        )

    def _write(self, response: Response) -> None:
        # Unbuffered, so that the file holds what `done` counts when the connection breaks off.
        with disk_errors(self.partial):
            mode = private_mode(os.path.dirname(self.partial)) if response.is_private else 0o666
            descriptor = mutations.append(self.partial, mode)
            try:
                self._write_chunks(descriptor, response)
            except BaseException:
                os.close(descriptor)
                raise
            mutations.close(descriptor)

    def _write_chunks(self, descriptor: int, response: Response) -> None:
        for chunk in response.iter_bytes(CHUNK):
            view = memoryview(chunk)
            while view:
                view = view[mutations.write(descriptor, view) :]
            self._count(chunk)
            if self.size is not None and self.done > self.size:
                raise self._mismatch("size", str(self.size), f"more than {self.size}")

    def _count(self, chunk: bytes) -> None:
        self._digests.update(chunk)
        self.done += len(chunk)
        if self._on_progress:
            self._on_progress(len(chunk))

    def _verified(self) -> dict[Algorithm, str]:
        if self.size is not None and self.done != self.size:
            raise self._mismatch("size", str(self.size), str(self.done))
        found = self._digests.result()
        for algorithm, digest in self._expected.items():
            if found[algorithm] != digest:
                raise self._mismatch(algorithm, digest, found[algorithm])
        return found

    def _mismatch(self, kind: str, expected: str, actual: str) -> ChecksumMismatchError:
        return ChecksumMismatchError(
            self.url, self.target, checksum_type=kind, expected=expected, actual=actual
        )


def _validator(response: Response) -> str:
    """Return what tells whether a later part is of the same content (RFC 9110, section 13.1.5)."""
    etag = response.headers.get("etag", "")
    return etag if etag.startswith('"') else ""
