"""Bars that show how far transfers are; only for terminals, and safe to use from threads."""

import threading

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NoReturn, TextIO

    from tqdm import tqdm

__all__ = ["Bars"]

_FORMAT = "{desc:<32.32} | {n_fmt:>8}/{total_fmt:<8} |{bar}| {percentage:3.0f}%"
_FORMAT_UNKNOWN = "{desc:<32.32} | {n_fmt:>8}"


class Bars:
    """One bar per running transfer, each on a line of its own while it runs."""

    def __init__(self, stream: "TextIO") -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self._bars: dict[str, tuple[tqdm[NoReturn], int]] = {}

    def start(self, label: str, total: int | None, unit: str) -> None:
        """Show a bar for a new transfer."""
        from tqdm import tqdm  # 30 ms; most commands transfer nothing

        with self._lock:
            self._remove(label)
            taken = {position for _, position in self._bars.values()}
            position = next(line for line in range(len(taken) + 1) if line not in taken)
            bar: tqdm[NoReturn] = tqdm(
                total=total,
                desc=label,
                unit=unit,
                unit_scale=unit == "B",
                unit_divisor=1024,
                position=position,
                leave=False,
                dynamic_ncols=True,
                file=self._stream,
                bar_format=_FORMAT_UNKNOWN if total is None else _FORMAT,
            )
            self._bars[label] = (bar, position)

    def advance(self, label: str, amount: int) -> None:
        """Move the bar on."""
        with self._lock:
            if label in self._bars:
                self._bars[label][0].update(amount)

    def finish(self, label: str) -> None:
        """Take the bar away."""
        with self._lock:
            self._remove(label)

    def close(self) -> None:
        """Take all bars away."""
        with self._lock:
            for label in list(self._bars):
                self._remove(label)

    def _remove(self, label: str) -> None:
        bar, _ = self._bars.pop(label, (None, 0))
        if bar is not None:
            bar.close()
            self._stream.write("\r")  # what follows begins at the left
            self._stream.flush()
