"""`signals_deferred`: let Ctrl-C wait for what must not be left in the middle."""

from collections.abc import Iterator
from contextlib import contextmanager

__all__ = ["signals_deferred"]


@contextmanager
def signals_deferred() -> Iterator[None]:
    """Let Ctrl-C wait until the block is through; it takes some tenths of a second at most.

    Only the main thread hears of signals.
    """
    import signal  # 1 ms, and few commands come here
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    received: list[int] = []
    former = signal.signal(signal.SIGINT, lambda number, _frame: received.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, former)
    if received:
        raise KeyboardInterrupt
