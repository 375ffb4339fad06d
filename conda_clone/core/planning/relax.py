"""The ladder of attempts: what gives way, in which order, when a problem cannot be solved.

1. Packages that nobody named stay as they are (what `install` tries first).
2. They may move, as little as possible.
3. Those that nobody ever asked for, and that are part of the conflict, may go.
4. Python may change its minor version.

Specs that a user gave, now or in the past, and pins never give way: the conflict is shown.
"""

from typing import TYPE_CHECKING

from conda_clone.core.planning.request import EnvironmentRequest, UpdateModifier
from conda_clone.core.planning.rules import Strictness
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.solver.problem import Origin
from conda_clone.core.solver.reasons import ReasonKind
from conda_clone.models.values import replace

if TYPE_CHECKING:
    from conda_clone.core.solver.conflict import Conflict

__all__ = ["first_attempt", "next_attempt"]


def first_attempt(request: EnvironmentRequest) -> Strictness:
    """Return how firmly to hold on to the present environment at first."""
    return Strictness(freeze=request.update_modifier is UpdateModifier.FREEZE_INSTALLED)


def next_attempt(
    failed: Strictness, conflict: "Conflict", request: EnvironmentRequest, state: EnvironmentState
) -> Strictness | None:
    """Return what to try after a conflict; None when nothing is left that may give way."""
    if failed.freeze:
        return replace(failed, freeze=False)
    in_the_way = {
        need.target
        for need in conflict.needs
        if need.kind is ReasonKind.ROOT and need.origin is Origin.INSTALLED
    }
    if in_the_way - failed.given_up:
        return replace(failed, given_up=failed.given_up | in_the_way)
    if failed.keep_python and "python" in state.installed and "python" not in request.named:
        return replace(failed, keep_python=False)
    return None
