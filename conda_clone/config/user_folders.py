"""Folders of the user outside of any installation: stored tokens, notices that were read."""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["notices_dir", "token_dirs"]


def token_dirs(
    home: str, environ: "Mapping[str, str]", platform: str = sys.platform
) -> tuple[str, ...]:
    """Return the folders in which anaconda-client keeps tokens; what the later ones have counts.

    Args:
        home: The user's home folder.
        environ: The environment variables of the process.
        platform: As in `sys.platform`.
    """
    given = environ.get("BINSTAR_CONFIG_DIR")
    if given:
        return (os.path.join(given, "data"), given)
    if platform == "win32":
        data = environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        folder = os.path.join(data, "ContinuumIO", "binstar")
    elif platform == "darwin":
        folder = os.path.join(home, "Library", "Application Support", "binstar")
    else:
        data = environ.get("XDG_DATA_HOME") or os.path.join(home, ".local", "share")
        folder = os.path.join(data, "binstar")
    return (folder, os.path.join(home, ".continuum", "anaconda-client", "tokens"))


def notices_dir(home: str, environ: "Mapping[str, str]", platform: str = sys.platform) -> str:
    """Return the folder that remembers notices of channels; arguments as in `token_dirs`."""
    if platform == "win32":
        data = environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
        return os.path.join(data, "conda", "conda", "Cache", "notices")
    if platform == "darwin":
        return os.path.join(home, "Library", "Caches", "conda", "notices")
    cache = environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    return os.path.join(cache, "conda", "notices")
