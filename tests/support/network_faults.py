"""What servers do wrong, case by case (spec/reliability.md, section 3d: N1 to N15).

A case is a channel of one package in one form (whole index, compressed, shards, or the package
itself), and a server that answers the file in question wrongly. What must hold every time:

- there is the right content, or a `CondaError`; never other content, another exception, or a wait;
- whatever was kept, the same cache brings the right content once the server is well again.

Each matrix yields once per case that held.
"""
# ruff: noqa: B023 - every closure is used up before the loop that made it goes on

import gzip
import hashlib
import itertools
import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from conda_clone.config.settings import ChannelSettings, NetworkSettings
from conda_clone.core.channels.index import Index
from conda_clone.errors import CondaError
from conda_clone.gateways.network.download import download
from conda_clone.gateways.network.session import RetryingTransport, build_transport
from conda_clone.gateways.network.transport import Request
from conda_clone.models.events import SilentReporter
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.testing.archives import compress_zstd
from conda_clone.testing.shards import write_shards
from tests.support.raw_server import RawServer, Reply, http

__all__ = ["FORMS", "MATRICES", "Channel"]

FORMS = ("json", "zst", "shards", "package")
_Wrong = Callable[[bytes, dict[str, str], int], Reply]
_NAMES = {"json": "repodata.json", "zst": "repodata.json.zst", "package": "x-1-0.conda"}


