"""Constraints on versions and on build numbers.

A constraint is made of clauses joined by `,` (and) and `|` (or); `,` binds tighter, parentheses
group. What it amounts to is a condition of `version_ranges`.
"""

import operator
import re
from functools import lru_cache

from conda_clone.models.errors import InvalidVersionSpec
from conda_clone.models.later_pattern import pattern
from conda_clone.models.patterns import glob_matcher, regex_matcher
from conda_clone.models.version import VersionOrder
from conda_clone.models.version_ranges import (
    Pattern,
    Ranges,
    all_of,
    any_of,
    comparison,
    starting_with,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from conda_clone.models.version_ranges import Condition, SortedVersions

    # Canonical text, what it means, and whether that is a choice.
    _Part = tuple[str, Condition, bool]

__all__ = ["BuildNumberMatch", "VersionSpec"]

_LONG_SIGNS = frozenset(["==", "!=", "<=", ">=", "~="])
_ORDER_SIGNS = frozenset(["<", "<=", ">", ">="])
_PLAIN = pattern(
    r"([<>=!]=|<|>)([0-9][0-9a-zA-Z._]*)(?:,([<>=!]=|<|>)([0-9][0-9a-zA-Z._]*))?"
).fullmatch
_TOKENS = re.compile(r"[(),|]|[^(),|]+").findall
_JOINTS = frozenset("(),|")
_DEEPEST = 50
_OPERATORS: "dict[str, Callable[[int, int], bool]]" = {
    "=": operator.eq,
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}

_ANYTHING = Ranges((b"",))


class VersionSpec:
    """A constraint that a version can be held against.

    >>> VersionSpec(">=1.2,<2|3.*").match("1.9")
    True

    Attributes:
        text: The constraint in canonical form.
    """

    __slots__ = ("_condition", "_version", "text")

    def __init__(self, text: str) -> None:
        """Parse a constraint.

        Raises:
            InvalidVersionSpec: The text is not a constraint.
        """
        self.text = text = text.strip()
        self._version: VersionOrder | None = None
        self._condition: Condition
        plain = _PLAIN(text)
        if plain:
            # Four of five constraints of an index, like `>=1.2,<2.0a0`: no need of a grammar.
            self._set_plain(*plain.groups())
            return
        if not text:
            raise InvalidVersionSpec(text, "it is empty")
        if _is_joined(text):
            nested = "(" in text or ")" in text
            part = _Expression(text).parse() if nested else _joined(text)
            self.text, self._condition, _ = part
            if _is_joined(self.text):
                return
            # A single clause in parentheses.
            text = self.text
        self.text, self._condition, self._version = _clause(text, text)

    def _set_plain(self, sign: str, operand: str, other_sign: str | None, other: str) -> None:
        version = VersionOrder.parse(operand)
        self._condition = comparison(sign, version)
        if other_sign:
            second = comparison(other_sign, VersionOrder.parse(other))
            self._condition = all_of((self._condition, second))
        elif sign == "==":
            self._version = version

    @staticmethod
    def parse(text: str) -> "VersionSpec":
        """Return the constraint of a text; the same text gives the same object."""
        return _parse(text)

    @property
    def is_exact(self) -> bool:
        """Whether exactly one version (and its equals) matches."""
        return self._version is not None

    @property
    def exact_version(self) -> str | None:
        """The only version that matches, or None when others do as well."""
        return None if self._version is None else self._version.text

    def match(self, version: str | VersionOrder) -> bool:
        """Tell whether a version satisfies the constraint.

        Raises:
            InvalidVersionSpec: The version is a text that is none.
        """
        if self._condition is _ANYTHING:
            return True
        if isinstance(version, str):
            version = VersionOrder.parse(version)
        return self._condition.match(version)

    def select(self, versions: "SortedVersions") -> int:
        """Return the bits of all versions that satisfy the constraint, as `match` one by one would.

        Takes a binary search per bound of the constraint, however many versions there are; globs
        and regular expressions look at every version.
        """
        return self._condition.select(versions)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionSpec) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    @property
    def spec_str(self) -> str:
        """The text, by the name that plugins of conda know."""
        return self.text

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"VersionSpec({self.text!r})"


class BuildNumberMatch:
    """A constraint on build numbers: a number, or an operator and a number.

    >>> BuildNumberMatch(">=3").match(4)
    True
    """

    __slots__ = ("_compare", "_number", "text")

    def __init__(self, text: str | int) -> None:
        """Parse a constraint.

        Raises:
            InvalidVersionSpec: The text is not a constraint on build numbers.
        """
        self.text = str(text).strip()
        self._compare: Callable[[int, int], bool] | None = None
        self._number = 0
        if self.text == "*":
            return
        found = re.fullmatch(r"(==|!=|<=|>=|<|>|=)?\s*([0-9]{1,18})", self.text)
        if found is None:
            raise InvalidVersionSpec(
                self.text, "a build number is a number, perhaps after one of `== != < <= > >=`"
            )
        sign, number = found.groups()
        self._compare = _OPERATORS[sign or "=="]
        self._number = int(number)

    @property
    def is_exact(self) -> bool:
        """Whether exactly one number matches."""
        return self._compare is operator.eq

    def match(self, build_number: int) -> bool:
        """Tell whether a build number satisfies the constraint."""
        return self._compare is None or self._compare(build_number, self._number)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, BuildNumberMatch) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"BuildNumberMatch({self.text!r})"


@lru_cache(maxsize=1 << 16)
def _parse(text: str) -> VersionSpec:
    return VersionSpec(text)


def _is_joined(text: str) -> bool:
    """Tell whether there may be more than one clause; a regular expression is one."""
    return text[0] != "^" and text[-1] != "$" and not _JOINTS.isdisjoint(text)


