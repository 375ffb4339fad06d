"""A small optimiser that follows docs/explanation/solver.md and knows nothing of the solver.

It decides one question after the other, "can this name cost less than that?", and asks an oracle:
`Enumeration` lists every right answer and looks, `Formula` writes all candidates as clauses and
asks PicoSAT. Neither is fast. Where both fit, they say the same.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import pycosat

from conda_clone.core.solver.problem import Origin
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from tests.support.reference_universe import Choice, Universe, bonds

__all__ = ["Enumeration", "Formula", "Optimiser"]

Cost = Callable[[Choice], int]


class Oracle(Protocol):
    """Knows which answers are right, and which of them are still in the running."""

    def start(self) -> bool:
        """Tell whether there is any right answer."""

    def choice(self, name: str) -> Choice:
        """Return what becomes of a name in one of the answers in the running."""

    def can_keep(self, name: str, choices: Sequence[Choice]) -> bool:
        """Keep the answers that choose one of these; False, and no change, if there are none."""

    def keep_fewest(self, names: Sequence[str]) -> None:
        """Keep the answers that hold the fewest of some names."""


class Enumeration:
    """All right answers in a list."""

    def __init__(self, universe: Universe) -> None:
        self._universe = universe
        facts = {each.name: each for each in universe.problem.virtual_packages}
        self.answers = list(self._grow(facts, universe.roots()))

    def _grow(
        self, chosen: dict[str, PackageRecord], open_names: list[str]
    ) -> Iterator[dict[str, PackageRecord]]:
        """Yield all right answers that hold some packages and, besides, only what these need."""
        missing = [name for name in open_names if name not in chosen]
        if not missing:
            yield chosen
            return
        for record in self._universe.candidates[missing[0]]:
            if all(_agree(record, other) for other in (*chosen.values(), record)):
                more = [target for target, _ in bonds(record.depends)]
                yield from self._grow({**chosen, record.name: record}, missing + more)

    def start(self) -> bool:
        """Tell whether there is any right answer."""
        return bool(self.answers)

    def choice(self, name: str) -> Choice:
        """Return what becomes of a name in one of the answers in the running."""
        return self.answers[0].get(name)

    def can_keep(self, name: str, choices: Sequence[Choice]) -> bool:
        """Keep the answers that choose one of these; False, and no change, if there are none."""
        kept = [answer for answer in self.answers if answer.get(name) in choices]
        self.answers = kept or self.answers
        return bool(kept)

    def keep_fewest(self, names: Sequence[str]) -> None:
        """Keep the answers that hold the fewest of some names."""
        counts = [sum(name in answer for name in names) for answer in self.answers]
        least = min(counts)
        self.answers = [
            answer for answer, count in zip(self.answers, counts, strict=True) if count == least
        ]


def _agree(left: PackageRecord, right: PackageRecord) -> bool:
    """Tell whether nothing in either record excludes the other."""
    return _accepts(left, right) and _accepts(right, left)


def _accepts(record: PackageRecord, other: PackageRecord) -> bool:
    needed = [spec for name, spec in bonds(record.depends) if name == other.name]
    limits = [spec for name, spec in bonds(record.constrains) if name == other.name]
    return all(spec is not None and spec.match(other) for spec in needed) and all(
        spec is None or spec.match(other) for spec in limits
    )


class Formula:
    """All candidates of a universe as one formula.

    A good answer to start from saves questions; whether it is right is the first of them.
    """

    def __init__(self, universe: Universe, first: Sequence[PackageRecord] = ()) -> None:
        self._universe = universe
        self._first = {record.name: record for record in first}
        self._count = 0
        self._variables: dict[str, list[tuple[Choice, int]]] = {}
        self._helpers: dict[tuple[str, bool], int] = {}
        self._clauses: list[list[int]] = []
        self._model: set[int] = set()
        for name in universe.candidates:
            choices: list[Choice] = list(universe.candidates[name])
            if not (choices and name.startswith("__")):
                choices.append(None)
            self._variables[name] = [(choice, self._new()) for choice in choices]
            self._exactly_one([variable for _, variable in self._variables[name]])
        for name in universe.roots():
            self._clauses.append(self._literals(name, universe.candidates[name]))
        for name in universe.candidates:
            for choice, variable in self._variables[name]:
                if choice is not None:
                    self._describe(choice, variable)

    def start(self) -> bool:
        """Tell whether there is any right answer."""
        hint = [
            self._literals(name, [choice])
            for name, choices in self._variables.items()
            for choice in [self._first.get(name)]
            if choice is not None or len(choices) > 1
        ]
        return (bool(self._first) and self._solve(hint)) or self._solve([])

    def choice(self, name: str) -> Choice:
        """Return what becomes of a name in one of the answers in the running."""
        return next(choice for choice, variable in self._variables[name] if variable in self._model)

    def can_keep(self, name: str, choices: Sequence[Choice]) -> bool:
        """Keep the answers that choose one of these; False, and no change, if there are none."""
        clause = self._literals(name, choices)
        if not self._model.isdisjoint(clause) or self._solve([clause]):
            self._clauses.append(clause)
            return True
        return False

    def keep_fewest(self, names: Sequence[str]) -> None:
        """Keep the answers that hold the fewest of some names."""
        present = [-self._literals(name, [None])[0] for name in names if self._may_miss(name)]
        while True:
            count = sum(-literal not in self._model for literal in present)
            if not count or not self._solve(self._fewer_than(count, present)):
                break
        self._clauses += self._fewer_than(count + 1, present)

    def _may_miss(self, name: str) -> bool:
        return any(choice is None for choice, _ in self._variables[name])

    def _fewer_than(self, bound: int, literals: Sequence[int]) -> list[list[int]]:
        """Return clauses with a grid of helpers: of the first so many, that many are true."""
        clauses: list[list[int]] = []
        before: list[int] = []
        for literal in literals:
            now = [self._new() for _ in range(bound)]
            clauses.append([-literal, now[0]])
            clauses += [[-old, new] for old, new in zip(before, now, strict=False)]
            clauses += [[-old, -literal, new] for old, new in zip(before, now[1:], strict=False)]
            clauses.append([-now[-1]])
            before = now
        return clauses

    def _new(self) -> int:
        self._count += 1
        return self._count

    def _literals(self, name: str, choices: Iterable[Choice]) -> list[int]:
        wanted = set(choices)
        return [variable for choice, variable in self._variables[name] if choice in wanted]

    def _exactly_one(self, variables: list[int]) -> None:
        self._clauses.append(variables)
        passed = self._new()
        for variable in variables:
            after = self._new()
            self._clauses += [[-variable, -passed], [-variable, after], [-passed, after]]
            passed = after

    def _describe(self, record: PackageRecord, variable: int) -> None:
        for name, spec in bonds(record.depends):
            self._clauses.append([-variable, self._helper(name, spec, is_need=True)])
        for name, spec in bonds(record.constrains):
            if spec is not None and name in self._universe.candidates:
                self._clauses.append([-variable, self._helper(name, spec, is_need=False)])

    def _helper(self, name: str, spec: MatchSpec | None, *, is_need: bool) -> int:
        """Return a variable that implies that a name agrees with a spec."""
        key = (f"{name} {spec}", is_need)
        if key not in self._helpers:
            helper = self._helpers[key] = self._new()
            fits: list[Choice] = [] if is_need else [None]
            fits += [
                each
                for each in self._universe.candidates[name]
                if spec is not None and spec.match(each)
            ]
            self._clauses.append([-helper, *self._literals(name, fits)])
        return self._helpers[key]

    def _solve(self, more: list[list[int]]) -> bool:
        clauses = self._clauses + more
        model = pycosat.solve(clauses) if all(clauses) else "UNSAT"
        if isinstance(model, str):
            return False
        self._model = {literal for literal in model if literal > 0}
        return True


class Optimiser:
    """Goes through the documented order of preference."""

    def __init__(self, universe: Universe, oracle: Oracle) -> None:
        self._universe = universe
        self._oracle = oracle

    def best(self) -> list[PackageRecord] | None:
        """Return the packages of the best answer by name, None if there is no answer."""
        universe = self._universe
        if not self._oracle.start():
            return None
        favoured = universe.favoured()
        requested = [name for name in universe.roots(Origin.REQUESTED) if name not in favoured]
        self._lower(requested, self._version_cost)
        reachable = [name for name in favoured if name in universe.candidates]
        self._lower(reachable, lambda choice: int(not universe.is_kept(choice)))
        self._lower(requested, self._build_cost)
        names: list[str] = []
        ring = universe.roots()
        while ring:
            self._lower(ring, self._version_cost)
            self._lower(ring, self._build_cost)
            names += ring
            ring = self._next_ring(ring, names)
        self._oracle.keep_fewest(names)
        self._lower(names, lambda choice: int(choice is not None))
        self._lower(names, self._place)
        chosen = [self._oracle.choice(name) for name in names if not name.startswith("__")]
        return sorted((each for each in chosen if each is not None), key=lambda each: each.name)

    def totals(self, records: Sequence[PackageRecord]) -> list[int]:
        """Return what an answer costs by each objective, in order."""
        universe = self._universe
        favoured = universe.favoured()
        requested = set(universe.roots(Origin.REQUESTED)) - set(favoured)
        asked = [each for each in records if each.name in requested]
        return [
            sum(map(self._version_cost, asked)),
            sum(not universe.is_kept(each) for each in records if each.name in favoured),
            sum(map(self._build_cost, asked)),
            sum(map(self._version_cost, records)) + sum(map(self._build_cost, records)),
            len(records),
            sum(
                0 if universe.is_kept(each) else universe.mates(each).index(each)
                for each in records
            ),
        ]

    def _lower(self, names: Sequence[str], cost: Cost) -> None:
        """Let one name after the other cost as little as it can."""
        for name in names:
            choices: list[Choice] = [None, *self._universe.candidates[name]]
            while True:
                now = cost(self._oracle.choice(name))
                cheaper = [choice for choice in choices if cost(choice) < now]
                if not cheaper or not self._oracle.can_keep(name, cheaper):
                    break
            self._oracle.can_keep(name, [choice for choice in choices if cost(choice) == now])

    def _version_cost(self, choice: Choice) -> int:
        if choice is None or self._universe.is_kept(choice):
            return 0
        return self._universe.version_rank(choice)

    def _build_cost(self, choice: Choice) -> int:
        if choice is None or self._universe.is_kept(choice):
            return 0
        return self._universe.build_rank(choice)

    def _place(self, choice: Choice) -> int:
        return 0 if choice is None else self._universe.candidates[choice.name].index(choice)

    def _next_ring(self, ring: Sequence[str], known: Sequence[str]) -> list[str]:
        """Return what a ring may need, what most names need first."""
        counts: dict[str, int] = {}
        for name in ring:
            for target in self._targets(self._taken(name)):
                if target not in known and target != name:
                    counts[target] = counts.get(target, 0) + 1
        for name in list(counts):
            for target in self._targets(self._universe.candidates[name][:1]):
                if target in counts and target != name:
                    counts[target] += 1
        return sorted(counts, key=counts.__getitem__, reverse=True)

    def _taken(self, name: str) -> list[PackageRecord]:
        """Return the candidates that are as good as what has been decided for a name."""
        universe = self._universe
        choice = self._oracle.choice(name)
        candidates = universe.candidates[name]
        if name in universe.favoured() and universe.is_kept(choice):
            kept = universe.problem.favoured[name]
            return universe.mates(kept) if kept in candidates else []
        if choice is None:
            # Absence costs as little as the best only.
            return universe.mates(candidates[0]) if candidates else []
        return universe.mates(choice)

    def _targets(self, records: Sequence[PackageRecord]) -> list[str]:
        targets = [target for each in records for target, _ in bonds(each.depends)]
        return list(dict.fromkeys(targets))
