"""`HumanConsole`: results, progress and questions as text.

Results go to stdout, everything else to stderr; stages are lines such as
"Solving environment: ...working... done" on stdout, as scripts that parse them expect.
"""

import threading
from time import monotonic

from conda_clone.cli.output.terminal import columns, wrapped
from conda_clone.models import events

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import TextIO

    from conda_clone.cli.output.progress import TransferDisplay

__all__ = ["HumanConsole"]

_FORGET = "\r\x1b[2K"  # the line that the cursor is on
_CHOICES = 10  # columns after a question
_LONG = 1.0  # seconds from which on a stage says how long it took


class HumanConsole:
    """The console of people (implements `operations.session.Console`).

    Args:
        stdout: For results.
        stderr: For everything else.
        stdin: For answers.
        quiet: Show neither stages nor bars.
        timer: Returns seconds that only grow.
    """

    json = False

    def __init__(
        self,
        stdout: "TextIO",
        stderr: "TextIO",
        stdin: "TextIO",
        *,
        quiet: bool = False,
        timer: "Callable[[], float]" = monotonic,
    ) -> None:
        self.quiet = quiet
        self.width = columns(stdout)
        self._stdout = stdout
        self._stderr = stderr
        self._stdin = stdin
        self._lock = threading.RLock()
        self._timer = timer
        self._started: dict[str, float] = {}
        self._open_stage: str | None = None
        self._transfers: TransferDisplay | None = None

    def report(self, event: events.Event) -> None:
        """Show what happens; called from several threads."""
        with self._lock:
            match event:
                case events.StageStarted():
                    self._start_stage(event.stage)
                case events.StageFinished():
                    self._finish_stage(event.stage, ok=event.ok)
                case events.Notice():
                    self.print(wrapped(event.text, self.width))
                case events.Caution():
                    self.note(f"WARNING: {event.text}")
                case _:
                    self._show_transfer(event)

    def print(self, text: str = "") -> None:
        """Write a result."""
        with self._lock:
            self._end_line()
            self._stdout.write(f"{text}\n")

    def note(self, text: str) -> None:
        """Write something beside the result; it may quote what has secrets."""
        if "://" in text:
            from conda_clone.models.url import redact_urls  # few texts quote a URL

            text = redact_urls(text)
        with self._lock:
            self._end_line()
            self._stdout.flush()
            self._stderr.write(f"{wrapped(text, columns(self._stderr))}\n")
            self._stderr.flush()

    def document(self, value: object) -> None:
        """Do nothing: documents are for programs."""

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Ask a yes-or-no question.

        Raises:
            CondaSystemExit: The person interrupted the question.
        """
        from conda_clone.cli.output.prompts import ask_yes_or_no  # only changes ask
        from conda_clone.errors import CondaSystemExit

        self._end_line()
        room = None if self.width is None else self.width - _CHOICES
        try:
            return ask_yes_or_no(
                wrapped(question, room), default=default, answers=self._stdin, output=self._stdout
            )
        except KeyboardInterrupt:
            self._stdout.write("\n")  # the terminal shows ^C after the question
            raise CondaSystemExit("Operation aborted. Exiting.") from None

    def close(self, *, ok: bool) -> None:
        """Take bars away and end a line that is still open."""
        with self._lock:
            self._end_line("failed" if not ok and self._open_stage else "")
            self._stdout.flush()

    def _start_stage(self, stage: str) -> None:
        if self.quiet:
            return
        self._end_line()
        self._open_stage = stage
        self._started[stage] = self._timer()
        line = f"{stage}: ...working... "
        # A line that a terminal breaks could not be taken away any more.
        self._stdout.write(line if self.width is None else line[: self.width - 1])
        self._stdout.flush()

    def _finish_stage(self, stage: str, *, ok: bool) -> None:
        if self.quiet:
            return
        result = "done" if ok else "failed"
        seconds = self._timer() - self._started.pop(stage, self._timer())
        if self.width is not None and seconds >= _LONG:
            result += f" ({seconds:.1f} s)"
        if self._open_stage == stage:
            self._end_line(result)
        else:  # other text came in between
            self._end_line()
            self._stdout.write(wrapped(f"{stage}: {result}\n", self.width))

    def _end_line(self, result: str = "") -> None:
        """End the line of a stage; a terminal forgets it where its result is still to come."""
        if self._transfers is not None:
            self._transfers.clear()
        stage, self._open_stage = self._open_stage, None
        if stage is None:
            return
        if self.width is None:
            self._stdout.write(f"{result}\n")
        else:
            line = wrapped(f"{stage}: {result}\n", self.width) if result else ""
            self._stdout.write(_FORGET + line)

    def _show_transfer(self, event: events.Event) -> None:
        if self.quiet or columns(self._stderr) is None:
            return
        if self._transfers is None:
            from conda_clone.cli.output.progress import TransferDisplay  # only for terminals

            self._transfers = TransferDisplay(self._stderr, self._timer)
        match event:
            case events.TransfersAnnounced():
                self._transfers.announce(event.sizes)
            case events.TransferStarted():
                self._stdout.flush()  # the line of the stage, which gives way when there is more
                self._transfers.start(event.label, event.total, event.unit)
            case events.TransferAdvanced():
                self._transfers.advance(event.label, event.amount)
            case events.TransferFinished():
                self._transfers.finish(event.label)
