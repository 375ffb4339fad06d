"""Conditions of dependencies: specs joined by `and`, `or` and parentheses (CEP 43).

boolean.py reads the expression and brings it into a normal form; what is between joints is ours.
"""

import re

from conda_clone.models.errors import InvalidMatchSpec

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["Condition", "parse_condition"]

# What stands between joints: brackets and quotes belong to a spec, spaces and parentheses do not.
_TOKENS = re.compile(
    r"""\s*(?:(?P<joint>\(|\)|(?:and|or)(?=[\s(]))
    |(?P<spec>(?:[^\s()\[\]"']|\[(?:[^\[\]"']|"[^"]*"|'[^']*'|\[[^\[\]]*\])*\])+))""",
    re.VERBOSE,
)
_LONGEST = 1_000
_MOST_CASES = 64


class Condition:
    """When a dependency counts.

    Attributes:
        text: The condition as it was written.
        choices: The condition as "or" of "and": each choice is texts of specs that all hold.
        refusals: Its contrary: each is texts of specs of which none holds.
    """

    __slots__ = ("choices", "refusals", "text")

    def __init__(
        self,
        text: str,
        choices: tuple[tuple[str, ...], ...],
        refusals: tuple[tuple[str, ...], ...],
    ) -> None:
        self.text = text
        self.choices = choices
        self.refusals = refusals

    def holds(self, is_true: "Callable[[str], bool]") -> bool:
        """Tell whether the condition is fulfilled, asking for each spec."""
        return any(all(map(is_true, choice)) for choice in self.choices)


def parse_condition(text: str, check: "Callable[[str], None]") -> Condition:
    """Read a condition.

    >>> parse_condition("python>=3.10 and (__unix or six)", lambda text: None).choices
    (('__unix', 'python>=3.10'), ('python>=3.10', 'six'))

    Args:
        text: The condition.
        check: Called with each spec in it; raises when it is none.

    Raises:
        InvalidMatchSpec: It is no condition, or a spec in it has a condition of its own.
    """
    import boolean  # 9 ms, for specs that few packages have

    if len(text) > _LONGEST:
        raise InvalidMatchSpec(text[:50] + "...", "the condition is too long")
    algebra = _algebra(boolean, check)
    try:
        expression = algebra.parse(text)
    except (boolean.ParseError, TypeError) as error:
        raise InvalidMatchSpec(
            text, "`when` is not a condition of specs, `and` and `or`"
        ) from error
    except RecursionError as error:
        raise InvalidMatchSpec(text, "the condition is nested too deeply") from error
    if max(_cases(expression, "OR"), _cases(expression, "AND")) > _MOST_CASES:
        raise InvalidMatchSpec(text, "the condition has too many cases")
    return Condition(
        text,
        _terms(expression, algebra.dnf),
        _terms(_contrary(algebra, expression), algebra.dnf),
    )


def _cases(expression: "Any", adding: str) -> int:
    """Return how many cases a normal form has at most: joints add or multiply them."""
    if not expression.args:
        return 1
    counts = [_cases(part, adding) for part in expression.args]
    if type(expression).__name__ == adding:
        return sum(counts)
    product = 1
    for count in counts:
        product = min(product * count, _MOST_CASES + 1)
    return product


def _contrary(algebra: "Any", expression: "Any") -> "Any":
    """Swap `and` and `or`: of plain specs, the contrary says which of them do not hold."""
    if not expression.args:
        return expression
    joint = algebra.OR if type(expression).__name__ == "AND" else algebra.AND
    return joint(*[_contrary(algebra, part) for part in expression.args])


def _terms(expression: "Any", dnf: "Callable[[Any], Any]") -> tuple[tuple[str, ...], ...]:
    normal = dnf(expression)
    parts = normal.args if type(normal).__name__ == "OR" else (normal,)
    terms = {tuple(sorted({str(symbol.obj) for symbol in part.get_symbols()})) for part in parts}
    return tuple(sorted(terms))


def _algebra(boolean: "Any", check: "Callable[[str], None]") -> "Any":
    class Algebra(boolean.BooleanAlgebra):  # type: ignore[misc] # the library has no types
        """Reads specs as symbols."""

        def tokenize(self, expr: str) -> "Iterator[tuple[Any, str, int]]":
            joints = _joints(boolean)
            place = 0
            end = len(expr.rstrip())
            while place < end:
                found = _TOKENS.match(expr, place)
                if found is None:
                    raise boolean.ParseError(position=place)
                place = found.end()
                joint = found["joint"]
                if joint:
                    yield joints[joint], joint, found.start("joint")
                else:
                    check(found["spec"])
                    yield boolean.Symbol(found["spec"]), found["spec"], found.start("spec")

    return Algebra()


def _joints(boolean: "Any") -> "dict[str, Any]":
    return {
        "and": boolean.TOKEN_AND,
        "or": boolean.TOKEN_OR,
        "(": boolean.TOKEN_LPAR,
        ")": boolean.TOKEN_RPAR,
    }
