"""The ladder of attempts: what gives way, in which order, when a problem cannot be solved.

1. Packages that nobody named stay as they are (what `install` tries first).
2. They may move, as little as possible.
3. Those that nobody ever asked for may go.
4. Python may change its minor version.

Specs that a user gave, now or in the past, and pins never give way: the conflict is shown.
"""

from collections.abc import Iterator

from conda_clone.core.planning.request import EnvironmentRequest, UpdateModifier
from conda_clone.core.planning.rules import Strictness
from conda_clone.core.planning.state import EnvironmentState

__all__ = ["attempts"]


def attempts(request: EnvironmentRequest, state: EnvironmentState) -> Iterator[Strictness]:
    """Yield how firmly to hold on to the present environment, firmest first."""
    if not state.installed:
        yield Strictness()
        return
    if request.update_modifier is UpdateModifier.FREEZE_INSTALLED:
        yield Strictness(freeze=True)
    yield Strictness()
    yield Strictness(keep_all=False)
    if "python" in state.installed and "python" not in request.named:
        yield Strictness(keep_all=False, keep_python=False)
