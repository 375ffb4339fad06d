"""Constraints on versions and on build numbers.

A constraint is a tree of clauses joined by `,` (and) and `|` (or); `,` binds tighter, parentheses
group. A clause with a plain operator is one comparison of two sort keys.
"""

import operator
import re
from functools import lru_cache

from conda_clone.models.errors import InvalidVersionSpec
from conda_clone.models.version import VersionOrder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    # Any: the operators compare sort keys and numbers alike.
    from typing import Any

    Test = Callable[[VersionOrder], bool]

__all__ = ["BuildNumberMatch", "VersionSpec"]

_OPERATORS: "dict[str, Callable[[Any, Any], bool]]" = {
    "==": operator.eq,
    "!=": operator.ne,
    "<=": operator.le,
    ">=": operator.ge,
    "<": operator.lt,
    ">": operator.gt,
}
_CLAUSE = re.compile(r"(==|!=|<=|>=|~=|<|>|=)?(.*)", re.DOTALL)
_TOKENS = re.compile(r"[(),|]|[^(),|]+").findall


class VersionSpec:
    """A constraint that a version can be held against.

    >>> VersionSpec(">=1.2,<2|3.*").match("1.9")
    True

    Attributes:
        text: The constraint in canonical form.
    """

    __slots__ = ("_test", "_version", "text")

    def __init__(self, text: str) -> None:
        """Parse a constraint.

        Raises:
            InvalidVersionSpec: The text is not a constraint.
        """
        self._version: VersionOrder | None = None
        stripped = text.strip()
        self._test: Test
        if not stripped:
            raise InvalidVersionSpec(text, "it is empty")
        if stripped[0] == "^" or stripped[-1] == "$":
            self.text = stripped
            self._test = _regex_test(stripped)
        elif any(character in stripped for character in "(),|"):
            self.text, self._test = _Expression(stripped).parse()
        else:
            self.text, self._test, self._version = _clause(stripped, stripped)

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
        if self._test is _anything:
            return True
        if isinstance(version, str):
            version = VersionOrder.parse(version)
        return self._test(version)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, VersionSpec) and self.text == other.text

    def __hash__(self) -> int:
        return hash(self.text)

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
        self._compare = _OPERATORS.get(sign, operator.eq)
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


class _Expression:
    """Recursive descent over `or := and ("|" and)*`, `and := atom ("," atom)*`."""

    def __init__(self, text: str) -> None:
        self._whole = text
        self._tokens: list[str] = _TOKENS(text)
        self._place = 0
        self._depth = 0

    def parse(self) -> "tuple[str, Test]":
        text, test, _ = self._any_of()
        if self._place < len(self._tokens):
            raise InvalidVersionSpec(self._whole, "a parenthesis is closed that was never opened")
        return text, test

    def _any_of(self) -> "tuple[str, Test, bool]":
        texts, tests = [], []
        while True:
            text, test = self._all_of()
            texts.append(text)
            tests.append(test)
            if not self._take("|"):
                break
        if len(tests) == 1:
            return texts[0], tests[0], False
        choices = tuple(tests)
        return "|".join(texts), lambda version: any(test(version) for test in choices), True

    def _all_of(self) -> "tuple[str, Test]":
        texts, tests = [], []
        while True:
            text, test, is_choice = self._atom()
            texts.append((text, is_choice))
            tests.append(test)
            if not self._take(","):
                break
        if len(tests) == 1:
            return texts[0][0], tests[0]
        parts = tuple(tests)
        first, second = parts[:2]
        # Only a choice inside a conjunction needs its parentheses.
        joined = ",".join(f"({text})" if is_choice else text for text, is_choice in texts)
        if len(parts) == 2:  # noqa: PLR2004 - `>=a,<b`, nearly all there are; twice as fast
            return joined, lambda version: first(version) and second(version)
        return joined, lambda version: all(test(version) for test in parts)

    def _atom(self) -> "tuple[str, Test, bool]":
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
        if token in {"", ")", ",", "|"} or token.isspace():
            raise InvalidVersionSpec(self._whole, "a constraint is missing beside `,`, `|` or `(`")
        self._place += 1
        text, test, _ = _clause(token, self._whole)
        return text, test, False

    def _take(self, token: str) -> bool:
        if self._place < len(self._tokens) and self._tokens[self._place] == token:
            self._place += 1
            return True
        return False


