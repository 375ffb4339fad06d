"""Isolation that every test gets, and the fixtures that many tests share."""

import gc
import os
import signal
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import hypothesis
import pytest

# The same examples in every run: a run that fails here fails everywhere.
hypothesis.settings.register_profile("repeatable", derandomize=True, deadline=None)
hypothesis.settings.load_profile("repeatable")

# A shell that starts the tests in the background lets them, and all that they start, ignore Ctrl-C.
signal.signal(signal.SIGINT, signal.default_int_handler)

REPOSITORY = Path(__file__).resolve().parent.parent
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "TMPDIR", "SYSTEMROOT", "VIRTUAL_ENV")
KEPT_PREFIXES = ("COVERAGE_", "COV_", "PYTEST_", "PYENV_")


@pytest.fixture(autouse=True)
def isolated(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give each test an empty home and no settings of the person who runs it; return the home."""
    home = tmp_path_factory.mktemp("home")
    for name in list(os.environ):
        if name not in KEPT_VARIABLES and not name.startswith(KEPT_PREFIXES):
            monkeypatch.delenv(name)
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("USERPROFILE", str(home))
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("TZ", "UTC")
    return home


@pytest.fixture(autouse=True)
def swept() -> Iterator[None]:
    """Collect garbage as often as before: commands do so rarely, and it may hold connections."""
    threshold = gc.get_threshold()
    yield
    gc.set_threshold(*threshold)


@pytest.fixture(scope="session")
def shared() -> Path:
    """Return the folder of real packages, indexes and recordings, or skip the test by name."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "data").is_dir():
        pytest.skip("the shared data folder is not beside this checkout")
    return folder


@pytest.fixture
def held(record_property: Callable[[str, object], None]) -> Callable[[Iterable[object]], int]:
    """Return what goes through the cases of a matrix, and counts those that held.

    The end of the run tells how many they were in all tests together.
    """

    def count(cases: Iterable[object]) -> int:
        number = sum(1 for _ in cases)
        record_property("cases", number)
        return number

    return count


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Tell how many cases of crashes and faults have held, by the file that has them."""
    counts: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        if report.when == "call":
            numbers = [value for name, value in report.user_properties if name == "cases"]
            counts[report.nodeid.partition("::")[0]] += sum(numbers)
    found = {name: count for name, count in sorted(counts.items()) if count}
    if found:
        terminalreporter.section("cases of crashes and faults that held")
        for name, count in found.items():
            terminalreporter.write_line(f"{count:7,} {name}")
        terminalreporter.write_line(f"{sum(found.values()):7,} in all")
