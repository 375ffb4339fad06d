"""Compare an environment with its records: which files are missing, and which have another content.

Nothing is changed, and nothing outside the environment is looked at.
"""

import os
import stat
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from conda_clone.core.transaction.paths import (
    PythonTarget,
    python_target,
    scripts_folder,
    target_path,
    unsafe_reason,
)
from conda_clone.gateways.disk.read import file_digest
from conda_clone.models.records import PrefixPath, PrefixRecord

__all__ = ["Damage", "edited_files", "find_damage"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Damage:
    """What is wrong with one installed package.

    Attributes:
        record: The package.
        missing: Its files that are not there.
        altered: Its files that have another content than when they were installed, or that cannot
            be read.
    """

    record: PrefixRecord
    missing: tuple[str, ...] = ()
    altered: tuple[str, ...] = ()

    @property
    def paths(self) -> tuple[str, ...]:
        """All files of either kind, relative to the environment, sorted."""
        return tuple(sorted({*self.missing, *self.altered}))


def find_damage(
    prefix: str, installed: Mapping[str, PrefixRecord], *, contents: bool = True
) -> Iterator[Damage]:
    """Yield the packages whose files are not as they were installed, in the given order.

    Args:
        prefix: The environment.
        installed: Its packages by name.
        contents: Whether files are read, and compared with the digests that records have
            (`sha256_in_prefix`). What a record has no digest for, such as byte code, may be
            anything. Without, only missing files are found, which takes one `lstat` each.
    """
    python = installed.get("python")
    target = python_target(python) if python is not None else None
    for record in installed.values():
        missing = tuple(_missing(prefix, record.files))
        altered = tuple(_altered(prefix, record, target)) if contents else ()
        if missing or altered:
            yield Damage(record=record, missing=missing, altered=altered)


def edited_files(prefix: str, installed: Mapping[str, PrefixRecord]) -> Iterator[str]:
    """Yield the packaged files that have got another content or target since they came.

    Read are only those of which the file system says that something has happened to them since
    their record was written. What has a second hard link has that content in the package cache too.
    """
    python = installed.get("python")
    target = python_target(python) if python is not None else None
    for record in installed.values():
        written = os.lstat(f"{prefix}/conda-meta/{record.dist_name}.json").st_ctime_ns
        for path in _altered(prefix, record, target, since=written):
            if os.path.lexists(f"{prefix}/{path}"):
                yield path


def _missing(prefix: str, files: Iterable[str]) -> Iterator[str]:
    for path in sorted(set(files)):
        if unsafe_reason(path) is None and not os.path.lexists(f"{prefix}/{path}"):
            yield path


def _altered(
    prefix: str, record: PrefixRecord, python: PythonTarget | None, *, since: int | None = None
) -> Iterator[str]:
    owned = set(record.files)
    scripts = scripts_folder(record.subdir)
    for entry in record.paths:
        digest = _digest(entry)
        if digest is None and (since is None or entry.path_type != "softlink"):
            continue
        path = entry.path
        if path not in owned and python is not None:  # under its packaged name
            path = target_path(path, python, scripts)
        if unsafe_reason(path) is not None:
            continue
        if since is not None and not _is_newer(f"{prefix}/{path}", since):
            continue
        if digest is None or not _has_digest(f"{prefix}/{path}", digest):
            yield path


def _is_newer(path: str, since: int) -> bool:
    """Tell whether a file that has one name only has been changed, or has come, since then."""
    try:
        status = os.lstat(path)
    except OSError:
        return False
    return status.st_ctime_ns > since and status.st_nlink == 1


def _digest(entry: PrefixPath) -> str | None:
    """Return what the file's content must amount to; links have none of their own."""
    if entry.path_type != "hardlink":
        return None
    if entry.sha256_in_prefix:
        return entry.sha256_in_prefix.lower()
    return entry.sha256.lower() if entry.sha256 and not entry.prefix_placeholder else None


def _has_digest(path: str, digest: str) -> bool:
    """Tell whether a file has a digest; one that is not there is not altered."""
    try:
        # Through a link, because environments can be made of links into the package cache; but
        # never from a pipe or device, which would not come to an end.
        if not stat.S_ISREG(os.stat(path).st_mode):
            return False
        return file_digest(path, "sha256") == digest
    except FileNotFoundError:
        return True
    except OSError:
        return False
