"""`Folders`: where the folders of an environment really are; links between them are looked through.

Nothing is ever written or removed through a symbolic link that leads out of the environment.
"""

import os
import stat

from conda_clone.errors import CondaVerificationError

__all__ = ["Folders", "leads_out"]


class Folders:
    """Which folders of a prefix exist, and where they really lie in it.

    Args:
        prefix: Absolute path of the environment.
    """

    __slots__ = ("_prefix", "_real", "_real_prefix")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._real_prefix = os.path.realpath(prefix)
        self._real: dict[str, str | None] = {"": ""}

    def real(self, folder: str) -> str | None:
        """Return the real relative path of a relative one; None when there is no such folder.

        Raises:
            CondaVerificationError: It, or a folder above it, leads out of the prefix.
        """
        if folder in self._real:
            return self._real[folder]
        above, _, name = folder.rpartition("/")
        parent = self.real(above)
        found = None if parent is None else self._look_at(f"{parent}/{name}" if parent else name)
        self._real[folder] = found
        return found

    def _look_at(self, folder: str) -> str | None:
        path = f"{self._prefix}/{folder}"
        try:
            mode = os.lstat(path).st_mode
        except OSError:
            return None
        if stat.S_ISDIR(mode):
            return folder
        if not stat.S_ISLNK(mode) or not os.path.isdir(path):
            return None
        real = os.path.realpath(path)
        if real == self._real_prefix:
            return ""
        if real.startswith(os.path.join(self._real_prefix, "")):
            return os.path.relpath(real, self._real_prefix).replace(os.sep, "/")
        raise leads_out(path, real)


def leads_out(path: str, target: str) -> CondaVerificationError:
    """Return the error for a link that nothing may be written through."""
    return CondaVerificationError(
        f"`{path}` is a symbolic link that leads out of the environment, to `{target}`.",
        hint="Replace the link by a folder.",
        path=path,
    )
