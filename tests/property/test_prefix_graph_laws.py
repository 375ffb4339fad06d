"""Laws of `PrefixGraph`: one order on every run, cycles, pruning, reachability.

spec/formats.md, section 14: "Determinism: same input must give byte-equal output"; section 9:
"order computed topologically".
"""

from collections.abc import Mapping

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PackageRecord
from tests.support.records import record

NAMES = ("app", "base", "pip", "python", "tool", "zlib")
EDGES = st.dictionaries(
    st.sampled_from(NAMES), st.sets(st.sampled_from([*NAMES, "not-there"]), max_size=4), max_size=6
)
SCRIPTS = st.sets(st.sampled_from(["app", "pip", "tool"]))
REQUESTED = st.sets(st.sampled_from(NAMES))


def records(edges: Mapping[str, set[str]], scripts: set[str]) -> list[PackageRecord]:
    return [
        record(
            name,
            depends=sorted(edges.get(name, ())),
            noarch="python" if name in scripts else None,
        )
        for name in NAMES
    ]


def reached(edges: Mapping[str, set[str]], start: set[str]) -> set[str]:
    """Follow edges the slow way: until nothing is added."""
    found = set(start)
    while True:
        more = found | {
            needed for name in found for needed in edges.get(name, ()) if needed in NAMES
        }
        if more == found:
            return found
        found = more


@given(EDGES, SCRIPTS, st.permutations(range(len(NAMES))))
def test_the_order_is_the_same_whatever_order_the_records_come_in(
    edges: dict[str, set[str]], scripts: set[str], places: list[int]
) -> None:
    given_records = records(edges, scripts)
    shuffled = [given_records[place] for place in places]
    order = PrefixGraph(given_records).sorted()
    assert PrefixGraph(shuffled).sorted() == order
    assert sorted(each.name for each in order) == sorted(NAMES)


@given(EDGES)
def test_dependencies_come_first_outside_of_cycles(edges: dict[str, set[str]]) -> None:
    graph = PrefixGraph(records(edges, set()))
    order = [each.name for each in graph.sorted()]
    for name in NAMES:
        for needed in graph.dependencies_of(name):
            in_cycle = name in reached(edges, {needed})
            assert in_cycle or order.index(needed) < order.index(name)


@given(EDGES, SCRIPTS)
def test_python_comes_before_what_is_installed_into_it(
    edges: dict[str, set[str]], scripts: set[str]
) -> None:
    order = [each.name for each in PrefixGraph(records(edges, scripts)).sorted()]
    assert all(order.index("python") < order.index(name) for name in scripts)


@given(EDGES, REQUESTED)
def test_what_is_reachable_is_what_edges_lead_to(
    edges: dict[str, set[str]], start: set[str]
) -> None:
    graph = PrefixGraph(records(edges, set()))
    assert graph.reachable_from(start) == reached(edges, start)
    backwards = {
        name: {owner for owner, needed in edges.items() if name in needed} for name in NAMES
    }
    assert graph.depending_on(start) == reached(backwards, start)


@given(EDGES, REQUESTED, REQUESTED)
def test_pruning_keeps_what_is_needed_in_order_and_pruning_again_changes_nothing(
    edges: dict[str, set[str]], requested: set[str], keep: set[str]
) -> None:
    specs = [MatchSpec(name) for name in sorted(requested)]
    graph = PrefixGraph(records(edges, set()), specs)
    left = graph.prune(keep)
    names = {each.name for each in left}
    assert names == reached(edges, requested | keep)
    assert left == tuple(each for each in graph.sorted() if each.name in names)
    assert PrefixGraph(left, specs).prune(keep) == left
