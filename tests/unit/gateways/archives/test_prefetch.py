"""Chunks that are made ahead come in order, with their errors, and nobody is left behind."""

import threading
from collections.abc import Iterator

import pytest

from conda_clone.gateways.archives.prefetch import prefetched


def test_chunks_come_in_order() -> None:
    chunks = [bytes([number]) for number in range(20)]
    assert list(prefetched(iter(chunks))) == chunks


def test_an_error_comes_after_the_chunks_before_it() -> None:
    def failing() -> Iterator[bytes]:
        yield b"1"
        raise ValueError("broken")

    ready = prefetched(failing())
    assert next(ready) == b"1"
    with pytest.raises(ValueError, match="broken"):
        next(ready)


def test_who_stops_early_stops_the_thread() -> None:
    made = []

    def endless() -> Iterator[bytes]:
        while True:
            made.append(threading.current_thread())
            yield b"x"

    ready = prefetched(endless())
    assert next(ready) == b"x"
    ready.close()
    assert not made[0].is_alive()
    assert len(made) < 10
