"""A reason shows in a debugger what it is."""

from conda_clone.core.solver.reasons import UNCONDITIONAL, Reason, ReasonKind


def test_a_reason_is_unconditional_unless_it_has_a_source() -> None:
    reason = Reason(ReasonKind.ROOT, 3, 0b1, text="app >=2")

    assert (reason.source, reason.users) == (UNCONDITIONAL, 0)
    assert repr(reason) == "Reason('root', 'app >=2')"