def _joined(text: str) -> "_Part":
    """Parse clauses that `,` and `|` join, without parentheses: nearly all there are."""
    return _one_of(
        [
            _each_of([_single(clause, text) for clause in choice.split(",")])
            for choice in text.split("|")
        ]
    )


def _single(text: str, whole: str) -> "_Part":
    if not text or text.isspace():
        raise InvalidVersionSpec(whole, "a constraint is missing beside `,`, `|` or `(`")
    canonical, condition, _ = _clause(text, whole)
    return canonical, condition, False


def _one_of(parts: "list[_Part]") -> "_Part":
    if len(parts) == 1:
        return parts[0]
    joined = "|".join([_guarded(text) for text, _, _ in parts])
    return joined, any_of([condition for _, condition, _ in parts]), True


def _each_of(parts: "list[_Part]") -> "_Part":
    if len(parts) == 1:
        return parts[0]
    # Only a choice inside a conjunction needs its parentheses.
    joined = ",".join(
        [f"({text})" if is_choice else _guarded(text) for text, _, is_choice in parts]
    )
    return joined, all_of([condition for _, condition, _ in parts]), False


def _guarded(text: str) -> str:
    """Put a regular expression in parentheses: at an end, its anchor would claim the whole text."""
    return f"({text})" if text[0] == "^" else text


class _Expression:
    """Recursive descent over `or := and ("|" and)*`, `and := atom ("," atom)*`."""

    def __init__(self, text: str) -> None:
        self._whole = text
        self._tokens: list[str] = _TOKENS(text)
        self._place = 0
        self._depth = 0

    def parse(self) -> "_Part":
        part = self._any_of()
        if self._place < len(self._tokens):
            raise InvalidVersionSpec(self._whole, "a parenthesis is closed that was never opened")
        return part

    def _any_of(self) -> "_Part":
        parts = [self._all_of()]
        while self._take("|"):
            parts.append(self._all_of())
        return _one_of(parts)

    def _all_of(self) -> "_Part":
        parts = [self._atom()]
        while self._take(","):
            parts.append(self._atom())
        return _each_of(parts)

    def _atom(self) -> "_Part":
        if self._take("("):
            self._depth += 1
            if self._depth > _DEEPEST:
                raise InvalidVersionSpec(self._whole, "its parentheses are nested too deeply")
            inner = self._any_of()
            if not self._take(")"):
                raise InvalidVersionSpec(self._whole, "a parenthesis is not closed")
            self._depth -= 1
            return inner
        token = self._tokens[self._place] if self._place < len(self._tokens) else ""
        if token in _JOINTS:
            token = ""
        self._place += 1
        return _single(token, self._whole)

    def _take(self, token: str) -> bool:
        if self._place < len(self._tokens) and self._tokens[self._place] == token:
            self._place += 1
            return True
        return False


def _clause(text: str, whole: str) -> "tuple[str, Condition, VersionOrder | None]":
    """Return canonical text, condition, and the version if only that one matches."""
    if text[0] == "^" or text[-1] == "$":
        return text, _regex(text), None
    sign, operand = _sign_and_operand(text, whole)
    if sign == "~=":
        return text, _compatible(operand, whole), None
    if "*" in operand:
        if sign not in _ORDER_SIGNS:
            return _glob_clause(sign, operand)
        if operand[-1] == "*":
            operand = operand[:-1].rstrip(".")
    version = VersionOrder.parse(operand)
    if sign == "=":
        return text, starting_with(version), None
    if not sign or sign == "==":
        return text, comparison("==", version), version
    return text, comparison(sign, version), None


def _sign_and_operand(text: str, whole: str) -> tuple[str, str]:
    sign = text[:2]
    if sign not in _LONG_SIGNS:
        sign = text[0] if text[0] in "<>=" else ""
    operand = text[len(sign) :]
    if not operand:
        raise InvalidVersionSpec(whole, f"there is no version after `{sign}`")
    if operand[0] in "=<>!~":
        raise InvalidVersionSpec(whole, f"`{text}` does not start with a known operator")
    if operand[0].isspace() or operand[-1].isspace():
        raise InvalidVersionSpec(whole, "there is a space next to an operator")
    return sign, operand


def _glob_clause(sign: str, operand: str) -> "tuple[str, Condition, None]":
    """Return the parts of a clause like `1.2.*`, `=1.2*`, `!=1.2.*`, `1.*.3` or `*`."""
    prefix = "" if sign == "==" else sign
    wanted = sign != "!="
    if operand == "*" and wanted:
        return "*", _ANYTHING, None
    body = operand[:-1].rstrip(".") if operand.endswith("*") else operand
    if body and "*" not in body:
        # `1.2*` means and is written as `1.2.*`.
        return f"{prefix}{body}.*", starting_with(VersionOrder.parse(body), wanted=wanted), None
    return f"{prefix}{operand}", Pattern(glob_matcher(operand), wanted=wanted), None


def _compatible(text: str, whole: str) -> "Condition":
    if "*" in text:
        raise InvalidVersionSpec(whole, "`~=` does not go together with `*`")
    version = VersionOrder.parse(text)
    parent, dot, _ = text.rpartition(".")
    if not dot:
        raise InvalidVersionSpec(whole, "`~=` needs a version of at least two components")
    return all_of([comparison(">=", version), starting_with(VersionOrder.parse(parent))])


def _regex(text: str) -> Pattern:
    if text[0] != "^" or text[-1] != "$":
        raise InvalidVersionSpec(text, "a regular expression starts with `^` and ends with `$`")
    try:
        return Pattern(regex_matcher(text))
    except ValueError as error:
        raise InvalidVersionSpec(text, str(error)) from error
