"""Give an environment another name or place.

Its files name the place that they are in, so a folder cannot simply be moved: the environment is
made anew at its new place, and the old one is deleted when that stands.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass

from conda_clone.core.env_formats.errors import CondaEnvException
from conda_clone.core.prefix.locate import absolute, is_same_place, new_prefix
from conda_clone.operations.clone import clone_environment, is_apart, survey
from conda_clone.operations.session import Session
from conda_clone.operations.target import (
    check_deletable,
    delete_environment,
    existing_environment,
    new_environment,
)

__all__ = ["Renaming", "prepare_renaming", "rename_environment"]

# What an environment remembers, and its packages do not bring.
_MEMORY = (
    "conda-meta/history",
    "conda-meta/state",
    "conda-meta/pinned",
    "conda-meta/frozen",
    ".condarc",
)


@dataclass(frozen=True, slots=True)
class Renaming:
    """An environment, and where it goes.

    Attributes:
        source: Its path.
        destination: The path that it gets.
    """

    source: str
    destination: str


def prepare_renaming(
    session: Session, *, name: str | None, path: str | None, destination: str
) -> Renaming:
    """Find out what is to be renamed to what, and whether that can be.

    Args:
        session: The invocation.
        name: Name of the environment, or None.
        path: Its path, or None.
        destination: The new name, or the new path if it has a separator in it.

    Raises:
        EnvironmentLocationNotFound: There is no such environment.
        CondaEnvException: It must keep its name, or something else has the new one.
        CondaEnvironmentError: Deleting it at its old place would delete more.
        CondaValueError: The new name is none that an environment can have.
    """
    paths = session.paths
    source = existing_environment(session, name=name, path=path)
    active = session.environment.get("CONDA_PREFIX")
    if is_same_place(source, paths.root_prefix):
        raise CondaEnvException("The base environment cannot be renamed.")
    if active and is_same_place(source, absolute(active, session.cwd)):
        raise CondaEnvException(
            "The active environment cannot be renamed.", hint="Run `conda deactivate` first."
        )
    if name and name == session.configuration.value("default_activation_env"):
        raise CondaEnvException(
            f"`{name}` is what new shells activate, and cannot be renamed.",
            hint="Change the setting `default_activation_env` first.",
        )
    check_deletable(session, source)
    if os.sep in destination:
        target = absolute(destination, session.cwd)
    else:
        target = new_prefix(destination, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
    if is_same_place(target, source):
        raise CondaEnvException(f"`{source}` has this name already.")
    if not is_apart(source, target):
        raise CondaEnvException(
            f"`{source}` and `{target}` lie one inside the other, and the old one is deleted.",
            hint="Choose a place outside of it.",
        )
    if os.path.lexists(target) and not session.output.always_yes:
        raise CondaEnvException(
            f"There is something at `{target}` already.", hint="Use --yes to replace it."
        )
    return Renaming(source, target)


def rename_environment(session: Session, renaming: Renaming) -> None:
    """Make the environment anew at its new place, and delete it at the old one.

    Raises:
        CondaError: Nothing has changed, or the old environment could not be deleted.
    """
    target = new_environment(session, name=None, path=renaming.destination)
    facts = survey(session, renaming.source)
    clone_environment(
        session,
        facts,
        target.prefix,
        replaces=target.replaces_environment,
        memory=tuple(_memory(renaming.source)),
    )
    delete_environment(session, renaming.source)


def _memory(prefix: str) -> Iterator[str]:
    """Yield the files by which an environment remembers."""
    return (path for path in _MEMORY if os.path.isfile(os.path.join(prefix, path)))
