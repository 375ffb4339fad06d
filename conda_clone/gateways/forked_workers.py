"""Copies of this process that do one thing again and again, each on a core of its own.

Threads share one interpreter: of what is written in Python, they do one thing at a time.
"""

import os
import queue
from collections.abc import Callable

from conda_clone.gateways.forked_process import ForkedProcess, read_exactly

__all__ = ["ForkedWorkers", "Job"]

_LENGTH = 4  # bytes before the arguments of a job that say how long these are
_DONE, _FAILED = b"1", b"0"


class ForkedWorkers:
    """Worker processes, which any thread may ask.

    Args:
        count: How many.
        work: What they do, with texts for arguments; whether it raises is all that is told.
        prepare: What each does before its first work.
    """

    def __init__(
        self,
        count: int,
        work: Callable[..., object],
        *,
        prepare: Callable[[], object] | None = None,
    ) -> None:
        self._work = work
        self._prepare = prepare
        self._workers: list[_Worker] = []
        self._idle: queue.SimpleQueue[_Worker] = queue.SimpleQueue()
        for _ in range(count):
            others = tuple(worker.process for worker in self._workers)
            process = ForkedProcess.start(self._serve, others=others)
            if process is None:
                break
            worker = _Worker(process)
            self._workers.append(worker)
            self._idle.put(worker)

    @property
    def count(self) -> int:
        """How many there are."""
        return len(self._workers)

    def run(self, *arguments: str) -> bool:
        """Let an idle worker do its thing; return whether it came to its end.

        False also where no worker is left. Whoever wants to know why does it again.
        """
        if not self._workers:
            return False
        return Job(self._idle.get(), self._idle, arguments).is_done()

    def begin(self, *arguments: str) -> "Job | None":
        """Let a worker do its thing meanwhile, if one is idle now."""
        try:
            return Job(self._idle.get_nowait(), self._idle, arguments)
        except queue.Empty:
            return None

    def stop(self) -> None:
        """End all workers, in the middle of what they do; who waits for them is told."""
        for worker in self._workers:
            worker.process.end()

    def close(self) -> None:
        """Let go of workers that were stopped, when nobody waits for them any more."""
        for worker in self._workers:
            worker.process.forget()

    def _serve(self, jobs: int, answers: int) -> None:
        """Work until nobody asks any more."""
        if self._prepare is not None:
            self._prepare()
        while (length := read_exactly(jobs, _LENGTH)) is not None:
            job = read_exactly(jobs, int.from_bytes(length, "big")) or b""
            os.write(answers, self._answer(job))

    def _answer(self, job: bytes) -> bytes:
        try:
            self._work(*os.fsdecode(job).split("\0"))
        except BaseException:  # noqa: BLE001 - told by whoever does it again
            return _FAILED
        return _DONE


class Job:
    """Something that a worker is doing.

    Args:
        worker: Who does it.
        idle: Where this one goes afterwards.
        arguments: Of what is to be done.
    """

    def __init__(
        self,
        worker: "_Worker",
        idle: "queue.SimpleQueue[_Worker]",
        arguments: tuple[str, ...],
    ) -> None:
        self._worker = worker
        self._idle = idle
        worker.ask(arguments)

    def is_done(self) -> bool:
        """Wait, and return whether the worker came to its end."""
        try:
            return self._worker.answer()
        finally:
            self._idle.put(self._worker)

    def cancel(self) -> None:
        """End the worker, and its copies, in the middle of it; nobody may be waiting."""
        self._worker.end()
        self._idle.put(self._worker)


class _Worker:
    """One process, and whether it is still there."""

    def __init__(self, process: ForkedProcess) -> None:
        self.process = process
        self._is_gone = False

    def ask(self, arguments: tuple[str, ...]) -> None:
        job = os.fsencode("\0".join(arguments))
        if not self._is_gone:
            try:
                os.write(self.process.jobs, len(job).to_bytes(_LENGTH, "big") + job)
            except OSError:  # it was killed
                self._is_gone = True

    def answer(self) -> bool:
        if self._is_gone:
            return False
        try:
            answer = os.read(self.process.answers, 1)
        except OSError:  # it was killed
            answer = b""
        if not answer:
            self._is_gone = True
        return answer == _DONE

    def end(self) -> None:
        self._is_gone = True
        self.process.end()
        # A copy that it has made of itself may still be at work, until it notices.
        while os.read(self.process.answers, 1):
            pass