@dataclass
class Channel:
    """The files of a channel, in memory, by their path.

    Attributes:
        size: Bytes of the package.
    """

    size: int = 300_000
    files: dict[str, bytes] = field(default_factory=dict)
    package: bytes = b""

    def __post_init__(self) -> None:
        block = hashlib.sha512(b"package").digest()
        self.package = (block * (self.size // len(block) + 1))[: self.size]
        filler = [f"f{number} >={number}" for number in range(2000)]
        entry = {"name": "x", "version": "1", "build": "0", "build_number": 0, "depends": filler}
        body = json.dumps({"packages": {}, "packages.conda": {"x-1-0.conda": entry}}).encode()
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name, "noarch")
            folder.mkdir()
            (folder / "repodata.json").write_bytes(body)
            write_shards(folder)
            (folder / "repodata.json.zst").write_bytes(compress_zstd(body))
            for path in folder.rglob("*"):
                if path.is_file():
                    self.files[f"/noarch/{path.relative_to(folder).as_posix()}"] = path.read_bytes()
        self.files["/noarch/x-1-0.conda"] = self.package

    def path_of(self, form: str) -> str:
        """Return the path of the file that is answered wrongly."""
        if form == "shards":
            return next(path for path in self.files if "/shards/" in path)
        return f"/noarch/{_NAMES[form]}"

    def right(self, path: str, headers: dict[str, str]) -> Reply:
        """Return what a server should say."""
        body = self.files.get(path)
        if body is None:
            return Reply(http(b"", status="404 Not Found"))
        etag = f'"{hashlib.md5(body).hexdigest()}"'
        if headers.get("if-none-match") == etag:
            return Reply(http(b"", f"ETag: {etag}", status="304 Not Modified", length=False))
        start = headers.get("range", "")[len("bytes=") : -1]
        if start.isdecimal() and headers.get("if-range", etag) == etag and int(start) < len(body):
            part = f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"
            return Reply(http(body[int(start) :], part, status="206 Partial Content"))
        return Reply(http(body, f"ETag: {etag}"))


class Client:
    """Who fetches one form again and again, with one cache."""

    def __init__(self, channel: Channel, form: str, url: str, folder: Path) -> None:
        self._channel = channel
        self._form = form
        self._url = url
        self._folder = folder
        settings = NetworkSettings(
            max_retries=2, backoff_factor=0, read_timeout=0.4, connect_timeout=2
        )
        self._transport = build_transport(settings)

    def fetch(self, *, is_verified: bool = True) -> bool:
        """Return True for the right content, False for an error that says what is wrong.

        Args:
            is_verified: Whether wrong content must not come; nothing verifies a whole index.
        """
        try:
            content = self._package() if self._form == "package" else self._index()
        except CondaError as error:
            return not error.message
        assert not is_verified or content == self._expected()
        return content == self._expected()

    def _expected(self) -> bytes:
        return self._channel.package if self._form == "package" else b"2000"

    def _package(self) -> bytes:
        target = self._folder / "x-1-0.conda"
        target.unlink(missing_ok=True)
        right = self._channel.package
        digest = hashlib.sha256(right).hexdigest()
        url = f"{self._url}/noarch/x-1-0.conda"
        try:
            download(self._transport, url, str(target), size=len(right), sha256=digest)
        except CondaError:
            assert not target.exists()
            raise
        return target.read_bytes()

    def _index(self) -> bytes:
        settings = ChannelSettings(
            channels=(self._url,),
            subdirs=("noarch",),
            repodata_use_shards=self._form == "shards",
            repodata_use_zst=self._form != "json",
        )
        cache = str(self._folder / "cache")
        index = Index.open(settings, self._transport, cache, SilentReporter())
        return b",".join(str(len(each.depends)).encode() for each in index.query(MatchSpec("x")))


def held(form: str, wrong: _Wrong, *, warm: bool = False, is_verified: bool = True) -> int:
    """Run one case: the server is wrong, then well; return 1.

    Args:
        form: What is fetched.
        wrong: The wrong answer, from the right body, the headers, and the number of the request.
        warm: Whether the client has fetched it before.
        is_verified: Whether something tells wrong content from right.
    """
    channel = _shared()
    path = channel.path_of(form)
    state = {"is_well": warm}

    def answer(asked: str, headers: dict[str, str], before: int) -> Reply:
        if asked == path and not state["is_well"]:
            return wrong(channel.files[path], headers, before)
        return channel.right(asked, headers)

    with tempfile.TemporaryDirectory() as folder, RawServer(answer) as server:
        client = Client(channel, form, server.url, Path(folder))
        if warm:
            assert client.fetch()
            state["is_well"] = False
        client.fetch(is_verified=is_verified)
        state["is_well"] = True
        assert client.fetch()
    return 1


def _shared(made: list[Channel] = []) -> Channel:  # noqa: B006 - made once
    if not made:
        made.append(Channel())
    return made[0]


def cut_short(forms: Sequence[str] = FORMS) -> Iterator[int]:
    """N1: bodies that end early, with a length, without one, and in pieces that have no end."""
    for form, share in itertools.product(forms, (0, 0.5, -1)):

        def cut(body: bytes, share: float = share) -> bytes:
            return body[: -1 if share == -1 else int(len(body) * share)]

        def pieces(body: bytes) -> bytes:
            part = cut(body)
            head = http(b"", "Transfer-Encoding: chunked", length=False)
            return head + (f"{len(part):x}\r\n".encode() + part + b"\r\n" if part else b"")

        yield held(
            form, lambda body, *_: Reply(http(body)[: len(http(body)) - len(body)] + cut(body))
        )
        yield held(form, lambda body, *_: Reply(http(cut(body), length=False)))
        yield held(form, lambda body, *_: Reply(pieces(body)))


def wrong_lengths(forms: Sequence[str] = FORMS) -> Iterator[int]:
    """N2: lengths that are too large, too small, negative, double, or of another form."""
    lengths = ("1000000", "100", "-5", "x", "7 9", "5,5", "1" + "0" * 30)
    for form, length in itertools.product(forms, lengths):
        lines = [f"Content-Length: {each}" for each in length.split()]
        yield held(form, lambda body, *_: Reply(http(body, *lines, length=False)))
    for form, of_packed in itertools.product(forms, (True, False)):

        def packed(body: bytes, *_: object, of_packed: bool = of_packed) -> Reply:
            data = gzip.compress(body)
            length = len(data if of_packed else body)
            lines = ("Content-Encoding: gzip", f"Content-Length: {length}")
            return Reply(http(data, *lines, length=False))

        yield held(form, packed)


def broken_connections(forms: Sequence[str] = FORMS, places: int = 10) -> Iterator[int]:
    """N3: connections that are reset or closed at any place of the answer."""
    for form, place, end in itertools.product(forms, range(places), ("reset", "close")):

        def broken(body: bytes, *_: object, place: int = place, end: str = end) -> Reply:
            whole = http(body)
            return Reply(whole[: len(whole) * place // places], end)

        yield held(form, broken)


def silence(forms: Sequence[str] = FORMS) -> Iterator[int]:
    """N4: servers that say nothing, or no more, and keep the connection."""
    for form, size in itertools.product(forms, (0, 5, 200)):
        yield held(form, lambda body, *_: Reply(http(body)[:size], "stall"))


def busy_servers(forms: Sequence[str] = ("json",)) -> Iterator[int]:
    """N5: servers that are busy, and say for how long; nobody waits longer than a minute."""
    waits = ("0", "3", "Wed, 21 Oct 2015 07:28:00 GMT", str(10**9), "garbage", "-1")
    statuses = (408, 425, 429, 500, 502, 503, 504)
    for _, status, wait in itertools.product(forms, statuses, waits):
        slept: list[float] = []
        lines = (f"Retry-After: {wait}",)
        reply = Reply(http(b"busy", *lines, status=f"{status} Busy"))
        with RawServer(lambda *_: reply) as server:
            inner = build_transport(NetworkSettings(max_retries=0, read_timeout=2))
            patient = RetryingTransport(inner, retries=2, backoff_factor=1, sleep=slept.append)
            with patient.open(Request(f"{server.url}/f")) as response:
                assert response.status == status
                message = response.error().message
        assert len(slept) == (0 if wait == str(10**9) else 2)
        assert max(slept, default=0) <= 75
        assert wait in message or not wait.isdecimal()
        yield 1
    for status in (401, 403, 404):
        with RawServer(lambda *_: Reply(http(b"", status=f"{status} No"))) as server:
            transport = build_transport(NetworkSettings(max_retries=3, read_timeout=2))
            with transport.open(Request(f"{server.url}/f")) as response:
                assert response.status == status
            assert len(server.paths) == 1
        yield 1


def ranges() -> Iterator[int]:
    """N6: servers that answer a request for the rest of a file with something else."""
    half = 150_000
    answers: list[Callable[[bytes], bytes]] = [
        lambda body: http(body[half:], "Content-Range: bytes 1-9/10", status="206 Partial Content"),
        lambda body: http(body[half:], status="206 Partial Content"),
        lambda _: http(b"?" * half, f"Content-Range: bytes {half}-299999/300000",
                          status="206 Partial Content"),
        lambda body: http(body, 'ETag: "new"'),
        lambda _: http(b"", "Content-Range: bytes */7", status="416 Range Not Satisfiable"),
        lambda _: http(b"--x\r\n", "Content-Type: multipart/byteranges; boundary=x",
                       status="206 Partial Content"),
    ]  # fmt: skip
    for rest, etag in itertools.product(answers, ('ETag: "old"', 'ETag: W/"old"')):

        def answer(
            body: bytes,
            headers: dict[str, str],
            before: int,
            rest: Callable[[bytes], bytes] = rest,
            etag: str = etag,
        ) -> Reply:
            if before == 0:
                whole = http(body, etag)
                return Reply(whole[: len(whole) - half])
            if "range" in headers:
                assert headers.get("if-range", '"old"') == '"old"'
                return Reply(rest(body))
            return Reply(http(body, etag))

        yield held("package", answer)


def lying_validators(forms: Sequence[str] = ("json", "zst", "shards")) -> Iterator[int]:
    """N7: validators that do not belong to the content."""
    for form in forms:
        yield held(form, lambda body, *_: Reply(http(body, 'ETag: "other"')), warm=True)
        yield held(form, lambda *_: Reply(http(b"", status="304 Not Modified")))
        yield held(form, lambda *_: Reply(http(b"", status="304 Not Modified")), warm=True)
        yield held(form, lambda *_: Reply(http(b"[]", 'ETag: "same"')), warm=True)


def flipped_bits(
    forms: Sequence[str] = ("zst", "shards", "package"), count: int = 100
) -> Iterator[int]:
    """N8: one bit of the body is another one, every time it is asked for."""
    for form, number in itertools.product(forms, range(count)):

        def flipped(body: bytes, *_: object, number: int = number) -> Reply:
            changed = bytearray(body)
            position = number * (len(body) * 8 - 1) // max(count - 1, 1)
            changed[position // 8] ^= 1 << position % 8
            return Reply(http(bytes(changed)))

        yield held(form, flipped, is_verified=form in {"shards", "package"})


def bombs(megabytes: int = 1536) -> Iterator[int]:
    """N9: a few bytes that become far more than an index."""
    bomb = b"".join(compress_zstd(bytes(1 << 26)) for _ in range(megabytes // 64))
    yield held("zst", lambda *_: Reply(http(bomb)))
    yield held("shards", lambda *_: Reply(http(bomb)))
    packed = gzip.compress(b" " * (1 << 26), 9) * (megabytes // 64)
    yield held("json", lambda *_: Reply(http(packed, "Content-Encoding: gzip")))
    nested = ", ".join(["gzip"] * 1000)
    yield held("json", lambda body, *_: Reply(http(body, f"Content-Encoding: {nested}")))
    # A frame that asks for a window of 2 GiB.
    window = b"\x28\xb5\x2f\xfd\x00\xa8" + b"\x01\x00\x00"
    yield held("zst", lambda *_: Reply(http(window)))
    yield held("shards", lambda *_: Reply(http(window)))


def redirections() -> Iterator[int]:
    """N10: redirections in circles, and to places where nobody should be led."""
    targets = (
        "/noarch/repodata.json", "file:///etc/passwd", "ftp://127.0.0.1/x", "gopher://x/",
        "http://169.254.169.254/latest", "http://[fe80::1]/", "http://0.0.0.0:9/", "http://host:x/",
        "http://[::1", "//", "http://", "javascript:alert(1)", "data:,x", "\x7f", "%",
        "http://user:pw@127.0.0.1:9/", "https://127.0.0.1:9/", "?x=1", "#f", "http:///x",
    )  # fmt: skip
    for target in targets:
        line = f"Location: {target}"
        yield held("json", lambda *_: Reply(http(b"", line, status="302 Found")))


def other_content() -> Iterator[int]:
    """N11: login pages, other encodings, and what is no index."""
    page = b"<html><body>Please log in</body></html>"
    bodies = (
        page,
        b"\xef\xbb\xbf{",
        "{}".encode("utf-16"),
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"\0" * 99,
    )
    for form, body, warm in itertools.product(("json", "zst"), bodies, (False, True)):
        line = "Content-Type: text/html"
        yield held(form, lambda *_: Reply(http(body, line)), warm=warm)


def mirrors() -> Iterator[int]:
    """N14: three mirrors of which one or two are gone, stale, empty or wrong."""
    channel = _shared()
    right = channel.package
    digest = hashlib.sha256(right).hexdigest()
    faults = (
        Reply(http(b"", status="404 Not Found")),
        Reply(http(b"", status="500 Broken")),
        Reply(http(right[:-1] + b"?")),
        Reply(http(right)[:-9]),
        Reply(b"", "reset"),
    )
    for first, second in itertools.product(faults, repeat=2):
        with (
            tempfile.TemporaryDirectory() as folder,
            RawServer(lambda *_: first) as one,
            RawServer(lambda *_: second) as two,
            RawServer(lambda path, headers, _: channel.right(path, headers)) as three,
        ):
            places = tuple(server.url for server in (one, two, three))
            settings = NetworkSettings(
                max_retries=0, read_timeout=2, mirrors={"https://main.invalid": places}
            )
            target = Path(folder, "x")
            url = "https://main.invalid/noarch/x-1-0.conda"
            download(build_transport(settings), url, str(target), size=len(right), sha256=digest)
            assert target.read_bytes() == right
        yield 1


MATRICES: dict[str, Callable[[], Iterator[int]]] = {
    "N1 bodies cut short": cut_short,
    "N2 wrong lengths": wrong_lengths,
    "N3 connections that break": broken_connections,
    "N4 silence": silence,
    "N5 busy servers": busy_servers,
    "N6 wrong ranges": ranges,
    "N7 validators that lie": lying_validators,
    "N8 flipped bits": flipped_bits,
    "N9 bombs": bombs,
    "N10 redirections": redirections,
    "N11 other content": other_content,
    "N14 mirrors that disagree": mirrors,
}
