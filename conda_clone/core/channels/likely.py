"""`Likelihood`: which packages can be chosen, as far as what is wanted decides that.

Who goes ahead of a solver follows the newest packages of a name. Where `python=3.11` is wanted,
many of them are builds for other versions of Python, and older ones depend on other names. A
package is unlikely if what it says about a wanted name, as a dependency or as a constraint, fits
none of the packages that are wanted there. Builds for a version of Python may say so through
`python_abi` only, which is therefore judged by `python`, and counts as wanted with it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from conda_clone.models.match_spec.spec import MatchSpec

if TYPE_CHECKING:
    from conda_clone.core.channels.subdir_data import SubdirData
    from conda_clone.models.records import PackageRecord

__all__ = ["JUDGES", "Likelihood", "first_wishes"]

_PYTHON = "python"
_PYTHON_ABI = "python_abi"
JUDGES = (_PYTHON, _PYTHON_ABI)  # what others are judged by should be at hand before they come


def first_wishes(specs: Iterable[MatchSpec]) -> dict[str, MatchSpec]:
    """Return the wish that counts for each name: earlier ones replace later ones."""
    wishes: dict[str, MatchSpec] = {}
    for spec in specs:
        if spec.name_is_exact:
            wishes.setdefault(spec.name, spec)
    if _PYTHON in wishes:
        wishes.setdefault(_PYTHON_ABI, MatchSpec(_PYTHON_ABI))
    return wishes


class Likelihood:
    """Judges packages by the names that are wanted, as far as these are at hand.

    Args:
        subdirs: Where packages come from.
        wishes: What is wanted, by name.
    """

    def __init__(self, subdirs: Sequence["SubdirData"], wishes: Mapping[str, MatchSpec]) -> None:
        self._subdirs = subdirs
        self._wishes = wishes
        self._candidates: dict[str, list[PackageRecord]] = {}
        self._fits: dict[str, bool] = {}

    def is_likely(self, record: "PackageRecord") -> bool:
        """Tell whether what a package says about wanted names fits what is wanted."""
        return all(map(self._fit, record.depends)) and all(map(self._fit, record.constrains))

    def _fit(self, text: str) -> bool:
        known = self._fits.get(text)
        if known is not None:
            return known
        spec = MatchSpec.parse(text)
        if spec.name not in self._wishes:
            fits = True
        elif all(subdir.has(spec.name) for subdir in self._subdirs):
            candidates = self._of(spec.name)
            fits = not candidates or any(map(spec.match, candidates))
        else:
            return True  # for now
        self._fits[text] = fits
        return fits

    def _of(self, name: str) -> "list[PackageRecord]":
        """Return the packages that are wanted of a name."""
        found = self._candidates.get(name)
        if found is None:
            wish = self._wishes[name]
            records = (record for subdir in self._subdirs for record in subdir.records(name))
            found = self._candidates[name] = list(filter(wish.match, records))
            if name == _PYTHON_ABI:
                found = self._candidates[name] = list(filter(self.is_likely, found))
        return found
