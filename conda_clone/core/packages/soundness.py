"""Tell whether an extracted package is still what was extracted.

Files of the cache are hard-linked into environments: who edits one there edits it here. A package
must therefore be looked at before it can repair an environment.
"""

import os
import stat

from conda_clone.errors import CondaError
from conda_clone.gateways.disk.read import file_digest, read_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.models.package_files import PackagedPath

__all__ = ["is_sound"]


def is_sound(folder: str) -> bool:
    """Tell whether all files of an extracted package have the digests that it states.

    A package that states none, as those of old do, cannot be told to be sound.
    """
    # 12 ms for msgspec, and packages are rarely looked at.
    from conda_clone.models.package_files import read_contents

    def read(name: str) -> bytes | None:
        try:
            return read_bytes(os.path.join(folder, name))
        except FileNotFoundError:
            return None

    try:
        contents = read_contents(read)
        return all(_is_as_stated(folder, path) for path in contents.paths)
    except (CondaError, OSError):
        return False


def _is_as_stated(folder: str, path: "PackagedPath") -> bool:
    file = os.path.join(folder, path.path)
    kind = os.lstat(file).st_mode
    if stat.S_ISREG(kind):
        return path.sha256 is not None and file_digest(file, "sha256") == path.sha256
    return stat.S_ISLNK(kind) or stat.S_ISDIR(kind)
