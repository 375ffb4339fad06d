"""Which files settings are read from, in which order (spec/settings.md, section 1).

Paths are listed lowest first. Nothing here fails: what does not exist is not listed. The folders
that paths of users start from are told here as well.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

__all__ = [
    "candidates",
    "default_root_prefix",
    "files_of_environment",
    "files_of_root",
    "files_of_system",
    "files_of_user",
    "files_of_variable",
    "home_folder",
    "left_out_variable",
    "user_condarc",
    "working_folder",
]

_APPLICATION = "conda-clone"
_NAMES = (".condarc", "condarc", "condarc.d")
_ENDINGS = (".yml", ".yaml")


def home_folder() -> str:
    """Return the absolute path that `~` stands for.

    Who has neither HOME nor an entry among the users, as in containers that are given a number to
    run as, gets the root of all folders: never a folder called `~` where they happen to be.
    """
    home = os.path.expanduser("~")
    if home == "~":
        return os.sep
    return home if os.path.isabs(home) else os.path.join(working_folder(os.environ), home)


def working_folder(environ: "Mapping[str, str]") -> str:
    """Return where the process is, or was before the folder went away."""
    try:
        return os.getcwd()
    except OSError:
        return environ.get("PWD", os.sep)


def files_of_system() -> list[str]:
    """Return the files for all users of the machine."""
    return _existing(_system_folders(), _NAMES)


def files_of_root(root_prefix: str) -> list[str]:
    """Return the files of the base environment."""
    return _existing([root_prefix], ("condarc", ".condarc", "condarc.d"))


def files_of_user(environ: "Mapping[str, str]", home: str) -> list[str]:
    """Return the files below the home folder, and those of the XDG folder."""
    last = user_condarc(home)
    return [
        *_existing(_user_folders(environ, home), _NAMES),
        *([last] if os.path.isfile(last) else []),
    ]


def files_of_environment(prefix: str) -> list[str]:
    """Return the files of the environment that a command works on."""
    return _existing([prefix], _NAMES)


def files_of_variable(environ: "Mapping[str, str]", home: str) -> list[str]:
    """Return the file that CONDARC names, or the files in the folder that it names."""
    if not environ.get("CONDARC"):
        return []
    path = _path_of_variable(environ["CONDARC"], home)
    if os.path.isdir(path):
        return list(_files_in(path))
    return [path] if os.path.exists(path) and _counts(path) else []


def left_out_variable(environ: "Mapping[str, str]", home: str) -> tuple[str, str] | None:
    """Return what CONDARC names, and why nothing is read from it; None if all is well.

    The null device is how people say that they want no such file.
    """
    if environ.get("CONDARC", os.devnull) in {"", os.devnull}:
        return None
    path = _path_of_variable(environ["CONDARC"], home)
    if not os.path.exists(path):
        return path, "CONDARC names it, and it is not there"
    if os.path.isdir(path) or _counts(path):
        return None
    return path, "CONDARC names it, but it is not named condarc or .condarc, nor *.yml or *.yaml"


def candidates(environ: "Mapping[str, str]", home: str, root_prefix: str) -> list[str]:
    """Return every path whose coming, going or changing changes settings, environments' apart.

    A folder that is not there stands for what could be in it.
    """
    folders = [*_system_folders(), root_prefix, *_user_folders(environ, home)]
    paths = [user_condarc(home)]
    for folder in folders:
        if os.path.isdir(folder):
            paths += [os.path.join(folder, name) for name in _NAMES]
        else:
            paths.append(folder)
    if environ.get("CONDARC"):
        paths.append(_path_of_variable(environ["CONDARC"], home))
    inside = [found for path in paths if os.path.isdir(path) for found in _files_in(path)]
    return paths + inside


def user_condarc(home: str) -> str:
    """Return the file that `conda config` changes by default."""
    return os.path.join(home, ".condarc")


def default_root_prefix(environ: "Mapping[str, str]", home: str) -> str:
    """Return the user's data folder for this tool, which is what `platformdirs` says.

    On Linux it is worked out here: importing that package takes 12 ms of every command.
    """
    if sys.platform.startswith("linux"):
        data = environ.get("XDG_DATA_HOME", "")
        return os.path.join(
            data if os.path.isabs(data) else os.path.join(home, ".local", "share"), _APPLICATION
        )
    from platformdirs import user_data_dir  # 12 ms

    return user_data_dir(_APPLICATION)


def _system_folders() -> list[str]:
    if sys.platform == "win32":
        return ["C:\\ProgramData\\conda"]
    return ["/etc/conda", "/var/lib/conda"]


def _user_folders(environ: "Mapping[str, str]", home: str) -> list[str]:
    folders = [os.path.join(home, ".config", "conda"), os.path.join(home, ".conda")]
    if environ.get("XDG_CONFIG_HOME"):
        folders.insert(0, os.path.join(environ["XDG_CONFIG_HOME"], "conda"))
    return folders


def _path_of_variable(path: str, home: str) -> str:
    if path == "~" or path.startswith("~/"):
        path = home + path[1:]
    return os.path.abspath(path)


def _existing(folders: "Iterable[str]", names: "Iterable[str]") -> list[str]:
    """Return the files of these names in the folders; a folder stands for its YAML files."""
    found: list[str] = []
    for folder in folders:
        if os.path.isdir(folder):
            for name in names:
                path = os.path.join(folder, name)
                if name.endswith(".d"):
                    found.extend(_files_in(path))
                elif os.path.isfile(path):
                    found.append(path)
    return found


def _files_in(folder: str) -> "Iterator[str]":
    try:
        names = sorted(os.listdir(folder))
    except OSError:
        return
    for name in names:
        path = os.path.join(folder, name)
        if name.endswith(_ENDINGS) and os.path.isfile(path):
            yield path


def _counts(path: str) -> bool:
    """Tell whether a file has a name that configuration files may have."""
    return os.path.basename(path) in _NAMES or path.endswith(_ENDINGS)
