"""`Journal`: a decided change of an environment as a list of renames, and the file that keeps it.

The file is one JSON document and a line with its SHA-256. It is whole or absent: it gets its name
when it has reached the disk. What cannot be read was never decided, and the environment is as it
was.

Needs nothing but the standard library.
"""

import os
import stat
from typing import NamedTuple

from conda_clone.gateways.disk.barrier import write_durably

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable

    from conda_clone.core.transaction.area import Area

__all__ = ["Change", "Fingerprint", "Journal", "Kind", "fingerprint", "read_journal"]

_VERSION = 1
Fingerprint = tuple[int, int, int]
"""Tells whether a file or folder is still what it was: inode, size and time of a file; number of
entries, sum of sizes and of times of a folder."""


class Kind:
    """What a change does to one place; the letters are what the file says."""

    PUT = "put"  # a new file or folder, where nothing was
    REPLACE = "replace"  # a new file in the place of an old one, at no instant missing
    TAKE = "take"  # an old file or folder goes to back/
    MOVE = "move"  # something of the user goes to a name beside
    DROP = "drop"  # an old folder goes that is empty by then, and cannot be renamed


class Change(NamedTuple):
    """One rename, or one that a link precedes.

    Attributes:
        kind: One of `Kind`.
        path: The place, relative to the prefix.
        place: Number of the old file in `back/`; the name beside for `MOVE`; the permission bits,
            octal, for `DROP`; "" for `PUT`.
        old: What was at `path` when the change was decided; None when that was nothing.
        inode: Number of the new file's inode; 0 when there is no new one.
    """

    kind: str
    path: str
    place: str = ""
    old: Fingerprint | None = None
    inode: int = 0


class Journal(NamedTuple):
    """A decided change.

    Attributes:
        identity: Short random text, for names that come out of it.
        changes: What to do, in order.
        durability: The setting that the transaction ran with.
        undecided: The change counts only when it is done completely (scripts run at its end):
            whoever finds it half done goes back.
        created: The environment is new, so that going back removes it.
        deleted: The environment goes, with everything in it.
    """

    identity: str
    changes: tuple[Change, ...] = ()
    durability: str = "safe"
    undecided: bool = False
    created: bool = False
    deleted: bool = False

    def write(self, area: "Area") -> None:
        """Decide: from the moment the file has its name, the change can be finished."""
        import json  # 5 ms; only where something changes

        document = {
            "version": _VERSION,
            "identity": self.identity,
            "durability": self.durability,
            "undecided": self.undecided,
            "created": self.created,
            "deleted": self.deleted,
            "changes": self.changes,
        }
        text = json.dumps(document, separators=(",", ":")).encode()
        temporary = f"{area.journal}.new"
        data = b"%s\n%s\n" % (text, _digest(text))
        write_durably(temporary, data, area.journal, durability=self.durability)


def read_journal(path: str) -> Journal | None:
    """Return the change that a file decides, or None when it decides nothing.

    A file that is damaged, or of a version that we do not know, raises nothing: `None`.
    """
    import json  # 5 ms; only after an interruption

    try:
        with open(path, "rb") as stream:
            text, _, digest = stream.read().partition(b"\n")
        if digest.strip() != _digest(text):
            return None
        document = json.loads(text)
        if document["version"] != _VERSION:
            return None
        return Journal(
            identity=document["identity"],
            changes=tuple(_changes(document["changes"])),
            durability=document["durability"],
            undecided=document["undecided"],
            created=document["created"],
            deleted=document.get("deleted", False),  # not in journals of older versions
        )
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def fingerprint(path: str, status: os.stat_result | None = None) -> Fingerprint | None:
    """Return what tells a file or folder from a changed one; None when nothing is there.

    Compiled modules in a folder do not count: programs make them while they run.

    Args:
        path: What to look at.
        status: Its `lstat`, if the caller has looked already.
    """
    try:
        status = os.lstat(path) if status is None else status
    except OSError:
        return None
    if not stat.S_ISDIR(status.st_mode):
        return status.st_ino, status.st_size, status.st_mtime_ns
    count = size = times = 0
    pending = [path]
    while pending:
        with os.scandir(pending.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append(entry.path)
                elif not entry.name.endswith(".pyc"):
                    status = entry.stat(follow_symlinks=False)
                    count += 1
                    size += status.st_size
                    times += status.st_mtime_ns
    return count, size, times


def _changes(rows: "Iterable[tuple[str, str, str, list[int] | None, int]]") -> "Iterable[Change]":
    for kind, path, place, old, inode in rows:
        yield Change(kind, path, place, None if old is None else (old[0], old[1], old[2]), inode)


def _digest(text: bytes) -> bytes:
    import hashlib  # 3 ms

    return hashlib.sha256(text).hexdigest().encode()
