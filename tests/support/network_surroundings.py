"""What is wrong between us and a server: trust, names, proxies, clocks (N12, N13 and N15).

As in `network_faults`, each function yields once per case that held. The server itself is always
right; once its surroundings are, the same cache brings the right content.
"""

import json
import os
import socket
import ssl
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from email.utils import formatdate
from pathlib import Path
from typing import Any
from unittest import mock

from conda_clone.gateways.network.dialing import HEAD_START
from conda_clone.gateways.network.errors import CondaHTTPError, CondaSSLError, ProxyError
from conda_clone.models.values import replace
from tests.support.blackhole import blackhole
from tests.support.certificates import Authority, self_signed, server_context
from tests.support.network_cases import FORMS, PATIENT, Client, shared_channel
from tests.support.raw_server import RawServer, Reply, http

__all__ = ["names", "offline", "proxies", "trust"]

HOST = "channel.test"
TRIES = 3  # of one request, as `PATIENT` asks for
DAY = 24 * 3600 * 10**9  # ns
_Addresses = Callable[[], list[tuple[str, int]]]


class Names:
    """Answers what addresses a host has, in place of the network's servers for names."""

    def __init__(self, stack: ExitStack, server: RawServer) -> None:
        self._server = server
        self._ask = socket.getaddrinfo
        self.addresses: _Addresses = self.right
        self.asked = 0
        stack.enter_context(mock.patch("socket.getaddrinfo", self._answer))

    def right(self) -> list[tuple[str, int]]:
        """Return where the server is."""
        return [("127.0.0.1", self._server.port)]

    def _answer(self, host: Any, *arguments: Any, **options: Any) -> list[Any]:
        if host != HOST:
            return self._ask(host, *arguments, **options)
        self.asked += 1
        return [
            (
                socket.AF_INET6 if ":" in name else socket.AF_INET,
                socket.SOCK_STREAM,
                socket.IPPROTO_TCP,
                "",
                (name, port),
            )
            for name, port in self.addresses()
        ]


class Place:
    """A folder for caches, and a server that is called `HOST`."""

    def __init__(self, stack: ExitStack, context: ssl.SSLContext | None = None) -> None:
        self.folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = RawServer(shared_channel().answer, context=context, name=HOST)
        self.server = stack.enter_context(server)
        self.names = Names(stack, self.server)

    def client(self, form: str, **settings: Any) -> Client:
        """Return who fetches the form with these settings of connections."""
        return Client(form, self.server.url, self.folder, replace(PATIENT, **settings))


