"""How far transfers are, as a few lines at the end of a terminal that are drawn anew.

A line for each of the oldest transfers that run, and one for all of them; `tqdm` draws the bars and
writes the times. Nothing is drawn in the first moment, so that what is quick leaves no trace; the
lines are taken away before anything else is written.
"""

import os

from conda_clone.cli.output.tables import human_size
from conda_clone.cli.output.terminal import columns

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import TextIO

__all__ = ["TransferDisplay"]

_PERIOD = 0.1  # seconds before the first drawing, and between two
_SHOWN = 5  # transfers
_LABEL = 32  # columns at most
_SHORTEST = 8  # columns of a label that are always shown
_NUMBERS = 26  # columns for numbers and gaps
_BAR = 30  # columns at most
_SPACE = 2  # columns that stay free at the right: a terminal shows ^C there
_LEAST_TIME = 1.0  # seconds after which a speed can be told
_BYTES = "B"
_CLEAR = "\x1b[J"  # from the cursor to the end of the screen
_CLEAR_LINE = "\x1b[K"


class TransferDisplay:
    """Draws transfers on a terminal; whoever calls takes care that only one thread does.

    Args:
        stream: The terminal.
        timer: Returns seconds that only grow.
    """

    def __init__(self, stream: "TextIO", timer: "Callable[[], float]") -> None:
        self._stream = stream
        self._timer = timer
        self._running: dict[str, _Transfer] = {}
        self._announced: dict[str, int] = {}
        self._finished: set[str] = set()
        self._done = 0
        self._lines = 0
        self._begun = self._drawn = 0.0

    def announce(self, sizes: "Mapping[str, int | None]") -> None:
        """Take note of the transfers that will come, with their bytes as far as they are known."""
        self._announced = {label: size or 0 for label, size in sizes.items()}
        self._finished = set()
        self._done = 0

    def start(self, label: str, total: int | None, unit: str) -> None:
        """Show a new transfer."""
        if not self._running:
            now = self._timer()
            self._drawn = now
            if not self._done:
                self._begun = now
        self._running[label] = _Transfer(total, unit, is_package=label in self._announced)

    def advance(self, label: str, amount: int) -> None:
        """Move a transfer on."""
        transfer = self._running.get(label)
        if transfer is None:
            return
        transfer.done += amount
        if label in self._announced:
            self._done += amount
        now = self._timer()
        if now - self._drawn >= _PERIOD:
            self._drawn = now
            self._draw(now)

    def finish(self, label: str) -> None:
        """Take a transfer away."""
        if self._running.pop(label, None) is None:
            return
        if label in self._announced:
            self._finished.add(label)
        if not self._running:
            self.clear()

    def clear(self) -> None:
        """Take the lines away; they come again when something moves on."""
        if self._lines:
            up = f"\x1b[{self._lines - 1}A" if self._lines > 1 else ""
            self._stream.write(f"\r{up}{_CLEAR}")
            self._stream.flush()
            self._lines = 0

    def _draw(self, now: float) -> None:
        width = (columns(self._stream) or 80) - _SPACE
        lines = [line[:width] for line in self._text(now, width)]
        up = f"\x1b[{self._lines - 1}A" if self._lines > 1 else ""
        drawn = "\n".join(f"{line}{_CLEAR_LINE}" for line in lines)
        self._stream.write(f"\r{up}{drawn}{_CLEAR if self._lines > len(lines) else ''}")
        self._stream.flush()
        self._lines = len(lines)

    def _text(self, now: float, width: int) -> list[str]:
        shown = list(self._running.items())[:_SHOWN]
        room = max(min(_LABEL, width - _NUMBERS), _SHORTEST)
        labels = {label: _shortened(label, room) for label, _ in shown}
        longest = max(map(len, labels.values()))
        rest = width - longest - 4
        lines = [
            f"  {labels[label]:<{longest}}  {transfer.text(rest, ascii_only=self._is_ascii)}"
            for label, transfer in shown
        ]
        if self._announced:
            lines.append(f"  {self._summary(now, width)}")
        return lines

    def _summary(self, now: float, width: int) -> str:
        """Return how far all are together, and how long it may take yet."""
        total = sum(self._announced.values())
        count = len(self._announced)
        parts = [f"{len(self._finished)} of {count} package{'s' if count > 1 else ''}"]
        if total:
            done = min(self._done, total)
            parts.insert(0, f"{done * 100 // total:3}%")
            parts.append(f"{human_size(done)} of {human_size(total)}")
            seconds = now - self._begun
            if seconds >= _LEAST_TIME and 0 < done < total:
                speed = done / seconds
                parts.append(f"{human_size(int(speed))}/s")
                parts.append(f"{_interval((total - done) / speed)} left")
        while len(parts) > 1 and len("  ".join(parts)) > width - 2:
            parts.pop()
        return "  ".join(parts)

    @property
    def _is_ascii(self) -> bool:
        """Tell whether the terminal may lack the blocks that finer bars are made of."""
        encoding = (getattr(self._stream, "encoding", None) or "").lower().replace("-", "")
        return encoding != "utf8" or os.environ.get("TERM") == "linux"


class _Transfer:
    """One transfer: how much of how much is done."""

    __slots__ = ("done", "is_package", "total", "unit")

    def __init__(self, total: int | None, unit: str, *, is_package: bool) -> None:
        self.is_package = is_package
        self.total = total
        self.unit = unit
        self.done = 0

    def text(self, width: int, *, ascii_only: bool) -> str:
        """Return numbers, and a bar if it is known how much it is and there is room."""
        done = human_size(self.done) if self.unit == _BYTES else str(self.done)
        if not self.total:
            return done
        total = human_size(self.total) if self.unit == _BYTES else str(self.total)
        if self.is_package and self.done >= self.total:
            numbers = f"{total}, unpacking"
        else:
            numbers = f"{done} of {total}"
        numbers = f"{numbers:<20}"
        room = min(width - len(numbers) - 2, _BAR)
        if room < _BAR // 3:
            return numbers.rstrip()
        from tqdm import tqdm  # 30 ms; most commands transfer nothing that takes so long

        bar = tqdm.format_meter(
            min(self.done, self.total),
            self.total,
            elapsed=0,
            ncols=room,
            bar_format="|{bar}|",
            ascii=ascii_only,
        )
        return f"{numbers}  {bar}"


def _shortened(label: str, width: int) -> str:
    return label if len(label) <= width else f"{label[: width - 2]}.."


def _interval(seconds: float) -> str:
    from tqdm import tqdm  # as above

    return tqdm.format_interval(seconds + 1)
