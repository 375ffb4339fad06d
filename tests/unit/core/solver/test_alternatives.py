"""Dependencies with conditions (CEP 43) and optional groups (CEP 44), and variants (CEP 45)."""

from collections.abc import Iterable, Sequence
from itertools import product
from random import Random

import pytest

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Problem, Requirement
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from tests.support.records import FakeIndex, record


def answer(
    records: Iterable[PackageRecord], *roots: str, virtual: Sequence[PackageRecord] = ()
) -> list[str]:
    problem = Problem(
        roots=tuple(Requirement(MatchSpec(text)) for text in roots),
        virtual_packages=tuple(virtual),
    )
    return sorted(each.dist_name for each in solve(problem, FakeIndex(records)).records)


PYTHONS = [record("python", "3.8"), record("python", "3.12")]
SIX = [record("six")]


def test_a_condition_that_holds_brings_its_dependency() -> None:
    tool = record("tool", depends=["python", 'six[when="python<3.9"]'])
    assert answer([*PYTHONS, *SIX, tool], "tool", "python=3.8") == [
        "python-3.8-0",
        "six-1.0-0",
        "tool-1.0-0",
    ]


def test_a_condition_that_does_not_hold_brings_nothing() -> None:
    tool = record("tool", depends=["python", 'six[when="python<3.9"]'])
    assert answer([*PYTHONS, *SIX, tool], "tool") == ["python-3.12-0", "tool-1.0-0"]


def test_a_package_that_is_not_there_fulfils_no_condition() -> None:
    tool = record("tool", depends=['six[when="python"]'])
    assert answer([*PYTHONS, *SIX, tool], "tool") == ["tool-1.0-0"]


@pytest.mark.parametrize(("fact", "with_six"), [("__unix", True), ("__win", False)])
def test_virtual_packages_decide_conditions(fact: str, with_six: bool) -> None:
    tool = record("tool", depends=['six[when="__unix"]'])
    found = answer([*SIX, tool], "tool", virtual=[record(fact, "0")])
    assert ("six-1.0-0" in found) is with_six


def test_a_condition_whose_dependency_cannot_be_had_is_avoided() -> None:
    tool = record("tool", depends=["python", 'nowhere[when="python>=3.10"]'])
    assert answer([*PYTHONS, tool], "tool") == ["python-3.8-0", "tool-1.0-0"]


def test_a_condition_is_part_of_a_conflict() -> None:
    tool = record("tool", depends=["python", 'nowhere[when="python"]'])
    with pytest.raises(UnsatisfiableError):
        answer([*PYTHONS, tool], "tool")


def test_a_wish_can_have_a_condition() -> None:
    wish = 'six[when="python>=3.10"]'
    assert answer([*PYTHONS, *SIX], "python", wish) == ["python-3.12-0", "six-1.0-0"]
    assert answer([*PYTHONS, *SIX], "python=3.8", wish) == ["python-3.8-0"]


GUI = record("tool", "2.0", depends=[], extra={"extra_depends": {"gui": ["qt"], "web": ["six"]}})
OLD = record("tool", "1.0", extra={"extra_depends": {"gui": ["six"]}})


def test_an_optional_group_is_wanted_by_name() -> None:
    records = [GUI, OLD, record("qt"), *SIX]
    assert answer(records, "tool") == ["tool-2.0-0"]
    assert answer(records, "tool[extras=[gui]]") == ["qt-1.0-0", "tool-2.0-0"]
    assert answer(records, "tool[extras=[gui,web]]") == ["qt-1.0-0", "six-1.0-0", "tool-2.0-0"]


def test_a_group_that_cannot_be_had_needs_another_version() -> None:
    assert answer([GUI, OLD, *SIX], "tool[extras=[gui]]") == ["six-1.0-0", "tool-1.0-0"]


