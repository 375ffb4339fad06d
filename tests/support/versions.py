"""Random versions and constraints, and the rules of CEP 33 written down once more.

The rules compare two versions component by component and run by run, as the standard words them;
they know nothing of sort keys.
"""

import re
from itertools import zip_longest

from hypothesis import strategies as st

__all__ = ["CONSTRAINTS", "VERSIONS", "compare_by_rule", "starts_with_by_rule"]

Run = int | str
Component = list[Run]
Parts = tuple[int, list[Component], list[Component]]

_RUNS = ["0", "1", "2", "00", "20", "105", "106", "255", "256", "65536", "9" * 25, "9" * 60]
_LETTERS = ["a", "ab", "b", "rc", "dev", "deva", "post", "posts", "DEV", "Rc"]
_COMPONENTS = st.one_of(
    st.sampled_from(["0", "0", "0", "1", "2", "0a", "a", "1a", "1a0", "0post", "1post"]),
    st.builds(
        lambda runs, first: "".join(runs) if first else "".join(runs[1:]) or "0",
        st.lists(
            st.tuples(st.sampled_from(_RUNS), st.sampled_from(_LETTERS)), min_size=1, max_size=2
        ).map(lambda pairs: [run for pair in pairs for run in pair]),
        st.booleans(),
    ),
)
_SEQUENCES = st.builds(
    "{}{}{}".format,
    st.sampled_from(["", "", "", "0.", "0.0.", "0.0.0.0.", "0.0.0.0.0.", "0." * 120]),
    st.lists(_COMPONENTS, min_size=1, max_size=4).map(".".join),
    st.sampled_from(["", "", "", ".0", ".0.0"]),
)
VERSIONS = st.builds(
    lambda epoch, public, underscore, local: f"{epoch}{public}{underscore}{local}",
    st.sampled_from(["", "", "", "0!", "1!", "200!"]),
    _SEQUENCES,
    st.sampled_from(["", "", "", "_", "_1"]),
    st.one_of(st.just(""), st.just(""), _SEQUENCES.map("+{}".format)),
)
"""Texts of versions, most of them close to one another."""

_CLAUSES = st.one_of(
    st.builds(
        "{}{}".format, st.sampled_from(["", "==", "!=", "<", ">", "<=", ">=", "="]), VERSIONS
    ),
    st.builds("{}{}.*".format, st.sampled_from(["", "!=", "=", ">="]), VERSIONS),
    _SEQUENCES.map("~={}.1".format),
    st.sampled_from(["*", "!=*a*", "1.*.0", "*0", "(^1.*$)", "(^[^a]+$)", "=0", "1*"]),
)
CONSTRAINTS = st.recursive(
    _CLAUSES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(",".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
        inner.map("({})".format),
    ),
    max_leaves=5,
)
"""Texts of constraints, with every operator."""


def compare_by_rule(one: str, other: str) -> int:
    """Return -1, 0 or 1: the first version is lower, equal, higher."""
    mine, theirs = _parts(one), _parts(other)
    if mine[0] != theirs[0]:
        return _sign(mine[0] > theirs[0])
    return _compare(mine[1], theirs[1]) or _compare(mine[2], theirs[2])


def starts_with_by_rule(version: str, prefix: str) -> bool:
    """Tell whether a version begins with all components of another one."""
    mine, theirs = _parts(version), _parts(prefix)
    if mine[0] != theirs[0]:
        return False
    if not theirs[2]:
        return _begins(mine[1], theirs[1])
    return _compare(mine[1], theirs[1]) == 0 and _begins(mine[2], theirs[2])


def _parts(text: str) -> Parts:
    epoch, _, rest = text.lower().rpartition("!")
    public, _, local = rest.partition("+")
    return int(epoch or 0), _components(public), _components(local)


def _components(text: str) -> list[Component]:
    if not text:
        return []
    end = "_" if text.endswith("_") else ""
    pieces = re.split(r"[._-]", text.removesuffix("_"))
    pieces[-1] += end
    return [_component(piece) for piece in pieces]


def _component(piece: str) -> Component:
    if not piece[0].isdigit():
        piece = "0" + piece
    return [int(run) if run.isdigit() else run for run in re.findall(r"\d+|\D+", piece)]


def _compare(mine: list[Component], theirs: list[Component]) -> int:
    """A missing component is `[0]`, a missing run 0."""
    for left, right in zip_longest(mine, theirs, fillvalue=[0]):
        for one, other in zip_longest(left, right, fillvalue=0):
            if _rank(one) != _rank(other):
                return _sign(_rank(one) > _rank(other))
    return 0


def _rank(run: Run) -> tuple[int, int, str]:
    """`dev` is below all letters, numbers are above, `post` is above numbers."""
    if isinstance(run, int):
        return (2, run, "")
    return {"dev": (0, 0, ""), "post": (3, 0, "")}.get(run, (1, 0, run))


def _begins(mine: list[Component], prefix: list[Component]) -> bool:
    last = len(prefix) - 1
    padded = mine + [[0]] * (len(prefix) - len(mine))
    if _compare(padded[:last], prefix[:last]) != 0:
        return False
    wanted = prefix[last]
    found = padded[last] + [0] * (len(wanted) - len(padded[last]))
    end = len(wanted) - 1
    if _compare([found[:end]], [wanted[:end]]) != 0:
        return False
    run, letters = found[end], wanted[end]
    if isinstance(run, str) and isinstance(letters, str) and not {run, letters} & {"dev", "post"}:
        return run.startswith(letters)
    return run == letters


def _sign(higher: bool) -> int:
    return 1 if higher else -1
