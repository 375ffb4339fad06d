"""`conda.common.serialize.yaml`: values as YAML."""

from io import StringIO
from typing import Any

from ruamel.yaml import YAML

__all__ = ["dump", "dumps", "load", "loads"]


def _yaml() -> YAML:
    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment] # keeps the order
    yaml.indent(mapping=2, sequence=4, offset=2)
    return yaml


def dumps(value: Any) -> str:
    """Return a value as YAML, keys in their order."""
    stream = StringIO()
    _yaml().dump(value, stream)
    return stream.getvalue()


def loads(text: str) -> Any:
    """Return the value of a YAML text."""
    return _yaml().load(text)


def dump(value: Any, stream: Any) -> None:
    """Write a value as YAML."""
    stream.write(dumps(value))


def load(stream: Any) -> Any:
    """Return the value that a stream holds."""
    return loads(stream.read())