_DEEPEST = 50


def _anything(version: VersionOrder) -> bool:  # noqa: ARG001 - one test among others
    return True


def _clause(text: str, whole: str) -> "tuple[str, Test, VersionOrder | None]":
    """Return canonical text, test, and the version if only that one matches."""
    if text[0] == "^" or text[-1] == "$":
        return text, _regex_test(text), None
    found = _CLAUSE.match(text)
    sign, operand = found.groups() if found else (None, text)
    if not operand:
        raise InvalidVersionSpec(whole, f"there is no version after `{sign}`")
    if operand[0] in "=<>!~":
        raise InvalidVersionSpec(whole, f"`{text}` does not start with a known operator")
    if operand[0].isspace() or operand[-1].isspace():
        raise InvalidVersionSpec(whole, "there is a space next to an operator")
    if sign == "~=":
        return text, _compatible_test(operand, whole), None
    if sign in {None, "==", "!=", "="} and "*" in operand:
        return _glob_clause(sign, operand)
    if sign == "=":
        return text, _prefix_test(operand), None
    if operand.endswith("*"):
        operand = operand[:-1].rstrip(".")
    version = VersionOrder.parse(operand)
    if sign in {None, "=="}:
        return text, _comparison_test(operator.eq, version), version
    return text, _comparison_test(_OPERATORS[sign], version), None


def _glob_clause(sign: str | None, operand: str) -> "tuple[str, Test, None]":
    """Return the parts of a clause like `1.2.*`, `=1.2*`, `!=1.2.*`, `1.*.3` or `*`."""
    prefix = "" if sign in {None, "=="} else sign
    if operand == "*" and sign != "!=":
        return "*", _anything, None
    body = operand[:-1].rstrip(".") if operand.endswith("*") else operand
    if body and "*" not in body:
        test = _prefix_test(body)
        # `1.2*` means and is written as `1.2.*`.
        canonical = f"{prefix}{body}.*"
    else:
        test = _glob_test(operand)
        canonical = f"{prefix}{operand}"
    return canonical, _negated(test) if sign == "!=" else test, None


def _comparison_test(compare: "Callable[[object, object], bool]", version: VersionOrder) -> "Test":
    key = version.key
    return lambda other: compare(other.key, key)


def _prefix_test(text: str) -> "Test":
    prefix = VersionOrder.parse(text)
    return lambda version: version.starts_with(prefix)


def _compatible_test(text: str, whole: str) -> "Test":
    if "*" in text:
        raise InvalidVersionSpec(whole, "`~=` does not go together with `*`")
    version = VersionOrder.parse(text)
    parent, dot, _ = text.rpartition(".")
    if not dot:
        raise InvalidVersionSpec(whole, "`~=` needs a version of at least two components")
    prefix = VersionOrder.parse(parent)
    key = version.key
    return lambda other: other.key >= key and other.starts_with(prefix)


def _regex_test(text: str) -> "Test":
    if text[0] != "^" or text[-1] != "$":
        raise InvalidVersionSpec(text, "a regular expression starts with `^` and ends with `$`")
    try:
        pattern = re.compile(text)
    except re.error as error:
        raise InvalidVersionSpec(text, f"it is not a regular expression: {error}") from error
    return lambda version: pattern.match(version.text) is not None


def _glob_test(text: str) -> "Test":
    pattern = re.compile(".*".join(re.escape(piece) for piece in text.split("*")))
    return lambda version: pattern.fullmatch(version.text) is not None


def _negated(test: "Test") -> "Test":
    return lambda version: not test(version)
