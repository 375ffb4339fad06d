"""Give an environment another name or place.

Its files name the place that they are in, so a folder cannot simply be moved: the environment is
made anew at its new place, and the old one is deleted when that stands. Nothing that only it has
may be missing from the new one.
"""

import os
from collections.abc import Collection
from dataclasses import dataclass
from typing import NamedTuple

from conda_clone.core.env_formats.errors import CondaEnvException
from conda_clone.core.prefix.contents import (
    all_untracked,
    folders_above,
    memory_files,
    nested_environments,
    untracked_folders,
)
from conda_clone.core.prefix.locate import absolute, is_same_place, lies_in, new_prefix
from conda_clone.core.transaction.damage import edited_files
from conda_clone.models.values import replace
from conda_clone.operations.clone import CloneSource, clone_environment, survey
from conda_clone.operations.session import Session
from conda_clone.operations.target import (
    check_deletable,
    delete_environment,
    existing_environment,
    new_environment,
)

__all__ = ["Renaming", "prepare_renaming", "rename_environment"]


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
    if lies_in(source, target) or lies_in(target, source):
        raise CondaEnvException(
            f"`{source}` and `{target}` lie one inside the other, and the old one is deleted.",
            hint="Choose a place outside of it.",
        )
    if lies_in(paths.home, target):
        raise CondaEnvException(f"`{target}` is your home directory, or holds it.")
    if os.path.lexists(target) and not session.output.always_yes:
        raise CondaEnvException(
            f"There is something at `{target}` already.", hint="Use --yes to replace it."
        )
    return Renaming(source, target)


def rename_environment(session: Session, renaming: Renaming) -> None:
    """Make the environment anew at its new place, and delete it at the old one.

    Raises:
        CondaEnvException: Something in it could not go with it: nothing has changed; or has been
            changed while it was copied: both are there.
        CondaError: Nothing has changed, or the old environment could not be deleted.
    """
    source = renaming.source
    target = new_environment(session, name=None, path=renaming.destination)
    facts = _complete_survey(session, source)
    clone_environment(
        session,
        facts.source,
        target.prefix,
        replaces=target.replaces_environment,
        memory=facts.memory,
    )
    if _complete_survey(session, source) != facts:
        raise CondaEnvException(
            f"Files in `{source}` have changed while they were copied to `{target.prefix}`. Both "
            "are there now.",
            hint="Compare them, and remove the one that you do not need.",
        )
    delete_environment(session, source)


class _Survey(NamedTuple):
    """All that there is of an environment.

    Attributes:
        source: What is copied.
        memory: What it remembers.
        states: What tells whether a file of the user has changed: inode, size and time.
    """

    source: CloneSource
    memory: tuple[str, ...]
    states: tuple[tuple[int, int, int], ...]


def _complete_survey(session: Session, prefix: str) -> _Survey:
    """Find out what there is, and leave nothing out.

    Raises:
        CondaEnvException: Another environment lies in this one, or a part of it cannot be read.
    """
    facts = survey(session, prefix)
    owned = {path for record in facts.records for path in record.files}
    if inner := nested_environments(prefix):
        raise CondaEnvException(
            f"The environment `{inner[0]}` lies in `{prefix}`, and would be deleted with it.",
            hint=f"Rename or remove `{inner[0]}` first.",
        )
    installed = {record.name: record for record in facts.records}
    try:
        source = replace(
            facts,
            untracked=_all_untracked(prefix, owned),
            folders=untracked_folders(prefix, owned),
            edited=tuple(edited_files(prefix, installed)),
        )
        memory = memory_files(prefix)
        paths = (*source.untracked, *source.edited, *memory)
        found = [os.lstat(os.path.join(prefix, path)) for path in paths]
    except OSError as error:
        raise CondaEnvException(
            f"A part of `{prefix}` cannot be read, and would be lost: {error}."
        ) from error
    states = tuple((status.st_ino, status.st_size, status.st_mtime_ns) for status in found)
    return _Survey(source, memory, states)


def _all_untracked(prefix: str, owned: Collection[str]) -> tuple[str, ...]:
    """Return all files of the user.

    Raises:
        CondaEnvException: One of them is a link where packages have a folder.
        OSError: A part of the environment cannot be read.
    """
    found = all_untracked(prefix, owned)
    for path in sorted(folders_above(owned).intersection(found)):
        raise CondaEnvException(
            f"`{path}` in `{prefix}` is a link, where packages bring a folder.",
            hint="Replace it by the folder that it leads to, and try again.",
        )
    return found
