"""The environment that a changing command works on: found, or prepared to be created."""

import os

from conda_clone.core.prefix.errors import (
    EnvironmentIsFrozenError,
    EnvironmentLocationNotFound,
    EnvironmentNotWritableError,
)
from conda_clone.core.prefix.locate import (
    absolute,
    check_environment,
    check_new_prefix,
    environment_name,
    is_environment,
    is_same_place,
    lies_in,
    new_prefix,
    prefix_cautions,
)
from conda_clone.core.prefix.state_file import frozen_reason
from conda_clone.core.transaction.environment_lock import EnvironmentLock
from conda_clone.errors import ArgumentError, CondaError, CondaValueError
from conda_clone.gateways.disk.permissions import is_administrator, is_writable_directory
from conda_clone.gateways.disk.write import make_directories
from conda_clone.models.events import Caution, Notice
from conda_clone.models.subdir import native_subdir
from conda_clone.models.values import value
from conda_clone.operations.environments import (
    prefix_to_read,
    recover_environment,
    recover_missing,
)
from conda_clone.operations.locks import lock_timeout
from conda_clone.operations.session import Session

__all__ = [
    "CondaEnvironmentError",
    "NewEnvironment",
    "OperationNotAllowed",
    "check_deletable",
    "check_removable",
    "delete_environment",
    "existing_environment",
    "hold_source",
    "new_environment",
    "remember_platform",
]


class OperationNotAllowed(CondaError):
    """Settings keep this user from changing environments."""


class CondaEnvironmentError(CondaError):
    """The environment is in use, so that it cannot be taken away."""


def existing_environment(
    session: Session, *, name: str | None, path: str | None, override_frozen: bool = False
) -> str:
    """Return the prefix of an environment that is there, and may be changed.

    Raises:
        EnvironmentLocationNotFound: There is none.
        DirectoryNotACondaEnvironmentError: Something else is there.
        EnvironmentNotWritableError: It cannot be changed by this user.
        EnvironmentIsFrozenError: It is marked as not to be changed (CEP 22).
        OperationNotAllowed: Only administrators may change environments.
    """
    _check_user(session)
    prefix = prefix_to_read(session, name=name, path=path)
    metadata = os.path.join(prefix, "conda-meta")
    if os.path.isdir(metadata) and not is_writable_directory(metadata):
        raise EnvironmentNotWritableError(prefix)
    if not override_frozen:
        _check_not_frozen(session, prefix, option="--override-frozen")
    if not session.output.dry_run:
        _hold(session, prefix)
    return prefix


def _check_user(session: Session) -> None:
    """Refuse changes by others than administrators, where settings say so."""
    if not session.links.non_admin_enabled and not is_administrator():
        raise OperationNotAllowed(
            "Only administrators may change environments here.",
            hint="The setting `non_admin_enabled` says so; ask who looks after this machine.",
        )


def _check_not_frozen(session: Session, prefix: str, *, option: str) -> None:
    reason = frozen_reason(prefix)
    if reason is not None and session.links.protect_frozen_envs:
        raise EnvironmentIsFrozenError(prefix, reason, option=option)


def hold_source(session: Session, prefix: str) -> None:
    """Keep others from changing an environment that is copied, where this user could change it.

    Raises:
        EnvironmentLocationNotFound: Who was waited for has deleted it.
        LockError: Somebody changes it for longer than `lock_timeout`.
    """
    if is_environment(prefix) and is_writable_directory(os.path.join(prefix, "conda-meta")):
        _hold(session, prefix)
    check_environment(prefix, root_prefix=session.paths.root_prefix)


def _hold(session: Session, prefix: str) -> None:
    """Keep others from changing an environment until the command ends.

    What the command is about to find out about the environment is true until then.

    Raises:
        EnvironmentLocationNotFound: Somebody else has deleted it since it was found.
        LockError: Somebody else changes it for longer than `lock_timeout`.
    """

    def tell(holder: str) -> None:
        session.console.report(Notice(f"Waiting for {holder}, which changes `{prefix}` ..."))

    root_prefix = session.paths.root_prefix
    if not is_environment(prefix) and is_same_place(prefix, root_prefix):
        # Base, before anything has been installed. Others have been deleted since they were found.
        make_directories(os.path.join(prefix, "conda-meta"))
    lock = EnvironmentLock(prefix)
    try:
        lock.acquire(timeout=lock_timeout(session), on_wait=tell)
    except FileNotFoundError:  # deleted by who was waited for
        raise EnvironmentLocationNotFound(prefix) from None
    session.held.callback(lock.release)
    recover_environment(session, prefix, wait=True)
    check_environment(prefix, root_prefix=root_prefix)


@value(kw_only=True)
class NewEnvironment:
    """Where a new environment goes, and what is there now.

    Attributes:
        prefix: Absolute path.
        shown_name: What a person types to activate it.
        replaces_environment: An environment is there and will be replaced.
        takes_over_folder: A folder with files that is no environment is there.
    """

    prefix: str
    shown_name: str
    replaces_environment: bool = False
    takes_over_folder: bool = False


