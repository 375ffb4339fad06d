"""`YamlText`: a YAML map whose values are changed by cutting its text, so that nothing else moves.

The YAML library tells where values stand; comments, order, quotes and blank lines elsewhere stay as
they are. It does what `conda config` needs: values below one or two keys, and items of lists.
Immutable: each change returns the new text.
"""

from conda_clone.errors import CondaValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from typing import Any

__all__ = ["YamlText", "scalar_text"]

_STEP = 2  # spaces that items and keys are indented by


class YamlText:
    r"""A text, and where its values stand.

    >>> text = YamlText("channels:  # mine\n  - a\n")
    >>> text.with_item(("channels",), "b", first=True)
    'channels:  # mine\n  - b\n  - a\n'

    Attributes:
        text: A YAML document that is empty, or has a map at its top.
    """

    def __init__(self, text: str) -> None:
        import warnings

        from ruamel.yaml import YAML  # 23 ms
        from ruamel.yaml.error import YAMLError

        self.text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        yaml = YAML(typ="safe", pure=True)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # about anchors that are defined twice
                root = yaml.compose(text)
        except YAMLError as error:  # a text that a first cut has made
            raise _unchangeable() from error
        self._has_end_of_document = "\n..." in text
        # A document of comments, or of the word `null`, has no map yet.
        self._root: Any = root if root is not None and root.id == "mapping" else None
        self._construct: Callable[[Any], object] = yaml.constructor.construct_object

    @property
    def top_keys(self) -> list[str]:
        """The keys of the top level, in their order."""
        return [key.value for key, _ in self._root.value] if self._root else []

    def line_of(self, key: str) -> int:
        """Return the line of a key of the top level, which must be there, counted from 1."""
        line: int = self._entry((key,))[0].start_mark.line
        return line + 1

    def has(self, path: "Sequence[str]") -> bool:
        """Tell whether the keys lead to something."""
        return self._find(path) is not None

    def items(self, path: "Sequence[str]") -> list[str] | None:
        """Return the items of the list there as texts; nothing for null, None for no list."""
        found = self._find(path)
        if found is None or self._is_null(found[1]):
            return []
        if found[1].id != "sequence":
            return None
        return [self._item_text(item) for item in found[1].value]

    def scalar(self, path: "Sequence[str]") -> object:
        """Return the value there; None also for what is no scalar, or not there."""
        found = self._find(path)
        return self._construct(found[1]) if found and found[1].id == "scalar" else None

    def with_renamed_key(self, old: str, new: str) -> str:
        """Return the text with another name for a key of the top level, which must be there."""
        key, _ = self._entry((old,))
        return self._cut(key.start_mark.index, key.end_mark.index, new)

    def with_value(self, path: "Sequence[str]", value: object) -> str:
        """Return the text with a scalar at the place that the keys lead to."""
        found = self._find(path)
        if found is None:
            return self.with_entry(path, value, is_list=False)
        return self._with_replaced_value(*found, scalar_text(value, flow=self._is_in_flow(path)))

    def with_item(self, path: "Sequence[str]", item: str, *, first: bool) -> str:
        """Return the text with one more item at one end of a list, which is made when absent."""
        found = self._find(path)
        if found is None:
            return self.with_entry(path, item, is_list=True)
        key, node = found
        if self._is_null(node):
            if not _is_empty(node):
                return self._without_null(node).with_item(path, item, first=first)
            indent = " " * (key.start_mark.column + _STEP)
            place = self._end_of_line(self._colon(key))
            return self._with_line(place, f"{indent}- {scalar_text(item)}")
        if node.flow_style:
            return self._with_flow_item(node, scalar_text(item, flow=True), first=first)
        indent = " " * node.start_mark.column
        place = (
            self._start_of_line(node.value[0].start_mark.index)
            if first
            else self._end_of_line(self._end(node))
        )
        return self._with_line(place, f"{indent}- {scalar_text(item)}")

    def with_entry(self, path: "Sequence[str]", value: object, *, is_list: bool) -> str:
        """Return the text with a new key, which is put behind the others of its map."""
        outer = self._find(path[:-1]) if len(path) > 1 else None
        parent = self._root if len(path) == 1 else outer and outer[1]
        if outer is not None and self._is_null(parent):
            if not _is_empty(parent):
                return self._without_null(parent).with_entry(path, value, is_list=is_list)
            column = outer[0].start_mark.column + _STEP
            place = self._end_of_line(self._colon(outer[0]))
            return self._with_line(
                place, self._entry_text(path[-1:], value, column, is_list=is_list)
            )
        new = path if parent is None else path[-1:]
        parent = self._root if parent is None else parent
        if parent is None:
            return self._with_line(len(self.text), self._entry_text(new, value, 0, is_list=is_list))
        if parent.id != "mapping":
            raise CondaValueError(f"`{path[0]}` is no map in the file.", hint="Edit the file.")
        if parent.flow_style:
            return self._with_flow_item(
                parent, _flow_text(new, value, is_list=is_list), first=False
            )
        column = parent.value[0][0].start_mark.column
        return self._with_line(
            self._end_of_map(parent), self._entry_text(new, value, column, is_list=is_list)
        )

    def entry_text(self, key: str) -> str:
        """Return a key of the top level, which must be there, with its value, as it is written."""
        found, node = self._entry((key,))
        return self.text[found.start_mark.index : self._end_of_entry(found, node)]

    def with_entry_text(self, key: str, entry: str) -> str:
        r"""Return the text with a key of the top level, and its value, written in this way.

        >>> YamlText("a: 1\nb: 2  # two\n").with_entry_text("a", "a:\n  - 3")
        'a:\n  - 3\nb: 2  # two\n'
        """
        if self._root is not None and self._root.flow_style:
            raise CondaValueError(
                "The settings of the file stand in braces, where no others fit in.",
                hint="Write each setting on a line of its own.",
            )
        lines = self._newline.join(entry.splitlines())
        found = self._find((key,))
        if found is None:
            place = len(self.text) if self._root is None else self._end_of_map(self._root)
            return self._with_line(place, lines)
        start, end = found[0].start_mark.index, self._end_of_entry(*found)
        if "\n" in self.text[start:end]:  # a comment behind the last line is about what goes away
            end += len(self.text[end : self._end_of_line(end)].rstrip("\r\n"))
        return self._cut(start, end, lines)

    def without_item(self, path: "Sequence[str]", item: str) -> str:
        """Return the text without the items of a list, which must be there, that read like this."""
        key, node = self._entry(path)
        kept = [each for each in node.value if self._item_text(each) != item]
        if not kept:
            return self._with_replaced_value(key, node, "[]")
        for index, each in enumerate(node.value):
            if self._item_text(each) == item:
                spans = [(other.start_mark.index, self._end(other)) for other in node.value]
                text = self._without_span(spans, index, in_flow=node.flow_style)
                return YamlText(text).without_item(path, item)
        return self.text

    def without_key(self, path: "Sequence[str]") -> str:
        """Return the text without a key, which must be there, and its value."""
        key, node = self._entry(path)
        outer = None if len(path) == 1 else self._entry(path[:-1])
        parent = self._root if outer is None else outer[1]
        if outer is not None and len(parent.value) == 1:
            return self._with_replaced_value(*outer, "{}")
        spans = [
            (each.start_mark.index, self._end_of_entry(each, value)) for each, value in parent.value
        ]
        index = spans.index((key.start_mark.index, self._end_of_entry(key, node)))
        if len(spans) == 1 and self._has_end_of_document and not parent.flow_style:
            start, end = spans[0]
            return self._cut(start, end, "{}")  # such a document must not be empty
        return self._without_span(spans, index, in_flow=parent.flow_style)

    def _find(self, path: "Sequence[str]") -> "tuple[Any, Any] | None":
        """Return the nodes of the last key and its value."""
        found, node = None, self._root
        for name in path:
            if node is None or node.id != "mapping":
                return None
            found = next((entry for entry in node.value if entry[0].value == name), None)
            if found is None:
                return None
            key, node = found
            if node.start_mark.index < key.end_mark.index:
                raise CondaValueError(
                    f"`{name}` is an alias of another value in the file.", hint="Edit the file."
                )
        return found

    def _entry(self, path: "Sequence[str]") -> "tuple[Any, Any]":
        found = self._find(path)
        if found is None:
            raise KeyError(".".join(path))
        return found

    def _without_null(self, node: "Any") -> "YamlText":
        """Return the text without a `null` or `~`, in whose place something is to stand below."""
        return YamlText(self._cut(node.start_mark.index, node.end_mark.index, ""))

    def _entry_text(
        self,
        path: "Sequence[str]",
        value: object,
        column: int,
        *,
        is_list: bool,
    ) -> str:
        indents = [" " * (column + _STEP * depth) for depth in range(len(path) + 1)]
        lines = [f"{indent}{_key_text(name)}:" for indent, name in zip(indents, path, strict=False)]
        if is_list:
            lines.append(f"{indents[-1]}- {scalar_text(value)}")
        else:
            lines[-1] += f" {scalar_text(value)}"
        return self._newline.join(lines)

    def _with_flow_item(self, node: "Any", item: str, *, first: bool) -> str:
        if not node.value:
            return self._cut(node.end_mark.index - 1, node.end_mark.index - 1, item)
        if first:
            place = node.value[0].start_mark.index
            return self._cut(place, place, f"{item}, ")
        last = node.value[-1]
        place = self._end_of_entry(*last) if isinstance(last, tuple) else self._end(last)
        return self._cut(place, place, f", {item}")

    def _without_span(
        self, spans: "Sequence[tuple[int, int]]", index: int, *, in_flow: bool
    ) -> str:
        """Return the text without one of several neighbours, and what parts it from them."""
        start, end = spans[index]
        if not in_flow:
            return self._cut(self._start_of_line(start), self._end_of_line(end), "")
        if index + 1 < len(spans):
            end = spans[index + 1][0]
        elif index:
            start = spans[index - 1][1]
        return self._cut(start, end, "")

    def _with_replaced_value(self, key: "Any", node: "Any", text: str) -> str:
        """Return the text with another value on the line of a key; its comment stays."""
        if node.start_mark.line == key.start_mark.line and not _is_empty(node):
            return self._cut(node.start_mark.index, self._end(node), text)
        place = self._colon(key)
        if _is_empty(node):
            return self._cut(place, place, f" {text}")
        below = self._end_of_line(place)
        comment = self.text[place:below]
        return self._cut(place, self._end_of_line(self._end(node)), f" {text}{comment}")

    def _end_of_map(self, node: "Any") -> int:
        """Return where the line behind the last entry of a map in lines starts."""
        return self._end_of_line(self._end_of_entry(*node.value[-1]))

    def _end_of_entry(self, key: "Any", node: "Any") -> int:
        return self._colon(key) if _is_empty(node) else self._end(node)

    def _end(self, node: "Any") -> int:
        """Return where the content of a node ends, without the comments behind it."""
        if node.id == "scalar" or node.flow_style or not node.value:
            end: int = node.end_mark.index
            while end > node.start_mark.index and self.text[end - 1] in "\r\n":
                end -= 1  # those of a block scalar, which end where the next line starts
            return end
        last = node.value[-1]
        return self._end_of_entry(*last) if isinstance(last, tuple) else self._end(last)

    def _colon(self, key: "Any") -> int:
        """Return the place behind the colon of a key."""
        place = self.text.find(":", key.end_mark.index)
        if place < 0 or self.text[key.end_mark.index : place].strip():
            raise _unchangeable()
        return place + 1

    def _start_of_line(self, index: int) -> int:
        return self.text.rfind("\n", 0, index) + 1

    def _end_of_line(self, index: int) -> int:
        """Return where the next line starts."""
        found = self.text.find("\n", index)
        return len(self.text) if found < 0 else found + 1

    def _with_line(self, place: int, line: str) -> str:
        before = "" if place == 0 or self.text[place - 1] == "\n" else self._newline
        return self._cut(place, place, f"{before}{line}{self._newline}")

    def _cut(self, start: int, end: int, replacement: str) -> str:
        return self.text[:start] + replacement + self.text[end:]

    def _item_text(self, node: "Any") -> str:
        return str(self._construct(node)) if node.id == "scalar" else ""

    def _is_null(self, node: "Any") -> bool:
        return node.id == "scalar" and self._construct(node) is None

    def _is_in_flow(self, path: "Sequence[str]") -> bool:
        parent = self._root if len(path) == 1 else self._entry(path[:-1])[1]
        return bool(parent.flow_style)


