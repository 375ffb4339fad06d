"""Read files and folders; nothing here changes a disk.

A path that does not exist raises `FileNotFoundError`, which callers that can do without the file
catch; content that is not what it should be raises a typed error.
"""

import os

from conda_clone.gateways.disk.errors import EncodingError, ParseError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Literal

__all__ = [
    "file_digest",
    "list_directory",
    "read_bytes",
    "read_json",
    "read_text",
    "read_to_change",
    "tree_size",
]


def read_bytes(path: str) -> bytes:
    """Return the whole content of a file."""
    with open(path, "rb") as stream:
        return stream.read()


def read_to_change(path: str) -> bytearray:
    """Return the whole content of a file, to be changed where it is in memory."""
    with open(path, "rb", buffering=0) as stream:
        content = bytearray(os.fstat(stream.fileno()).st_size)
        del content[stream.readinto(content) :]
        content += stream.read()
        return content


def read_text(path: str) -> str:
    """Return the content of a UTF-8 file, with universal newlines.

    A byte order mark at the start, which Windows editors write, is dropped.

    Raises:
        EncodingError: The file is not UTF-8.
    """
    try:
        with open(path, encoding="utf-8-sig") as stream:
            return stream.read()
    except UnicodeDecodeError as error:
        raise EncodingError(path, error.reason) from error


def read_json(path: str) -> object:
    """Return the value that a JSON file holds.

    Raises:
        ParseError: The file is not JSON.
    """
    data = read_bytes(path)
    from conda_clone.models.json_bytes import decode_json  # 2 ms, and often there is no such file

    try:
        return decode_json(data)
    except ValueError as error:
        raise ParseError(path, f"it is not valid JSON ({error})") from error


def file_digest(path: str, algorithm: "Literal['sha256', 'md5']") -> str:
    """Return the digest of a file's content in lower-case hexadecimal."""
    import hashlib  # 3 ms

    with open(path, "rb") as stream:
        return hashlib.file_digest(
            stream, lambda: hashlib.new(algorithm, usedforsecurity=False)
        ).hexdigest()


def list_directory(path: str) -> list[str]:
    """Return the sorted names in a folder; an absent folder has none."""
    try:
        return sorted(os.listdir(path))
    except FileNotFoundError:
        return []


def tree_size(path: str) -> int:
    """Return the bytes that the files below a folder hold; links count as themselves."""
    total = 0
    pending = [path]
    while pending:
        try:
            with os.scandir(pending.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        pending.append(entry.path)
                    else:
                        total += entry.stat(follow_symlinks=False).st_size
        except (FileNotFoundError, PermissionError):
            continue  # what vanishes or cannot be seen does not count
    return total
