import pytest

from conda_clone.models import events


class Recorder:
    def __init__(self) -> None:
        self.events: list[events.Event] = []

    def report(self, event: events.Event) -> None:
        self.events.append(event)


def test_a_stage_reports_its_start_and_its_end() -> None:
    recorder = Recorder()
    with events.stage(recorder, "Solving environment"):
        assert [type(event) for event in recorder.events] == [events.StageStarted]
    started, finished = recorder.events
    assert isinstance(started, events.StageStarted)
    assert isinstance(finished, events.StageFinished)
    assert started.stage == finished.stage == "Solving environment"
    assert finished.ok


def test_a_stage_that_fails_says_so_and_lets_the_error_through() -> None:
    recorder = Recorder()
    with pytest.raises(ZeroDivisionError), events.stage(recorder, "Dividing"):
        _ = 1 / 0
    finished = recorder.events[-1]
    assert isinstance(finished, events.StageFinished)
    assert not finished.ok


def test_events_carry_their_facts() -> None:
    started = events.TransferStarted("foo", 10)
    assert (started.label, started.total, started.unit) == ("foo", 10, "B")
    advanced = events.TransferAdvanced("foo", 3)
    assert (advanced.label, advanced.amount) == ("foo", 3)
    finished = events.TransferFinished("foo", ok=False)
    assert (finished.label, finished.ok) == ("foo", False)
    assert events.Notice("hello").text == "hello"
    assert events.Caution("careful").text == "careful"


def test_the_silent_reporter_takes_everything() -> None:
    with events.stage(events.SilentReporter(), "Nothing"):
        events.SilentReporter().report(events.Notice("unheard"))