def test_a_group_that_a_package_does_not_have_is_no_error() -> None:
    """ "Referencing a group name that is absent ... MUST NOT be an error" (CEP 44)."""
    assert answer([GUI], "tool[extras=[nothing]]") == ["tool-2.0-0"]


def test_packages_want_groups_of_others() -> None:
    user = record("user", depends=["tool >=2[extras=[gui]]"])
    assert answer([GUI, OLD, user, record("qt")], "user") == [
        "qt-1.0-0",
        "tool-2.0-0",
        "user-1.0-0",
    ]


def test_a_variant_is_chosen_by_its_flags() -> None:
    cpu = record("torch", build="cpu", extra={"flags": ["blas:mkl"]})
    gpu = record("torch", build="gpu", extra={"flags": ["cuda", "blas:mkl"]})
    assert answer([cpu, gpu], "torch[flags=[cuda, 'blas:*']]") == ["torch-1.0-gpu"]
    with pytest.raises(UnsatisfiableError):
        answer([cpu, gpu], "torch[flags=[rocm]]")


ATOMS = ("a", "b", "c", "a>=2", "b<2", "__unix")


def condition(random: Random) -> str:
    first, second, third = random.choices(ATOMS, k=3)
    return random.choice([first, f"{first} or {second}", f"{first} and ({second} or {third})"])


def universe(random: Random) -> list[PackageRecord]:
    records = []
    for name in "abcd":
        for version in range(1, random.randint(2, 3)):
            depends = [random.choice("abcd") for _ in range(random.randint(0, 1))]
            if random.random() < 0.7:
                target = random.choice(["a", "b>=2", "c", "d[extras=[x]]"])
                spec = MatchSpec(target).replace(when=condition(random))
                depends.append(str(spec))
            groups = {"x": [random.choice("abcd")]}
            records.append(
                record(name, f"{version}", depends=depends, extra={"extra_depends": groups})
            )
    return records


def is_solution(
    chosen: dict[str, PackageRecord], virtual: list[PackageRecord], roots: list[MatchSpec]
) -> bool:
    """Tell it as the CEPs do, without any of our code but the matching of plain specs."""
    present = [*chosen.values(), *virtual]

    def is_there(text: str) -> bool:
        spec = MatchSpec(text)
        return any(spec.replace(extras=None).match(each) for each in present)

    def is_satisfied(spec: MatchSpec) -> bool:
        if spec.condition is not None and not spec.condition.holds(is_there):
            return True
        plain = spec.replace(when=None, extras=None)
        found = [each for each in present if plain.match(each)]
        return bool(found) and all(
            is_satisfied(MatchSpec(text))
            for group in spec.extras
            for text in found[0].extra_depends(group)
        )

    return all(map(is_satisfied, roots)) and all(
        is_satisfied(MatchSpec(text)) for each in chosen.values() for text in each.depends
    )


@pytest.mark.parametrize("seed", range(0, 400, 20))
def test_brute_force_agrees(seed: int) -> None:
    for number in range(seed, seed + 20):
        random = Random(number)
        records = universe(random)
        virtual = [record("__unix", "0")] if random.random() < 0.5 else []
        texts = random.sample(["a", "b", "c", "d", "d[extras=[x]]", 'c[when="a"]'], 2)
        roots = [MatchSpec(text) for text in texts]
        by_name = {
            name: [None, *[each for each in records if each.name == name]] for name in "abcd"
        }
        solutions = [
            chosen
            for picks in product(*by_name.values())
            if is_solution(
                chosen := {each.name: each for each in picks if each is not None}, virtual, roots
            )
        ]
        try:
            found = solve(
                Problem(
                    roots=tuple(Requirement(root) for root in roots),
                    virtual_packages=tuple(virtual),
                ),
                FakeIndex(records),
            )
        except UnsatisfiableError:
            assert solutions == [], number
            continue
        ours = {each.name: each for each in found.records}
        assert ours in solutions, number
        # Nothing is there that no wish and no dependency has brought.
        assert not any(other.items() < ours.items() for other in solutions), number
