"""`MatchSpec`: a query that package records are held against.

Immutable and hashable. `MatchSpec.parse` gives the same object for the same text, because solver
and index read the same dependency texts thousands of times.
"""

from functools import lru_cache

from conda_clone.models.errors import InvalidMatchSpec, InvalidVersionSpec
from conda_clone.models.match_spec.format import canonical_text, conda_build_text
from conda_clone.models.match_spec.matchers import (
    ChannelMatch,
    FlagsMatch,
    StringMatch,
    SubsetMatch,
    UrlMatch,
    string_match,
)
from conda_clone.models.match_spec.parse import (
    FIELDS,
    exact_or_fuzzy_version,
    normalised_channel,
    parse_fields,
    words_of,
)
from conda_clone.models.url import redact
from conda_clone.models.version_spec import BuildNumberMatch, VersionSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, Protocol

    from conda_clone.models.match_spec.conditions import Condition
    from conda_clone.models.records import PackageRecord

    class Matcher(Protocol):
        """What is asked of one field."""

        @property
        def is_exact(self) -> bool:
            """Whether only one value matches."""

        # Any: each kind of matcher takes the type of its record field.
        def match(self, value: Any) -> bool:
            """Tell whether the value fits."""


__all__ = ["MatchSpec"]

_LICENSES = frozenset({"license", "license_family"})
# Fields that have attributes and tests of their own.
_POSITIONAL = frozenset({"name", "version", "build"})


class MatchSpec:
    """A query for packages, such as `conda-forge::python>=3.12`.

    >>> str(MatchSpec("Python 3.12.*"))
    'python=3.12'

    Attributes:
        name: In lower case; `*`, a glob and a `^regex$` are possible.
        version: The constraint, or None when any version fits.
        build: The matcher of build strings, or None.
        build_number: The constraint, or None.
        channel: Name or base URL of a channel, or None.
        subdir: Platform folder, or None.
    """

    __slots__ = (
        "_checks",
        "_fields",
        "_name_match",
        "_text",
        "build",
        "build_number",
        "channel",
        "name",
        "subdir",
        "version",
    )

    _text: str | None

    def __init__(self, text: str = "", **fields: str | int | None) -> None:
        """Parse a text; fields given by name override it, and None removes one.

        Raises:
            InvalidMatchSpec: Text or fields do not make a spec.
        """
        values = parse_fields(text)
        if fields:
            _override(values, fields, text)
        self._init(values, text)

    @classmethod
    def parse(cls, text: str) -> "MatchSpec":
        """Return the spec of a text; the same text gives the same object."""
        return _parse(text)

    @classmethod
    def from_fields(cls, fields: "Mapping[str, str]") -> "MatchSpec":
        """Return the spec of field values in the form that `fields` gives them."""
        spec = cls.__new__(cls)
        spec._init({"name": "*", **fields}, str(dict(fields)))  # noqa: SLF001 - a constructor
        return spec

    def match(self, record: "PackageRecord") -> bool:
        """Tell whether the record is one of the packages that are meant."""
        if self._name_match is None:
            if record.name != self.name:
                return False
        elif not self._name_match.match(record.name):
            return False
        if self.version is not None and not self.version.match(record.version):
            return False
        if self.build is not None and not self.build.match(record.build):
            return False
        for field, matcher in self._checks:  # noqa: SIM110 - a generator costs more than the test
            if not matcher.match(getattr(record, field)):
                return False
        return True

    def match_version(self, version: str, build: str, build_number: int) -> bool:
        """Tell whether a package of the right name with these three values fits.

        For indexes that have not built the records of a name; other fields count as fitting.
        """
        if self.version is not None and not self.version.match(version):
            return False
        if self.build is not None and not self.build.match(build):
            return False
        return self.build_number is None or self.build_number.match(build_number)

    @property
    def has_only_version_and_build(self) -> bool:
        """Whether `match_version` decides alone, once the name fits."""
        return all(field == "build_number" for field, _ in self._checks)

    @property
    def fields(self) -> "Mapping[str, str]":
        """The raw text of every field that is set."""
        return dict(self._fields)

    def get(self, field: str, default: str | None = None) -> str | None:
        """Return the raw text of one field."""
        return self._fields.get(field, default)

    def get_exact(self, field: str) -> str | None:
        """Return the only value of a field that fits, or None when several do."""
        if field == "name":
            return self.name if self.name_is_exact else None
        if field == "version":
            return None if self.version is None else self.version.exact_version
        if field == "build":
            return self.build.text if self.build is not None and self.build.is_exact else None
        for checked, matcher in self._checks:
            if checked == field:
                return self._fields[field] if matcher.is_exact else None
        return None

    def replace(self, **fields: str | int | None) -> "MatchSpec":
        """Return a spec with some fields changed, or removed when None."""
        values = dict(self._fields)
        _override(values, fields, str(self))
        return MatchSpec.from_fields(values)

    @property
    def name_is_exact(self) -> bool:
        """Whether the spec is about one package name."""
        return self._name_match is None

    @property
    def is_name_only(self) -> bool:
        """Whether every package of the name fits."""
        return self.version is None and self.build is None and not self._checks

    @property
    def url(self) -> str | None:
        """Address of the only archive that fits, without secrets."""
        return self._fields.get("url")

    @property
    def fn(self) -> str | None:
        """File name of the archive."""
        return self._fields.get("fn")

    @property
    def md5(self) -> str | None:
        """MD5 of the archive, in lower case hex."""
        return self._fields.get("md5")

    @property
    def sha256(self) -> str | None:
        """SHA-256 of the archive, in lower case hex."""
        return self._fields.get("sha256")

    @property
    def extras(self) -> tuple[str, ...]:
        """Names of the groups of optional dependencies that are wanted, too (CEP 44)."""
        text = self._fields.get("extras")
        return tuple(text.split(",")) if text else ()

    @property
    def condition(self) -> "Condition | None":
        """When the spec counts as a dependency; None means always (CEP 43)."""
        text = self._fields.get("when")
        return None if text is None else _condition(text)

    def conda_build_text(self) -> str:
        """Return `name version build`, as recipes and indexes write it."""
        return conda_build_text(self._fields)

    def __str__(self) -> str:
        if self._text is None:
            self._text = canonical_text(self._fields)
        return self._text

    def __repr__(self) -> str:
        return f"MatchSpec({str(self)!r})"

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, MatchSpec) and self._significant() == other._significant()

    def __hash__(self) -> int:
        return hash((self.name, str(self.version), self.build and self.build.text))

    def _init(self, values: dict[str, str], whole: str) -> None:
        """Set everything from raw field values."""
        for field, text in values.items():
            if "'" in text and '"' in text:
                raise InvalidMatchSpec(whole, f"the {field} has quotes of both kinds")
        self.name = values["name"]
        self.version: VersionSpec | None = None
        self.build: StringMatch | None = None
        self.build_number: BuildNumberMatch | None = None
        self.channel = values.get("channel")
        self.subdir = values.get("subdir")
        checks: list[tuple[str, Matcher]] = []
        try:
            self._name_match = (
                StringMatch(self.name, ignore_case=True) if _is_pattern(self.name) else None
            )
            for field in sorted(values.keys() - _POSITIONAL, key=FIELDS.index):
                self._set_field(field, values, checks)
            if "version" in values:
                constraint = VersionSpec.parse(values["version"])
                if constraint.text[0] == "=":
                    # `(=1)` came out of its parentheses.
                    constraint = VersionSpec.parse(exact_or_fuzzy_version(constraint.text, whole))
                values["version"] = constraint.text
                self.version = None if constraint.text == "*" else constraint
            build = values.get("build", "*")
            self.build = None if build == "*" else string_match(build)
        except InvalidVersionSpec as error:
            raise InvalidMatchSpec(whole, f"in `{error.text}`, {error.reason}") from error
        except ValueError as error:
            raise InvalidMatchSpec(whole, str(error)) from error
        self._fields = values
        self._checks = tuple(checks)
        self._text = None

    def _set_field(
        self, field: str, values: dict[str, str], checks: "list[tuple[str, Matcher]]"
    ) -> None:
        text = values[field]
        if field in {"extras", "when"}:
            # They say what else is wanted, and when; not which package is meant.
            if field == "when":
                _condition(text)
        elif field == "build_number":
            self.build_number = BuildNumberMatch(text)
            checks.append((field, self.build_number))
        elif text != "*":
            if field in _LICENSES or field in {"md5", "sha256"}:
                values[field] = text = text.lower()
            checks.append((field, _MATCHERS.get(field, string_match)(text)))

    def _significant(self) -> dict[str, str]:
        return {field: text for field, text in self._fields.items() if text != "*"}


