"""The ways in which files of archives are written, each for archives of any size."""

import os
import threading
from collections.abc import Callable

import pytest

from conda_clone.gateways.archives import extract
from conda_clone.gateways.forked_process import ForkedProcess

__all__ = ["WRITERS", "write_files_by"]

WRITERS = ("alone", "threads", "partner")


class PartnerThread(ForkedProcess):
    """Does what a copy of this process would do: a program with threads cannot be copied."""

    def __init__(self, work: Callable[[int, int], object]) -> None:
        (jobs, told), (asked, answers) = os.pipe(), os.pipe()
        super().__init__(0, told, asked)

        def run() -> None:
            work(jobs, answers)
            os.close(jobs)
            os.close(answers)

        self._thread = threading.Thread(target=run)
        self._thread.start()

    def end(self) -> None:
        """Wait until it notices that there are no more jobs."""
        os.close(self.jobs)
        self._thread.join()

    def forget(self) -> None:
        """Close what it has answered through."""
        os.close(self.answers)


def write_files_by(writer: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files be written in one of the ways of `WRITERS`."""
    monkeypatch.setattr(extract, "can_fork", lambda: writer == "partner")
    monkeypatch.setattr(extract, "cores", lambda: 2)
    monkeypatch.setattr(extract, "_WORTH_A_PARTNER", -1)
    monkeypatch.setattr(extract, "_WORTH_THREADS", 1 << 40 if writer == "alone" else -1)
    monkeypatch.setattr(ForkedProcess, "start", PartnerThread)
