"""The small files of `conda-meta` that say how an environment wants to be treated.

`pinned` holds specs that every solve respects, `frozen` forbids changes (CEP 22), and `state`
holds variables that activation sets (spec/formats.md, section 7). All of them may be absent.
"""

import os

from conda_clone.core.prefix.errors import CorruptedEnvironmentError
from conda_clone.errors import CondaError

__all__ = [
    "UNSET",
    "environment_variables",
    "frozen_reason",
    "is_frozen",
    "pinned_specs",
    "stored_state",
]

UNSET = "***unset***"


def pinned_specs(prefix: str) -> tuple[str, ...]:
    """Return the texts of the specs that `conda-meta/pinned` holds, without comments."""
    path = os.path.join(prefix, "conda-meta", "pinned")
    if not os.path.isfile(path):
        return ()
    from conda_clone.gateways.disk.read import read_text  # most environments have no such file

    lines = (line.strip() for line in read_text(path).splitlines())
    return tuple(line for line in lines if line and not line.startswith("#"))


def is_frozen(prefix: str) -> bool:
    """Tell whether the environment carries the marker that forbids changes (CEP 22).

    The marker of a transaction that is at work (`core.transaction.area`) is for other programs.
    """
    metadata = os.path.join(prefix, "conda-meta")
    marker = os.path.join(metadata, "frozen")
    if not os.path.isfile(marker):
        return False
    try:
        return not os.path.samefile(marker, os.path.join(metadata, ".txn", "frozen"))
    except FileNotFoundError:
        return True


def frozen_reason(prefix: str) -> str | None:
    """Return None unless the environment is frozen, else the reason its marker gives, or ""."""
    if not is_frozen(prefix):
        return None
    path = os.path.join(prefix, "conda-meta", "frozen")
    from conda_clone.gateways.disk.read import read_bytes  # most environments have no such file

    if not read_bytes(path).strip():
        return ""
    message = _object(prefix, path).get("message")
    return message if isinstance(message, str) else ""


def environment_variables(prefix: str) -> dict[str, str]:
    """Return the variables that activation sets: those of packages, then the user's own.

    A user's variable with the value `***unset***` takes a package's one away; PATH never counts.

    Raises:
        CorruptedEnvironmentError: One of the files is not a JSON object.
    """
    variables: dict[str, str] = {}
    folder = os.path.join(prefix, "etc", "conda", "env_vars.d")
    if os.path.isdir(folder):
        for name in sorted(os.listdir(folder)):
            if name.endswith(".json"):
                variables.update(_texts(_object(prefix, os.path.join(folder, name))))
    own = stored_state(prefix).get("env_vars")
    if isinstance(own, dict):
        variables.update(_texts(own))
    return {name: value for name, value in variables.items() if value != UNSET and name != "PATH"}


def stored_state(prefix: str) -> dict[str, object]:
    """Return what `conda-meta/state` holds; nothing when it does not exist.

    Raises:
        CorruptedEnvironmentError: It is not a JSON object.
    """
    state = os.path.join(prefix, "conda-meta", "state")
    return _object(prefix, state) if os.path.isfile(state) else {}


def _texts(values: dict[str, object]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else str(value) for name, value in values.items()}


def _object(prefix: str, path: str) -> dict[str, object]:
    import json  # 7 ms; msgspec, which is quicker with large files, takes 35 to import

    from conda_clone.gateways.disk.read import read_text  # most environments have no such file

    try:
        value = json.loads(read_text(path))
    except CondaError as error:
        raise CorruptedEnvironmentError(prefix, path, error.message) from error
    except (ValueError, RecursionError) as error:
        raise CorruptedEnvironmentError(prefix, path, f"not JSON: {error}") from error
    if not isinstance(value, dict):
        raise CorruptedEnvironmentError(prefix, path, "not a JSON object")
    return value
