"""Globs and regular expressions of specs, in time that grows with the text and nothing else.

A spec comes from a channel, from a file, from anybody. The engine of the standard library goes back
whenever a pattern can match in several ways, which takes exponential time for `^(a*)*b$`; it is
used only for patterns where that cannot happen. Every other pattern is walked as the automaton that
it is: all ways at once, one character after the other, so that the time is at most the length of
the text times the size of the pattern, and the size is bounded. What no automaton can do (to refer
to what a group has matched, looking back, atomic groups) is refused.
"""

import re
from functools import lru_cache
from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import Any

    Test = Callable[[str], bool]
    Look = Callable[[str, int], bool]

__all__ = ["glob_matcher", "regex_matcher"]

# Characters of an expression; those of real channels have up to 60.
_LONGEST = 1_000
# Steps of an automaton; `{1000}` makes a thousand of its operand.
_LARGEST = 2_000
# Looking ahead from every place of a text takes the square of its length. No name, version or build
# is longer than a file's name can be; what is longer does not match an expression that looks ahead.
_LONGEST_TO_LOOK_AHEAD = 255


@lru_cache(maxsize=1 << 12)
def glob_matcher(text: str) -> "Callable[[str], bool]":
    """Return a test for a text in which `*` stands for any run of characters.

    >>> glob_matcher("py3*_0")("py311_0")
    True
    """
    first, *middle = text.split("*")
    if not middle:
        return text.__eq__
    last = middle.pop()
    middle = [piece for piece in middle if piece]
    least = len(first) + len(last)

    def matches(value: str) -> bool:
        # The leftmost place for each piece leaves the most for the next.
        if len(value) < least or not value.startswith(first) or not value.endswith(last):
            return False
        place, end = len(first), len(value) - len(last)
        for piece in middle:
            place = value.find(piece, place, end)
            if place < 0:
                return False
            place += len(piece)
        return True

    return matches


@lru_cache(maxsize=1 << 12)
def regex_matcher(text: str, *, ignore_case: bool = False) -> "Callable[[str], bool]":
    """Return a test for whole texts that a regular expression describes.

    Args:
        text: The expression; `^` at its start and `$` at its end change nothing.
        ignore_case: Take capitals and small letters for the same.

    Raises:
        ValueError: It is no regular expression, is too large, or cannot be walked in one pass.
    """
    tree = _parsed(text)
    if _is_harmless(tree):
        compiled = re.compile(_silenced(text), re.IGNORECASE if ignore_case else re.NOFLAG)
        return lambda value: compiled.fullmatch(value) is not None
    return _Automaton(tree, ignore_case=ignore_case).match


def _parsed(text: str) -> "Any":
    if len(text) > _LONGEST:
        message = f"a regular expression of {len(text)} characters is too long"
        raise ValueError(message)
    try:
        return _reader().parse(_silenced(text))
    except re.error as error:
        message = f"`{text}` is not a regular expression: {error}"
        raise ValueError(message) from error
    except (RecursionError, OverflowError) as error:
        message = "a regular expression is nested too deeply"
        raise ValueError(message) from error


def _reader() -> "Any":
    """Return the standard library's reader of expressions; only the walk is ours."""
    return import_module("re._parser")


def _silenced(text: str) -> str:
    r"""Return the expression without what a later Python may read otherwise.

    Inside a set, `[`, and doubled `-`, `&`, `~` and `|`, are only warned of today.
    """
    if "[" not in text:
        return text
    out: list[str] = []
    inside = False
    place = 0
    while place < len(text):
        character = text[place]
        if character == "\\":
            out.append(text[place : place + 2])
            place += 2
            continue
        if not inside and character == "[":
            inside = True
            # A `]` right behind the opening bracket stands for itself.
            taken = 1 + text.startswith("^", place + 1)
            taken += text.startswith("]", place + taken)
            out.append(text[place : place + taken])
            place += taken
            continue
        if inside and character == "]":
            inside = False
        elif inside and (
            character == "[" or (character in "-&~|" and text[place - 1] == character)
        ):
            out.append("\\")
        out.append(character)
        place += 1
    return "".join(out)


