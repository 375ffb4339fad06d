"""System calls that Python has no function for, or not on every platform.

Each says what it does where the platform cannot: nothing here pretends to have worked. Everybody
but `mutations` calls these by way of `mutations`.
"""

import errno
import os
import sys

__all__ = [
    "change_descriptor_mode",
    "copy_range",
    "exchange",
    "share_blocks",
    "sync",
    "sync_file_system",
]

# The number of FICLONE in linux/fs.h: share the blocks of another file (btrfs, xfs, bcachefs).
_FICLONE = 0x40049409
_RENAME_EXCHANGE = 2  # linux/fs.h
_AT_FDCWD = -100  # linux/fcntl.h
_NOT_SUPPORTED = (errno.ENOTSUP, os.strerror(errno.ENOTSUP))


def sync(descriptor: int) -> None:
    """Wait until a file's content, or a folder's names, would survive a power failure.

    Raises:
        OSError: They did not reach the disk; a second attempt would lie about that.
    """
    if sys.platform == "darwin":
        import fcntl  # a part of the system elsewhere, absent on Windows

        fcntl.fcntl(descriptor, fcntl.F_FULLFSYNC)
    else:
        os.fsync(descriptor)


def sync_file_system(descriptor: int) -> None:
    """Wait until all that was written to the file system of an open file has reached the disk.

    One such call costs a few milliseconds where an `fsync` per file costs seconds
    (spec/reliability.md, section 0). Where there is no such call, all file systems are written.
    """
    if sys.platform == "linux":
        import ctypes  # 5 ms; Python has no os.syncfs

        library = ctypes.CDLL(None, use_errno=True)
        if library.syncfs(descriptor) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))
    elif hasattr(os, "sync"):
        os.sync()


def exchange(left: str, right: str) -> None:
    """Let two names change places in one step, whatever they stand for.

    Raises:
        OSError: ENOTSUP, where system or file system cannot.
    """
    if sys.platform != "linux":
        raise OSError(*_NOT_SUPPORTED)
    import ctypes  # 5 ms; Python has no os.renameat2

    call = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if call is None:  # a C library older than the kernel's call
        raise OSError(*_NOT_SUPPORTED)
    names = os.fsencode(left), os.fsencode(right)
    if call(_AT_FDCWD, names[0], _AT_FDCWD, names[1], _RENAME_EXCHANGE) != 0:
        number = ctypes.get_errno()
        if number in (errno.EINVAL, errno.ENOSYS):
            raise OSError(*_NOT_SUPPORTED)
        raise OSError(number, os.strerror(number), left, None, right)


def copy_range(reader: int, writer: int, count: int) -> int:
    """Copy bytes between open files without passing them through this process; return how many.

    Raises:
        OSError: ENOTSUP where the platform cannot; also what the file systems answer.
    """
    if not hasattr(os, "copy_file_range"):
        raise OSError(*_NOT_SUPPORTED)
    return os.copy_file_range(reader, writer, count)


def share_blocks(reader: int, writer: int) -> None:
    """Let an empty file have the content of another one, block by block, until either changes.

    Raises:
        OSError: The file system cannot.
    """
    try:
        import fcntl  # absent on Windows
    except ImportError:
        raise OSError(*_NOT_SUPPORTED) from None
    fcntl.ioctl(writer, _FICLONE, reader)


def change_descriptor_mode(descriptor: int, mode: int) -> None:
    """Set the permission bits of an open file; Windows has none worth setting."""
    if hasattr(os, "fchmod"):
        os.fchmod(descriptor, mode)
