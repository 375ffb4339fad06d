"""`HumanConsole`: results, progress and questions as text.

Results go to stdout, everything else to stderr; stages are lines such as
"Solving environment: ...working... done" on stdout, as scripts that parse them expect.
"""

import threading

from conda_clone.models import events

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import TextIO

    from conda_clone.cli.output.progress import Bars

__all__ = ["HumanConsole"]


class HumanConsole:
    """The console of people (implements `operations.session.Console`).

    Args:
        stdout: For results.
        stderr: For everything else.
        stdin: For answers.
        quiet: Show neither stages nor bars.
    """

    json = False

    def __init__(
        self, stdout: "TextIO", stderr: "TextIO", stdin: "TextIO", *, quiet: bool = False
    ) -> None:
        self.quiet = quiet
        self._stdout = stdout
        self._stderr = stderr
        self._stdin = stdin
        self._lock = threading.RLock()
        self._open_stage: str | None = None
        self._bars: Bars | None = None

    def report(self, event: events.Event) -> None:
        """Show what happens; called from several threads."""
        with self._lock:
            match event:
                case events.StageStarted():
                    self._start_stage(event.stage)
                case events.StageFinished():
                    self._finish_stage(event.stage, ok=event.ok)
                case events.Notice():
                    self.print(event.text)
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
        """Write something beside the result."""
        with self._lock:
            self._end_line()
            self._stdout.flush()
            self._stderr.write(f"{text}\n")
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
        try:
            return ask_yes_or_no(
                question, default=default, answers=self._stdin, output=self._stdout
            )
        except KeyboardInterrupt:
            raise CondaSystemExit("Operation aborted. Exiting.") from None

    def close(self, *, ok: bool) -> None:
        """Take bars away and end a line that is still open."""
        with self._lock:
            if self._bars is not None:
                self._bars.close()
            self._end_line("failed" if not ok and self._open_stage else "")
            self._stdout.flush()

    def _start_stage(self, stage: str) -> None:
        if self.quiet:
            return
        self._end_line()
        self._open_stage = stage
        self._stdout.write(f"{stage}: ...working... ")
        self._stdout.flush()

    def _finish_stage(self, stage: str, *, ok: bool) -> None:
        if self.quiet:
            return
        result = "done" if ok else "failed"
        if self._open_stage == stage:
            self._end_line(result)
        else:  # other text came in between
            self._stdout.write(f"{stage}: {result}\n")

    def _end_line(self, result: str = "") -> None:
        if self._open_stage is not None:
            self._open_stage = None
            self._stdout.write(f"{result}\n")

    def _show_transfer(self, event: events.Event) -> None:
        if self.quiet or not self._stderr.isatty():
            return
        if self._bars is None:
            from conda_clone.cli.output.progress import Bars  # only for terminals

            self._bars = Bars(self._stderr)
        match event:
            case events.TransferStarted():
                self._end_line()
                self._stdout.flush()
                self._bars.start(event.label, event.total, event.unit)
            case events.TransferAdvanced():
                self._bars.advance(event.label, event.amount)
            case events.TransferFinished():
                self._bars.finish(event.label)
