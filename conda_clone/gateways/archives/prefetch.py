"""Produce the chunks of a stream in a thread of its own, while others use those before.

Decompression lets other threads run, and so do writing and digests: with two cores, an archive is
unpacked in the time of the slower half. A few chunks wait at most, so that memory stays bounded.
"""

import queue
import threading
from collections.abc import Generator, Iterable

__all__ = ["prefetched"]

_WAITING = 2
_LOOK_AGAIN = 0.05  # seconds until the thread looks whether anybody still wants its chunks


def prefetched(chunks: Iterable[bytes]) -> "Generator[bytes, None, None]":
    """Yield the chunks of another iterator, which runs ahead; its errors are raised here.

    When this iterator is closed, the other one is not advanced any more, and its thread has ended.
    Where the system has no room for a thread, nothing runs ahead.
    """
    waiting: queue.Queue[bytes | BaseException | None] = queue.Queue(_WAITING)
    stop = threading.Event()
    thread = threading.Thread(target=_produce, args=(chunks, waiting, stop), daemon=True)
    try:
        thread.start()
    except RuntimeError:  # the system has no room for one
        yield from chunks
        return
    try:
        while (item := waiting.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
        thread.join()


def _produce(
    chunks: Iterable[bytes],
    waiting: "queue.Queue[bytes | BaseException | None]",
    stop: threading.Event,
) -> None:
    try:
        for chunk in chunks:
            if not _hand_over(chunk, waiting, stop):
                return
        _hand_over(None, waiting, stop)
    except BaseException as error:  # noqa: BLE001 - raised again by whoever takes the chunks
        _hand_over(error, waiting, stop)


def _hand_over(
    item: bytes | BaseException | None,
    waiting: "queue.Queue[bytes | BaseException | None]",
    stop: threading.Event,
) -> bool:
    while not stop.is_set():
        try:
            waiting.put(item, timeout=_LOOK_AGAIN)
        except queue.Full:
            continue
        return True
    return False
