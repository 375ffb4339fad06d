"""Write archive members below one folder, and nowhere else.

How it stays inside, whatever the archive says:

1. Names are checked (`member_paths`): neither absolute nor with `..`.
2. Every symbolic link is made after all other members, so that while files are written, every
   folder on the way is a real one that this object made; nothing can be written through a link.
3. Files are created with `O_EXCL | O_NOFOLLOW`: a name that exists is never opened, so a member
   cannot replace or write into another one.
4. Hard links lead only to regular files that this archive has written before.

Symbolic links whose target is absolute or leads out of the package are made as they are: real
packages have them (links into the environment's other packages, drivers that point to system
libraries), they are harmless while nobody writes through them, and who links the package into an
environment must look at its folders anyway. The exception are links directly in `info/`, where
this program itself reads and writes: they lead to their neighbours, or are refused.
"""

import os
from hashlib import sha256
from typing import NamedTuple

from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.digester import Digester
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits
from conda_clone.gateways.archives.member_paths import member_path
from conda_clone.gateways.archives.tar_members import TarKind, TarMember
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.link import NO_HARD_LINK, copy_file

__all__ = ["TreeWriter", "Written"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from hashlib import _Hash

_WINDOWS = os.name == "nt"
_HAS_DIRECTORY_DESCRIPTORS = os.open in os.supports_dir_fd
_CAN_DATE_DESCRIPTORS = mutations.change_times in os.supports_fd
# Written by whoever extracts; packages that were made from an extracted folder carry a stale one.
_OURS = "info/repodata_record.json"


class Written(NamedTuple):
    """What went into a file: its bytes, and how many they were."""

    sha256: bytes
    size: int


class TreeWriter:
    """Writes members into an existing, empty folder.

    Args:
        folder: The folder.
        limits: What is too much.
        in_threads: Whether digests of large files are worth a thread.

    Attributes:
        files: Regular files and hard links written so far.
        size: Bytes of the regular files.
        written: What was written to each regular file, sparse ones aside; after `finish`.
        sparse: Paths of the files with holes.
        links: Path of each symbolic link to what it says.
        collisions: Pairs of paths that differ only in case.
    """

    __slots__ = ("_base", "_case", "_descriptor", "_digester", "_folder", "_folders", "_limits",
                 "_names", "_same", "_unfinished", "collisions", "files", "links", "size",
                 "sparse", "written")  # fmt: skip

    def __init__(self, folder: str, limits: Limits, *, in_threads: bool = False) -> None:
        self._limits = limits
        self._descriptor: int | None = None
        self._folder = folder
        self._base = os.path.join(folder, "")
        if _HAS_DIRECTORY_DESCRIPTORS:
            flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
            self._descriptor = os.open(folder, flags)
            self._base = ""
        self._folders = {""}
        self.links: dict[str, str] = {}
        self.sparse: set[str] = set()
        self.written: dict[str, Written] = {}
        self._names: set[str] = set()
        self._case: dict[str, str] = {}
        self.collisions: list[tuple[str, str]] = []
        self.files = 0
        self.size = 0
        self._digester = Digester(in_thread=in_threads)
        # Path, digest and size of large files; path and target of hard links.
        self._unfinished: list[tuple[str, _Hash, int]] = []
        self._same: list[tuple[str, str]] = []

    def add(self, member: TarMember, source: ByteSource) -> None:
        """Write one member, reading its content from the source.

        Raises:
            MalformedError: Its name, kind or target is not acceptable.
        """
        path = member_path(member.name, windows=_WINDOWS, max_depth=self._limits.depth)
        if member.kind is TarKind.DIRECTORY:
            self._make_folder(path)
            return
        if not path:
            raise MalformedError(f"its member `{member.name}` has no name")
        if path == _OURS:
            return
        self._claim(path)
        folder = path.rpartition("/")[0]
        if folder not in self._folders:
            self._make_folder(folder)
        if member.kind is TarKind.FILE:
            self._write_file(path, member, source)
        elif member.kind is TarKind.HARD_LINK:
            self._link_file(path, member.link)
        else:
            self._note_symlink(path, member.link)

    def finish(self) -> None:
        """Make the symbolic links, whose names `add` has kept free; complete what is told.

        Raises:
            MalformedError: On this file system, another member has the name.
        """
        for path, target in self.links.items():
            try:
                mutations.symlink(target, self._base + path, dir_fd=self._descriptor)
            except FileExistsError as error:
                raise _collision(path) from error
        self._digester.finish()
        for path, digest, count in self._unfinished:
            self.written[path] = Written(digest.digest(), count)
        for path, target in self._same:
            if target in self.sparse:
                self.sparse.add(path)
            else:
                self.written[path] = self.written[target]

    def close(self) -> None:
        """Let go of the folder."""
        self._digester.finish()
        if self._descriptor is not None:
            os.close(self._descriptor)
            self._descriptor = None

    def _claim(self, path: str) -> None:
        """Take note of a file's path, which no other member may have."""
        if path in self._names:
            raise MalformedError(f"it holds `{path}` twice")
        if path in self._folders:
            raise MalformedError(f"it holds `{path}` as a folder and as a file")
        folded = path.casefold()
        if folded.startswith("conda-meta/"):  # CEP 34
            raise MalformedError(f"its member `{path}` would change the environment's own records")
        self._names.add(path)
        other = self._case.setdefault(folded, path)
        if other != path:
            self.collisions.append((other, path))

    def _make_folder(self, path: str) -> None:
        """Make a folder and those above it; they are always the owner's to change."""
        if path in self._folders:
            return
        if path in self._names:
            raise MalformedError(f"it holds `{path}` as a folder and as a file")
        self._make_folder(path.rpartition("/")[0])
        try:
            mutations.make_directory(self._base + path, 0o755, dir_fd=self._descriptor)
        except FileExistsError as error:
            # On a file system that ignores case, the folder of a twin is there already.
            if path.casefold() not in {folder.casefold() for folder in self._folders}:
                raise _collision(path) from error
        self._folders.add(path)

    def _write_file(self, path: str, member: TarMember, source: ByteSource) -> None:
        # Set-user-ID, set-group-ID and sticky bits are dropped, nobody but the owner's group may
        # ever write, the owner can always read; the umask takes away more.
        mode = member.mode & 0o775 | 0o400
        try:
            descriptor = mutations.create(self._base + path, mode, dir_fd=self._descriptor)
        except FileExistsError as error:
            raise _collision(path) from error
        try:
            if member.segments is None:
                self._copy(descriptor, path, source, member.stored)
            else:
                for segment in member.segments:
                    os.lseek(descriptor, segment.offset, os.SEEK_SET)
                    for piece in source.pieces(segment.length):
                        _write_all(descriptor, piece)
                mutations.truncate(descriptor, member.size)
                self.sparse.add(path)
            # Compiled Python files name the time of their source.
            if _CAN_DATE_DESCRIPTORS:
                mutations.change_times(descriptor, (member.mtime, member.mtime))
        finally:
            os.close(descriptor)
        self.files += 1
        self.size += member.size

    def _copy(self, descriptor: int, path: str, source: ByteSource, count: int) -> None:
        """Write the next bytes of the source; their digest costs no second reading."""
        whole = source.view(count)
        if whole is not None and count < Digester.LARGE:
            done = mutations.write(descriptor, whole)
            if done < count:
                _write_all(descriptor, whole[done:])
            self.written[path] = Written(sha256(whole).digest(), count)
            return
        digest = self._digester.start()
        self._unfinished.append((path, digest, count))
        for piece in source.pieces(count) if whole is None else (whole,):
            self._digester.add(digest, piece)
            _write_all(descriptor, piece)

    def _link_file(self, path: str, name: str) -> None:
        target = member_path(name, windows=_WINDOWS, max_depth=self._limits.depth)
        if target == path or target not in self._names or target in self.links:
            raise MalformedError(
                f"its hard link `{path}` leads to `{name}`, which is no file before it"
            )
        here = self._descriptor
        try:
            mutations.link(self._base + target, self._base + path, src_dir_fd=here, dst_dir_fd=here)
        except FileExistsError as error:
            raise _collision(path) from error
        except OSError as error:
            if error.errno not in NO_HARD_LINK:
                raise
            copy_file(os.path.join(self._folder, target), os.path.join(self._folder, path))
        self._same.append((path, target))
        self.files += 1

    def _note_symlink(self, path: str, target: str) -> None:
        if not target:
            raise MalformedError(f"its symbolic link `{path}` leads nowhere")
        folder, _, _ = path.casefold().rpartition("/")
        if path.casefold() == "info" or (folder == "info" and (target == ".." or "/" in target)):
            raise MalformedError(f"its symbolic link `{path}` leads to `{target}`")
        self.links[path] = target


def _write_all(descriptor: int, piece: memoryview) -> None:
    while piece:
        piece = piece[mutations.write(descriptor, piece) :]


def _collision(path: str) -> MalformedError:
    return MalformedError(f"the name `{path}` is taken, perhaps by one that differs only in case")
