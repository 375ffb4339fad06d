"""Write archive members below one folder, and nowhere else.

How it stays inside, whatever the archive says:

1. Names are checked (`member_paths`): neither absolute nor with `..`.
2. Links are made after all other members, symbolic ones last, so that while files are written,
   every folder on the way is a real one that this object made; nothing can be written through a
   link.
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

from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.file_writer import FileWriter, Written
from conda_clone.gateways.archives.limits import Limits
from conda_clone.gateways.archives.member_paths import member_path
from conda_clone.gateways.archives.output_folder import OutputFolder, name_taken, write_all
from conda_clone.gateways.archives.tar_members import TarKind, TarMember
from conda_clone.gateways.disk import mutations

__all__ = ["TreeWriter"]

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

_WINDOWS = os.name == "nt"
# Written by whoever extracts; packages that were made from an extracted folder carry a stale one.
_OURS = "info/repodata_record.json"
_LONGEST_TARGET = 4095  # bytes that a symbolic link can hold on Linux


class TreeWriter:
    """Writes members into an existing, empty folder.

    Args:
        folder: The folder.
        limits: What is too much.
        files: Writes regular files into the same folder.

    Attributes:
        files: Regular files and hard links written so far.
        size: Bytes of the regular files.
        written: What was written to each regular file, sparse ones aside; after `finish`.
        sparse: Paths of the files with holes.
        links: Path of each symbolic link to what it says.
        collisions: Pairs of paths that differ only in case.
    """

    __slots__ = ("_files", "_files_by_folded", "_folder", "_folders", "_hard_links", "_limits",
                 "_twins", "collisions", "files", "links", "size", "sparse",
                 "written")  # fmt: skip

    def __init__(self, folder: OutputFolder, limits: Limits, files: FileWriter) -> None:
        self._limits = limits
        self._folder = folder
        self._files = files
        self._folders = {""}
        self.links: dict[str, str] = {}
        self.sparse: set[str] = set()
        self.written: dict[str, Written] = {}
        # Paths of files and links, by what a file system that ignores case makes of them, and those
        # for which another one has the place.
        self._files_by_folded: dict[str, str] = {}
        self._twins: set[str] = set()
        self.collisions: list[tuple[str, str]] = []
        self.files = 0
        self.size = 0
        # Path to target.
        self._hard_links: dict[str, str] = {}

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
            self._note_hard_link(path, member.link)
        else:
            self._note_symlink(path, member.link)

    def finish(self) -> None:
        """Make the links, whose names `add` has kept free; complete what is told.

        Raises:
            MalformedError: On this file system, another member has the name.
        """
        self.written = dict(self._files.finish())
        for path, target in self._hard_links.items():
            self._make_link(self._folder.link, path, target)
            if target in self.sparse:
                self.sparse.add(path)
            else:
                self.written[path] = self.written[target]
        for path, target in self.links.items():
            self._make_link(self._folder.symlink, path, target)

    def _claim(self, path: str) -> None:
        """Take note of a file's path, which no other member may have."""
        if path in self._folders:
            raise MalformedError(f"it holds `{path}` as a folder and as a file")
        folded = path.casefold()
        if f"{folded}/".startswith("conda-meta/"):  # CEP 34
            raise MalformedError(f"its member `{path}` would change the environment's own records")
        other = self._files_by_folded.get(folded)
        if other is None:
            # Most are alike, and need not be in memory twice.
            self._files_by_folded[path if folded == path else folded] = path
            return
        if self._is_file(path):
            raise MalformedError(f"it holds `{path}` twice")
        self._twins.add(path)
        self.collisions.append((other, path))

    def _is_file(self, path: str) -> bool:
        return self._files_by_folded.get(path.casefold()) == path or path in self._twins

    def _make_folder(self, path: str) -> None:
        """Make a folder and those above it; they are always the owner's to change."""
        if path in self._folders:
            return
        if self._is_file(path) or path == _OURS:
            raise MalformedError(f"it holds `{path}` as a folder and as a file")
        self._make_folder(path.rpartition("/")[0])
        try:
            self._folder.make_folder(path)
        except FileExistsError as error:
            # On a file system that ignores case, the folder of a twin is there already.
            if path.casefold() not in {folder.casefold() for folder in self._folders}:
                raise name_taken(path) from error
        self._folders.add(path)

    def _write_file(self, path: str, member: TarMember, source: ByteSource) -> None:
        # Set-user-ID, set-group-ID and sticky bits are dropped, nobody but the owner's group may
        # ever write, the owner can always read; the umask takes away more.
        mode = member.mode & 0o775 | 0o400
        if member.segments is None:
            self._files.write(path, mode, member, source)
        else:
            self._write_sparse(path, mode, member, source)
        self.files += 1
        self.size += member.size

    def _write_sparse(self, path: str, mode: int, member: TarMember, source: ByteSource) -> None:
        try:
            descriptor = self._folder.create(path, mode)
        except FileExistsError as error:
            raise name_taken(path) from error
        try:
            for segment in member.segments or ():
                os.lseek(descriptor, segment.offset, os.SEEK_SET)
                for piece in source.pieces(segment.length):
                    write_all(descriptor, piece)
            mutations.truncate(descriptor, member.size)
            self._folder.date_file(descriptor, member.mtime)
        finally:
            os.close(descriptor)
        self.sparse.add(path)

    def _note_hard_link(self, path: str, name: str) -> None:
        target = member_path(name, windows=_WINDOWS, max_depth=self._limits.depth)
        if target == path or not self._is_file(target) or target in self.links:
            raise MalformedError(
                f"its hard link `{path}` leads to `{name}`, which is no file before it"
            )
        self._hard_links[path] = target
        self.files += 1

    def _note_symlink(self, path: str, target: str) -> None:
        if not target:
            raise MalformedError(f"its symbolic link `{path}` leads nowhere")
        if len(target.encode("utf-8", "surrogateescape")) > _LONGEST_TARGET:
            raise MalformedError(f"its symbolic link `{path}` leads to too long a path")
        folder, _, _ = path.casefold().rpartition("/")
        if path.casefold() == "info" or (folder == "info" and (target == ".." or "/" in target)):
            raise MalformedError(f"its symbolic link `{path}` leads to `{target}`")
        self.links[path] = target

    @staticmethod
    def _make_link(make: "Callable[[str, str], None]", path: str, target: str) -> None:
        try:
            make(target, path)
        except FileExistsError as error:
            raise name_taken(path) from error
