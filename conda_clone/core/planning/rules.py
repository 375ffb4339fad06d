"""Policy: one small function per rule turns a request and a state into a `Problem`.

The rules run in the order of `RULES`; each adds to a `Draft`. What they add is described by the
spec categories of spec/formats.md, section 15: requested > history > pins > installed. A rule
that may have to give way says so by the `Strictness` it reads (see `relax`).
"""

from collections.abc import Callable

from conda_clone.config.settings import SolveSettings
from conda_clone.core.planning.request import EnvironmentRequest, UpdateModifier, Verb
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.solver.problem import Origin, Problem, Requirement
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PackageRecord
from conda_clone.models.values import field, value

__all__ = ["Strictness", "default_specs", "state_problem"]


@value(kw_only=True)
class Strictness:
    """How much of the present environment is held on to in one attempt.

    Attributes:
        freeze: Installed packages that nobody named stay exactly as they are.
        given_up: Installed packages that nobody asked for and that may go.
        keep_python: The minor version of Python stays unless Python is named.
    """

    freeze: bool = False
    given_up: frozenset[str] = frozenset()
    keep_python: bool = True


@value(frozen=False)
class Draft:
    """What the rules have found so far."""

    roots: dict[str, list[Requirement]] = field(default_factory=dict)
    constraints: list[Requirement] = field(default_factory=list)
    locked: dict[str, PackageRecord] = field(default_factory=dict)
    favoured: dict[str, PackageRecord] = field(default_factory=dict)
    forbidden: list[Requirement] = field(default_factory=list)
    newest: set[str] = field(default_factory=set)

    def require(self, spec: MatchSpec, origin: Origin) -> None:
        """Add a root."""
        self.roots.setdefault(spec.name, []).append(Requirement(spec, origin))


@value()
class Situation:
    """All that a rule may look at."""

    request: EnvironmentRequest
    state: EnvironmentState
    settings: SolveSettings
    strictness: Strictness

    @property
    def updates_all(self) -> bool:
        """Whether everything is to be brought to its newest."""
        return self.request.update_modifier is UpdateModifier.UPDATE_ALL


Rule = Callable[[Draft, Situation], None]


def requested(draft: Draft, situation: Situation) -> None:
    """What the user names must be there, as new as the rest allows."""
    for spec in situation.request.specs_to_add:
        draft.require(spec, Origin.REQUESTED)
        draft.newest.add(spec.name)


def default_packages(draft: Draft, situation: Situation) -> None:
    """A new environment gets the packages of `create_default_packages`."""
    for spec in default_specs(situation.request, situation.settings):
        draft.require(spec, Origin.CONFIGURATION)


def default_specs(request: EnvironmentRequest, settings: SolveSettings) -> tuple[MatchSpec, ...]:
    """Return the specs of `create_default_packages` that join what is named."""
    if request.verb is not Verb.CREATE or not request.default_packages:
        return ()
    specs = map(MatchSpec, settings.create_default_packages)
    return tuple(spec for spec in specs if spec.name not in request.named)


def dependencies_of_requested(draft: Draft, situation: Situation) -> None:
    """With --update-deps, installed dependencies of the named packages are named as well."""
    request, installed = situation.request, situation.state.installed
    if request.update_modifier is not UpdateModifier.UPDATE_DEPS:
        return
    graph = PrefixGraph(installed.values())
    for name in sorted(graph.reachable_from(name for name in request.named if name in installed)):
        if name not in draft.roots:
            draft.require(MatchSpec(name), Origin.REQUESTED)
            draft.newest.add(name)


def history(draft: Draft, situation: Situation) -> None:
    """What was asked for in the past still holds, by name only when all is updated."""
    for name, spec in sorted(situation.state.requested.items()):
        if name not in draft.roots:
            by_name = situation.updates_all or not spec.name_is_exact
            draft.require(MatchSpec(name) if by_name else spec, Origin.HISTORY)


def features(draft: Draft, situation: Situation) -> None:
    """Features of the setting `track_features` are asked for like packages."""
    for feature in situation.settings.track_features:
        draft.require(MatchSpec(f"*[track_features={feature}]"), Origin.CONFIGURATION)


def installed_stays(draft: Draft, situation: Situation) -> None:
    """What is installed stays, as firmly as this attempt says."""
    strictness = situation.strictness
    moving = {MatchSpec(text).name for text in situation.settings.aggressive_update_packages}
    for name, record in situation.state.installed.items():
        root = draft.roots.get(name)
        if root is None and name not in strictness.given_up:
            draft.require(MatchSpec(name), Origin.INSTALLED)
        if situation.updates_all:
            draft.newest.add(name)
        elif name in draft.newest or _contradicts(root, record):
            continue
        elif strictness.freeze:
            draft.locked[name] = record
        elif name not in moving:
            draft.favoured[name] = record


def _contradicts(root: list[Requirement] | None, record: PackageRecord) -> bool:
    return root is not None and not all(each.spec.match(record) for each in root)


def python_minor(draft: Draft, situation: Situation) -> None:
    """The minor version of Python stays: another one means to rebuild the environment."""
    python = situation.state.installed.get("python")
    is_named = "python" in situation.request.named
    if python is None or is_named or not situation.strictness.keep_python:
        return
    minor = ".".join(python.version.split(".")[:2])
    draft.constraints.append(Requirement(MatchSpec(f"python {minor}.*"), Origin.INSTALLED))


def pins(draft: Draft, situation: Situation) -> None:
    """Pins bind every spec of their name; a name alone pins what is installed."""
    if situation.request.ignore_pinned:
        return
    configured = map(MatchSpec, situation.settings.pinned_packages)
    for pin in (*configured, *situation.state.pins):
        present = situation.state.installed.get(pin.name)
        if pin.is_name_only and present is not None:
            exact = MatchSpec(f"{pin.name}=={present.version}={present.build}")
            draft.constraints.append(Requirement(exact, Origin.PIN))
        else:
            draft.constraints.append(Requirement(pin, Origin.PIN))


def disallowed(draft: Draft, situation: Situation) -> None:
    """Packages that a setting forbids never enter."""
    for text in situation.settings.disallowed_packages:
        draft.forbidden.append(Requirement(MatchSpec(text), Origin.CONFIGURATION))


RULES: tuple[Rule, ...] = (
    requested,
    default_packages,
    dependencies_of_requested,
    history,
    features,
    installed_stays,
    python_minor,
    pins,
    disallowed,
)


def state_problem(
    request: EnvironmentRequest,
    state: EnvironmentState,
    settings: SolveSettings,
    channel_order: tuple[str, ...],
    strictness: Strictness,
) -> Problem:
    """Return the problem that one attempt gives to the solver."""
    draft = Draft()
    situation = Situation(request, state, settings, strictness)
    for rule in RULES:
        rule(draft, situation)
    return Problem(
        roots=tuple(each for root in draft.roots.values() for each in root),
        constraints=tuple(draft.constraints),
        locked=draft.locked,
        favoured=draft.favoured,
        forbidden=tuple(draft.forbidden),
        virtual_packages=state.virtual_packages,
        channel_order=channel_order,
        channel_priority=settings.channel_priority.value,
        strategy=settings.solver_strategy.value,
        update_roots=frozenset(draft.newest),
    )
