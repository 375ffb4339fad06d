"""Judge the names of archive members: where in the package they lie, or why they may not.

Pure; Windows rules are a parameter, so that they are tested everywhere.
"""

from conda_clone.gateways.archives.errors import MalformedError

__all__ = ["member_path"]

_MAX_COMPONENT = 255
_MAX_PATH = 4096
_WINDOWS_DEVICES = frozenset(
    {"con", "prn", "aux", "nul", "conin$", "conout$"}
    | {f"{device}{number}" for device in ("com", "lpt") for number in "123456789¹²³"}
)
_WINDOWS_FORBIDDEN = frozenset('\\:*?"<>|')


def member_path(name: str, *, windows: bool, max_depth: int) -> str:
    """Return the path of a member below the package folder, with "/" between its components.

    "./" in front, doubled slashes and a slash at the end mean nothing and are dropped; the package
    folder itself is the empty string.

    Raises:
        MalformedError: It is absolute, has `..` in it, or is one no file system takes.
    """
    if name.startswith("/"):
        raise MalformedError(f"its member `{name}` has an absolute path")
    if "\\" in name:
        _check_backslashes(name)
    # Nearly all names are written as they should be, and need no second look.
    if "/." not in name and "//" not in name and name[:1] not in ("", ".") and name[-1] != "/":
        if _surely_fits(name) and name.count("/") < max_depth and not windows:
            return name
        components = name.split("/")
    else:
        components = [component for component in name.split("/") if component not in ("", ".")]
    if ".." in components:
        raise MalformedError(f"its member `{name}` leads out of the package")
    path = "/".join(components)
    if not _surely_fits(path):
        _check_length(name, components)
    if len(components) > max_depth:
        raise MalformedError(f"its member `{name[:60]}...` lies too deep")
    if windows:
        for component in components:
            _check_windows(name, component)
    return path


def _check_backslashes(name: str) -> None:
    """Refuse what only Windows takes for a path out of the folder: packages go from hand to hand.

    Plain backslashes are letters elsewhere, which names of systemd units have.
    """
    if name.startswith("\\\\") or name[1:3] == ":\\":
        raise MalformedError(f"its member `{name}` has an absolute path")
    if ".." in name.replace("\\", "/").split("/"):
        raise MalformedError(f"its member `{name}` leads out of the package")


def _surely_fits(path: str) -> bool:
    """Tell whether a path is so short that it need not be encoded to be measured."""
    # A letter takes four bytes at most.
    return len(path) <= (_MAX_COMPONENT if path.isascii() else _MAX_COMPONENT // 4)


def _check_length(name: str, components: list[str]) -> None:
    lengths = [len(component.encode("utf-8", "surrogateescape")) for component in components]
    if max(lengths) > _MAX_COMPONENT or sum(lengths) + len(lengths) > _MAX_PATH:
        raise MalformedError(f"its member `{name[:60]}...` has too long a name")


def _check_windows(name: str, component: str) -> None:
    """Refuse names that Windows gives another meaning: devices, streams, dropped endings."""
    if (
        not _WINDOWS_FORBIDDEN.isdisjoint(component)
        or component[-1] in " ."
        or component.partition(".")[0].rstrip(" ").lower() in _WINDOWS_DEVICES
        or min(component) < " "
    ):
        raise MalformedError(f"its member `{name}` has a name that Windows does not allow")
