"""A little fuzzing in every run, and the tool itself; `nox -s fuzz` does it by the million."""

from collections.abc import Callable

import pytest

from conda_clone.errors import CondaValueError
from tests.fuzz import run
from tests.fuzz.run import fuzz_chunk, main
from tests.fuzz.targets import TARGETS, Target

COUNT = 200


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize("name", TARGETS)
def test_what_is_nearly_right_is_accepted_or_refused(name: str) -> None:
    tally = fuzz_chunk(name, seed=1, chunk=0, count=COUNT)
    assert tally.failures == []
    assert tally.accepted + tally.refused == COUNT
    assert tally.slowest[0] > 0


def refuse(value: object) -> bool:
    raise CondaValueError(f"{value} is refused")


def fail(value: object) -> bool:
    raise ZeroDivisionError(value)


def hang(value: object) -> bool:
    while True:
        pass


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setattr(run, "PATIENCE", 0.05)
    monkeypatch.setattr(run, "CHUNK", 10)
    return monkeypatch


@pytest.mark.filterwarnings("default")
@pytest.mark.parametrize(
    ("check", "outcome"),
    [
        (bool, (3, 0, [])),
        (refuse, (0, 3, [])),
        (fail, (0, 0, ["ZeroDivisionError: 7"] * 3)),
        (hang, (0, 0, ["it takes more than 0.05 s"] * 3)),
    ],
)
def test_outcomes_are_told_apart(
    small: pytest.MonkeyPatch, check: Callable[[object], bool], outcome: tuple[int, int, list[str]]
) -> None:
    small.setitem(TARGETS, "mine", Target(lambda _: 7, check))
    tally = fuzz_chunk("mine", seed=0, chunk=4, count=3)
    reasons = [reason for chunk, value, reason in tally.failures if (chunk, value) == (4, "7")]
    assert (tally.accepted, tally.refused, reasons) == outcome


def test_a_seed_gives_the_same_inputs_in_any_number_of_processes(
    small: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tables = []
    for jobs in ("1", "2"):
        arguments = ["--only", "version", "--only", "file name", "--count", "45", "--jobs", jobs]
        assert main([*arguments, "--seed", "3"]) == 0
        lines = capsys.readouterr().out.splitlines()
        tables.append([line.split()[:-2] for line in lines if line.endswith(" ms")])
        assert lines[-1].startswith("45 inputs of seed 3 in ")
    assert tables[0] == tables[1]


def test_one_chunk_can_be_tried_again(
    small: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    small.setitem(TARGETS, "mine", Target(lambda rng: rng.random(), fail))
    assert main(["--only", "mine", "--chunk", "2"]) == 1
    first = capsys.readouterr().out
    assert main(["--only", "mine", "--chunk", "2"]) == 1
    assert "FAILED mine, chunk 2: 0." in first
    assert capsys.readouterr().out.splitlines()[:-1] == first.splitlines()[:-1]
