"""Dependencies with a condition, or with optional groups, as choices between plain dependencies.

The search knows one kind of choice: which candidate of a name it takes. So a text like
`six[when="python<3"]` becomes a name of its own, whose candidates are the ways to satisfy it:

- one for each case in which the condition does not hold: "no such python", and nothing else;
- one for each case in which it holds: what the case names, and `six`.

And `tool[extras=[gui]]` becomes a name with a candidate for each `tool`, which depends on exactly
that one and on what its group `gui` asks for. All candidates of such a name are as good as each
other, so that only what they bring along counts, and none of them is part of a solution.
"""

from collections.abc import Callable, Sequence

from conda_clone.core.solver.problem import Problem
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.values import replace

__all__ = [
    "alternative_name",
    "alternatives",
    "contrary",
    "is_alternative",
    "plain_text",
    "with_plain_roots",
]

_MARK = "?"
# No name is a pattern because of a text in it.
_STAR, _HIDDEN_STAR = "*", "\u2217"
_CONTRARY = "?not "


def alternative_name(spec: MatchSpec) -> str | None:
    """Return the name that stands for the ways to satisfy a spec; None if there is only one way."""
    if spec.get("when") is None and spec.get("extras") is None:
        return None
    return _MARK + str(spec).replace(_STAR, _HIDDEN_STAR)


def is_alternative(name: str) -> bool:
    """Tell whether a name stands for the ways to satisfy a spec."""
    return name.startswith(_MARK)


def plain_text(name: str) -> str:
    """Return the spec whose ways a name stands for."""
    return name.removeprefix(_MARK).replace(_HIDDEN_STAR, _STAR)


def contrary(text: str) -> str | None:
    """Return the spec that a text rules out, None when it is an ordinary spec."""
    return text.removeprefix(_CONTRARY) if text.startswith(_CONTRARY) else None


def with_plain_roots(problem: Problem) -> Problem:
    """Return the problem with its special wishes as wishes for a way to satisfy them."""
    if all(alternative_name(root.spec) is None for root in problem.roots):
        return problem
    roots = []
    for root in problem.roots:
        name = alternative_name(root.spec)
        if name is None or root.spec.get("when") is None:
            roots.append(
                root if name is None else replace(root, spec=root.spec.replace(extras=None))
            )
        if name is not None:
            roots.append(replace(root, spec=MatchSpec.from_fields({"name": name})))
    return replace(problem, roots=tuple(roots))


def alternatives(
    name: str,
    records: Callable[[str], Sequence[PackageRecord]],
    is_fact: Callable[[MatchSpec], bool],
) -> list[PackageRecord]:
    """Return the ways to satisfy the spec that a name stands for, as candidates of that name.

    Args:
        name: What `alternative_name` has returned.
        records: Gives all candidates of a package.
        is_fact: Tells whether a spec matches a virtual package of the machine.
    """
    spec = MatchSpec.parse(plain_text(name))
    if spec.condition is not None:
        ways = _conditional(spec, is_fact)
    else:
        ways = _with_groups(spec, records(spec.name))
    return [
        _candidate(name, number, depends, constrains)
        for number, (depends, constrains) in enumerate(ways)
    ]


_Way = tuple[tuple[str, ...], tuple[str, ...]]


def _conditional(spec: MatchSpec, is_fact: Callable[[MatchSpec], bool]) -> list[_Way]:
    condition = spec.condition
    if condition is None:
        return []
    wanted = str(spec.replace(when=None))
    ways: list[_Way] = []
    for refused in condition.refusals:
        left = _undecided(refused, is_fact, unless=True)
        if left is not None:
            ways.append(((), tuple(_CONTRARY + text for text in left)))
    for choice in condition.choices:
        left = _undecided(choice, is_fact, unless=False)
        if left is not None:
            ways.append(((*left, wanted), ()))
    return ways


def _undecided(
    texts: tuple[str, ...], is_fact: Callable[[MatchSpec], bool], *, unless: bool
) -> tuple[str, ...] | None:
    """Return the specs that packages decide on; None when the machine rules the case out."""
    left = []
    for text in texts:
        spec = MatchSpec.parse(text)
        if not spec.name.startswith("__"):
            left.append(text)
        elif is_fact(spec) is unless:
            return None
    return tuple(left)


def _with_groups(spec: MatchSpec, records: Sequence[PackageRecord]) -> list[_Way]:
    plain = spec.replace(extras=None)
    groups: dict[tuple[str, ...], list[PackageRecord]] = {}
    for record in records:
        if plain.match(record):
            more = [text for group in spec.extras for text in record.extra_depends(group)]
            groups.setdefault(tuple(dict.fromkeys(more)), []).append(record)
    if len(groups) <= 1:
        return [((str(plain), *more), ()) for more in groups] or [((str(plain),), ())]
    return [
        ((f"{record.name}[url='{record.url}']", *more), ())
        for more, members in groups.items()
        for record in members
    ]


def _candidate(
    name: str, number: int, depends: tuple[str, ...], constrains: tuple[str, ...]
) -> PackageRecord:
    return PackageRecord(
        name=name,
        version="0",
        build=str(number),
        build_number=0,
        channel=_NOWHERE,
        subdir="noarch",
        fn="",
        url="",
        depends=depends,
        constrains=constrains,
    )


_NOWHERE = Channel.from_text("https://alternatives.invalid", ChannelConfig())
