"""Copies of this process that do one thing again and again, each on a core of its own.

Threads share one interpreter: of what is written in Python, they do one thing at a time. A copy is
made in milliseconds and knows all that this process knows, so that nothing but the arguments needs
to be told. A worker never outlives this process: it ends when nobody can ask it any more.

Only a process with one thread can be copied, for what other threads hold would be held forever.
"""

import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

__all__ = ["ForkedWorkers", "can_fork"]

_LENGTH = 4  # bytes before the arguments of a job that say how long these are
_DONE, _FAILED = b"1", b"0"


def can_fork() -> bool:
    """Tell whether copies of this process would work."""
    # On macOS, libraries of the system do not survive it.
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


class ForkedWorkers:
    """Worker processes, which any thread may ask.

    Args:
        count: How many.
        work: What they do, with texts for arguments; whether it raises is all that is told.
    """

    def __init__(self, count: int, work: Callable[..., object]) -> None:
        self._work = work
        self._workers: list[_Worker] = []
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for _ in range(count):
            worker = self._start()
            if worker is None:
                break
            self._workers.append(worker)
            self._idle.put(worker)

    def run(self, *arguments: str) -> bool:
        """Let an idle worker do its thing; return whether it came to its end.

        False also where no worker is left. Whoever wants to know why does it again.
        """
        if not self._workers:
            return False
        worker = self._idle.get()
        try:
            return worker.run(arguments)
        finally:
            self._idle.put(worker)

    def stop(self) -> None:
        """End all workers, in the middle of what they do; who waits for them is told."""
        for worker in self._workers:
            worker.end()

    def close(self) -> None:
        """Let go of workers that were stopped, when nobody waits for them any more."""
        for worker in self._workers:
            worker.forget()

    def _start(self) -> "_Worker | None":
        jobs, answers = os.pipe(), os.pipe()
        try:
            pid = os.fork()
        except OSError:  # too many processes
            for descriptor in (*jobs, *answers):
                os.close(descriptor)
            return None
        if pid == 0:
            self._serve(jobs, answers)
        os.close(jobs[0])
        os.close(answers[1])
        return _Worker(pid, jobs[1], answers[0])

    def _serve(self, jobs: tuple[int, int], answers: tuple[int, int]) -> None:
        """Work until nobody asks any more; the process ends here."""
        try:
            # Whoever asks hears of Ctrl-C, and ends us.
            signal.signal(signal.SIGINT, signal.SIG_IGN)
            os.close(jobs[1])
            os.close(answers[0])
            for worker in self._workers:
                worker.forget()
            while (length := _read(jobs[0], _LENGTH)) is not None:
                job = _read(jobs[0], int.from_bytes(length, "big")) or b""
                os.write(answers[1], self._answer(job))
        finally:
            os._exit(0)

    def _answer(self, job: bytes) -> bytes:
        try:
            self._work(*os.fsdecode(job).split("\0"))
        except BaseException:  # noqa: BLE001 - told by whoever does it again
            return _FAILED
        return _DONE


class _Worker:
    """One process, as the one that asks it sees it."""

    def __init__(self, pid: int, jobs: int, answers: int) -> None:
        self._pid = pid
        self._jobs = jobs
        self._answers = answers
        self._is_gone = False

    def run(self, arguments: tuple[str, ...]) -> bool:
        if self._is_gone:
            return False
        job = os.fsencode("\0".join(arguments))
        try:
            os.write(self._jobs, len(job).to_bytes(_LENGTH, "big") + job)
            answer = os.read(self._answers, 1)
        except OSError:  # it was killed
            answer = b""
        if not answer:
            self._is_gone = True
        return answer == _DONE

    def forget(self) -> None:
        """Close what it is asked by."""
        os.close(self._jobs)
        os.close(self._answers)

    def end(self) -> None:
        with suppress(ProcessLookupError):  # ended already
            os.kill(self._pid, signal.SIGKILL)
        os.waitpid(self._pid, 0)


def _read(descriptor: int, count: int) -> bytes | None:
    """Return so many bytes, or None where nobody writes any more."""
    data = b""
    while len(data) < count:
        piece = os.read(descriptor, count - len(data))
        if not piece:
            return None
        data += piece
    return data