def _unchangeable() -> CondaValueError:
    return CondaValueError(
        "The file is written in a way that cannot be changed without harm.", hint="Edit the file."
    )


def scalar_text(value: object, *, flow: bool = False) -> str:
    """Return the YAML of a scalar, quoted only if it must be.

    >>> [scalar_text(value) for value in (True, "a b", "null", "a, b", None)]
    ['true', 'a b', "'null'", 'a, b', 'null']
    >>> scalar_text("a, b", flow=True)
    "'a, b'"
    """
    if value is None or isinstance(value, bool):
        return {None: "null", True: "true", False: "false"}[value]
    if not isinstance(value, str):
        return repr(value)
    return _text_as_yaml(value, "[{}]" if flow else "- {}", [value])


def _flow_text(path: "Sequence[str]", value: object, *, is_list: bool) -> str:
    """Return a new entry in the form that it has in braces."""
    name, *inner = path
    if inner:
        return f"{_key_text(name)}: {{{_flow_text(inner, value, is_list=is_list)}}}"
    text = scalar_text(value, flow=True)
    return f"{_key_text(name)}: " + (f"[{text}]" if is_list else text)


def _key_text(name: str) -> str:
    return _text_as_yaml(name, "{}: 1", {name: 1})


def _text_as_yaml(text: str, frame: str, wanted: object) -> str:
    """Return the plainest way to write a text that the library reads back in its frame."""
    from ruamel.yaml import YAML  # 23 ms
    from ruamel.yaml.error import YAMLError

    quoted = "'" + text.replace("'", "''") + "'"
    for candidate in (text, quoted):
        try:
            if YAML(typ="safe", pure=True).load(frame.format(candidate)) == wanted:
                return candidate
        except (YAMLError, ValueError):
            continue
    import json

    return json.dumps(text)


def _is_empty(node: "Any") -> bool:
    """Tell whether a value is not written at all."""
    return bool(node.start_mark.index == node.end_mark.index)
