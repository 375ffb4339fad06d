"""`Solver`: drives rules, attempts and the solver core from a request to a `PrefixChange`.

Steps of `solve_final_state`:

1. A named package that no channel offers, or that a setting forbids, is an error of its own:
   no explanation of a conflict could be clearer.
2. The attempts of `relax` go to the solver core, firmest first, until one has a solution.
3. With --no-deps candidates have no dependencies and all else stays; with --only-deps the named
   packages are left out of the result.
"""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from conda_clone.config.settings import SolveSettings
from conda_clone.core.planning.diff import difference
from conda_clone.core.planning.errors import (
    DisallowedPackageError,
    PackagesNotFoundInChannelsError,
    SpecsConfigurationConflictError,
)
from conda_clone.core.planning.relax import first_attempt, next_attempt
from conda_clone.core.planning.request import (
    DepsModifier,
    EnvironmentRequest,
    UpdateModifier,
    Verb,
)
from conda_clone.core.planning.rules import Strictness, default_specs, state_problem
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.solver.driver import solve
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.solver.problem import CandidateSource, Origin, Problem
from conda_clone.core.solver.time_limit import TimeLimit
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.errors import CondaError, CondaValueError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.values import replace

if TYPE_CHECKING:
    from conda_clone.core.solver.conflict import Conflict

__all__ = ["ChannelIndex", "Solved", "Solver"]


class ChannelIndex(CandidateSource, Protocol):
    """Candidates together with where they come from; `core.channels.Index` is one."""

    @property
    def channel_order(self) -> tuple[str, ...]:
        """Base URLs of the channels, highest priority first."""

    @property
    def urls(self) -> tuple[str, ...]:
        """Every channel and subdir that is searched, for messages; no secrets."""


class _WithoutDependencies:
    """Candidates as if they needed nothing (--no-deps)."""

    def __init__(self, source: CandidateSource) -> None:
        self._source = source
        self.originals: dict[PackageRecord, PackageRecord] = {}

    def records(self, name: str) -> Sequence[PackageRecord]:
        bare = []
        for record in self._source.records(name):
            copy = PackageRecord(
                name=record.name,
                version=record.version,
                build=record.build,
                build_number=record.build_number,
                channel=record.channel,
                subdir=record.subdir,
                fn=record.fn,
                url=record.url,
                md5=record.md5,
                sha256=record.sha256,
                timestamp=record.timestamp,
                noarch=record.noarch,
                track_features=record.track_features,
            )
            self.originals[copy] = record
            bare.append(copy)
        return bare


class Solved(NamedTuple):
    """A problem and its solution, for those who want to know why it is as it is."""

    problem: Problem
    records: tuple[PackageRecord, ...]


