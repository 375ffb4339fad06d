"""What web servers do wrong, case by case (spec/reliability.md, section 3d: N1 to N11, and N14).

A case is a channel of one package in one form (whole index, compressed, shards, or the package
itself), and a server that answers the file in question wrongly; what must hold is said in
`network_cases`. Each matrix yields once per case that held.
"""
# ruff: noqa: B023 - every closure is used up before the loop that made it goes on

import gzip
import itertools
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from email.utils import formatdate
from pathlib import Path
from unittest import mock

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network import patience
from conda_clone.gateways.network.dialing import dial
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.session import RetryingTransport, build_transport
from conda_clone.gateways.network.transport import Request
from tests.support.network_cases import FORMS, Client, held, shared_channel
from tests.support.raw_server import RawServer, Reply, http

__all__ = [
    "bombs",
    "broken_connections",
    "busy_servers",
    "cut_short",
    "flipped_bits",
    "lying_validators",
    "mirrors",
    "other_content",
    "ranges",
    "redirections",
    "silence",
    "wrong_lengths",
]

TRIES = 3  # of one request, as clients are told
MOST_HOPS = 10
DIAL = "conda_clone.gateways.network.connections.dial"


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
    """N3: connections that are refused, reset or closed at any place of the answer."""
    for form, place, end in itertools.product(forms, range(places), ("reset", "close")):
        asked: list[int] = []

        def broken(body: bytes, *_: object, place: int = place, end: str = end) -> Reply:
            asked.append(place)
            whole = http(body)
            return Reply(whole[: len(whole) * place // places], end)

        yield held(form, broken)
        # A package goes on where it broke off, five times, as long as something comes.
        assert len(asked) <= (8 if form == "package" else TRIES)
    for form in forms:
        yield refused(form)


def refused(form: str) -> int:
    """Run one case of N3: nobody listens where the channel was; return 1."""
    with tempfile.TemporaryDirectory() as folder:
        with RawServer(shared_channel().answer) as server:
            client = Client(form, server.url, Path(folder))
            assert client.fetch()
        assert not client.fetch(ttl=0)
        assert "refused" in str(client.error)
    return 1


def silence(forms: Sequence[str] = FORMS) -> Iterator[int]:
    """N4: servers that say nothing, or no more, and those that send a byte now and then."""
    for form, size in itertools.product(forms, (0, 5, 200)):
        yield held(form, lambda body, *_: Reply(http(body)[:size], "stall"))
    for form in forms:
        # As many bytes as would take minutes: of the headers, and of the body.
        yield held(form, lambda body, *_: Reply(http(body)[:1000], dripped=1000))
        with mock.patch.object(patience, "WINDOW", 1.0):  # seconds, of 30
            yield held(form, lambda body, *_: Reply(http(body)[:1000], dripped=800))


def busy_servers(forms: Sequence[str] = ("json",)) -> Iterator[int]:
    """N5: servers that are busy, and say for how long; nobody waits longer than a minute."""
    soon = formatdate(time.time() + 3, usegmt=True)
    late = "Fri, 01 Jan 2100 00:00:00 GMT"
    past = "Wed, 21 Oct 2015 07:28:00 GMT"
    waits = ("0", "3", past, soon, late, str(10**9), "garbage", "-1")
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
        assert len(slept) == (0 if wait in {str(10**9), late} else 2)
        assert max(slept, default=0) <= 75
        assert max(slept, default=3) >= (2 if wait in {"3", soon} else 1)
        told = "2100-01-01 00:00:00 UTC" if wait == late else wait
        assert told in message or not (wait.isdecimal() or wait == late)
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
        for damage in ("cut", "emptied", "other"):
            yield damaged_cache(form, damage)


def damaged_cache(form: str, damage: str) -> int:
    """Run one case of N7: the server says "not modified" about a copy that is damaged."""
    with tempfile.TemporaryDirectory() as folder, RawServer(shared_channel().answer) as server:
        client = Client(form, server.url, Path(folder))
        assert client.fetch()
        for path in Path(folder, "cache").rglob("*"):
            if path.is_file() and not path.name.endswith(".info.json"):
                content = path.read_bytes()
                wrong = {"cut": content[: len(content) // 2], "emptied": b""}
                path.write_bytes(wrong.get(damage, b"?" * len(content)))
        assert client.fetch(ttl=0)
    return 1


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


def bombs(megabytes: int = 10_240) -> Iterator[int]:
    """N9: a few bytes that become far more than an index; in a process of its own.

    Each has less than a minute of CPU time; together, they may not take a GiB of memory.
    """
    command = [sys.executable, "-m", "tests.support.network_bombs", str(megabytes)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    for line in done.stdout.splitlines():
        seconds, mebibytes = map(float, line.split())
        assert seconds < 60
        assert mebibytes < 1024
        yield 1


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
        with mock.patch(
            "conda_clone.gateways.network.connections.dial", side_effect=dial
        ) as called:
            yield held("json", lambda *_: Reply(http(b"", line, status="302 Found")))
        asked = [call.args[0] for call in called.call_args_list]
        assert set(asked) <= {"127.0.0.1"}
    for hops, is_reached in ((10, True), (11, False), (21, False)):
        assert reached(hops) is is_reached
        yield 1
    yield stripped("", "Authorization")
    yield stripped("user:canary@", "Authorization")
    yield stripped("", "Cookie")
    yield stripped("", "Proxy-Authorization")


def reached(hops: int) -> bool:
    """Run one case of N10: so many redirections, one after the other."""

    def answer(path: str, *_: object) -> Reply:
        left = int(path[1:])
        where = f"Location: /{left - 1}"
        return Reply(http(b"", where, status="307 On") if left else http(b"there"))

    with RawServer(answer) as server:
        transport = build_transport(NetworkSettings(max_retries=0, read_timeout=2))
        try:
            transport.open(Request(f"{server.url}/{hops}")).close()
        except CondaHTTPError:
            assert len(server.paths) == MOST_HOPS + 1
            return False
        return True


def stripped(login: str, header: str) -> int:
    """Run one case of N10: credentials do not follow to another port; return 1."""
    with RawServer(lambda *_: Reply(http(b"there"))) as other:
        line = f"Location: {other.url}/x"
        with RawServer(lambda *_: Reply(http(b"", line, status="307 On"))) as server:
            url = f"{server.url}/t/canary/x".replace("://", f"://{login}")
            request = Request(url, {} if login else {header: "canary"})
            build_transport(NetworkSettings(max_retries=0)).open(request).close()
            assert header.lower() in server.headers[0]
            assert "canary" in server.paths[0]
        assert other.paths == ["/x"]
        assert "canary" not in str(other.headers)
        assert header.lower() not in other.headers[0]
    return 1


def other_content() -> Iterator[int]:
    """N11: login pages, other encodings, and what is no index; the copy that is there stays."""
    bodies = (
        b"<html><body>Please log in</body></html>",
        b"\xef\xbb\xbf{",
        "{}".encode("utf-16"),
        b"",
        b"null",
        b"[]",
        b'"x"',
        b"\0" * 99,
    )
    for form, body, warm in itertools.product(("json", "zst"), bodies, (False, True)):
        yield replaced(form, body, warm=warm)


def replaced(form: str, body: bytes, *, warm: bool) -> int:
    """Run one case of N11: all forms of the index are something else; return 1."""
    channel = shared_channel()
    state = {"is_well": warm}

    def answer(path: str, headers: dict[str, str], _: int) -> Reply:
        is_wrong = path.startswith("/noarch/repodata.json") and not state["is_well"]
        return (
            Reply(http(body, "Content-Type: text/html"))
            if is_wrong
            else channel.right(path, headers)
        )

    with tempfile.TemporaryDirectory() as folder, RawServer(answer) as server:
        client = Client(form, server.url, Path(folder))
        assert client.fetch() is warm
        state["is_well"] = False
        assert not client.fetch(ttl=0)
        assert client.error is not None
        assert "repodata.json" in client.error.message
        assert "not an index" in client.error.message
        if warm:
            offline = Client(form, server.url, Path(folder), NetworkSettings(offline=True))
            assert offline.fetch()
        state["is_well"] = True
        assert client.fetch()
    return 1


def mirrors() -> Iterator[int]:
    """N14: three mirrors of which one or two are gone, stale, empty or wrong."""
    right = shared_channel().package
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
            RawServer(shared_channel().answer) as three,
        ):
            servers = (one, two, three)
            network = NetworkSettings(
                max_retries=0,
                read_timeout=20,
                mirrors={"https://main.invalid": tuple(server.url for server in servers)},
            )
            client = Client("package", "https://main.invalid", Path(folder), network)
            assert client.fetch()
            before = [len(server.paths) for server in servers]
            assert client.fetch()
            # One that merely lacks a file is asked for the next one; others are not.
            lacking = [reply is faults[0] for reply in (first, second)]
            after = [len(server.paths) for server in servers]
            assert [b - a for a, b in zip(before, after, strict=True)] == [*lacking, 1]
        yield 1
