"""`ChannelMemory`: what has been worked out from a state of some channels, kept beside the indexes.

Plain values by key in one file, which belongs to exactly one state: it names the state, and is not
used for any other. A file that is damaged, or was written by another version of the program or of
Python, counts as empty. Values are in the form of `marshal`, as in compiled modules: nothing else
is read so fast. Like these, the file is only as trustworthy as its folder, which holds the indexes
themselves; damage is found by checksums before anything is decoded.

The file, numbers in little-endian order: the header (mark, size and checksum of the directory),
the directory (the state, then key to start, size and checksum of its value), the values.
"""

import marshal
import os
import struct
import sys
from collections.abc import Mapping
from typing import Any, cast
from zlib import crc32

from conda_clone import __version__
from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.gateways.disk.random_access import RandomAccessFile
from conda_clone.gateways.disk.write import write_atomically

__all__ = ["ChannelMemory"]

FORMAT = 2

_MARK = b"ccsolve\n"
_HEADER = struct.Struct("<8sII")
_MAX_SIZE = 32 << 20  # bytes; then it starts anew, because each time all of it is written
_MAX_DIRECTORY = 16 << 20

_Directory = dict[str, tuple[int, int, int]]


class ChannelMemory:
    """Values that belong to one state of some channels."""

    def __init__(
        self, folder: str, places: tuple[str, ...], state: object, *, mode: int | None = None
    ) -> None:
        """Open the memory; nothing is created before there is something to keep.

        Args:
            folder: Where indexes are cached.
            places: The platform folders, which share one file.
            state: What the values depend on, as a plain value.
            mode: Permission bits of the file; None where the umask decides.
        """
        name = f"{crc32(repr(places).encode()):08x}.solve"
        self._path = os.path.join(folder, name)
        self._state = repr((FORMAT, __version__, sys.implementation.cache_tag, places, state))
        self._mode = mode
        self._file: RandomAccessFile | None = None
        self._start = 0
        self._directory: _Directory = {}
        self._open()

    def recall(self, key: str) -> tuple[object, ...] | None:
        """Return the value of a key, None when there is none."""
        place = self._directory.get(key)
        content = None if place is None else self._read(place)
        if content is None:
            return None
        value: tuple[object, ...] = marshal.loads(content)  # noqa: S302 - see the module
        return value

    def keep(self, values: Mapping[str, tuple[object, ...]]) -> None:
        """Keep values, beside those of other keys; where nothing can be written, do nothing."""
        contents = {key: marshal.dumps(cast("Any", value)) for key, value in values.items()}
        if sum(size for _, size, _ in self._directory.values()) < _MAX_SIZE:
            for key, place in self._directory.items():
                content = None if key in contents else self._read(place)
                if content is not None:
                    contents[key] = content
        text = _encode(self._state, contents)
        try:
            write_atomically(self._path, text, mode=self._mode, sync=False)
        except (NotWritableError, NoSpaceLeftError):
            return
        self._open()

    def _open(self) -> None:
        self._directory = {}
        try:
            self._file = RandomAccessFile(self._path)
        except OSError:
            return
        head = self._file.read(0, _HEADER.size)
        if len(head) != _HEADER.size:
            return
        mark, size, checksum = _HEADER.unpack(head)
        if mark != _MARK or size > _MAX_DIRECTORY:
            return
        content = self._file.read(_HEADER.size, size)
        if crc32(content) != checksum:
            return
        state, directory = marshal.loads(content)  # noqa: S302 - see the module
        if state == self._state:
            self._start = _HEADER.size + size
            self._directory = directory

    def _read(self, place: tuple[int, int, int]) -> bytes | None:
        start, size, checksum = place
        if self._file is None:
            return None
        content = self._file.read(self._start + start, size)
        return content if crc32(content) == checksum else None


def _encode(state: str, contents: Mapping[str, bytes]) -> bytes:
    directory: _Directory = {}
    start = 0
    for key, content in contents.items():
        directory[key] = (start, len(content), crc32(content))
        start += len(content)
    head = marshal.dumps((state, directory))
    return b"".join((_HEADER.pack(_MARK, len(head), crc32(head)), head, *contents.values()))
