"""Plugin of pytest for `nox -s effects`: fails a run in which effects come from where none may."""

import os
import tempfile
from pathlib import Path

import pytest

from tests.support import audit

__all__: list[str] = []

_EXIT_STATUS = 1


def pytest_configure(config: pytest.Config) -> None:
    """Begin to watch; workers of a run write into the file of who has started them."""
    if not _is_worker(config):
        descriptor, name = tempfile.mkstemp(prefix="effects-", suffix=".txt")
        os.close(descriptor)
        os.environ[audit.REPORT] = name
    audit.install(Path(os.environ[audit.REPORT]))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Let the run fail if something was found."""
    if not _is_worker(session.config) and _found():
        session.exitstatus = _EXIT_STATUS


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Tell what was found, by module and line."""
    if _is_worker(config):
        return
    terminalreporter.section("effects outside of gateways")
    for line in _found() or ["none"]:
        terminalreporter.line(line)


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the file of the run."""
    if not _is_worker(config):
        Path(os.environ[audit.REPORT]).unlink()


def _is_worker(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")


def _found() -> list[str]:
    text = Path(os.environ[audit.REPORT]).read_text("utf-8")
    first: dict[str, str] = {}
    for line in text.splitlines():
        first.setdefault(line.partition(": ")[0], line)
    return sorted(first.values())
