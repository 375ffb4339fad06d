"""`JsonConsole`: one JSON document on stdout, for programs.

The document is written when the command has ended well, so that an error report can take its place
and stdout never holds two. With `--json-lines` it stands on one line, and lines before it tell how
far stages and downloads are.
"""

import json
import threading

from conda_clone.cli.output.indented_json import indented
from conda_clone.models import events

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

__all__ = ["JsonConsole", "write_document"]

# A transfer that is over sooner than this says nothing, and no transfer says more often something.
_PERIOD = 0.25  # seconds


class JsonConsole:
    """The console of programs (implements `operations.session.Console`).

    Args:
        stdout: For the document.
        stderr: For cautions.
        lines: Report progress, and put each document on one line.
        quiet: Report no progress all the same.
        timer: Returns seconds that only grow.
    """

    json = True
    width: int | None = None

    def __init__(
        self,
        stdout: "TextIO",
        stderr: "TextIO",
        *,
        lines: bool = False,
        quiet: bool = False,
        timer: "Callable[[], float] | None" = None,
    ) -> None:
        from time import monotonic

        self.quiet = quiet
        self._lines = lines
        self._stdout = stdout
        self._stderr = stderr
        self._timer = timer or monotonic
        self._lock = threading.Lock()
        self._transfers: dict[str, _Transfer] = {}
        self._has_document = False
        self._document: object = None

    def report(self, event: events.Event) -> None:
        """Pass on cautions, and the progress of downloads; called from several threads."""
        with self._lock:
            match event:
                case events.Caution():
                    self._stderr.write(f"WARNING: {event.text}\n")
                case _ if self.quiet or not self._lines:
                    return
                case events.StageStarted():
                    self._write_line({"stage": event.stage, "finished": False})
                case events.StageFinished():
                    self._write_line({"stage": event.stage, "finished": True, "ok": event.ok})
                case events.TransferStarted() if event.unit == "B":
                    self._transfers[event.label] = _Transfer(event.total, self._timer())
                case events.TransferAdvanced() if event.label in self._transfers:
                    self._advance(event.label, event.amount)
                case events.TransferFinished() if event.label in self._transfers:
                    if self._transfers.pop(event.label).was_reported:
                        self._write_progress(event.label, 1.0, finished=True)

    def print(self, text: str = "") -> None:
        """Do nothing: this is for people."""

    def note(self, text: str) -> None:
        """Write something beside the document; it may quote what has secrets."""
        if "://" in text:
            from conda_clone.models.url import redact_urls  # few texts quote a URL

            text = redact_urls(text)
        self._stderr.write(f"{text}\n")

    def document(self, value: object) -> None:
        """Keep the document; a later one replaces it."""
        self._has_document = True
        self._document = value

    def confirm(self, question: str, *, default: bool = True) -> bool:  # noqa: ARG002 - protocol
        """Agree: programs have decided beforehand (spec/commands.md, section 0)."""
        return True

    def close(self, *, ok: bool) -> None:
        """Write the document if the command ended well."""
        if ok and self._has_document:
            write_document(self._stdout, self._document, lines=self._lines)
        self._stdout.flush()

    def _advance(self, label: str, amount: int) -> None:
        transfer = self._transfers[label]
        transfer.done += amount
        now = self._timer()
        if transfer.total and now - transfer.last >= _PERIOD:
            transfer.last = now
            transfer.was_reported = True
            self._write_progress(label, min(1.0, transfer.done / transfer.total), finished=False)

    def _write_progress(self, label: str, share: float, *, finished: bool) -> None:
        self._write_line({"fetch": label, "finished": finished, "maxval": 1, "progress": share})

    def _write_line(self, value: dict[str, object]) -> None:
        write_document(self._stdout, value, lines=True)
        self._stdout.flush()


class _Transfer:
    __slots__ = ("done", "last", "total", "was_reported")

    def __init__(self, total: int | None, now: float) -> None:
        self.total = total
        self.done = 0
        self.last = now
        self.was_reported = False


def write_document(stream: "TextIO", value: object, *, lines: bool = False) -> None:
    """Write one JSON document, indented or on one line, in ASCII so that no terminal refuses it."""
    stream.write((json.dumps(value) if lines else indented(value)) + "\n")