def new_environment(
    session: Session, *, name: str | None, path: str | None, placeholder: bool = False
) -> NewEnvironment:
    """Return where the environment goes that the user wants to create.

    Args:
        session: The invocation.
        name: Its name, or None.
        path: Its path, or None.
        placeholder: Nothing will be created, so that neither name nor path is needed.

    Raises:
        ArgumentError: Neither or both of name and path are given.
        CondaValueError: The name or the place is not allowed.
        CondaError: A file is in the way.
        CondaEnvironmentError: Replacing what is there would delete more than an environment.
        EnvironmentIsFrozenError: What is there must not be replaced (CEP 22).
        OperationNotAllowed: Only administrators may change environments.
    """
    _check_user(session)
    paths = session.paths
    if name and path:
        raise ArgumentError("An environment has either a name or a path.", hint="Give one of them.")
    if path:
        prefix = absolute(path, session.cwd)
    elif name:
        prefix = new_prefix(name, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
    elif placeholder or session.output.dry_run:
        return _pretended_environment()
    else:
        raise ArgumentError(
            "The new environment has no name.",
            hint="Give one with -n NAME, or a path with -p PATH; other words are packages.",
        )
    check_new_prefix(prefix, root_prefix=paths.root_prefix)
    recover_environment(session, prefix, wait=True)
    recover_missing(session, prefix)
    if os.path.lexists(prefix) and not os.path.isdir(prefix):
        raise CondaValueError(
            f"No environment can be created at `{prefix}`: there is a file.",
            hint="Choose another place, or move the file away.",
        )
    for caution in prefix_cautions(prefix):
        session.console.report(Caution(caution))
    _check_replaceable(session, prefix)
    there = is_environment(prefix)
    return NewEnvironment(
        prefix=prefix,
        shown_name=environment_name(
            prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix
        ),
        replaces_environment=there,
        takes_over_folder=not there and os.path.isdir(prefix) and bool(os.listdir(prefix)),
    )


def _check_replaceable(session: Session, prefix: str) -> None:
    """Make sure that what is there may be replaced, or become an environment."""
    _check_not_frozen(
        session, prefix, option="--override-frozen to `conda remove --all` beforehand"
    )
    if not is_environment(prefix):
        return
    check_deletable(session, prefix)
    if session.output.dry_run and not session.output.always_yes:
        raise CondaValueError(
            f"There is an environment at `{prefix}` already.",
            hint="Choose another name, or use --yes to see what replacing it would do.",
        )


def _pretended_environment() -> NewEnvironment:
    """Return a place for an environment that is planned, and never made."""
    import secrets  # 5 ms together, and few environments are only pretended
    import tempfile

    folder = f"tmp{secrets.token_hex(4)}"
    return NewEnvironment(
        prefix=os.path.join(tempfile.gettempdir(), folder, "unused-env-name"), shown_name=""
    )


def remember_platform(session: Session, prefix: str) -> None:
    """Write a foreign platform into the environment's own settings, so that it stays with it."""
    subdir = session.channels.subdirs[0]
    if subdir != native_subdir() and is_environment(prefix):
        from conda_clone.core.transaction.single_file import replace_file  # few are foreign

        replace_file(prefix, ".condarc", f"subdir: {subdir}\n".encode())


def check_removable(session: Session, prefix: str) -> None:
    """Refuse to take away an environment that is active, or the base environment.

    Raises:
        CondaEnvironmentError: It is one of these.
        DirectoryNotACondaEnvironmentError: It is no environment at all.
    """
    active = session.environment.get("CONDA_PREFIX")
    if is_same_place(prefix, session.paths.root_prefix) or (
        active and is_same_place(prefix, absolute(active, session.cwd))
    ):
        raise CondaEnvironmentError(
            f"`{prefix}` is the base environment or the active one, and cannot be removed.",
            hint="Run `conda deactivate` first, and name another environment with -n or -p.",
        )
    check_environment(prefix, root_prefix=session.paths.root_prefix)


def check_deletable(session: Session, prefix: str) -> None:
    """Refuse to delete a folder that holds more than an environment and files put into it.

    Raises:
        CondaEnvironmentError: The base environment or the user's home lies in it, or something is
            mounted there.
    """
    from conda_clone.gateways.disk.mounts import mounts_below  # only where much is deleted

    for place, what in (
        (session.paths.root_prefix, "the base environment"),
        (session.paths.home, "your home directory"),
    ):
        if lies_in(place, prefix):
            raise CondaEnvironmentError(
                f"`{place}` is {what}, and would be deleted with the environment `{prefix}`.",
                hint="`conda remove --all --keep-env` takes packages away, and nothing else.",
            )
    if mounts := mounts_below(prefix):
        raise CondaEnvironmentError(
            f"Something is mounted at `{mounts[0]}`, and would be deleted with `{prefix}`.",
            hint=f"Run `umount {mounts[0]}` first.",
        )


def delete_environment(session: Session, prefix: str) -> None:
    """Delete an environment with everything in it, and forget that it was there.

    Raises:
        DirectoryNotACondaEnvironmentError: It is no environment: nothing is deleted.
        CondaEnvironmentError: More than an environment would be deleted.
        NotWritableError: A part of it cannot be deleted.
    """
    # 2 ms together, which others do without.
    from conda_clone.core.prefix.registry import Registry
    from conda_clone.core.transaction.deletion import delete_prefix

    check_removable(session, prefix)
    check_deletable(session, prefix)
    try:
        delete_prefix(prefix, durability=session.links.durability)
    finally:
        if not is_environment(prefix):
            Registry(session.paths.environments_txt).unregister(prefix)
