"""Keep what shells need for activation beside environments, so that they need not ask.

A prepared file carries the time of the newest file that it comes from: whatever is changed
afterwards is newer. It is written whole or not at all, by the owner of the environment only, and
where it cannot be written the shell goes on asking the program.
"""

import os

from conda_clone.errors import CondaError
from conda_clone.shells.dialects import PREPARED_SHELLS, dialect, prepared_dialect
from conda_clone.shells.facts import environment_facts, settings_facts

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conda_clone.config.activation import ActivationSettings
    from conda_clone.shells.dialects import PreparedDialect

__all__ = ["FORMAT", "prepare_environment", "prepare_settings", "refresh_environment"]

# Rises whenever the functions of scripts/ and the prepared files no longer fit together.
FORMAT = "2"
_PREPARED = "activation."  # how the names of all prepared files begin


def prepare_settings(
    dialect: "PreparedDialect",
    settings: "ActivationSettings",
    environ: "Mapping[str, str]",
    home: str,
    *,
    start: str,
) -> None:
    """Write the settings down for the shells of a user.

    Args:
        dialect: The shell's language.
        settings: The settings of activation.
        environ: The exported variables of the shell.
        home: The user's home folder.
        start: Path of the environment that new shells start in, or "".
    """
    facts = settings_facts(settings, environ, home, start=start)
    if facts is None:
        return
    text = dialect.settings_text(facts, FORMAT)
    _write(os.path.join(home, ".conda", dialect.NAME), text, facts.present)


def prepare_environment(
    dialect: "PreparedDialect", prefix: str, suffix: str, settings: "ActivationSettings"
) -> None:
    """Write down what activation does for an environment.

    Args:
        dialect: The shell's language.
        prefix: Path of the environment.
        suffix: How the names of the shell's activation scripts end.
        settings: The settings of activation.
    """
    capitals = settings.envvars_force_uppercase
    try:
        facts = environment_facts(prefix, suffix, capitals=capitals)
    except CondaError:  # whoever activates it is told
        return
    if facts is None or not _is_own(os.path.join(prefix, "conda-meta")):
        return
    text = dialect.environment_text(facts, FORMAT + ("u" if capitals else ""))
    sources = [os.path.join(prefix, path) for path in facts.present]
    _write(os.path.join(prefix, "conda-meta", dialect.NAME), text, sources)


def refresh_environment(prefix: str, settings: "ActivationSettings") -> None:
    """Write down anew what has been written down before, after the environment has changed."""
    if not any(name.startswith(_PREPARED) for name in _names(os.path.join(prefix, "conda-meta"))):
        return  # 2 ms for the dialects; new environments have nothing
    for shell in PREPARED_SHELLS:
        language = prepared_dialect(shell)
        if language and os.path.isfile(os.path.join(prefix, "conda-meta", language.NAME)):
            suffix = dialect(shell).CONVENTIONS.script_suffix
            prepare_environment(language, prefix, suffix, settings)


def _names(folder: str) -> list[str]:
    try:
        return os.listdir(folder)
    except OSError:
        return []


def _write(path: str, text: str, sources: "Iterable[str]") -> None:
    """Write a prepared file with the time of its newest source, unless it is there already."""
    from conda_clone.gateways.disk import mutations  # only when something is new
    from conda_clone.gateways.disk.write import write_atomically  # as above

    content = text.encode("utf-8", "surrogateescape")
    try:
        newest = max((os.lstat(source).st_mtime_ns for source in sources), default=0)
        if _is_current(path, content, newest):
            return
        write_atomically(path, content, sync=False)
        if newest:
            mutations.change_times(path, ns=(newest, newest))
    except (CondaError, OSError):  # a read-only place: the shell asks the program every time
        return


def _is_current(path: str, content: bytes, newest: int) -> bool:
    try:
        with open(path, "rb") as stream:
            return stream.read() == content and (
                not newest or os.fstat(stream.fileno()).st_mtime_ns == newest
            )
    except OSError:
        return False


def _is_own(folder: str) -> bool:
    """Tell whether the folder is the user's, as shells take only files of their own user."""
    try:
        return not hasattr(os, "geteuid") or os.stat(folder).st_uid == os.geteuid()
    except OSError:
        return False
