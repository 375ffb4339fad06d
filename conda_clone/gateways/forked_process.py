"""A copy of this process that works for it, and that two pipes lead to.

A copy is made in milliseconds and knows all that this process knows, so that nothing but what
changes needs to be told. It never outlives this process: it ends when nobody can ask it any more.

Only a process with one thread can be copied, for what other threads hold would be held forever.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from contextlib import suppress

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import ClassVar

__all__ = ["ForkedProcess", "can_fork", "cores", "is_orphan", "read_exactly"]


def can_fork() -> bool:
    """Tell whether copies of this process would work."""
    # On macOS, libraries of the system do not survive it.
    return hasattr(os, "fork") and sys.platform != "darwin" and threading.active_count() == 1


def cores() -> int:
    """Return how many processes can work at the same time."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def is_orphan() -> bool:
    """Tell whether this process is a copy of one that has ended since, perhaps at once."""
    return ForkedProcess.original not in (None, os.getppid())


class ForkedProcess:
    """One copy, as the process that has made it sees it.

    Attributes:
        original: The number of the process that this one is a copy of, if it is one.
        jobs: Descriptor to write to what the copy is to do.
        answers: Descriptor to read from what it says; at its end when the copy is, and whatever it
            has copied itself into.
    """

    original: "ClassVar[int | None]" = None

    def __init__(self, pid: int, jobs: int, answers: int) -> None:
        self._pid = pid
        self._ending = threading.Lock()
        self._is_ended = False
        self.jobs = jobs
        self.answers = answers

    @classmethod
    def start(
        cls, work: Callable[[int, int], object], *, others: "tuple[ForkedProcess, ...]" = ()
    ) -> "ForkedProcess | None":
        """Make a copy; return None where the system has no room for one.

        Args:
            work: What the copy does before it ends, given the descriptors of its jobs and answers.
                It ends when its jobs do. Exceptions of it are told to nobody.
            others: Copies that this one must not keep from noticing that this process has ended.
        """
        descriptors: list[int] = []
        original = os.getpid()
        try:
            descriptors += os.pipe()
            descriptors += os.pipe()
            pid = os.fork()
        except OSError:  # too many open files, or processes
            for descriptor in descriptors:
                os.close(descriptor)
            return None
        jobs, answers = descriptors[:2], descriptors[2:]
        if pid == 0:
            try:
                # Whoever asks hears of Ctrl-C, and ends us.
                signal.signal(signal.SIGINT, signal.SIG_IGN)
                ForkedProcess.original = original
                os.close(jobs[1])
                os.close(answers[0])
                for other in others:
                    other.forget()
                work(jobs[0], answers[1])
            finally:
                os._exit(0)
        os.close(jobs[0])
        os.close(answers[1])
        return cls(pid, jobs[1], answers[0])

    def end(self) -> None:
        """End it, in the middle of what it does; from any thread, and more than once."""
        with self._ending:
            if self._is_ended:  # its number may be that of another process by now
                return
            self._is_ended = True
            with suppress(ProcessLookupError, ChildProcessError):  # nobody is to wait for
                os.kill(self._pid, signal.SIGKILL)
                os.waitpid(self._pid, 0)

    def forget(self) -> None:
        """Close what it is asked by."""
        os.close(self.jobs)
        os.close(self.answers)


def read_exactly(descriptor: int, count: int) -> bytes | None:
    """Return so many bytes of a pipe, or None where nobody writes any more."""
    data = b""
    while len(data) < count:
        piece = os.read(descriptor, count - len(data))
        if not piece:
            return None
        data += piece
    return data
