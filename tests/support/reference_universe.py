"""A problem as the reference optimiser sees it: candidates by name, ranked by what is documented.

Not covered: `strategy`, wishes for features, and roots that name a channel.
"""

from functools import cache, cmp_to_key

from conda_clone.core.solver.problem import CandidateSource, Origin, Problem
from conda_clone.models.errors import InvalidMatchSpec, InvalidVersionSpec
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder

__all__ = ["Choice", "TooLargeError", "Universe", "bonds"]

# What becomes of a name: a candidate, or None when it is not installed.
Choice = PackageRecord | None
# A name with the spec that binds it; None when the text is no spec.
Bond = tuple[str, MatchSpec | None]


class TooLargeError(Exception):
    """A universe has more candidates than an oracle is meant for."""


class Universe:
    """All candidates that a problem can reach, and what limits each name on its own."""

    def __init__(self, problem: Problem, source: CandidateSource, most: int = 10**9) -> None:
        self.problem = problem
        self.candidates: dict[str, list[PackageRecord]] = {}
        self._virtual = {record.name: record for record in problem.virtual_packages}
        self._ranks: dict[PackageRecord, tuple[int, int]] = {}
        self._favoured = self._names_to_keep()
        waiting = [*self._virtual, *(root.spec.name for root in problem.roots)]
        count = 0
        while waiting:
            name = waiting.pop()
            if name in self.candidates:
                continue
            found = self.candidates[name] = self._allowed(name, source)
            count += len(found)
            if count > most:
                raise TooLargeError
            waiting += [target for each in found for target, _ in bonds(each.depends)]
        for name, found in self.candidates.items():
            self.candidates[name] = self._order(found)

    def roots(self, *origins: Origin) -> list[str]:
        """Return the names that have to be there because one of some asked, in order."""
        roots = [root for root in self.problem.roots if not origins or root.origin in origins]
        return list(dict.fromkeys(root.spec.name for root in roots))

    def favoured(self) -> list[str]:
        """Return the names to keep: those asked for first, then by name."""
        return self._favoured

    def _names_to_keep(self) -> list[str]:
        roots = self.roots()
        names = sorted(set(self.problem.favoured) - self.problem.update_roots)
        return sorted(names, key=lambda name: roots.index(name) if name in roots else len(roots))

    def is_kept(self, choice: Choice) -> bool:
        """Tell whether a choice keeps what is favoured; absence does."""
        if choice is None:
            return True
        return choice.name in self._favoured and self.problem.favoured[choice.name] == choice

    def version_rank(self, record: PackageRecord) -> int:
        """Return how many better versions of the name the problem allows."""
        return self._ranks[record][0]

    def build_rank(self, record: PackageRecord) -> int:
        """Return how many better build numbers of that version the problem allows."""
        return self._ranks[record][1]

    def mates(self, record: PackageRecord) -> list[PackageRecord]:
        """Return the candidates that share version and build number with one."""
        ranks = self._ranks[record]
        return [each for each in self.candidates[record.name] if self._ranks[each] == ranks]

    def _allowed(self, name: str, source: CandidateSource) -> list[PackageRecord]:
        problem = self.problem
        if name.startswith("__"):
            return [self._virtual[name]] if name in self._virtual else []
        found = list(dict.fromkeys(source.records(name)))
        held = [each[name] for each in (problem.locked, problem.favoured) if name in each]
        found += [each for each in held if each not in found]
        found = [each for each in found if _has_version(each)]
        if problem.channel_priority == "strict" and found:
            first = min(map(self._channel_rank, found))
            found = [each for each in found if self._channel_rank(each) == first or each in held]
        return [each for each in found if self._is_allowed(each)]

    def _is_allowed(self, record: PackageRecord) -> bool:
        problem = self.problem
        binding = [
            each.spec
            for each in (*problem.roots, *problem.constraints)
            if each.spec.name in {record.name, "*"}
        ]
        return (
            all(spec.match(record) for spec in binding)
            and not any(each.spec.match(record) for each in problem.forbidden)
            and problem.locked.get(record.name, record) == record
        )

    def _channel_rank(self, record: PackageRecord) -> int:
        order = self.problem.channel_order
        url = record.channel.base_url or ""
        return order.index(url) if url in order else len(order)

    def _order(self, records: list[PackageRecord]) -> list[PackageRecord]:
        """Sort candidates, best first, and rank their versions and builds."""
        ordered = sorted(records, key=cmp_to_key(self._compare))
        version_rank = build_rank = 0
        before: PackageRecord | None = None
        for record in ordered:
            if before is not None and self._compare_versions(before, record):
                version_rank, build_rank = version_rank + 1, 0
            elif before is not None and before.build_number != record.build_number:
                build_rank += 1
            self._ranks[record] = (version_rank, build_rank)
            before = record
        return ordered

    def _compare(self, left: PackageRecord, right: PackageRecord) -> int:
        return (
            self._compare_versions(left, right)
            or right.build_number - left.build_number
            or (left.noarch is not None) - (right.noarch is not None)
            or _sign(right.timestamp, left.timestamp)
            or _sign(left.build, right.build)
            or _sign(left.subdir, right.subdir)
            or _sign(left.fn, right.fn)
        )

    def _compare_versions(self, left: PackageRecord, right: PackageRecord) -> int:
        channel = _sign(self._channel_rank(left), self._channel_rank(right))
        features = _sign(len(left.track_features), len(right.track_features))
        version = _sign(VersionOrder(right.version), VersionOrder(left.version))
        if self.problem.channel_priority == "disabled":
            return features or version or channel
        return channel or features or version


def _sign(left: object, right: object) -> int:
    return (left > right) - (left < right)  # type: ignore[operator, no-any-return] # of one type


def _has_version(record: PackageRecord) -> bool:
    try:
        VersionOrder(record.version)
    except InvalidVersionSpec:
        return False
    return True


@cache
def bonds(texts: tuple[str, ...]) -> tuple[Bond, ...]:
    """Return what dependency texts bind."""
    return tuple(_bond(text) for text in texts)


def _bond(text: str) -> Bond:
    try:
        spec = MatchSpec.parse(text)
    except InvalidMatchSpec:
        return text.split(maxsplit=1)[0], None
    return spec.name, spec
