import random
from itertools import permutations

import pytest

from conda_clone.models.prefix_graph import PrefixGraph
from tests.support.records import record, specs


def order(graph: PrefixGraph) -> list[str]:
    return [record.name for record in graph.sorted()]


def test_dependencies_come_first_and_names_decide_among_equals() -> None:
    records = [
        record("app", depends=["lib >=1", "tool"]),
        record("lib", depends=["zlib"]),
        record("zlib"),
        record("tool"),
        record("other", depends=["not-there"]),
    ]
    for shuffled in permutations(records):
        assert order(PrefixGraph(shuffled)) == ["other", "tool", "zlib", "lib", "app"]


def test_cycles_are_broken_alike_every_time() -> None:
    records = [
        record("a", depends=["b"]),
        record("b", depends=["c"]),
        record("c", depends=["a", "z"]),
        record("x", depends=["y"]),
        record("y", depends=["x", "b"]),
        record("z"),
        record("user", depends=["y"]),
    ]
    for seed in range(20):
        random.Random(seed).shuffle(records)
        assert order(PrefixGraph(records)) == ["z", "a", "c", "b", "x", "y", "user"]


def test_python_comes_before_what_is_installed_into_it() -> None:
    records = [
        record("python", depends=["pip", "zlib"]),
        record("pip", depends=["python", "setuptools"], noarch="python"),
        record("setuptools", depends=["python"], noarch="python"),
        record("alone", noarch="python"),
        record("zlib"),
    ]
    for shuffled in permutations(records):
        names = order(PrefixGraph(shuffled))
        assert names == ["zlib", "python", "alone", "setuptools", "pip"]


def test_python_goes_first_in_a_longer_cycle() -> None:
    records = [
        record("python", depends=["abi"]),
        record("abi", depends=["pip"]),
        record("pip", depends=["python"], noarch="python"),
    ]
    names = order(PrefixGraph(records))
    assert names.index("python") < names.index("pip")
    assert sorted(names) == ["abi", "pip", "python"]


def test_a_package_may_depend_on_itself() -> None:
    assert order(PrefixGraph([record("a", depends=["a"])])) == ["a"]


def test_long_chains_do_not_exhaust_the_stack() -> None:
    count = 3000
    records = [record(f"p{n:04}", depends=[f"p{(n + 1) % count:04}"]) for n in range(count)]
    assert len(order(PrefixGraph(records))) == count


@pytest.fixture
def graph() -> PrefixGraph:
    records = [
        record("app", depends=["lib", "tool"]),
        record("lib", depends=["zlib"]),
        record("tool", depends=["zlib"]),
        record("zlib"),
        record("old", version="1"),
    ]
    return PrefixGraph(records, specs("app", "old>=2", "z*", "missing"))


def test_neighbours(graph: PrefixGraph) -> None:
    assert graph.dependencies_of("app") == ("lib", "tool")
    assert graph.dependents_of("zlib") == ("lib", "tool")
    assert graph.dependencies_of("missing") == ()
    assert graph.dependents_of("missing") == ()


def test_reachability(graph: PrefixGraph) -> None:
    assert graph.reachable_from(["lib", "missing"]) == {"lib", "zlib"}
    assert graph.depending_on(["tool"]) == {"tool", "app"}


def test_requested_records_are_those_that_a_spec_matches(graph: PrefixGraph) -> None:
    assert graph.requested == {"app", "zlib"}


def test_pruning_keeps_what_is_needed(graph: PrefixGraph) -> None:
    assert [record.name for record in graph.prune()] == ["zlib", "lib", "tool", "app"]
    assert [record.name for record in graph.prune(["old"])] == ["old", "zlib", "lib", "tool", "app"]


def test_a_dependency_by_pattern_counts_for_all_that_fit() -> None:
    records = [record("app", depends=["lib*"]), record("lib1"), record("lib2")]
    assert PrefixGraph(records).dependencies_of("app") == ("lib1", "lib2")
