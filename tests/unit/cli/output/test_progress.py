import io

import pytest

from conda_clone.cli.output.progress import TransferDisplay
from tests.support.terminals import Screen


class Terminal(io.TextIOWrapper):
    def isatty(self) -> bool:
        return True


class Display:
    """The display on a terminal, with a clock that is set by hand."""

    def __init__(self, columns: int = 80, encoding: str = "ascii") -> None:
        self._columns = columns
        self.written = Terminal(io.BytesIO(), encoding=encoding)
        self.now = 0.0
        self.transfers = TransferDisplay(self.written, lambda: self.now)

    def advance(self, label: str, amount: int, *, seconds: float = 1.0) -> None:
        self.now += seconds
        self.transfers.advance(label, amount)

    @property
    def shown(self) -> list[str]:
        self.written.flush()
        screen = Screen(self._columns)
        screen.feed(self.written.buffer.getvalue().decode(self.written.encoding))  # type: ignore[attr-defined]  # BytesIO
        assert screen.overlong == []
        return screen.lines


@pytest.fixture(autouse=True)
def width(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")


def test_each_transfer_has_a_line_and_all_have_one() -> None:
    display = Display()
    display.transfers.announce({"python-3.12": 8 << 20, "numpy-2.1": 2 << 20})
    display.transfers.start("python-3.12", 8 << 20, "B")
    display.transfers.start("numpy-2.1", 2 << 20, "B")
    display.advance("python-3.12", 4 << 20)
    display.advance("numpy-2.1", 2 << 20)
    assert display.shown == [
        "  python-3.12  4.0 MB of 8.0 MB      |##############              |",
        "  numpy-2.1    2.0 MB, unpacking     |############################|",
        "   60%  0 of 2 packages  6.0 MB of 10.0 MB  3.0 MB/s  00:02 left",
    ]
    display.transfers.finish("numpy-2.1")
    display.advance("python-3.12", 4 << 20)
    assert display.shown == [
        "  python-3.12  8.0 MB, unpacking     |############################|",
        "  100%  1 of 2 packages  10.0 MB of 10.0 MB",
    ]
    display.transfers.finish("python-3.12")
    assert display.shown == [""]


def test_what_is_quick_leaves_no_trace() -> None:
    display = Display()
    display.transfers.start("index", 100, "B")
    display.advance("index", 100, seconds=0.01)
    display.transfers.finish("index")
    assert display.shown == [""]


def test_five_are_shown_at_most_the_oldest_first() -> None:
    display = Display()
    labels = [f"package-{number}" for number in range(7)]
    for label in labels:
        display.transfers.start(label, None, "B")
    display.advance("package-6", 1)
    assert display.shown == [f"  {label}  0 B" for label in labels[:5]]


def test_steps_are_counted_and_have_no_sizes() -> None:
    display = Display(encoding="utf-8")
    display.transfers.start("steps", 4, "step")
    display.advance("steps", 1)
    assert display.shown == ["  steps  1 of 4                |███████                     |"]


def test_narrow_terminals_get_numbers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    display = Display(columns=40)
    display.transfers.announce({"a-package-with-a-long-name-1.0": 1 << 30})
    display.transfers.start("a-package-with-a-long-name-1.0", 1 << 30, "B")
    display.advance("a-package-with-a-long-name-1.0", 1 << 20)
    assert display.shown == [
        "  a-package-..  1.0 MB of 1.00 GB",
        "    0%  0 of 1 package",
    ]


def test_sizes_may_be_unknown_and_long_times_are_minutes() -> None:
    display = Display()
    display.transfers.announce({"a": None, "b": 100 << 20})
    display.transfers.start("a", None, "B")
    display.transfers.start("b", 100 << 20, "B")
    display.advance("b", 1 << 20)
    assert display.shown[-1].endswith("1.0 MB of 100.0 MB  1.0 MB/s  01:40 left")
    display.transfers.announce({"a": None})
    display.advance("a", 7)
    assert display.shown[-1] == "  0 of 1 package"


def test_nothing_is_known_of_what_was_never_begun() -> None:
    display = Display()
    display.transfers.advance("a", 1)
    display.transfers.finish("a")
    assert display.shown == [""]
