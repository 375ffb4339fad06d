"""Which environments there are, and which one a reading command works on."""

import os

from conda_clone.core.prefix.locate import (
    check_environment,
    environment_name,
    is_writable_place,
    prefix_from_arguments,
)
from conda_clone.core.prefix.state_file import is_frozen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from conda_clone.operations.session import Session

__all__ = [
    "KnownEnvironment",
    "check_target",
    "environment_sizes",
    "is_there",
    "known_environments",
    "known_prefixes",
    "names_environment",
    "prefix_to_read",
    "recover_environment",
    "recover_missing",
]


class KnownEnvironment:
    """One environment as `conda env list` shows it; the disk is looked at when asked.

    Attributes:
        prefix: Absolute path.
        name: "base", the name below one of the folders for environments, or "".
        active: Whether the shell has it activated.
    """

    __slots__ = ("active", "name", "prefix")

    def __init__(self, prefix: str, name: str, *, active: bool) -> None:
        self.prefix = prefix
        self.name = name
        self.active = active

    @property
    def created(self) -> float | None:
        """Seconds since the epoch, or None when it has no history."""
        return _time_of_first_line(self._history)

    @property
    def last_modified(self) -> float | None:
        """The same of the last change, or None when it does not exist."""
        return _modified(self._history) or _modified(self.prefix)

    @property
    def frozen(self) -> bool:
        """Whether it carries the marker that forbids changes."""
        return is_frozen(self.prefix)

    @property
    def writable(self) -> bool:
        """Whether its history can be written."""
        if os.path.exists(self._history):
            return os.access(self._history, os.W_OK)
        return is_writable_place(self.prefix)

    @property
    def is_base(self) -> bool:
        """Tell whether it is the root prefix."""
        return self.name == "base"

    @property
    def _history(self) -> str:
        return os.path.join(self.prefix, "conda-meta", "history")


def prefix_to_read(session: "Session", *, name: str | None, path: str | None) -> str:
    """Return the prefix of the environment that a command reads.

    Raises:
        EnvironmentLocationNotFound: It does not exist.
        DirectoryNotACondaEnvironmentError: Something else is there.
    """
    paths = session.paths
    prefix = prefix_from_arguments(
        name,
        path,
        environ=session.environment,
        envs_dirs=paths.envs_dirs,
        root_prefix=paths.root_prefix,
        cwd=session.cwd,
    )
    recover_environment(session, prefix)
    check_target(session, prefix, name)
    return prefix


def check_target(session: "Session", prefix: str, name: str | None) -> None:
    """Make sure that an environment is there; base is one even before it is created.

    Args:
        session: The invocation.
        prefix: Where it is.
        name: What the user has called it, if by a name.

    Raises:
        EnvironmentLocationNotFound: It does not exist.
        DirectoryNotACondaEnvironmentError: Something else is there.
    """
    from conda_clone.core.prefix.errors import EnvironmentLocationNotFound

    try:
        check_environment(prefix, root_prefix=session.paths.root_prefix)
    except EnvironmentLocationNotFound:
        recover_missing(session, prefix)
        if os.path.lexists(prefix):
            return
        near = _near(session, name) if name else ()
        raise EnvironmentLocationNotFound(prefix, near=near) from None


def _near(session: "Session", name: str) -> tuple[str, ...]:
    """Return names of environments that may have been meant."""
    from conda_clone.models.near_names import meant_words  # only on mistakes

    paths = session.paths
    names = (
        environment_name(prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
        for prefix in known_prefixes(session)
    )
    return meant_words(name, [each for each in names if os.sep not in each])


def names_environment(session: "Session", word: str) -> bool:
    """Tell whether an environment is called by a word that was not meant as a name."""
    from conda_clone.core.prefix.locate import is_environment, prefix_of  # only on mistakes

    if not word or os.sep in word:
        return False
    paths = session.paths
    return is_environment(prefix_of(word, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix))


def is_there(session: "Session", *, name: str | None, path: str | None) -> bool:
    """Tell whether there is an environment of that name or path, or an active one without them."""
    from conda_clone.core.prefix.errors import EnvironmentLocationNotFound

    try:
        prefix_to_read(session, name=name, path=path)
    except EnvironmentLocationNotFound:
        return False
    return True


def recover_environment(session: "Session", prefix: str, *, wait: bool = False) -> None:
    """Bring an environment out of an interrupted change, and tell that.

    Args:
        session: The invocation.
        prefix: The environment; need not exist.
        wait: Whether somebody who is at work on it is waited for.

    Raises:
        CondaError: It is to be changed, and cannot be recovered. Who only reads is told.
    """
    # One lstat, and no import, when all is well.
    if os.path.lexists(os.path.join(prefix, "conda-meta", ".txn")):
        _recover(session, prefix, wait=wait)


def recover_missing(session: "Session", prefix: str) -> None:
    """Bring an environment back that was to be replaced, if that stopped between two renames.

    Nothing is done where something is at the place.
    """
    if not os.path.lexists(prefix):
        _recover(session, prefix, wait=False)


def _recover(session: "Session", prefix: str, *, wait: bool) -> None:
    from conda_clone.core.transaction.recovery import recover  # only after an interruption
    from conda_clone.errors import CondaError
    from conda_clone.models.events import Caution

    try:
        messages = recover(prefix, wait=wait)
    except (CondaError, OSError) as error:
        if wait:
            raise
        text = (
            f"A change of `{prefix}` has been interrupted, and you cannot finish it: {error} "
            f"Who may change the environment can, with `python -m conda_clone.recover {prefix}`."
        )
        messages = [text]
    for message in messages:
        session.console.report(Caution(message))


def known_prefixes(session: "Session") -> list[str]:
    """Return all environments of the user, base first."""
    from conda_clone.core.prefix.registry import Registry, home_directories

    # spec/formats.md, section 7: for root, the files of all homes count instead of its own
    is_root = hasattr(os, "geteuid") and os.geteuid() == 0
    homes = home_directories() if is_root else None
    registry = Registry(session.paths.environments_txt, homes=homes)
    return registry.list_all(session.paths.envs_dirs, session.paths.root_prefix)


def known_environments(session: "Session") -> list[KnownEnvironment]:
    """Return all environments of the user with what is known of them, base first."""
    paths = session.paths
    active = session.environment.get("CONDA_PREFIX")
    found = []
    for prefix in known_prefixes(session):
        name = environment_name(prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
        found.append(
            KnownEnvironment(prefix, "" if name == prefix else name, active=prefix == active)
        )
    return found


def environment_sizes(environments: "Iterable[KnownEnvironment]") -> dict[str, int]:
    """Return what the files of each environment take on disk, in bytes, by prefix."""
    from conda_clone.core.prefix.contents import environment_size  # only --size

    return {each.prefix: environment_size(each.prefix) for each in environments}


def _modified(path: str) -> float | None:
    try:
        return os.stat(path).st_mtime
    except OSError:
        return None


def _time_of_first_line(history: str) -> float | None:
    """Return the date of a history's first block, or when the file was made if it has none."""
    from datetime import datetime

    from conda_clone.core.prefix.history import History

    if not os.path.isfile(history):
        return None
    revisions = History(os.path.dirname(os.path.dirname(history))).revisions()
    if revisions:
        try:
            return (
                datetime.strptime(revisions[0].date, "%Y-%m-%d %H:%M:%S").astimezone().timestamp()
            )
        except ValueError:  # written by hand
            pass
    return _modified(history)
