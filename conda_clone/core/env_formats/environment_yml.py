"""`environment.yml` (CEP 24): every problem is found, with its line, before anything is refused.

The document is walked as YAML nodes, because only they know their lines. `sel(unix): name` is a
dependency for some platforms only, as other tools of the family write it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING

from conda_clone.core.env_formats.environment import (
    NO_DEFAULTS,
    EnvironmentFile,
    is_variable_name,
)
from conda_clone.core.env_formats.errors import EnvironmentFileInvalid, FileProblem
from conda_clone.errors import CondaError
from conda_clone.models.later_pattern import pattern
from conda_clone.models.match_spec.spec import MatchSpec

if TYPE_CHECKING:
    from typing import Any

    Node = Any  # of the YAML library, which has no types for what it composes

__all__ = ["parse_environment_yml"]

_KEYS = ("name", "prefix", "channels", "dependencies", "variables")
_MERGE = "<<"
# Other tools know these; they change nothing here.
_FOREIGN = ("platforms", "category")
_SELECTOR = pattern(r"sel\((\w+)\)$")
_FAMILIES = {"linux": ("linux", "unix"), "osx": ("osx", "unix"), "win": ("win",)}


class _Document:
    """The nodes of one file, and what is wrong with them."""

    def __init__(self, source: str, subdir: str, environ: Callable[[str], str]) -> None:
        self.source = source
        self.problems: list[FileProblem] = []
        self.cautions: list[str] = []
        self.specs: list[str] = []
        self.pip: list[str] = []
        self.platforms = _FAMILIES.get(subdir.partition("-")[0], ())
        self._expand = environ

    def refuse(self, node: "Node", what: str) -> None:
        self.problems.append(FileProblem(node.start_mark.line + 1, what))

    def text(self, node: "Node", where: str, *, expands: bool = True) -> str | None:
        """Return the text of a scalar, with variables of the environment filled in."""
        if node.id != "scalar":
            self.refuse(node, f"{where} is {_kind(node)}, not a text")
            return None
        return self._expand(node.value) if expands else str(node.value)

    def items(self, node: "Node", where: str) -> list["Node"]:
        """Return the items of a list; a null is an empty one."""
        if _is_null(node):
            return []
        if node.id != "sequence":
            self.refuse(node, f"{where} is {_kind(node)}, not a list")
            return []
        nodes: list[Node] = node.value
        return nodes


def parse_environment_yml(
    text: str,
    *,
    source: str,
    folder: str,
    subdir: str,
    environ: Mapping[str, str],
) -> EnvironmentFile:
    """Read an `environment.yml`.

    Args:
        text: The YAML document; JSON is YAML, too.
        source: Path or URL of the file, for messages.
        folder: Absolute path of the folder that relative paths start at.
        subdir: The platform that selectors are for.
        environ: Values for `${NAME}`.

    Raises:
        EnvironmentFileInvalid: It is no such file; all problems are in the error.
    """
    document = _Document(source, subdir, lambda value: _expanded(value, environ))
    root = _compose(text, source)
    if root.id != "mapping":
        document.refuse(root, f"the document is {_kind(root)}, not a map with `dependencies`")
        raise EnvironmentFileInvalid(source, document.problems)
    values = _top_level(document, root)
    file = _read(document, values, folder)
    if document.problems:
        raise EnvironmentFileInvalid(source, document.problems)
    return file


def _compose(text: str, source: str) -> "Node":
    from ruamel.yaml import YAML  # 23 ms
    from ruamel.yaml.error import MarkedYAMLError, YAMLError

    try:
        root = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
        raise EnvironmentFileInvalid(
            source, [FileProblem(line, f"not YAML: {error.problem or error.context}")]
        ) from error
    except (YAMLError, ValueError, RecursionError) as error:
        raise EnvironmentFileInvalid(source, [FileProblem(1, f"not YAML: {error}")]) from error
    if root is None:
        raise EnvironmentFileInvalid(source, [FileProblem(1, "the file is empty")])
    node: Node = root
    return node


def _top_level(document: _Document, root: "Node") -> dict[str, "Node"]:
    values: dict[str, Node] = {}
    merged: list[Node] = []
    unknown = []
    for key, value in root.value:
        name = key.value if key.id == "scalar" else ""
        if name in values:
            document.refuse(key, f"the key `{name}` stands here a second time")
        elif name in _KEYS:
            values[name] = value
        elif name == _MERGE:
            merged.append(value)
        elif name not in _FOREIGN:
            unknown.append(f"`{name}` (line {key.start_mark.line + 1})")
    if unknown:
        document.cautions.append(
            f"`{document.source}`: unknown keys are left out: {', '.join(unknown)}."
        )
    for name, value in _merged(document, merged):
        values.setdefault(name, value)
    return values


def _merged(document: _Document, nodes: list["Node"]) -> Iterator[tuple[str, "Node"]]:
    """Yield what merge keys (`<<: *other`) bring along: what stands beside them counts more."""
    for node in nodes:
        for each in node.value if node.id == "sequence" else [node]:
            if each.id != "mapping":
                document.refuse(each, f"`{_MERGE}` brings {_kind(each)} along, not a map")
                continue
            for key, value in each.value:
                if key.id == "scalar" and key.value in _KEYS:
                    yield key.value, value


def _read(document: _Document, values: dict[str, "Node"], folder: str) -> EnvironmentFile:
    channels = _channels(document, values["channels"]) if "channels" in values else []
    if "dependencies" in values:
        nodes = document.items(values["dependencies"], "`dependencies`")
        _dependencies(document, nodes)
    if document.pip and not any(MatchSpec(text).name == "pip" for text in document.specs):
        document.specs.append("pip")
        document.cautions.append(
            f"`{document.source}` has packages for pip, but not pip itself: it is added."
        )
    return EnvironmentFile(
        source=document.source,
        folder=folder,
        name=_optional_text(document, values, "name"),
        prefix=_optional_text(document, values, "prefix"),
        channels=tuple(name for name in channels if name != NO_DEFAULTS),
        use_defaults=NO_DEFAULTS not in channels,
        specs=tuple(document.specs),
        pip=tuple(document.pip),
        variables=_variables(document, values.get("variables")),
        cautions=tuple(document.cautions),
    )


def _optional_text(document: _Document, values: dict[str, "Node"], key: str) -> str | None:
    node = values.get(key)
    if node is None or _is_null(node):
        return None
    return document.text(node, f"`{key}`") or None


def _channels(document: _Document, node: "Node") -> list[str]:
    texts = [document.text(item, "a channel") for item in document.items(node, "`channels`")]
    return [text for text in texts if text]


def _dependencies(document: _Document, nodes: list["Node"]) -> None:
    for item in nodes:
        if item.id == "mapping":
            for key, value in item.value:
                _under_a_key(document, key, value)
            continue
        text = document.text(item, "a dependency", expands=False)
        if text is None or _is_null(item):
            continue
        try:
            MatchSpec(text)
        except CondaError as error:
            document.refuse(item, error.message.rstrip("."))
        else:
            document.specs.append(text.strip())


def _under_a_key(document: _Document, key: "Node", value: "Node") -> None:
    """Read a list for pip, or dependencies for some platforms."""
    name = key.value if key.id == "scalar" else ""
    selector = _SELECTOR.match(name)
    if selector:
        nodes = value.value if value.id == "sequence" else [value]
        if selector[1] in document.platforms:
            _dependencies(document, nodes)
    elif name == "pip":
        for item in document.items(value, "`pip`"):
            line = document.text(item, "a line for pip", expands=False)
            if line and line.strip():
                document.pip.append(line.strip())
    else:
        document.refuse(key, f"`{name}` is no installer that is known here; `pip` is")


def _variables(document: _Document, node: "Node | None") -> dict[str, str]:
    if node is None or _is_null(node):
        return {}
    if node.id != "mapping":
        document.refuse(node, f"`variables` is {_kind(node)}, not a map")
        return {}
    variables = {}
    for key, value in node.value:
        name = document.text(key, "the name of a variable")
        text = document.text(value, f"the variable `{name}`")
        if name is not None and not is_variable_name(name):
            document.refuse(key, f"`{name}` cannot be the name of a variable")
        elif name in variables:
            document.refuse(key, f"the variable `{name}` stands here a second time")
        elif name is not None and text is not None:
            variables[name] = text
    if "PATH" in variables:
        document.cautions.append(
            f"`{document.source}` sets PATH, which activation works out itself: it is left out."
        )
        del variables["PATH"]
    return variables


def _is_null(node: "Node") -> bool:
    return bool(node.id == "scalar" and str(node.tag).endswith(":null"))


def _kind(node: "Node") -> str:
    if _is_null(node):
        return "empty"
    return {"mapping": "a map", "sequence": "a list"}.get(node.id, "a text")


def _expanded(text: str, environ: Mapping[str, str]) -> str:
    """Fill in `${NAME}` and `$NAME` of known variables."""
    return re.sub(
        r"\$(?:\{(\w+)\}|(\w+))", lambda found: environ.get(found[1] or found[2], found[0]), text
    )