class Solver:
    """One request about one environment, to be solved against one index.

    A plugin may derive from this class and override `solve_final_state`; everything else follows.

    Attributes:
        request, state, index, settings: What it was made from.
        solved: The problem that had a solution, once there is one; None where nothing is chosen.
        is_best: False when time was over before a better answer could be ruled out.
    """

    def __init__(
        self,
        request: EnvironmentRequest,
        state: EnvironmentState,
        index: ChannelIndex,
        settings: SolveSettings,
    ) -> None:
        self.request = request
        self.state = state
        self.index = index
        self.settings = settings
        self.solved: Solved | None = None
        self.is_best = True

    def solve_final_state(self) -> tuple[PackageRecord, ...]:
        """Return all packages of the environment as it shall be, dependencies first.

        Raises:
            CondaValueError: A pattern was given where a name is needed.
            PackagesNotFoundInChannelsError: A package or version is nowhere to be had.
            DisallowedPackageError: A setting forbids a named package.
            SpecsConfigurationConflictError: The request contradicts a pin.
            UnsatisfiableError: The wishes contradict each other.
            SolveTimeoutError: The time limit passed before there was any answer.
        """
        self._check_named()
        if self.request.deps_modifier is DepsModifier.NO_DEPS:
            self._check_available()
            return self._without_dependencies()
        return self._solve_attempts()

    def solve_for_diff(self) -> PrefixChange:
        """Return the change that turns the environment into its final state."""
        if self._is_satisfied():
            return PrefixChange(prefix=self.request.prefix)
        final = self.solve_final_state()
        if self.request.deps_modifier is DepsModifier.ONLY_DEPS:
            final = self._only_dependencies(final)
        named = {spec.name: spec for spec in self.request.specs_to_add}
        return difference(
            self.request.prefix,
            self.state.installed,
            final,
            self._history(final),
            wishes=named,
            relink=named if self.request.force_reinstall else (),
        )

    def _is_satisfied(self) -> bool:
        installed = self.state.installed.values()
        return (
            self.request.update_modifier is UpdateModifier.SPECS_SATISFIED_SKIP_SOLVE
            and bool(self.request.specs_to_add)
            and all(
                any(spec.match(record) for record in installed)
                for spec in self.request.specs_to_add
            )
        )

    def _check_named(self) -> None:
        for spec in self.request.specs_to_add:
            if not spec.name_is_exact and not spec.get("track_features"):
                raise CondaValueError(
                    f"`{spec}` is a pattern, and patterns do not say which package is wanted.",
                    hint=f"`conda search '{spec}'` lists what matches; name one of these.",
                )
            if not self.settings.disallowed_packages or self._is_present(spec):
                continue
            candidates = self._candidates(spec)
            for pattern in self.settings.disallowed_packages:
                if candidates and all(MatchSpec(pattern).match(r) for r in candidates):
                    self._check_available()
                    raise DisallowedPackageError(str(spec), pattern)

    def _check_available(self) -> None:
        """Refuse what is nowhere to be had.

        Asked only where there is no solution otherwise: it builds all candidates of each spec,
        which takes as long as an easy solve.
        """
        missing = [
            str(spec)
            for spec in self.request.specs_to_add
            if spec.name_is_exact
            and not spec.name.startswith("__")
            and not self._is_present(spec)
            and not self._candidates(spec)
        ]
        if missing:
            raise PackagesNotFoundInChannelsError(missing, self.index.urls)

    def _is_present(self, spec: MatchSpec) -> bool:
        present = self.state.installed.get(spec.name)
        return present is not None and spec.match(present)

    def _candidates(self, spec: MatchSpec) -> list[PackageRecord]:
        return [record for record in self.index.records(spec.name) if spec.match(record)]

    def _solve_attempts(self) -> tuple[PackageRecord, ...]:
        strictness = first_attempt(self.request)
        limit = TimeLimit(self.request.time_limit)
        while True:
            problem = state_problem(
                self.request, self.state, self.settings, self.index.channel_order, strictness
            )
            try:
                solution = solve(replace(problem, deadline=limit.left()), self.index)
            except UnsatisfiableError as error:
                self._check_available()
                following = next_attempt(strictness, error.conflict, self.request, self.state)
                if following is None:
                    raise self._explained(error.conflict, problem) from None
                strictness = following
            else:
                self.solved = Solved(problem, solution.records)
                self.is_best = solution.optimal
                return solution.records

    def _explained(self, conflict: "Conflict", problem: Problem) -> CondaError:
        """Return the clearest error for a problem that has no solution."""
        # Imported only here: most problems have a solution.
        from conda_clone.core.solver.fewest_wishes import with_fewest_wishes
        from conda_clone.core.solver.remedies import with_remedies

        conflict = with_fewest_wishes(conflict, problem, self.index)
        conflict = with_remedies(conflict, problem, self.index)
        wishes = [need for need in conflict.needs if need.origin is not None]
        nowhere = {need.canonical_spec for need in conflict.needs if need.spec and not need.allowed}
        if nowhere and len(wishes) <= 1:
            return PackagesNotFoundInChannelsError(
                sorted(nowhere), self.index.urls, conflict=conflict
            )
        origins = {need.origin for need in wishes}
        if Origin.PIN in origins and Origin.REQUESTED in origins:
            pins = [r.spec for r in problem.constraints if r.origin is Origin.PIN]
            pinned = {pin.name for pin in pins}
            return SpecsConfigurationConflictError(
                [
                    str(r.spec)
                    for r in problem.roots
                    if r.origin is not Origin.INSTALLED and r.spec.name not in pinned
                ],
                [str(pin) for pin in pins],
                self.request.prefix,
                conflict,
            )
        return UnsatisfiableError(conflict)

    def _without_dependencies(self) -> tuple[PackageRecord, ...]:
        source = _WithoutDependencies(self.index)
        bare = EnvironmentState(virtual_packages=self.state.virtual_packages)
        problem = state_problem(
            self.request, bare, self.settings, self.index.channel_order, Strictness()
        )
        chosen = {
            record.name: source.originals[record] for record in solve(problem, source).records
        }
        kept = (record for name, record in self.state.installed.items() if name not in chosen)
        return (*kept, *chosen.values())

    def _only_dependencies(self, final: Sequence[PackageRecord]) -> tuple[PackageRecord, ...]:
        """Leave out what was named, unless it is installed already: then it stays as it is."""
        named = set(self.request.named)
        kept = (record for record in final if record.name not in named)
        stays = (r for name, r in self.state.installed.items() if name in named)
        return (*kept, *stays)

    def _history(self, final: Sequence[PackageRecord]) -> HistoryUpdate:
        """Return the specs for the history: dependencies alone leave no wish behind.

        Default packages are wishes, too: nothing else would keep them when packages are removed.
        """
        request = self.request
        only_deps = request.deps_modifier is DepsModifier.ONLY_DEPS
        named = () if only_deps else request.specs_to_add
        defaults = default_specs(request, self.settings)
        results = {record.name: record for record in final}
        neutered = [
            name
            for name, spec in sorted(self.state.requested.items())
            if _is_weakened(name, spec, request, results)
        ]
        return HistoryUpdate(
            command=request.command,
            update_specs=tuple(str(spec) for spec in (*named, *defaults)),
            neutered_specs=tuple(neutered),
        )


def _is_weakened(
    name: str,
    spec: MatchSpec,
    request: EnvironmentRequest,
    results: dict[str, PackageRecord],
) -> bool:
    """Tell whether an older wish no longer holds and nothing has replaced it."""
    if spec.is_name_only:
        return False
    if name in request.named:
        return request.verb is Verb.UPDATE
    result = results.get(name)
    return result is not None and not spec.match(result)
