"""Advice: one sentence for each kind of remedy, and for what no change of the request can mend."""

import pytest

from conda_clone.core.solver.advice import Advice, advice, advice_text, with_general
from conda_clone.core.solver.conflict import Conflict, Need, Remedy, RemedyKind
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import ReasonKind


def wish(target: str, spec: str, origin: Origin = Origin.REQUESTED) -> Need:
    return Need(
        kind=ReasonKind.ROOT,
        target=target,
        spec=spec,
        origin=origin,
        allowed=("x",),
        available=("1",),
    )


def remedied(*remedies: Remedy, exhausted: bool = True) -> Conflict:
    return Conflict(needs=(wish("a", "a"),), remedies=remedies, exhausted=exhausted)


@pytest.mark.parametrize(
    ("remedy", "code", "sentence"),
    [
        (
            Remedy(
                kind=RemedyKind.LOOSEN,
                spec="lib=1",
                name="lib",
                origin=Origin.REQUESTED,
                nearest="2.0",
                newest="3.0",
            ),
            "loosen_spec",
            "ask for `lib=2.0` instead of `lib=1` (up to 3.0 can be had)",
        ),
        (
            Remedy(
                kind=RemedyKind.LOOSEN,
                spec="lib=1",
                name="lib",
                origin=Origin.HISTORY,
                nearest="2.0",
                newest="2.0",
            ),
            "loosen_spec",
            "ask for `lib=2.0` instead of `lib=1`, which was requested earlier",
        ),
        (
            Remedy(
                kind=RemedyKind.LOOSEN,
                spec="lib=1",
                name="lib",
                origin=Origin.CONFIGURATION,
                nearest="2.0",
                newest="2.0",
            ),
            "loosen_spec",
            "write `lib=2.0` instead of `lib=1` in the setting `create_default_packages`",
        ),
        (
            Remedy(kind=RemedyKind.LEAVE_OUT, spec="lib", name="lib", origin=Origin.REQUESTED),
            "leave_out",
            "leave out `lib`: the rest can be had",
        ),
        (
            Remedy(kind=RemedyKind.LEAVE_OUT, spec="lib", name="lib", origin=Origin.HISTORY),
            "leave_out",
            "remove `lib` first, which was requested earlier",
        ),
        (
            Remedy(kind=RemedyKind.LEAVE_OUT, spec="lib", name="lib", origin=Origin.CONFIGURATION),
            "leave_out",
            "take `lib` out of the configuration",
        ),
        (
            Remedy(kind=RemedyKind.UNPIN, spec="lib<2", name="lib", newest="3.0"),
            "ignore_pins",
            "change or remove the pin `lib<2`, or ignore pins with --no-pin: then `lib` can be 3.0",
        ),
        (
            Remedy(kind=RemedyKind.UNPIN, spec="lib<2", name="lib"),
            "ignore_pins",
            "change or remove the pin `lib<2`, or ignore pins with --no-pin",
        ),
        (
            Remedy(kind=RemedyKind.ALLOW, spec="lib", name="lib"),
            "allow_package",
            "take `lib` out of the setting `disallowed_packages`",
        ),
        (
            Remedy(kind=RemedyKind.FLEXIBLE_PRIORITY),
            "flexible_channel_priority",
            "set `channel_priority: flexible`, so that lower channels provide what is needed",
        ),
        (
            Remedy(kind=RemedyKind.APART, spec="lib<2 tool", origin=Origin.REQUESTED),
            "new_environment",
            "create an environment of its own for it: `conda create -n NAME 'lib<2' tool`",
        ),
    ],
)
def test_each_remedy_has_a_sentence(remedy: Remedy, code: str, sentence: str) -> None:
    assert advice(remedied(remedy)) == (Advice(code, sentence),)


def test_one_piece_of_advice_is_a_sentence() -> None:
    leave = Remedy(kind=RemedyKind.LEAVE_OUT, spec="lib", name="lib", origin=Origin.REQUESTED)

    assert advice_text(advice(remedied(leave))) == "Leave out `lib`: the rest can be had."


def test_several_pieces_of_advice_are_a_list() -> None:
    leave = Remedy(kind=RemedyKind.LEAVE_OUT, spec="lib", name="lib", origin=Origin.REQUESTED)
    allow = Remedy(kind=RemedyKind.ALLOW, spec="gone", name="gone")

    assert advice_text(advice(remedied(leave, allow))).splitlines() == [
        "Any of these may help:",
        "  - leave out `lib`: the rest can be had",
        "  - take `gone` out of the setting `disallowed_packages`",
    ]


def test_what_no_channel_has_asks_for_a_channel() -> None:
    gone = Need(kind=ReasonKind.DEPENDS, target="gone", spec="gone >=1", source="a")

    assert advice(Conflict(needs=(wish("a", "a"), gone, gone))) == (
        Advice("add_channel", "add a channel that has `gone` (-c CHANNEL)"),
    )


def test_a_channel_that_is_known_replaces_one_to_be_found() -> None:
    general = (Advice("add_channel", "find a channel"), Advice("leave_out", "leave it out"))
    known = (Advice("other_channel", "take that one"),)

    assert with_general(known, general) == (*known, general[1])
    assert with_general((), general) == general


def test_what_the_machine_lacks_can_be_said_of_another_machine() -> None:
    cuda = Need(kind=ReasonKind.DEPENDS, target="__cuda", spec="__cuda >=12", source="a")

    assert advice(Conflict(needs=(wish("a", "a"), cuda))) == (
        Advice(
            "override_virtual_package",
            "set CONDA_OVERRIDE_CUDA if this is for a machine that has __cuda as needed",
        ),
    )


def test_where_no_single_change_helps_several_must() -> None:
    assert [each.code for each in advice(remedied())] == ["change_several"]


@pytest.mark.parametrize(
    ("need", "code"),
    [
        (wish("a", "a"), "widen_request"),
        (wish("a", "a<2", Origin.PIN), "ignore_pins"),
        (
            Need(kind=ReasonKind.PRIORITY, target="a", available=("1",)),
            "flexible_channel_priority",
        ),
    ],
)
def test_advice_that_was_not_tried_goes_by_the_looks(need: Need, code: str) -> None:
    assert [each.code for each in advice(Conflict(needs=(need,)))] == [code]
    unfinished = Conflict(needs=(need,), remedies=(), exhausted=False)
    assert [each.code for each in advice(unfinished)] == [code]