def _is_harmless(tree: "Any") -> bool:
    """Tell whether going back costs little: one repetition, of one character, and one choice."""
    repeats = choices = 0
    for name, value in _nodes(tree):
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            _, most, body = value
            if len(body) != 1 or str(body[0][0]) in {"SUBPATTERN", "BRANCH"}:
                return False
            repeats += most > 1
        elif name not in _SIMPLE:
            return False
        choices += name == "BRANCH"
    return repeats <= 1 and choices <= 1


_SIMPLE = frozenset({"LITERAL", "NOT_LITERAL", "ANY", "IN", "SUBPATTERN", "BRANCH", "AT"})


def _nodes(tree: "Any") -> "Iterator[tuple[str, Any]]":
    stack = [tree]
    while stack:
        for operation, value in stack.pop():
            name = str(operation)
            yield name, value
            if name == "SUBPATTERN":
                stack.append(value[3])
            elif name == "BRANCH":
                stack.extend(value[1])
            elif name.endswith("_REPEAT"):
                stack.append(value[2])


class _Automaton:
    """A regular expression as states: each passes on for nothing, for a character, or for a look.

    Thompson's construction; the walk keeps the set of all states that could be reached.
    """

    def __init__(self, tree: "Any", *, ignore_case: bool, is_ahead: bool = False) -> None:
        flags = tree.state.flags & ~re.UNICODE
        if flags & ~re.IGNORECASE:
            message = "a regular expression can only set the flag `i`"
            raise ValueError(message)
        self._ignore_case = ignore_case or bool(flags)
        self._is_ahead = is_ahead
        self._depth = 0
        self._looks_ahead = False
        # Per state: a test of one character and the state behind it, and states that are free.
        self._tests: list[Test | None] = []
        self._next: list[int] = []
        self._free: list[tuple[tuple[Look | None, int], ...]] = []
        self._end = self._state()
        self._start = self._sequence(tree, self._end)

    def match(self, value: str) -> bool:
        """Tell whether the whole value is described."""
        if self._looks_ahead and len(value) > _LONGEST_TO_LOOK_AHEAD:
            return False
        return self._walk(value, 0, whole=True)

    def _walk(self, value: str, place: int, *, whole: bool) -> bool:
        states = self._reached({self._start}, value, place)
        for position in range(place, len(value)):
            if not whole and self._end in states:
                return True
            character = value[position]
            behind = {
                self._next[state]
                for state in states
                if (test := self._tests[state]) is not None and test(character)
            }
            if not behind:
                return False
            states = self._reached(behind, value, position + 1)
        return self._end in states

    def _reached(self, states: set[int], value: str, place: int) -> set[int]:
        """Return the states that can be had without taking a character."""
        seen = set(states)
        stack = list(states)
        while stack:
            for look, state in self._free[stack.pop()]:
                if state not in seen and (look is None or look(value, place)):
                    seen.add(state)
                    stack.append(state)
        return seen

    def _state(self) -> int:
        if len(self._tests) >= _LARGEST:
            message = "a regular expression is too large"
            raise ValueError(message)
        self._tests.append(None)
        self._next.append(-1)
        self._free.append(())
        return len(self._tests) - 1

    def _sequence(self, tree: "Iterable[Any]", end: int) -> int:
        """Build states for a row of nodes, from the last to the first; return the first."""
        for operation, value in reversed(list(tree)):
            end = self._node(str(operation), value, end)
        return end

    def _node(self, name: str, value: "Any", end: int) -> int:
        if name == "SUBPATTERN":
            _, add, remove, body = value
            if add or remove:
                message = "a regular expression cannot change its flags inside"
                raise ValueError(message)
            return self._sequence(body, end)
        if name == "BRANCH":
            return self._choice([self._sequence(body, end) for body in value[1]])
        if name in {"MAX_REPEAT", "MIN_REPEAT"}:
            return self._repeat(value, end)
        if name == "AT":
            return self._looking(_anchor(str(value)), end)
        if name in {"ASSERT", "ASSERT_NOT"} and value[0] > 0:
            return self._looking(self._ahead(value[1], wanted=name == "ASSERT"), end)
        test = _test(name, value, ignore_case=self._ignore_case)
        state = self._state()
        self._tests[state], self._next[state] = test, end
        return state

    def _choice(self, ways: list[int]) -> int:
        state = self._state()
        self._free[state] = tuple((None, way) for way in ways)
        return state

    def _looking(self, look: "Look", end: int) -> int:
        state = self._state()
        self._free[state] = ((look, end),)
        return state

    def _ahead(self, body: "Any", *, wanted: bool) -> "Look":
        if self._is_ahead or self._depth:
            message = (
                "a regular expression can look ahead neither in a repetition nor twice at once"
            )
            raise ValueError(message)
        self._looks_ahead = True
        automaton = _Automaton(body, ignore_case=self._ignore_case, is_ahead=True)
        return lambda value, place: automaton._walk(value, place, whole=False) is wanted

    def _repeat(self, value: "tuple[int, int, Any]", end: int) -> int:
        least, most, body = value
        self._depth += 1
        if most == _reader().MAXREPEAT:
            again = self._state()
            self._free[again] = ((None, self._sequence(body, again)), (None, end))
            end = again
        else:
            if most > _LARGEST:
                message = "a regular expression repeats too often"
                raise ValueError(message)
            for _ in range(most - least):
                end = self._choice([self._sequence(body, end), end])
        for _ in range(least):
            end = self._sequence(body, end)
        self._depth -= 1
        return end


