"""What several specs of one name ask for together.

Versions and build numbers are joined by "and", globs of builds by lookaheads; any other field has
to be the same in all specs that set it.
"""

from conda_clone.models.errors import SpecsCannotBeMerged
from conda_clone.models.match_spec.matchers import StringMatch
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.version_spec import VersionSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["merge", "merge_pair"]


def merge(specs: "Iterable[MatchSpec]") -> tuple[MatchSpec, ...]:
    """Return one spec per name, in the order of first mention; patterns of names stay alone.

    >>> from conda_clone.models.match_spec.spec import MatchSpec
    >>> [str(spec) for spec in merge([MatchSpec("foo>=1"), MatchSpec("foo<2"), MatchSpec("bar")])]
    ["foo[version='>=1,<2']", 'bar']

    Raises:
        SpecsCannotBeMerged: Two specs of a name can never hold together.
    """
    merged: dict[str, MatchSpec] = {}
    for spec in specs:
        key = spec.name if spec.name_is_exact else f"{len(merged)} {spec}"
        known = merged.get(key)
        merged[key] = spec if known is None else merge_pair(known, spec)
    return tuple(merged.values())


def merge_pair(first: MatchSpec, second: MatchSpec) -> MatchSpec:
    """Return the spec that matches what both of them match.

    Raises:
        SpecsCannotBeMerged: They differ in name, or in a field where only one value is possible.
    """
    if first == second:
        return first
    if first.name != second.name:
        raise SpecsCannotBeMerged(str(first), str(second), "name")
    fields = dict(first.fields)
    for field, theirs in second.fields.items():
        ours = fields.get(field, "*")
        if ours in {theirs, "*"}:
            fields[field] = theirs
        elif theirs != "*":
            joined = _joined(field, ours, theirs)
            if joined is None:
                raise SpecsCannotBeMerged(str(first), str(second), field)
            fields[field] = joined
    return MatchSpec.from_fields(fields)


def _joined(field: str, ours: str, theirs: str) -> str | None:
    """Return the text that both texts of a field make, or None when they exclude each other."""
    if field == "version":
        return _joined_versions(ours, theirs)
    if field == "build":
        return _joined_patterns(ours, theirs)
    if field in {"features", "track_features"}:
        return " ".join(sorted({*ours.split(), *theirs.split()}))
    if field in {"extras", "flags"}:
        return ",".join(dict.fromkeys([*ours.split(","), *theirs.split(",")]))
    return None


def _joined_versions(ours: str, theirs: str) -> str | None:
    first, second = VersionSpec.parse(ours), VersionSpec.parse(theirs)
    for one, other in ((first, second), (second, first)):
        if one.exact_version is not None:
            return one.text if other.match(one.exact_version) else None
    if "^" in f"{ours}{theirs}":
        return None  # a regular expression is a constraint of its own
    clauses: list[str] = []
    for text in (first.text, second.text):
        # A choice binds weaker than "and", so it needs parentheses.
        parts = text.split(",") if "|" not in text else [f"({text})"]
        clauses += [part for part in parts if part not in clauses]
    return ",".join(clauses)


def _joined_patterns(ours: str, theirs: str) -> str | None:
    first, second = StringMatch(ours), StringMatch(theirs)
    for one, other in ((first, second), (second, first)):
        if one.is_exact:
            return one.text if other.match(one.text) else None
    return f"^(?={first.source}$)(?:{second.source})$"
