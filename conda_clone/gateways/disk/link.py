"""Put a file in a second place: hard link, symbolic link, reflink or copy.

No function here ever replaces what is at the target: `FileExistsError` is the caller's to handle.
Symbolic links are reproduced as links, whatever the kind, and never followed.
"""

import errno
import os
from contextlib import suppress
from enum import IntEnum

from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.write import make_directories

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["NO_HARD_LINK", "LinkKind", "best_link_kind", "copy_file", "link_file"]

_BLOCK = 1 << 20
# What file systems answer that cannot link: another device, too many links, protected links, FUSE.
NO_HARD_LINK = frozenset(
    {errno.EXDEV, errno.EMLINK, errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS}
)


class LinkKind(IntEnum):
    """How a file came into a prefix; the numbers are those of `link.type` in prefix records.

    A reflink is a `COPY` to everybody but the file system.
    """

    HARD = 1
    SOFT = 2
    COPY = 3
    DIRECTORY = 4


def link_file(source: str, target: str, kind: LinkKind) -> LinkKind:
    """Make `target` show the content of `source`; return the kind that was really used.

    A hard link that the file system refuses (another device, too many links to one file) becomes a
    copy. `DIRECTORY` makes a folder, and one that exists is fine.

    Raises:
        FileExistsError: Something is at the target.
    """
    with disk_errors(target):
        if kind is LinkKind.DIRECTORY:
            make_directories(target)
            return kind
        if os.path.islink(source):
            mutations.symlink(os.readlink(source), target)
            return LinkKind.SOFT
        if kind is LinkKind.SOFT:
            mutations.symlink(source, target)
            return kind
        if kind is LinkKind.HARD:
            try:
                mutations.link(source, target)
            except OSError as error:
                if error.errno not in NO_HARD_LINK:
                    raise
            else:
                return kind
    copy_file(source, target)
    return LinkKind.COPY


def best_link_kind(
    source_dir: str,
    probe: str,
    *,
    allow_softlinks: bool = False,
    always_copy: bool = False,
    always_softlink: bool = False,
) -> LinkKind:
    """Return the kind of link to use from one folder to another (spec/formats.md, section 8).

    Hard links are tried with a real file: whether two folders share a device does not tell whether
    linking between them works (bind mounts, AFS, exFAT, containers).

    Args:
        source_dir: Where the files are.
        probe: An unused path where the links will be; nothing is there afterwards.
        allow_softlinks: Take a symbolic link where no hard link is possible.
        always_copy: Never link.
        always_softlink: Always link symbolically.
    """
    if always_copy:
        return LinkKind.COPY
    if always_softlink:
        return LinkKind.SOFT
    source = _any_file(source_dir)
    if source is None:
        return LinkKind.COPY
    if _works(mutations.link, source, probe):
        return LinkKind.HARD
    if allow_softlinks and _works(mutations.symlink, source, probe):
        return LinkKind.SOFT
    return LinkKind.COPY


def copy_file(source: str, target: str) -> None:
    """Copy a file with its permission bits and modification time.

    Blocks are shared where the file system can. The time is kept because compiled Python files
    name the time of their source.

    Raises:
        FileExistsError: Something is at the target; it is not touched, not even through a link.
    """
    with disk_errors(target), open(source, "rb", buffering=0) as reader:
        status = os.fstat(reader.fileno())
        writer = mutations.create(target, status.st_mode & 0o777)
        try:
            try:
                _copy_content(reader.fileno(), writer, status.st_size)
                mutations.change_descriptor_mode(writer, status.st_mode & 0o777)
            except BaseException:
                os.close(writer)
                raise
            mutations.close(writer)
            mutations.change_times(target, ns=(status.st_mtime_ns, status.st_mtime_ns))
        except BaseException:
            mutations.unlink(target)
            raise


def _copy_content(reader: int, writer: int, size: int) -> None:
    if size == 0 or _reflink(reader, writer) or _copy_in_kernel(reader, writer, size):
        return
    os.lseek(reader, 0, os.SEEK_SET)
    os.lseek(writer, 0, os.SEEK_SET)
    while block := os.read(reader, _BLOCK):
        view = memoryview(block)
        while view:
            view = view[mutations.write(writer, view) :]


def _copy_in_kernel(reader: int, writer: int, size: int) -> bool:
    """Copy without passing the bytes through this process; return whether all arrived."""
    try:
        while mutations.copy_range(reader, writer, _BLOCK * 64):
            pass
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT, errno.EIO}:
            raise
        return False
    # Some FUSE and /proc files say "0 bytes" instead of refusing.
    return os.lseek(writer, 0, os.SEEK_CUR) == size


def _reflink(reader: int, writer: int) -> bool:
    try:
        mutations.share_blocks(reader, writer)
    except OSError:
        return False
    return True


def _any_file(folder: str) -> str | None:
    """Return a regular file below the folder; packages all have the first that is tried."""
    index = os.path.join(folder, "info", "index.json")
    if os.path.isfile(index):
        return index
    for parent, _, names in os.walk(folder):
        for name in names:
            path = os.path.join(parent, name)
            if not os.path.islink(path):
                return path
    return None


def _works(make: "Callable[[str, str], None]", source: str, probe: str) -> bool:
    try:
        make(source, probe)
    except OSError:
        return False
    with suppress(FileNotFoundError):  # somebody tidied up
        mutations.unlink(probe)
    return True