def _anchor(where: str) -> "Look":
    if where in {"AT_BEGINNING", "AT_BEGINNING_STRING"}:
        return lambda _, place: place == 0
    if where in {"AT_END", "AT_END_STRING"}:
        return lambda value, place: place == len(value)
    message = "a regular expression cannot look for the boundary of a word"
    raise ValueError(message)


def _test(name: str, value: "Any", *, ignore_case: bool) -> "Test":
    """Return the test of one character."""
    if name == "ANY":
        return lambda character: character != "\n"
    if name == "LITERAL":
        plain = _one_of([("LITERAL", value)])
    elif name == "NOT_LITERAL":
        plain = _one_of([("NEGATE", None), ("LITERAL", value)])
    elif name == "IN":
        plain = _one_of([(str(operation), operand) for operation, operand in value])
    else:
        message = (
            "a regular expression cannot refer to groups, look back or hold on to what it has found"
        )
        raise ValueError(message)
    if not ignore_case:
        return plain
    return lambda character: plain(character.lower()) or plain(character.upper())


_CATEGORIES: "dict[str, Test]" = {
    "DIGIT": str.isdecimal,
    "SPACE": str.isspace,
    "WORD": lambda character: character.isalnum() or character == "_",
}


def _one_of(items: "list[tuple[str, Any]]") -> "Test":
    wanted = True
    single: set[str] = set()
    ranges: list[tuple[str, str]] = []
    classes: list[tuple[Test, bool]] = []
    for name, operand in items:
        if name == "NEGATE":
            wanted = False
        elif name == "LITERAL":
            single.add(chr(operand))
        elif name == "RANGE":
            ranges.append((chr(operand[0]), chr(operand[1])))
        else:  # CATEGORY_DIGIT, CATEGORY_NOT_DIGIT and so on
            kind = str(operand).removeprefix("CATEGORY_")
            classes.append((_CATEGORIES[kind.removeprefix("NOT_")], not kind.startswith("NOT_")))

    def test(character: str) -> bool:
        found = (
            character in single
            or any(low <= character <= high for low, high in ranges)
            or any(belongs(character) is expected for belongs, expected in classes)
        )
        return found is wanted

    return test
