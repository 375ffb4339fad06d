"""Environment name <-> prefix path.

Nothing here changes a disk. Paths that come out are absolute and normalised, symbolic links are
left as they are, because activation scripts compare prefixes as text.
"""

import os

from conda_clone.core.prefix.errors import (
    DirectoryNotACondaEnvironmentError,
    EnvironmentLocationNotFound,
    NoWritableEnvsDirError,
)
from conda_clone.errors import ArgumentError, CondaValueError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "ROOT_NAMES",
    "absolute",
    "check_environment",
    "check_new_name",
    "check_new_prefix",
    "environment_name",
    "first_writable_envs_dir",
    "is_environment",
    "is_same_path",
    "is_same_place",
    "is_writable_place",
    "lies_in",
    "new_prefix",
    "prefix_cautions",
    "prefix_from_arguments",
    "prefix_of",
]

ROOT_NAMES = ("base", "root")
# spec/commands.md, section 3, create: none of these may occur in a name
FORBIDDEN_IN_NAMES = ("/", " ", ":", "#")
HISTORY = os.path.join("conda-meta", "history")


def is_same_path(left: str, right: str) -> bool:
    """Tell whether two absolute paths are spellings of one; links are not looked through."""
    return os.path.normcase(os.path.normpath(left)) == os.path.normcase(os.path.normpath(right))


def is_environment(prefix: str) -> bool:
    """Tell whether `conda-meta/history` exists, which is what makes a directory an environment."""
    return os.path.isfile(os.path.join(prefix, HISTORY))


def environment_name(prefix: str, *, envs_dirs: "Sequence[str]", root_prefix: str) -> str:
    """Return "base", the name below one of `envs_dirs`, or else the path itself."""
    if is_same_path(prefix, root_prefix):
        return "base"
    parent, name = os.path.split(os.path.normpath(prefix))
    if any(is_same_path(parent, folder) for folder in envs_dirs):
        return name
    return prefix


def prefix_of(name: str, *, envs_dirs: "Sequence[str]", root_prefix: str) -> str:
    """Return the prefix of the environment called `name`; the would-be one when there is none.

    Raises:
        CondaValueError: `name` is a path rather than a name.
    """
    if name in ROOT_NAMES:
        return root_prefix
    _check_separators(name)
    for folder in envs_dirs:
        candidate = os.path.join(folder, name)
        if os.path.isdir(candidate):
            return candidate
    folder = next(filter(is_writable_place, envs_dirs), envs_dirs[0])
    return os.path.join(folder, name)


def prefix_from_arguments(
    name: str | None,
    path: str | None,
    *,
    environ: "Mapping[str, str]",
    envs_dirs: "Sequence[str]",
    root_prefix: str,
    cwd: str,
) -> str:
    """Choose the prefix that a command works on: path, then name, then active, then base.

    Raises:
        ArgumentError: Both a name and a path are given.
        CondaValueError: The name is a path rather than a name.
    """
    if name and path:
        raise ArgumentError(
            "An environment is named both by --name and by --prefix.", hint="Give only one of them."
        )
    if path:
        return absolute(path, cwd)
    if name:
        return prefix_of(name, envs_dirs=envs_dirs, root_prefix=root_prefix)
    active = environ.get("CONDA_PREFIX")
    return absolute(active, cwd) if active else root_prefix


def absolute(path: str, cwd: str) -> str:
    """Return `path` normalised, relative to `cwd`, with a leading `~` replaced."""
    return os.path.normpath(os.path.join(cwd, os.path.expanduser(path)))


def check_environment(prefix: str, *, root_prefix: str) -> None:
    """Make sure that `prefix` is an environment; base is one even before it is created.

    Raises:
        EnvironmentLocationNotFound: Nothing is there.
        DirectoryNotACondaEnvironmentError: Something else is there.
    """
    if is_environment(prefix) or is_same_path(prefix, root_prefix):
        return
    if os.path.lexists(prefix):
        raise DirectoryNotACondaEnvironmentError(prefix)
    raise EnvironmentLocationNotFound(prefix)


