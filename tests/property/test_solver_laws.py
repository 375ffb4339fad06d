"""Laws of solving, against a reference that tries everything.

The reference walks as `objectives` describes, but decides what is possible by enumerating all
sets of packages; it shares nothing with the solver but the order of candidates.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.objectives import OBJECTIVES
from conda_clone.core.solver.problem import Problem, Requirement, Solution
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder
from tests.support.records import FakeIndex, record
from tests.support.solution_checker import faults

NAMES = ("a", "b", "c", "d", "e")
VERSIONS = ("1", "2", "3")
GLIBC = record("__glibc", "2.17")

spec_texts = st.one_of(
    st.sampled_from(NAMES),
    st.builds(
        "{} {}{}".format,
        st.sampled_from(NAMES),
        st.sampled_from(["==", ">=", "<=", "!=", "<"]),
        st.sampled_from(VERSIONS),
    ),
)
machine_texts = st.sampled_from(["__glibc <2", "__glibc >=2", "__cuda >=12"])
depend_texts = st.one_of(
    spec_texts,
    spec_texts,
    spec_texts,
    st.sampled_from(["__glibc >=2.17", "__glibc >=3", "__cuda", "missing", "a [broken", "a ==1,,"]),
)


@st.composite
def universes(draw: st.DrawFn) -> list[PackageRecord]:
    keys = draw(
        st.lists(
            st.tuples(st.sampled_from(NAMES), st.sampled_from(VERSIONS), st.integers(0, 1)),
            max_size=10,
            unique=True,
        )
    )
    return [
        record(
            name,
            version,
            f"h_{number}",
            draw(st.lists(depend_texts, max_size=3)),
            build_number=number,
            constrains=tuple(draw(st.lists(st.one_of(spec_texts, machine_texts), max_size=1))),
        )
        for name, version, number in keys
    ]


@st.composite
def problems(draw: st.DrawFn) -> tuple[Problem, list[PackageRecord]]:
    universe = draw(universes())
    some = st.lists(spec_texts, max_size=2)
    held = {}
    if universe:
        chosen = draw(st.lists(st.sampled_from(universe), max_size=3))
        held = {each.name: each for each in chosen}
    locks = draw(st.booleans())
    problem = Problem(
        roots=tuple(_requirement(text) for text in draw(st.lists(spec_texts, max_size=3))),
        constraints=tuple(_requirement(text) for text in draw(some)),
        forbidden=tuple(_requirement(text) for text in draw(some)) if draw(st.booleans()) else (),
        locked=held if locks else {},
        favoured={} if locks else held,
        update_roots=frozenset(draw(st.lists(st.sampled_from(NAMES), max_size=1))),
        virtual_packages=(GLIBC,),
        channel_order=("https://channels.test/main",),
    )
    return problem, universe


def _requirement(text: str) -> Requirement:
    return Requirement(MatchSpec(text))


def _usable(records: Sequence[PackageRecord]) -> list[PackageRecord]:
    broken = ("a [broken", "a ==1,,")
    return [each for each in records if not set(broken) & set(each.depends)]


def _all_solutions(problem: Problem, universe: list[PackageRecord]) -> list[list[PackageRecord]]:
    """Return every valid set of packages, needed or not."""
    usable = _usable(universe)
    choices: list[list[PackageRecord | None]] = [
        [None, *(each for each in usable if each.name == name)] for name in NAMES
    ]
    found = []
    for combination in product(*choices):
        records = [each for each in combination if each is not None]
        if not [fault for fault in faults(problem, records) if "comes before" not in fault]:
            found.append(records)
    return found


def _solve(problem: Problem, universe: list[PackageRecord], patience: int) -> Solution | None:
    try:
        return solve(problem, FakeIndex(universe), patience=patience)
    except UnsatisfiableError:
        return None


def _texts(solution: Solution | None) -> list[str] | None:
    return None if solution is None else [each.dist_name for each in solution.records]


@settings(max_examples=60, deadline=None)
@given(problems())
def test_an_answer_exists_exactly_when_one_is_possible_and_is_right(
    case: tuple[Problem, list[PackageRecord]],
) -> None:
    problem, universe = case
    solution = _solve(problem, universe, 300)

    assert (solution is not None) == bool(_all_solutions(problem, universe))
    if solution is not None:
        assert faults(problem, solution.records) == []
        assert solution.optimal


@settings(max_examples=60, deadline=None)
@given(problems())
def test_the_engine_and_the_search_alone_give_the_same_answer(
    case: tuple[Problem, list[PackageRecord]],
) -> None:
    problem, universe = case

    assert _texts(_solve(problem, universe, 0)) == _texts(_solve(problem, universe, 10**6))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_without_time_an_answer_is_still_right(case: tuple[Problem, list[PackageRecord]]) -> None:
    problem, universe = case
    hurried = replace(problem, deadline=0)
    solution = _solve(hurried, universe, 300)

    assert (solution is None) == (_solve(problem, universe, 300) is None)
    if solution is not None:
        assert faults(problem, solution.records) == []


@settings(max_examples=60, deadline=None)
@given(problems())
def test_no_answer_keeps_more_or_has_requested_packages_newer(
    case: tuple[Problem, list[PackageRecord]],
) -> None:
    """The first objectives, name by name, are the best of all possible answers."""
    problem, universe = case
    solution = _solve(problem, universe, 300)
    if solution is None:
        return

    assert _leading(problem, solution.records) == min(
        _leading(problem, records) for records in _all_solutions(problem, universe)
    )


def _leading(problem: Problem, records: Sequence[PackageRecord]) -> list[tuple[int, ...]]:
    """Return what the first three objectives compare: smaller is better."""
    by_name = {each.name: each for each in records}
    requested = list(dict.fromkeys(root.spec.name for root in problem.roots))
    favoured = [name for name in problem.favoured if name not in problem.update_roots]
    order = {name: place for place, name in enumerate(requested)}
    favoured.sort(key=lambda name: (order.get(name, len(order)), name))
    return [
        tuple(
            int(by_name.get(name, problem.favoured[name]) != problem.favoured[name])
            for name in favoured
        ),
        tuple(-int(by_name[name].version) for name in requested),
        tuple(-by_name[name].build_number for name in requested),
    ]


@settings(max_examples=60, deadline=None)
@given(problems(), st.randoms(use_true_random=False))
def test_the_order_of_the_index_does_not_matter(
    case: tuple[Problem, list[PackageRecord]], random: object
) -> None:
    problem, universe = case
    shuffled = universe.copy()
    random.shuffle(shuffled)  # type: ignore[attr-defined] # hypothesis does not type its randoms

    assert _texts(_solve(problem, universe, 300)) == _texts(_solve(problem, shuffled, 300))


@settings(max_examples=60, deadline=None)
@given(problems())
def test_no_package_alone_could_be_newer(case: tuple[Problem, list[PackageRecord]]) -> None:
    """Exchanging one package for a newer one of its name breaks every best answer.

    Unless it is kept because it is installed, or the newer one would bring other packages.
    """
    problem, universe = case
    solution = _solve(problem, universe, 300)
    if solution is None:
        return
    kept = problem.favoured.keys() - problem.update_roots
    for old in solution.records:
        for new in _newer(old, _usable(universe)):
            exchanged = [new if each is old else each for each in solution.records]
            if old.name not in kept:
                found = [each for each in faults(problem, exchanged) if "before" not in each]
                assert found, f"{new.dist_name} would do as well"


def _newer(old: PackageRecord, records: Sequence[PackageRecord]) -> Iterator[PackageRecord]:
    for each in records:
        if each.name == old.name and VersionOrder(each.version) > VersionOrder(old.version):
            yield each


@settings(max_examples=60, deadline=None)
@given(problems())
def test_a_conflict_is_a_conflict_and_minimal(case: tuple[Problem, list[PackageRecord]]) -> None:
    """Without the roots that an explanation leaves out there is still no answer."""
    problem, universe = case
    error = _failure(problem, universe)
    if error is None:
        return
    named = {need.spec for need in error.conflict.needs if not need.source}
    smaller = replace(
        problem, roots=tuple(root for root in problem.roots if str(root.spec) in named)
    )

    assert error.conflict.minimal
    assert error.chains
    assert _solve(smaller, universe, 300) is None


def _failure(problem: Problem, universe: list[PackageRecord]) -> UnsatisfiableError | None:
    try:
        solve(problem, FakeIndex(universe))
    except UnsatisfiableError as error:
        return error
    return None


def test_the_list_of_objectives_is_the_documented_policy() -> None:
    assert [objective.name for objective in OBJECTIVES] == [
        "requested versions",
        "kept",
        "requested builds",
        "dependencies",
        "packages",
        "ties",
    ]
