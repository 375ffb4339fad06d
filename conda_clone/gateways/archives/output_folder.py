"""The folder that an archive is written into, and all that is done in it.

It is held open, so that nobody can put another in its place. Every path is below it; files are
created with `O_EXCL | O_NOFOLLOW`, so that a name that exists is never opened.
"""

import os

from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.link import NO_HARD_LINK, copy_file

__all__ = ["OutputFolder", "name_taken", "write_all"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Self

_HAS_DIRECTORY_DESCRIPTORS = os.open in os.supports_dir_fd
_CAN_DATE_DESCRIPTORS = mutations.change_times in os.supports_fd


class OutputFolder:
    """An existing, empty folder.

    Its methods raise `OSError`, and `FileExistsError` where a name is taken. As a context manager,
    it lets go of the folder in the end.

    Args:
        path: The folder.
    """

    __slots__ = ("_base", "_descriptor", "_path")

    def __init__(self, path: str) -> None:
        self._descriptor: int | None = None
        self._path = path
        self._base = os.path.join(path, "")
        if _HAS_DIRECTORY_DESCRIPTORS:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(path, flags)
            self._base = ""

    def __enter__(self) -> "Self":
        return self

    def __exit__(self, *_: object) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def create(self, path: str, mode: int) -> int:
        """Make a file, and return a descriptor to write to."""
        return mutations.create(self._base + path, mode, dir_fd=self._descriptor)

    def date_file(self, descriptor: int, mtime: int) -> None:
        """Give a file its time: compiled Python files name that of their source."""
        if _CAN_DATE_DESCRIPTORS:
            mutations.change_times(descriptor, (mtime, mtime))

    def make_folder(self, path: str) -> None:
        """Make a folder below one that is there."""
        mutations.make_directory(self._base + path, 0o755, dir_fd=self._descriptor)

    def link(self, target: str, path: str) -> None:
        """Give a file another name; copy it where file systems have no hard links."""
        here = self._descriptor
        try:
            mutations.link(self._base + target, self._base + path, src_dir_fd=here, dst_dir_fd=here)
        except FileExistsError:
            raise
        except OSError as error:
            if error.errno not in NO_HARD_LINK:
                raise
            copy_file(os.path.join(self._path, target), os.path.join(self._path, path))

    def symlink(self, target: str, path: str) -> None:
        """Make a symbolic link."""
        mutations.symlink(target, self._base + path, dir_fd=self._descriptor)


def write_all(descriptor: int, piece: memoryview) -> None:
    """Write a piece, in as many steps as the system wants."""
    done = mutations.write(descriptor, piece)
    while done < len(piece):
        piece = piece[done:]
        done = mutations.write(descriptor, piece)


def name_taken(path: str) -> MalformedError:
    """Return the error that says why a member cannot be written."""
    return MalformedError(f"the name `{path}` is taken, perhaps by one that differs only in case")
