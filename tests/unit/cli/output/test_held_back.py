"""What is not at its newest, as people and as programs read it: a sentence for each kind."""

import pytest

from conda_clone.cli.output.held_back import held_back_document, held_back_text
from conda_clone.core.solver.held_back import HeldBack, Hold, HoldKind
from conda_clone.core.solver.problem import Origin
from tests.support.records import record


def held(*holds: Hold) -> HeldBack:
    return HeldBack(record=record("lib", "1"), newest="2", holds=holds)


SENTENCES = [
    (Hold(kind=HoldKind.WISH, spec="lib<2", origin=Origin.REQUESTED), "`lib<2` is requested"),
    (
        Hold(kind=HoldKind.WISH, spec="lib<2", origin=Origin.HISTORY),
        "`lib<2` was requested earlier",
    ),
    (Hold(kind=HoldKind.PIN, spec="lib<2", origin=Origin.PIN), "`lib<2` is pinned"),
    (Hold(kind=HoldKind.INSTALLED), "it is installed, and nothing asks for a newer one"),
    (
        Hold(kind=HoldKind.FORBIDDEN, spec="lib"),
        "the setting `disallowed_packages` has `lib`",
    ),
    (
        Hold(kind=HoldKind.PRIORITY, by="extra"),
        "lib 2 is only in the channel extra, which comes later",
    ),
    (Hold(kind=HoldKind.STRATEGY, spec="lowest"), "the strategy is `lowest`"),
    (
        Hold(kind=HoldKind.FEATURES, spec="debug"),
        "lib 2 tracks the features `debug`, which makes it less wanted",
    ),
    (
        Hold(kind=HoldKind.NEEDED_BY, spec="lib <2", by="app", version="3"),
        "app 3 goes with `lib <2`",
    ),
    (
        Hold(kind=HoldKind.NEEDED_BY, spec="lib <2", by="app", version="3", because="app=3"),
        "app 3 goes with `lib <2`, and `app=3` binds app",
    ),
    (
        Hold(kind=HoldKind.NEEDS, spec="base 2", by="base", version="1", because="base=1"),
        "lib 2 goes with `base 2`, but base 1 is chosen, and `base=1` binds base",
    ),
    (
        Hold(kind=HoldKind.MACHINE, spec="__cuda >=12", by="__cuda", version="11"),
        "lib 2 needs `__cuda >=12`, but this machine has 11",
    ),
    (
        Hold(kind=HoldKind.MACHINE, spec="__cuda", by="__cuda"),
        "lib 2 needs `__cuda`, which this machine lacks",
    ),
    (
        Hold(kind=HoldKind.MISSING, spec="gone", by="gone"),
        "lib 2 needs `gone`, which no channel has",
    ),
    (
        Hold(kind=HoldKind.OLDER, by="app", version="2", instead="1"),
        "with lib 2, app would be 1 instead of 2",
    ),
    (Hold(kind=HoldKind.IMPOSSIBLE, spec="app"), "lib 2 cannot be had together with `app`"),
    (Hold(kind=HoldKind.IMPOSSIBLE), "lib 2 cannot be had with the rest"),
    (Hold(kind=HoldKind.OTHER), "the whole is better without lib 2"),
]


@pytest.mark.parametrize(("hold", "sentence"), SENTENCES)
def test_each_kind_has_a_sentence(hold: Hold, sentence: str) -> None:
    assert held_back_text([held(hold)]).splitlines() == [
        "",
        "These packages are not at their newest:",
        "",
        "  lib 1 (newest: 2)",
        f"    {sentence}",
    ]


def test_every_kind_is_tested() -> None:
    assert {hold.kind for hold, _ in SENTENCES} == set(HoldKind)


def test_of_many_reasons_a_few_are_told() -> None:
    many = [Hold(kind=HoldKind.NEEDED_BY, spec="lib <2", by=f"a{n}", version="1") for n in range(5)]

    assert held_back_text([held(*many)]).splitlines()[4:] == [
        "    a0 1 goes with `lib <2`",
        "    a1 1 goes with `lib <2`",
        "    a2 1 goes with `lib <2`",
        "    and 2 more",
    ]


def test_nothing_held_back_is_said_too() -> None:
    assert held_back_text([]) == "\nEvery package is at its newest.\n"


def test_programs_get_kinds_and_specs() -> None:
    hold = Hold(kind=HoldKind.NEEDED_BY, spec="lib <2", by="app", version="3")

    assert held_back_document([held(hold)]) == [
        {
            "name": "lib",
            "version": "1",
            "newest": "2",
            "reasons": [
                {
                    "kind": "needed by",
                    "spec": "lib <2",
                    "by": "app",
                    "text": "app 3 goes with `lib <2`",
                }
            ],
        }
    ]
