"""What can go wrong on a disk, and the one translation from `OSError` to it.

Every function of this folder that writes wraps its system calls in `disk_errors`, so that a full
disk, a quota or a missing permission reaches the user as a typed error that names the path.
`FileNotFoundError` and `FileExistsError` are left alone: callers ask for them.
"""

import errno
import os

from conda_clone.errors import CondaError, NoSpaceLeftError, NotWritableError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["EncodingError", "LockError", "ParseError", "disk_errors", "free_bytes"]

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_REFUSED = frozenset(
    {
        errno.EACCES,
        errno.EPERM,
        errno.EROFS,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.ELOOP,
        errno.ENAMETOOLONG,
        errno.EIO,
        # Files that would be larger than the file system or `ulimit -f` allows.
        errno.EFBIG,
    }
)


class ParseError(CondaError):
    """A file does not hold what its format says."""

    def __init__(self, path: str, reason: str, *, hint: str | None = None) -> None:
        super().__init__(f"Cannot read `{path}`: {reason}.", hint=hint, path=path)


class EncodingError(CondaError):
    """A text file is not UTF-8."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"Cannot read `{path}` as text: {reason}.",
            hint="Save the file in the UTF-8 encoding.",
            path=path,
        )


class LockError(CondaError):
    """Somebody else works on the same thing, and does not come to an end."""

    def __init__(self, path: str, seconds: float, holder: str) -> None:
        super().__init__(
            f"`{path}` has been locked by {holder} for more than {seconds:g} seconds.",
            hint="Wait until that has ended and try again, or wait longer with --lock-timeout.",
            path=path,
        )


class disk_errors:  # noqa: N801 - reads as a statement: `with disk_errors(path):`
    """Context manager that turns the `OSError`s of writing `path` into typed errors.

    A class, because `contextlib` generators cost three times as much and linking enters this once
    per file.

    Raises:
        NoSpaceLeftError: The disk or the quota is full (ENOSPC, EDQUOT).
        NotWritableError: The path may not be, or cannot be, written.
    """

    __slots__ = ("_path",)

    def __init__(self, path: str) -> None:
        self._path = path

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        error_type: type[BaseException] | None,
        error: BaseException | None,
        traceback: "TracebackType | None",
    ) -> None:
        if not isinstance(error, OSError):
            return
        if error.errno in _FULL:
            raise NoSpaceLeftError(self._path, free=free_bytes(self._path)) from error
        if error.errno in _REFUSED:
            raise NotWritableError(self._path, error.strerror or "refused") from error


def free_bytes(path: str) -> int | None:
    """Return how many bytes the file system of a path has left for us; None if nobody knows."""
    if not hasattr(os, "statvfs"):
        return None
    while not os.path.lexists(path) and os.path.dirname(path) != path:
        path = os.path.dirname(path)
    try:
        status = os.statvfs(path)
    except OSError:
        return None
    return status.f_bavail * status.f_frsize