@lru_cache(maxsize=1 << 17)
def _parse(text: str) -> MatchSpec:
    return MatchSpec(text)


@lru_cache(maxsize=1 << 10)
def _condition(text: str) -> "Condition":
    from conda_clone.models.match_spec.conditions import parse_condition  # boolean.py: 10 ms

    return parse_condition(text, _check_inner)


def _check_inner(text: str) -> None:
    inner = MatchSpec.parse(text)
    if inner.get("when") is not None or not inner.name_is_exact:
        raise InvalidMatchSpec(
            text, "a spec in a condition names one package, and has no condition itself"
        )


def _is_pattern(name: str) -> bool:
    return "*" in name or (name.startswith("^") and name.endswith("$"))


def _license_match(text: str) -> StringMatch:
    return StringMatch(text, ignore_case=True)


_MATCHERS: "dict[str, Callable[[str], Matcher]]" = {
    "channel": ChannelMatch,
    "features": SubsetMatch,
    "flags": FlagsMatch,
    "track_features": SubsetMatch,
    "url": UrlMatch,
    "license": _license_match,
    "license_family": _license_match,
}


def _override(values: dict[str, str], fields: "Mapping[str, str | int | None]", whole: str) -> None:
    for field, value in fields.items():
        if field not in FIELDS:
            raise InvalidMatchSpec(whole, f"packages cannot be matched on `{field}`")
        text = None if value is None else str(value).strip()
        if not text:
            values.pop(field, None)
        elif field == "channel":
            values.pop("channel", None)
            values.update(normalised_channel(text))
        elif field == "name":
            values["name"] = parse_fields(text)["name"]
        elif field in {"extras", "flags"}:
            values[field] = words_of(field, text, whole)
        else:
            values[field] = redact(text) if field == "url" else text
    values.setdefault("name", "*")
