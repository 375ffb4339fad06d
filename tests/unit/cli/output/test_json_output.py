import io
import json

from conda_clone.cli.output.json_output import JsonConsole
from conda_clone.models import events


class Desk:
    """A console with its streams, and a clock that is set by hand."""

    def __init__(self, *, lines: bool = False, quiet: bool = False) -> None:
        self.now = 0.0
        self.out, self.err = io.StringIO(), io.StringIO()
        self.console = JsonConsole(
            self.out, self.err, lines=lines, quiet=quiet, timer=lambda: self.now
        )

    def report(self, *reported: events.Event) -> None:
        for event in reported:
            self.console.report(event)


def test_the_last_document_is_written_at_the_end() -> None:
    desk = Desk()
    desk.console.document({"a": 1})
    desk.console.document({"ä": [None]})
    assert desk.out.getvalue() == ""
    desk.console.close(ok=True)
    assert desk.out.getvalue() == '{\n  "\\u00e4": [\n    null\n  ]\n}\n'


def test_a_failed_command_has_no_document() -> None:
    desk = Desk()
    desk.console.document({"a": 1})
    desk.console.close(ok=False)
    assert desk.out.getvalue() == ""


def test_a_command_may_have_no_document() -> None:
    desk = Desk()
    desk.console.close(ok=True)
    assert desk.out.getvalue() == ""


def test_text_is_for_people() -> None:
    desk = Desk()
    desk.console.print("result")
    desk.report(events.StageStarted("One"), events.StageFinished("One"), events.Notice("text"))
    desk.console.note("aside")
    desk.report(events.Caution("Mind that."))
    assert (desk.out.getvalue(), desk.err.getvalue()) == ("", "aside\nWARNING: Mind that.\n")


def test_a_program_agrees() -> None:
    assert Desk().console.confirm("Delete everything", default=False)


LONG_DOWNLOAD = (
    events.TransferStarted("python", 100),
    events.TransferAdvanced("python", 100),
    events.TransferFinished("python"),
)


def test_stages_are_lines_and_so_is_the_document_when_lines_are_asked_for() -> None:
    desk = Desk(lines=True)
    desk.report(events.StageStarted("Solve"), events.StageFinished("Solve", ok=False))
    desk.console.document({"a": [1]})
    desk.console.close(ok=True)
    assert [json.loads(line) for line in desk.out.getvalue().splitlines()] == [
        {"stage": "Solve", "finished": False},
        {"stage": "Solve", "finished": True, "ok": False},
        {"a": [1]},
    ]


def test_progress_is_not_told_to_those_who_do_not_ask() -> None:
    for desk in (Desk(), Desk(lines=True, quiet=True)):
        desk.report(events.StageStarted("Solve"), LONG_DOWNLOAD[0])
        desk.now = 9.0
        desk.report(*LONG_DOWNLOAD[1:])
        assert desk.out.getvalue() == ""


def test_a_long_download_reports_its_progress() -> None:
    desk = Desk(lines=True)
    desk.report(events.TransferStarted("python", 100))
    for now in (0.1, 0.3, 0.4):
        desk.now = now
        desk.report(events.TransferAdvanced("python", 25))
    desk.report(events.TransferFinished("python"))
    lines = desk.out.getvalue().splitlines()
    assert [json.loads(line) for line in lines] == [
        {"fetch": "python", "finished": False, "maxval": 1, "progress": 0.5},
        {"fetch": "python", "finished": True, "maxval": 1, "progress": 1.0},
    ]


def test_a_short_download_reports_nothing() -> None:
    desk = Desk(lines=True)
    desk.report(
        events.TransferStarted("python", 100),
        events.TransferAdvanced("python", 100),
        events.TransferFinished("python"),
        events.TransferAdvanced("unknown", 1),
        events.TransferFinished("unknown"),
    )
    assert desk.out.getvalue() == ""


def test_only_downloads_of_known_size_are_reported() -> None:
    desk, quiet = Desk(), Desk(quiet=True)
    for one in (desk, quiet):
        one.report(
            events.TransferStarted("index", None),
            events.TransferStarted("linking", 100, "file"),
            events.TransferStarted("python", 0),
        )
        one.now = 9.0
        for label in ("index", "linking", "python"):
            one.report(events.TransferAdvanced(label, 50))
        assert one.out.getvalue() == ""
