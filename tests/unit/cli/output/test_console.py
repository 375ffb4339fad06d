import io

import pytest

from conda_clone.cli.output.console import HumanConsole
from conda_clone.errors import CondaSystemExit
from conda_clone.models import events
from tests.support import terminals


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Interrupted(io.StringIO):
    def readline(self, _size: int = -1, /) -> str:  # type: ignore[override]  # as StringIO does
        raise KeyboardInterrupt


class Desk:
    """A console with its streams."""

    def __init__(self, answers: str = "", *, quiet: bool = False, terminal: bool = False) -> None:
        self.out = io.StringIO()
        self.err = Terminal() if terminal else io.StringIO()
        self.console = HumanConsole(self.out, self.err, io.StringIO(answers), quiet=quiet)

    def report(self, *reported: events.Event) -> "Desk":
        for event in reported:
            self.console.report(event)
        return self

    @property
    def shown(self) -> tuple[str, str]:
        return self.out.getvalue(), self.err.getvalue()


def test_a_stage_is_one_line() -> None:
    desk = Desk().report(events.StageStarted("Solving"), events.StageFinished("Solving"))
    assert desk.shown == ("Solving: ...working... done\n", "")


def test_a_stage_may_fail() -> None:
    desk = Desk().report(events.StageStarted("Solving"), events.StageFinished("Solving", ok=False))
    assert desk.shown == ("Solving: ...working... failed\n", "")


def test_other_text_ends_the_line_of_a_stage() -> None:
    desk = Desk().report(
        events.StageStarted("Linking"),
        events.Notice("Read this."),
        events.Caution("Mind that."),
        events.StageFinished("Linking"),
    )
    assert desk.shown == (
        "Linking: ...working... \nRead this.\nLinking: done\n",
        "WARNING: Mind that.\n",
    )


def test_stages_follow_each_other() -> None:
    desk = Desk().report(events.StageStarted("One"), events.StageStarted("Two"))
    desk.console.close(ok=False)
    assert desk.shown == ("One: ...working... \nTwo: ...working... failed\n", "")


def test_quiet_hides_stages_but_not_results() -> None:
    desk = Desk(quiet=True).report(
        events.StageStarted("One"), events.StageFinished("One"), events.Notice("Read this.")
    )
    desk.console.print("result")
    desk.console.note("aside")
    assert desk.shown == ("Read this.\nresult\n", "aside\n")


def test_documents_are_not_for_people() -> None:
    desk = Desk()
    desk.console.document({"a": 1})
    desk.console.close(ok=True)
    assert desk.shown == ("", "")


def test_a_question_is_asked() -> None:
    desk = Desk("n\n")
    assert not desk.console.confirm("Proceed")
    assert desk.shown == ("Proceed ([y]/n)? ", "")


def test_an_interrupted_question_ends_well() -> None:
    console = HumanConsole(io.StringIO(), io.StringIO(), Interrupted())
    with pytest.raises(CondaSystemExit, match="Operation aborted"):
        console.confirm("Proceed")


def transfer() -> tuple[events.Event, ...]:
    return (
        events.TransferStarted("python-3.12", 100),
        events.TransferStarted("index", None),
        events.TransferAdvanced("python-3.12", 40),
        events.TransferAdvanced("index", 7),
        events.TransferAdvanced("unknown", 7),
    )


def test_a_terminal_shows_transfers_in_the_place_of_their_stage(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    screen = Screen(monkeypatch)
    screen.console.report(events.TransfersAnnounced({"python-3.12": 100}))
    screen.console.report(events.StageStarted("Downloading"))
    for event in transfer():
        screen.console.report(event)
        screen.now += 1
    shown = screen.shown
    assert shown[0].startswith("  python-3.12  40 B of 100 B")
    assert shown[1] == "  index        7 B"
    screen.console.report(events.Caution("Mind that."))
    assert screen.shown == ["WARNING: Mind that.", ""]
    screen.console.report(events.TransferFinished("python-3.12"))
    screen.console.report(events.StageFinished("Downloading"))
    assert screen.shown == ["WARNING: Mind that.", "Downloading: done (5.0 s)", ""]


@pytest.mark.parametrize("desk", [Desk(), Desk(quiet=True, terminal=True)], ids=["file", "quiet"])
def test_nobody_else_sees_bars(desk: Desk) -> None:
    desk.report(*transfer())
    desk.console.close(ok=True)
    assert desk.shown == ("", "")


class Screen:
    """A console whose output goes to a terminal, and a clock that is set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("COLUMNS", "80")
        self.now = 0.0
        self.out = Terminal()  # as for a person: both streams end there
        self.console = HumanConsole(self.out, self.out, io.StringIO(), timer=lambda: self.now)

    @property
    def shown(self) -> list[str]:
        drawn = terminals.Screen(80)
        drawn.feed(self.out.getvalue())
        return drawn.lines


def test_a_terminal_shows_a_stage_again_with_its_result(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.console.report(events.StageStarted("Linking"))
    screen.console.print("Read this.")
    screen.console.report(events.StageFinished("Linking"))
    assert screen.out.getvalue() == ("Linking: ...working... \r\x1b[2KRead this.\nLinking: done\n")


def test_a_long_stage_says_how_long_it_took(monkeypatch: pytest.MonkeyPatch) -> None:
    screen = Screen(monkeypatch)
    screen.console.report(events.StageStarted("Solving"))
    screen.now = 2.34
    screen.console.report(events.StageFinished("Solving"))
    assert screen.out.getvalue().endswith("\x1b[2KSolving: done (2.3 s)\n")
