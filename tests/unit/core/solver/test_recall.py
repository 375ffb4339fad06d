"""What a solve keeps, and what the next one asks for."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Problem, Requirement
from conda_clone.core.solver.recall import Columns, Place, RecalledRecords
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from tests.support.records import CHANNEL, record

RECORDS = (
    record("app", "2", "0", ("lib <2",)),
    record("app", "1", "0", ("lib",)),
    record("lib", "2", "0"),
    record("lib", "1", "0"),
    record("lib", "1", "0"),
)


class Memory:
    """A source that remembers, and counts what it is asked for."""

    channel_order = (str(CHANNEL.base_url),)

    def __init__(self, *, has_places: bool = True) -> None:
        self.kept: dict[str, Columns] = {}
        self.listed: list[str] = []
        self.built: list[str] = []
        self._has_places = has_places

    def records(self, name: str) -> list[PackageRecord]:
        self.listed.append(name)
        return [each for each in RECORDS if each.name == name]

    def recall(self, key: str) -> Columns | None:
        return self.kept.get(key)

    def keep(self, columns: Mapping[str, Columns]) -> None:
        self.kept |= columns

    def places(self, name: str) -> Sequence[Place] | None:
        if not self._has_places:
            return None
        return [(place, 0, 0) for place, each in enumerate(RECORDS) if each.name == name]

    def record_at(self, place: Place) -> PackageRecord:
        self.built.append(str(RECORDS[place[0]].dist_name))
        return RECORDS[place[0]]


def names(problem: Problem, source: Memory) -> list[str]:
    return [each.dist_name for each in solve(problem, source).records]


def wish(*specs: str, **fields: object) -> Problem:
    roots = tuple(Requirement(MatchSpec(spec)) for spec in specs)
    usual = Problem(roots=roots, channel_order=Memory.channel_order)
    return replace(usual, **fields)  # type: ignore[arg-type]  # short for tests


def test_only_what_is_chosen_is_built_the_second_time() -> None:
    memory = Memory()
    assert names(wish("app"), memory) == ["lib-1-0", "app-2-0"]
    memory.listed.clear()
    assert names(wish("app"), memory) == ["lib-1-0", "app-2-0"]
    assert memory.listed == []
    assert sorted(memory.built) == ["app-2-0", "lib-1-0"]


def test_another_wish_uses_what_is_known_and_adds_to_it() -> None:
    memory = Memory()
    solve(wish("lib"), memory)
    assert list(memory.kept) == ["lib"]
    assert names(wish("app 1"), memory) == ["lib-2-0", "app-1-0"]
    assert sorted(memory.kept) == ["app", "lib"]


@pytest.mark.parametrize(
    "fields",
    [
        {"channel_order": ("https://elsewhere.test",)},
        {"strategy": "lowest"},
        {"favoured": {"app": RECORDS[1], "lib": RECORDS[3]}},
        {"locked": {"app": RECORDS[1], "lib": RECORDS[3]}},
    ],
)
def test_an_unusual_question_is_worked_out_anew(fields: dict[str, object]) -> None:
    memory = Memory()
    solve(wish("app", **fields), memory)
    assert memory.kept == {}


def test_the_order_without_channel_priority_is_kept_apart() -> None:
    memory = Memory()
    solve(wish("lib", channel_priority="disabled"), memory)
    solve(wish("lib", channel_priority="strict"), memory)
    assert sorted(memory.kept) == ["lib", "lib *"]


def test_a_source_that_cannot_say_where_its_records_are_keeps_nothing() -> None:
    memory = Memory(has_places=False)
    assert names(wish("lib"), memory) == ["lib-2-0"]
    assert memory.kept == {}


def test_recalled_records_are_a_sequence() -> None:
    records = RecalledRecords(Memory(), [(0, 0, 0), (2, 0, 0), (3, 0, 0)])
    assert len(records) == 3
    assert records[1] is records[1] is RECORDS[2]
    assert records[1:] == [RECORDS[2], RECORDS[3]]
    assert list(records) == [RECORDS[0], RECORDS[2], RECORDS[3]]


class Interrupted(Memory):
    """A source in front of which somebody presses Ctrl-C."""

    def records(self, name: str) -> list[PackageRecord]:
        if name == "lib":
            raise KeyboardInterrupt
        return super().records(name)


def test_an_interrupted_solve_keeps_nothing() -> None:
    memory = Interrupted()
    with pytest.raises(KeyboardInterrupt):
        solve(wish("app"), memory)
    assert memory.kept == {}


def test_a_conflict_is_worth_keeping() -> None:
    memory = Memory()
    with pytest.raises(UnsatisfiableError):
        solve(wish("app 2", "lib 2"), memory)
    assert sorted(memory.kept) == ["app", "lib"]
