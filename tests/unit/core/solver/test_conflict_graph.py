"""The graph of a conflict, as programs read it."""

from typing import Any

from conda_clone.core.solver.advice import Advice
from conda_clone.core.solver.conflict import Conflict, Need, Remedy, RemedyKind
from conda_clone.core.solver.conflict_graph import graph_document, guidance
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import ReasonKind

APP = Need(
    kind=ReasonKind.ROOT,
    target="app",
    spec="app=1",
    origin=Origin.REQUESTED,
    allowed=("app-1-0",),
    available=("2", "1"),
)
CUDA = Need(
    kind=ReasonKind.DEPENDS,
    target="__cuda",
    spec="__cuda >=12",
    source="app",
    users=("app-1-0",),
    available=("11",),
)
RANK = Need(kind=ReasonKind.PRIORITY, target="app", allowed=("app-1-0",), available=("2", "1"))
CONFLICT = Conflict(
    needs=(APP, RANK, CUDA),
    remedies=(
        Remedy(
            kind=RemedyKind.LOOSEN,
            spec="app=1",
            name="app",
            origin=Origin.REQUESTED,
            nearest="2",
            newest="2",
        ),
        Remedy(kind=RemedyKind.FLEXIBLE_PRIORITY),
    ),
)


def test_wishes_and_packages_are_nodes_and_facts_are_edges() -> None:
    assert graph_document(CONFLICT) == {
        "minimal": True,
        "nodes": [
            {"id": "wish app=1", "kind": "wish", "origin": "requested", "spec": "app=1"},
            {"id": "package app", "kind": "package", "name": "app", "versions": ["2", "1"]},
            {"id": "wish channel priority", "kind": "wish", "origin": None, "spec": None},
            {
                "id": "package __cuda",
                "kind": "virtual package",
                "name": "__cuda",
                "versions": ["11"],
            },
        ],
        "edges": [
            {
                "from": "wish app=1",
                "to": "package app",
                "kind": "root",
                "spec": "app=1",
                "users": [],
                "candidates": ["app-1-0"],
            },
            {
                "from": "wish channel priority",
                "to": "package app",
                "kind": "channel priority",
                "spec": None,
                "users": [],
                "candidates": ["app-1-0"],
            },
            {
                "from": "package app",
                "to": "package __cuda",
                "kind": "depends",
                "spec": "__cuda >=12",
                "users": ["app-1-0"],
                "candidates": [],
            },
        ],
    }


def test_every_edge_ends_at_a_node() -> None:
    loose = Conflict(needs=(CUDA,))
    document = graph_document(loose)

    assert document["nodes"] == [
        {
            "id": "package __cuda",
            "kind": "virtual package",
            "name": "__cuda",
            "versions": ["11"],
        },
        {"id": "package app", "kind": "package", "name": "app"},
    ]


def test_the_error_report_carries_graph_advice_and_remedies() -> None:
    told: Any = UnsatisfiableError(CONFLICT).to_dict()["guidance"]

    assert told["conflict"] == graph_document(CONFLICT)
    assert told["hint_codes"] == [
        "loosen_spec",
        "flexible_channel_priority",
        "override_virtual_package",
    ]
    assert told["remedies"] == [
        {
            "kind": "loosen the spec",
            "name": "app",
            "newest": "2",
            "nearest": "2",
            "origin": "requested",
            "spec": "app=1",
        },
        {
            "kind": "flexible channel priority",
            "name": None,
            "newest": None,
            "nearest": None,
            "origin": None,
            "spec": None,
        },
    ]


def test_without_a_conflict_there_is_advice_alone() -> None:
    told = guidance([Advice("search", "look for it")], cause="It is not there.")

    assert told == {
        "cause": "It is not there.",
        "hint_codes": ["search"],
        "hints": [{"hint_code": "search", "text": "look for it"}],
    }
