"""`conda.common.serialize.json`: values as JSON."""

import json
from typing import Any

__all__ = ["dumps", "loads"]


def dumps(value: Any, **options: Any) -> str:
    """Return a value as JSON; what JSON does not know becomes its text."""
    return json.dumps(value, **{"indent": 2, "default": str, **options})


def loads(text: str, **options: Any) -> Any:
    """Return the value of a JSON text."""
    return json.loads(text, **options)
