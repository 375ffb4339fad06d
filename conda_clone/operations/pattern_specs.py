"""Names for specs whose name is a pattern: the package that brings the fewest others.

A pattern asks for any package that it fits. What is installed already is enough; otherwise conda's
solver ends up with the smallest environment, which is what is looked for here.
"""

from typing import TYPE_CHECKING

from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.planning.request import EnvironmentRequest
from conda_clone.core.planning.solver import Solver
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.errors import CondaValueError
from conda_clone.models.match_spec.matchers import StringMatch
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.values import replace

if TYPE_CHECKING:
    from conda_clone.core.channels.index import Index
    from conda_clone.operations.session import Session

__all__ = ["is_pattern", "with_names"]

_MOST_NAMES = 20  # each is solved for; who fits more cannot mean any of them


def is_pattern(spec: MatchSpec) -> bool:
    """Tell whether a spec leaves open which package it asks for."""
    return not spec.name_is_exact and not spec.get("track_features")


def with_names(
    session: "Session", request: EnvironmentRequest, state: EnvironmentState, index: "Index"
) -> EnvironmentRequest:
    """Return the request with a name in the place of each pattern.

    Raises:
        CondaValueError: A pattern fits too many packages, or none that can be installed.
    """
    specs = [
        _named(session, request, spec, state, index) if is_pattern(spec) else spec
        for spec in request.specs_to_add
    ]
    return replace(request, specs_to_add=tuple(specs))


def _named(
    session: "Session",
    request: EnvironmentRequest,
    spec: MatchSpec,
    state: EnvironmentState,
    index: "Index",
) -> MatchSpec:
    for name, record in sorted(state.installed.items()):
        if spec.match(record):
            return MatchSpec(str(spec), name=name)
    fits = StringMatch(spec.name, ignore_case=True).match
    names = [name for name in index.names() if fits(name)]
    if len(names) > _MOST_NAMES:
        raise _refusal(spec, f"fits {len(names):,} packages")
    alone = EnvironmentState(virtual_packages=state.virtual_packages)
    sizes: dict[str, int] = {}
    for name in names:
        only = replace(
            request, specs_to_add=(MatchSpec(str(spec), name=name),), default_packages=False
        )
        try:
            final = Solver(only, alone, index, session.solve).solve_final_state()
        except (PackagesNotFoundInChannelsError, UnsatisfiableError):
            continue
        sizes[name] = len(final)
    if not sizes:
        raise _refusal(spec, "fits no package that can be installed")
    return MatchSpec(str(spec), name=min(sizes, key=lambda name: (sizes[name], name)))


def _refusal(spec: MatchSpec, reason: str) -> CondaValueError:
    return CondaValueError(
        f"`{spec}` is a pattern, and {reason}.",
        hint=f"`conda search '{spec}'` lists what matches; name one of these.",
    )
