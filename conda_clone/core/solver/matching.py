"""From a spec to the mask of the candidates it matches; the hottest loop of preparation.

A constraint on the version alone is held against each distinct version, not against each
candidate; results are remembered per name and text.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from conda_clone.core.solver.alternatives import alternative_name, contrary, is_alternative
from conda_clone.core.solver.pool import Row
from conda_clone.models.errors import InvalidMatchSpec
from conda_clone.models.match_spec.spec import MatchSpec

__all__ = ["mask_of_text", "matching_mask", "name_fits", "target_name"]

# What nearly all dependencies look like; everything else is left to the parser of specs.
_PLAIN = re.compile(r"([a-z0-9_][a-z0-9_.-]*)(?: |$)").match


@lru_cache(maxsize=1 << 16)
def target_name(text: str) -> str | None:
    """Return the package name that a dependency text is about, None when it is not a spec."""
    plain = None if text[-1:] == "]" else _PLAIN(text)
    if plain:
        return plain.group(1)
    ruled_out = contrary(text)
    try:
        spec = MatchSpec.parse(text if ruled_out is None else ruled_out)
    except InvalidMatchSpec:
        return None
    return alternative_name(spec) or spec.name


def mask_of_text(row: Row, text: str) -> int | None:
    """Return the candidates of a row that a dependency text allows; None when it is no spec."""
    if is_alternative(row.name):
        return row.candidates
    ruled_out = contrary(text)
    try:
        if ruled_out is not None:
            return row.candidates & ~matching_mask(row, MatchSpec.parse(ruled_out))
        return matching_mask(row, MatchSpec.parse(text))
    except InvalidMatchSpec:
        return None


def matching_mask(row: Row, spec: MatchSpec) -> int:
    """Return the candidates of a row that a spec matches.

    >>> from conda_clone.core.solver.preferences import order_candidates
    >>> row = Row("empty", order_candidates([], lambda record: 0))
    >>> matching_mask(row, MatchSpec("empty>=2"))
    0
    """
    if not spec.has_only_version_and_build or spec.build_number is not None:
        return _matching_one_by_one(row, spec, row.candidates)
    if not name_fits(row, spec):
        return 0
    mask = row.candidates
    if spec.version is not None:
        match = spec.version.match
        mask = 0
        for version, bits in row.versions:
            if match(version):
                mask |= bits
    if spec.build is not None and mask:
        mask = _matching_build(row, spec.build.match, mask)
    return mask


def name_fits(row: Row, spec: MatchSpec) -> bool:
    """Tell whether a spec is about the packages of a row at all."""
    if spec.name_is_exact or spec.name == "*":
        return spec.name in {row.name, "*"}
    return bool(row.records) and MatchSpec(name=spec.name).match(row.records[0])


def _matching_build(row: Row, match: Callable[[str], bool], mask: int) -> int:
    """Return the part of a mask whose build strings match."""
    matched = 0
    known: dict[str, bool] = {}
    while mask:
        bit = mask & -mask
        mask ^= bit
        text = row.builds[bit.bit_length() - 1]
        fits = known.get(text)
        if fits is None:
            fits = known[text] = match(text)
        if fits:
            matched |= bit
    return matched


def _matching_one_by_one(row: Row, spec: MatchSpec, mask: int) -> int:
    matched = 0
    for bit, record in enumerate(row.records):
        if mask >> bit & 1 and spec.match(record):
            matched |= 1 << bit
    return matched