def check_new_name(name: str) -> None:
    """Make sure that a new environment may be called `name`.

    Raises:
        CondaValueError: The name is reserved or holds characters that names may not hold.
    """
    if name in ROOT_NAMES:
        raise CondaValueError(
            f"`{name}` is a reserved environment name.", hint="Choose another name."
        )
    if not name:
        raise CondaValueError(
            "The name of the environment is empty.", hint="Is a variable of your script not set?"
        )
    _check_separators(name)
    wrong = [character for character in FORBIDDEN_IN_NAMES if character in name]
    if wrong or name in (os.curdir, os.pardir) or not name.isprintable():
        listed = " ".join("space" if c == " " else f"`{c}`" for c in FORBIDDEN_IN_NAMES)
        raise CondaValueError(
            f"`{name}` cannot be the name of an environment: names do not contain {listed}"
            " or what cannot be printed.",
            hint="Give a path with -p if you need such a name.",
        )


def check_new_prefix(prefix: str, *, root_prefix: str) -> None:
    """Make sure that a new environment may live at `prefix`.

    Raises:
        CondaValueError: PATH or other text could not hold the prefix, it is base or `/`, or right
            inside another one.
    """
    _check_spelling(prefix)
    if os.pathsep in prefix:
        raise CondaValueError(
            f"The path `{prefix}` contains `{os.pathsep}`, which separates the entries of PATH.",
            hint="Choose a path without it.",
        )
    if os.path.dirname(prefix) == prefix:
        raise CondaValueError(
            f"`{prefix}` is where the whole system lies.", hint="Choose another path."
        )
    if is_same_place(prefix, root_prefix):
        raise CondaValueError(
            f"`{prefix}` is the base environment.", hint="Choose another path, or use -n NAME."
        )
    parent = os.path.dirname(prefix)
    if is_environment(parent):
        raise CondaValueError(
            f"`{prefix}` would lie right inside the environment `{parent}`.",
            hint="Choose a path outside of other environments.",
        )


def _check_spelling(prefix: str) -> None:
    """Make sure that records, scripts and lists of environments can name a prefix."""
    reason = None
    if "\n" in prefix or "\r" in prefix:
        reason = "a line break, which no first line of a script can hold"
    try:
        prefix.encode("utf-8")
    except UnicodeEncodeError:
        reason = "bytes that are not UTF-8, in which records and scripts are written"
    if reason is not None:
        shown = prefix.encode("utf-8", "backslashreplace").decode()
        raise CondaValueError(
            f"The path {shown!r} contains {reason}.", hint="Choose a path without that."
        )


def prefix_cautions(prefix: str) -> tuple[str, ...]:
    """Return what a person should know before an environment is made at `prefix`."""
    if " " not in prefix:
        return ()
    return (f"`{prefix}` contains a space; some packages do not work in such a path.",)


def new_prefix(name: str, *, envs_dirs: "Sequence[str]", root_prefix: str) -> str:
    """Return where a new environment called `name` goes; an existing one keeps its place.

    Raises:
        CondaValueError: The name is not allowed.
        NoWritableEnvsDirError: No folder for environments can be written.
    """
    check_new_name(name)
    existing = prefix_of(name, envs_dirs=envs_dirs, root_prefix=root_prefix)
    if os.path.isdir(existing):
        return existing
    return os.path.join(first_writable_envs_dir(envs_dirs), name)


def first_writable_envs_dir(envs_dirs: "Sequence[str]") -> str:
    """Return the folder that new environments go to.

    Raises:
        NoWritableEnvsDirError: None can be written or made.
    """
    for folder in envs_dirs:
        if is_writable_place(folder):
            return folder
    raise NoWritableEnvsDirError(envs_dirs)


def is_writable_place(folder: str) -> bool:
    """Tell whether `folder` can be written, or be made below its nearest existing parent."""
    while not os.path.lexists(folder):
        parent = os.path.dirname(folder)
        if parent == folder:
            return False
        folder = parent
    return os.path.isdir(folder) and os.access(folder, os.W_OK | os.X_OK)


def is_same_place(left: str, right: str) -> bool:
    """Tell whether two paths lead to one place, whatever links and mounts are on the way."""
    try:
        return os.path.samefile(left, right)
    except OSError:  # nothing is there yet
        return os.path.realpath(left) == os.path.realpath(right)


def lies_in(path: str, folder: str) -> bool:
    """Tell whether a path leads to a folder or into it, whatever links and mounts are on the way.

    What is deleted with the folder does.
    """
    here = os.path.realpath(path)
    while not is_same_place(here, folder):
        above = os.path.dirname(here)
        if above == here:
            return False
        here = above
    return True


def _check_separators(name: str) -> None:
    if any(separator in name for separator in (os.sep, os.altsep) if separator):
        raise CondaValueError(
            f"`{name}` is a path, and environment names cannot contain path separators.",
            hint="Pass a path with -p.",
        )
