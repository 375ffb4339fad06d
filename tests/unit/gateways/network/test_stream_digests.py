"""Digests of streams, which threads make of long ones."""

import hashlib
import threading

import pytest

from conda_clone.gateways.network import stream_digests
from conda_clone.gateways.network.stream_digests import StreamDigests

CHUNK = bytes(range(256)) * 512


def threads() -> int:
    return sum(thread.name == "digest" for thread in threading.enumerate())


@pytest.mark.parametrize("chunks", [0, 1, 40, 100])
@pytest.mark.parametrize("cores", [1, 2])
def test_they_are_those_of_the_whole_stream(
    chunks: int, cores: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_digests, "cores", lambda: cores)
    digests = StreamDigests(["sha256", "md5", "sha256"])
    for _ in range(chunks):
        digests.update(CHUNK)
    assert threads() == (2 if chunks > 32 and cores > 1 else 0)
    whole = CHUNK * chunks
    assert digests.result() == {
        "sha256": hashlib.sha256(whole).hexdigest(),
        "md5": hashlib.md5(whole).hexdigest(),
    }
    assert threads() == 0


def test_without_digests_there_are_no_threads() -> None:
    digests = StreamDigests([])
    for _ in range(50):
        digests.update(CHUNK)
    assert threads() == 0
    assert digests.result() == {}


def test_they_end_when_nobody_wants_them_any_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream_digests, "cores", lambda: 2)
    digests = StreamDigests(["md5"])
    for _ in range(50):
        digests.update(CHUNK)
    assert threads() == 1
    digests.close()
    assert threads() == 0


def test_where_there_are_too_many_threads_none_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    start = threading.Thread.start

    def start_one(thread: threading.Thread) -> None:
        if threads():
            raise RuntimeError("can't start new thread")
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", start_one)
    monkeypatch.setattr(stream_digests, "cores", lambda: 2)
    digests = StreamDigests(["md5", "sha256"])
    for _ in range(50):
        digests.update(CHUNK)
    assert threads() == 0
    assert digests.result()["md5"] == hashlib.md5(CHUNK * 50).hexdigest()