def trust(forms: Sequence[str] = FORMS) -> Iterator[int]:
    """N12: servers that nobody should trust, and bundles that are none."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ours, theirs = Authority(folder, "ours"), Authority(folder, "theirs")
        early, late = Authority(folder, "early"), Authority(folder, "late")
        good = ours.issue(HOST)
        old, older = ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1
        untrusted = [
            (server_context(late.expired(HOST)), late.bundle),
            (server_context(early.early(HOST)), early.bundle),
            (server_context(ours.issue("other.test")), ours.bundle),
            (server_context(self_signed(folder, HOST)), ours.bundle),
            (server_context(theirs.issue(HOST)), ours.bundle),
            (server_context(good, only=old), ours.bundle),
            (server_context(good, only=older), ours.bundle),
            *((server_context(good), bundle) for bundle in _no_bundles(folder, ours, theirs)),
        ]
        trusted = ours.bundle_with_revocations()
        for form in forms:
            for context, verify in untrusted:
                yield _is_refused(form, context, verify=verify)
            with ExitStack() as stack:
                place = Place(stack, server_context(good))
                assert place.client(form, ssl_verify=trusted).fetch()
            yield 1
            yield _is_warned_of(form, server_context(theirs.issue(HOST)))


def _no_bundles(folder: Path, ours: Authority, theirs: Authority) -> Iterator[bool | str]:
    """Yield what does not make a server trusted whose certificate is ours."""
    yield True
    yield "truststore"
    yield str(folder / "none.pem")
    for name, content in (("empty.pem", b""), ("text.pem", b"no certificate")):
        (folder / name).write_bytes(content)
        yield str(folder / name)
    (folder / "empty").mkdir()
    yield str(folder / "empty")
    yield ours.bundle_with_revocations(folder / f"ours-{HOST}.pem")
    # The list of another authority: whether our server is revoked cannot be known.
    unknown = folder / "unknown.pem"
    lists = Path(theirs.bundle_with_revocations()).read_bytes()
    unknown.write_bytes(Path(ours.bundle).read_bytes() + lists)
    yield str(unknown)


def _is_refused(form: str, context: ssl.SSLContext, *, verify: bool | str) -> int:
    with ExitStack() as stack:
        place = Place(stack, context)
        client = place.client(form, ssl_verify=verify)
        assert not client.fetch()
        assert isinstance(client.error, CondaSSLError)
        assert place.server.paths == []
        # Once: asking again changes nothing about trust.
        assert place.names.asked <= 1
    return 1


def _is_warned_of(form: str, context: ssl.SSLContext) -> int:
    """Run the case that verification is turned off, and every run says so."""
    with ExitStack() as stack:
        place = Place(stack, context)
        for _ in range(2):
            client = place.client(form, ssl_verify=False)
            assert client.fetch(ttl=0)
            assert client.listener.texts == [
                "Servers are not verified, because `ssl_verify` is false."
            ]
    return 1


def names(forms: Sequence[str] = FORMS) -> Iterator[int]:
    """N13, first part: names without addresses, and addresses that lead nowhere."""
    codes = (socket.EAI_NONAME, socket.EAI_AGAIN, socket.EAI_FAIL)
    for form in forms:
        for code in codes:
            yield _is_unknown(form, code)
        for times in (1, 2):
            yield _is_known_later(form, times)
        with tempfile.TemporaryDirectory() as folder:
            authority = Authority(Path(folder))
            context = server_context(authority.issue(HOST))
            yield _is_reached_elsewhere(form)
            yield _is_reached_elsewhere(form, context, ssl_verify=authority.bundle)


def _is_unknown(form: str, code: int) -> int:
    def unknown() -> list[tuple[str, int]]:
        raise socket.gaierror(code, "this name is not known")

    with ExitStack() as stack:
        place = Place(stack)
        place.names.addresses = unknown
        client = place.client(form)
        assert not client.fetch()
        assert isinstance(client.error, CondaHTTPError)
        assert "this name is not known" in client.error.message
        assert place.names.asked == TRIES
        place.names.addresses = place.names.right
        assert client.fetch()
    return 1


def _is_known_later(form: str, times: int) -> int:
    """Run the case that servers for names fail so many times and then answer."""
    with ExitStack() as stack:
        place = Place(stack)

        def flapping() -> list[tuple[str, int]]:
            if place.names.asked <= times:
                raise socket.gaierror(socket.EAI_AGAIN, "try again")
            return place.names.right()

        place.names.addresses = flapping
        assert place.client(form).fetch()
    return 1


def _is_reached_elsewhere(form: str, context: ssl.SSLContext | None = None, **settings: Any) -> int:
    """Run the case that the preferred address of a host never answers."""
    with ExitStack() as stack:
        place = Place(stack, context)
        nowhere = stack.enter_context(blackhole(socket.AF_INET6))
        place.names.addresses = lambda: [nowhere, *place.names.right()]
        # One address after the other, this time-out would be used up by the first.
        assert HEAD_START < 2
        assert place.client(form, connect_timeout=2, max_retries=0, **settings).fetch()
    return 1


def proxies(forms: Sequence[str] = FORMS) -> Iterator[int]:
    """N13, second part: proxies that want a password, hang up, or are not there."""
    refusal = Reply(http(b"", status="407 Proxy Authentication Required"))
    with tempfile.TemporaryDirectory() as folder:
        authority = Authority(Path(folder))
        context = server_context(authority.issue(HOST))
        for form in forms:
            yield _proxy_is_named(form, refusal, None, says="407")
            yield _proxy_is_named(form, refusal, context, says="407")
            for drop in (Reply(b""), Reply(b"", "reset"), Reply(b"", "stall"), Reply(b"?\r\n\r\n")):
                yield _proxy_is_named(form, drop, context)
            yield _proxy_is_named(form, None, None, says="refused")
            for value in (HOST, ".test", "other.test,test", "*"):
                yield _is_asked_directly(form, value)


def _proxy_is_named(
    form: str, reply: Reply | None, context: ssl.SSLContext | None, *, says: str = "proxy"
) -> int:
    """Run one case of a proxy that answers so, or is not there (None)."""
    with ExitStack() as stack:
        place = Place(stack, context)
        proxy = stack.enter_context(RawServer(lambda *_: reply or Reply(b"")))
        address = proxy.url if reply else "http://127.0.0.1:1"
        address = address.replace("://", "://user:canary@")
        client = place.client(
            form, proxy_servers={"all": address}, ssl_verify=False, connect_timeout=0.5
        )
        assert not client.fetch()
        assert isinstance(client.error, (ProxyError, CondaHTTPError))
        text = f"{client.error.message} {client.error.hint}"
        assert "proxy" in text.lower()
        assert says in text
        assert "canary" not in text
        assert place.server.paths == []
        assert place.client(form, ssl_verify=False).fetch()
    return 1


def _is_asked_directly(form: str, no_proxy: str) -> int:
    variables = {"HTTP_PROXY": "http://127.0.0.1:1", "NO_PROXY": no_proxy}
    with ExitStack() as stack:
        stack.enter_context(mock.patch.dict(os.environ, variables))
        place = Place(stack)
        assert place.client(form).fetch()
        with mock.patch.dict(os.environ, {"NO_PROXY": "elsewhere.test"}):
            client = place.client(form)
            assert not client.fetch(ttl=0)
            assert isinstance(client.error, ProxyError)
    return 1


def offline(forms: Sequence[str] = ("json", "zst", "shards")) -> Iterator[int]:
    """N15: old indexes without a network, and clocks that are wrong."""
    for form in forms:
        yield _is_used_offline(form, days=40, says="40 days old")
        yield _is_used_offline(form, days=0)
        yield _is_used_offline(form, days=-4000)
        yield _is_asked_anew(form)
        yield _is_missing_offline(form)
        for skew in (-4000, 4000):
            yield _clock_of_server(form, skew)


def _is_used_offline(form: str, *, days: int, says: str = "") -> int:
    """Run the case that an index which was fetched so long ago is all there is."""
    with ExitStack() as stack:
        place = Place(stack)
        assert place.client(form).fetch()
        _change_age(place.folder, days)
        before = len(place.server.paths)
        client = place.client(form, offline=True)
        assert client.fetch()
        assert len(place.server.paths) == before
        told = [text for text in client.listener.texts if "old" in text]
        assert len(told) == bool(says)
        assert says in "".join(told)
    return 1


def _is_asked_anew(form: str) -> int:
    """Run the case that the clock was years ahead when the index was fetched."""
    with ExitStack() as stack:
        place = Place(stack)
        assert place.client(form).fetch()
        _change_age(place.folder, -4000)
        before = len(place.server.paths)
        assert place.client(form).fetch(ttl=3600)
        assert len(place.server.paths) > before
    return 1


def _is_missing_offline(form: str) -> int:
    with ExitStack() as stack:
        place = Place(stack)
        client = place.client(form, offline=True)
        assert not client.fetch(is_verified=False)
        assert "not cached" in "".join(client.listener.texts)
        assert place.server.paths == []
        assert place.client(form).fetch()
    return 1


def _clock_of_server(form: str, days: int) -> int:
    """Run the case that the server lives so many days later than we."""

    def when(shift: int) -> str:
        return formatdate(time.time() + (days + shift) * 24 * 3600, usegmt=True)

    modified = when(-1)
    headers = (
        f"Date: {when(0)}",
        f"Last-Modified: {modified}",
        f"Expires: {when(1)}",
        "Cache-Control: max-age=30",
    )

    def answer(path: str, _: dict[str, str], __: int) -> Reply:
        body = shared_channel().files.get(path)
        return Reply(http(b"", status="404 Gone") if body is None else http(body, *headers))

    with ExitStack() as stack:
        place = Place(stack)
        place.server.answer = answer
        assert place.client(form).fetch()
        asked = len(place.server.paths)
        assert place.client(form).fetch()  # 30 seconds have not gone by here
        assert len(place.server.paths) == asked
        assert place.client(form).fetch(ttl=0)
        assert len(place.server.paths) > asked
        sent = place.server.headers[-1].get("if-modified-since", modified)
        assert sent == modified  # what it said, whatever we think of it
    return 1


def _change_age(folder: Path, days: int) -> None:
    """Let all indexes of a cache be so many days old."""
    found = list(folder.rglob("*.info.json"))
    assert found
    for path in found:
        state = json.loads(path.read_text())
        state["refresh_ns"] = time.time_ns() - days * DAY
        path.write_text(json.dumps(state))
