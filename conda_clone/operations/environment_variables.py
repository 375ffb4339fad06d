"""The variables that activation sets for an environment, kept in `conda-meta/state`."""

import json
from collections.abc import Collection, Mapping

from conda_clone.core.prefix.state_file import UNSET, environment_variables, stored_state
from conda_clone.core.transaction.single_file import replace_file
from conda_clone.operations.session import Session
from conda_clone.operations.target import existing_environment

__all__ = ["add_variables", "keep_variables", "set_variables", "unset_variables", "variables_of"]


def variables_of(prefix: str) -> dict[str, str]:
    """Return the variables of an environment, those of its packages among them.

    Raises:
        CorruptedEnvironmentError: A file that holds some cannot be read.
    """
    return environment_variables(prefix)


def set_variables(
    session: Session, variables: dict[str, str], *, name: str | None, path: str | None
) -> str:
    """Add variables to an environment, and return its prefix.

    Raises:
        CondaError: The environment does not exist, is frozen, damaged, or cannot be written.
    """
    prefix = existing_environment(session, name=name, path=path)
    add_variables(session, prefix, variables)
    return prefix


def add_variables(session: Session, prefix: str, variables: Mapping[str, str]) -> None:
    """Add variables to an environment that the command is changing anyway.

    Raises:
        CondaError: The environment is damaged, or cannot be written.
    """
    _store(prefix, {**_own(prefix), **variables})
    _prepare_again(session, prefix)


def unset_variables(
    session: Session, names: list[str], *, name: str | None, path: str | None
) -> str:
    """Take variables out of an environment, and return its prefix.

    A variable of a package is masked; names that the environment does not have change nothing.

    Raises:
        CondaError: The environment does not exist, is frozen, damaged, or cannot be written.
    """
    prefix = existing_environment(session, name=name, path=path)
    present = environment_variables(prefix)
    gone = [variable for variable in names if variable in present]
    if gone:
        _store(prefix, {**_own(prefix), **dict.fromkeys(gone, UNSET)})
        _prepare_again(session, prefix)
    return prefix


def keep_variables(session: Session, prefix: str, names: Collection[str]) -> tuple[str, ...]:
    """Forget the variables that were set for an environment, but for some; return what is gone.

    Those of packages stay, and show again where one of their name is forgotten.

    Raises:
        CondaError: The environment is damaged, or cannot be written.
    """
    own = _own(prefix)
    gone = tuple(sorted(own.keys() - set(names)))
    if gone:
        _store(prefix, {name: value for name, value in own.items() if name not in gone})
        _prepare_again(session, prefix)
    return tuple(name for name in gone if own[name] != UNSET)


def _own(prefix: str) -> dict[str, object]:
    own = stored_state(prefix).get("env_vars")
    return dict(own) if isinstance(own, dict) else {}


def _store(prefix: str, variables: dict[str, object]) -> None:
    state = {**stored_state(prefix), "env_vars": variables}
    content = json.dumps(state, ensure_ascii=False).encode("utf-8", "surrogateescape")
    replace_file(prefix, "conda-meta/state", content)


def _prepare_again(session: Session, prefix: str) -> None:
    from conda_clone.config.activation import activation_settings
    from conda_clone.shells.prepared import refresh_environment

    refresh_environment(prefix, activation_settings(session.configuration))
