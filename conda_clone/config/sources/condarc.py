"""One configuration file -> raw values with their marks; the only reader of configuration YAML.

Most files are plain lists and scalars, which `plain_yaml` reads in microseconds. Everything else
goes to ruamel.yaml, whose import alone costs 23 ms; both give the same result, which is tested.
Never raises: a file that cannot be used gives a `FileProblem`.
"""

from conda_clone.config.errors import FileProblem
from conda_clone.config.sources.marks import marked_node, marks_in
from conda_clone.config.sources.source import Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from conda_clone.config.schema import Node

__all__ = ["parse_any_yaml", "parse_condarc", "read_condarc", "read_nothing"]

_TOO_LARGE = 100_000  # nodes; aliases of aliases can make a small file huge
_MERGE = "tag:yaml.org,2002:merge"


def read_condarc(path: str) -> Source | FileProblem:
    """Read one file."""
    try:
        with open(path, "rb") as file:
            content = file.read()
    except OSError as error:
        return FileProblem(path, f"it cannot be read ({error.strerror})")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1
        return FileProblem(path, "it is not encoded in UTF-8", line=line)
    return parse_condarc(path, text)


def read_nothing(path: str) -> Source:
    """Take a file for an empty one, where what is in it stops the tool from repairing it."""
    return Source(path, {})


def parse_condarc(path: str, text: str) -> Source | FileProblem:
    """Return what the text of the file at `path` says."""
    from conda_clone.config.sources.plain_yaml import parse_plain_yaml  # re: 4 ms

    entries = parse_plain_yaml(text)
    if entries is not None:
        return Source(path, entries)
    result = parse_any_yaml(path, text)
    return result if isinstance(result, FileProblem) else Source(path, result)


def parse_any_yaml(path: str, text: str) -> "dict[str, Node] | FileProblem":
    """Return the settings in a text that may use all of YAML."""
    import warnings

    from ruamel.yaml import YAML  # 23 ms
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    yaml = YAML(typ="safe", pure=True)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about anchors that are defined twice
            root = yaml.compose(text)
            return {} if root is None else _Walker(text, yaml.constructor).top_level(root)
    except _Unusable as error:
        return FileProblem(path, error.reason, line=error.line)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (None, None)
        return FileProblem(path, f"it is not YAML ({error.problem})", line=line, column=column)
    except (YAMLError, ValueError, RecursionError) as error:
        return FileProblem(path, f"it is not YAML ({str(error).splitlines()[0]})")


class _Unusable(Exception):
    """The text is YAML, but no configuration."""

    def __init__(self, reason: str, line: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.line = line


class _Walker:
    """Turns the nodes of the YAML library into ours, reading the marks behind them."""

    def __init__(self, text: str, constructor: "Any") -> None:
        self._lines = text.splitlines()
        self._constructor = constructor
        self._count = 0

    def top_level(self, root: "Any") -> "dict[str, Node]":
        if root.id == "scalar" and self._scalar(root) is None:
            return {}
        if root.id != "mapping":
            raise _Unusable("its top level is not a map of settings", root.start_mark.line + 1)
        value: dict[str, Node] = self._node(root).value
        return value

    def _node(
        self, node: "Any", marks: "frozenset[str] | None" = None, line: int | None = None
    ) -> "Node":
        self._count += 1
        if self._count > _TOO_LARGE:
            raise _Unusable("it is too large", node.start_mark.line + 1)
        if marks is None:
            marks = self._marks_after(node)
        value: object
        if node.id == "mapping":
            value = self._map(node)
        elif node.id == "sequence":
            value = tuple([self._node(item) for item in node.value])
        else:
            value = self._scalar(node)
        return marked_node(value, marks, line or node.start_mark.line + 1)

    def _map(self, node: "Any") -> "dict[str, Node]":
        entries: dict[str, Node] = {}
        for key_node, value_node in node.value:
            if key_node.tag == _MERGE:
                raise _Unusable("merge keys (`<<`) are not supported", key_node.start_mark.line + 1)
            key = str(self._scalar(key_node))
            if key in entries:
                raise _Unusable(f"the key `{key}` stands twice", key_node.start_mark.line + 1)
            is_beside_key = value_node.start_mark.line == key_node.start_mark.line
            is_empty = value_node.start_mark.index == value_node.end_mark.index
            marks = self._marks_after(value_node if is_beside_key and not is_empty else key_node)
            entries[key] = self._node(value_node, marks, key_node.start_mark.line + 1)
        return entries

    def _scalar(self, node: "Any") -> object:
        if node.id != "scalar":
            raise _Unusable("a key is not a text", node.start_mark.line + 1)
        construct: Callable[[Any], object] = self._constructor.construct_object
        return construct(node)

    def _marks_after(self, node: "Any") -> frozenset[str]:
        """Return the marks in the comment behind the end of a node."""
        mark = node.end_mark
        if mark.line >= len(self._lines):
            return frozenset()
        before, sharp, comment = self._lines[mark.line][mark.column :].partition("#")
        return marks_in(comment) if sharp and before.strip() in {"", ":"} else frozenset()
