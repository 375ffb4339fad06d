"""`PackageCacheData`: what one folder of packages holds, in conda's layout.

```
<pkgs_dir>/urls.txt                          one line per archive brought here; magic: see below
<pkgs_dir>/urls                              empty; conda's place for the same in its first years
<pkgs_dir>/<stem>.conda | .tar.bz2           archives
<pkgs_dir>/<stem>/                           the same, extracted
<pkgs_dir>/<stem>/info/repodata_record.json  which package it is, as its index says
```

A folder is writable when `urls.txt` can be appended to (spec/formats.md, section 6). An extracted
package appears under its name by one rename, complete with its record: who sees the folder sees all
of it. A wrong one is renamed away before its successor takes the name, never emptied in place.
"""

import errno
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from functools import cached_property
from types import MappingProxyType

from conda_clone.core.packages.extraction import extract_checked
from conda_clone.core.packages.soundness import is_sound
from conda_clone.core.packages.verify import (
    archive_matches,
    archive_stem,
    verify_extracted,
)
from conda_clone.errors import NoSpaceLeftError, NotWritableError
from conda_clone.gateways.disk.barrier import NONE, SharedBarrier
from conda_clone.gateways.disk.delete import move_aside, remove_tree
from conda_clone.gateways.disk.errors import EncodingError, ParseError, disk_errors
from conda_clone.gateways.disk.lock import FileLock
from conda_clone.gateways.disk.permissions import can_append, hide_like
from conda_clone.gateways.disk.read import file_digest, list_directory, read_json, read_text
from conda_clone.gateways.disk.write import (
    append_text,
    is_temporary,
    make_directories,
    make_temporary_directory,
    rename,
    write_atomically,
)
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.errors import InvalidRecord
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.record_json import cache_record_from_json, record_to_json
from conda_clone.models.records import PackageCacheRecord, PackageRecord
from conda_clone.models.url import redact

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.gateways.network.stream_digests import Algorithm

__all__ = ["PackageCacheData"]

_RECORD = os.path.join("info", "repodata_record.json")
_ATTEMPTS = 3
_FIRST_ENTRY = 1 << 20
_NOTHING_KNOWN: "Mapping[Algorithm, str]" = MappingProxyType({})


class PackageCacheData:
    """One folder of packages.

    Attributes:
        pkgs_dir: The folder; absolute.

    Args:
        pkgs_dir: As above.
        channel_config: How channels in records are understood.
        locks: Whether processes take turns.
        durability: The setting: what must have reached the disk before a package is published.
    """

    def __init__(
        self,
        pkgs_dir: str,
        channel_config: ChannelConfig,
        *,
        locks: bool = True,
        durability: str = NONE,
    ) -> None:
        self.pkgs_dir = pkgs_dir
        self._config = channel_config
        self._locks = locks
        self._barrier = SharedBarrier(durability)
        self._foreign: dict[str, bool] = {}

    def __repr__(self) -> str:
        return f"PackageCacheData({self.pkgs_dir!r})"

    @cached_property
    def is_writable(self) -> bool:
        """Whether packages can be added; the folder is made for that when it does not exist."""
        if not os.path.isdir(self.pkgs_dir):
            try:
                make_directories(self.pkgs_dir)
            except (OSError, NotWritableError, NoSpaceLeftError):
                return False
        return can_append(self._urls_txt)

    def archive_path(self, record: PackageRecord) -> str:
        """Return where the record's archive lies, or would lie."""
        archive_stem(record)  # refuses names that lead elsewhere
        return os.path.join(self.pkgs_dir, record.fn)

    def extracted_path(self, record: PackageRecord) -> str:
        """Return where the record's package lies extracted, or would lie."""
        return os.path.join(self.pkgs_dir, archive_stem(record))

    def get(self, record: PackageRecord) -> PackageCacheRecord | None:
        """Return the extracted package of the record, or None when it is not here.

        What lies here counts only if it came from the same archive: the digests agree, or, where
        one side has none, the addresses. The metadata of the result is that of the asked record,
        because channels correct theirs after publication.
        """
        folder = self.extracted_path(record)
        stored = self._stored(folder)
        if stored is None or not _same_archive(record, stored):
            return None
        if not os.path.isfile(os.path.join(folder, "info", "index.json")):
            return None
        if not self._is_trusted(folder):
            return None
        try:
            return self._complete(record, stored, self.archive_path(record))
        except InvalidRecord:  # what was stored was damaged since
            return None

    def find_archive(self, record: PackageRecord) -> str | None:
        """Return the path of the record's archive, if it lies here and is the right one."""
        path = self.archive_path(record)
        try:
            matches = archive_matches(path, record)
        except PermissionError:  # another user's, for them alone
            return None
        if matches is None:
            matches = bool(record.url) and record.url in self._urls()
        return path if matches else None

    def add(
        self,
        record: PackageRecord,
        archive: str,
        extract: Callable[[str, str], object] = extract_checked,
        digests: "Mapping[Algorithm, str]" = _NOTHING_KNOWN,
    ) -> PackageCacheRecord:
        """Extract an archive into this folder, replacing what has its name.

        Another process may add the same package at the same time: whoever renames first wins, and
        the other one takes the winner's.

        Args:
            record: Which package it is.
            archive: Its path.
            extract: Fills a folder with the archive, every file checked.
            digests: Digests of the archive that are known, in hexadecimal.

        Raises:
            InvalidArchiveError: The archive is damaged or would do harm.
            CondaVerificationError: It holds another package than the record says.
            NoSpaceLeftError: The disk is full; nothing of the package stays behind.
            NotWritableError: The folder cannot be written.
        """
        final = self.extracted_path(record)
        temporary = make_temporary_directory(final)
        try:
            extract(archive, temporary)
            index = verify_extracted(temporary, record)
            stored = {**index, **_facts(record, archive, digests)}
            cached = self._complete(record, stored, archive)
            text = _to_text(record_to_json(cached))
            write_atomically(os.path.join(temporary, _RECORD), text, sync=False)
            hide_like(temporary, archive)
            # A power failure must not leave empty files under a name that everybody trusts.
            self._barrier.sync(temporary)
            return self._publish(temporary, final, record, cached)
        finally:
            remove_tree(temporary)

    def discard(self, record: PackageRecord) -> None:
        """Remove the record's package as it lies extracted; its archive stays."""
        with self.entry_lock(record):
            _take_away(self.extracted_path(record))

    def entry_lock(self, record: PackageRecord) -> FileLock:
        """Return the lock of those who bring the record's package here, so that only one does.

        Who finds the package extracted needs no lock: it appears complete, and never changes.
        """
        # A byte of its own for every archive, of one file; far from those that others lock.
        import hashlib  # 3 ms

        digest = hashlib.sha256(record.fn.encode()).digest()
        byte = _FIRST_ENTRY + int.from_bytes(digest[:6], "big")
        return FileLock(os.path.join(self.pkgs_dir, ".lock"), byte=byte, enabled=self._locks)

    def use_lock(self, *, alone: bool = False) -> FileLock:
        """Return the lock that everybody shares who uses packages of this folder.

        Who removes packages has it `alone`, so that nothing vanishes that is being linked.
        """
        path = os.path.join(self.pkgs_dir, ".in-use.lock")
        return FileLock(path, enabled=self._locks, shared=not alone)

    def sweep(self) -> None:
        """Remove what killed programs have left half-done, unless somebody is at work here."""
        with disk_errors(self.pkgs_dir):
            names = [name for name in list_directory(self.pkgs_dir) if is_temporary(name)]
        if not names:
            return
        lock = self.use_lock(alone=True)
        if lock.try_acquire():
            try:
                for name in names:
                    _throw_away(os.path.join(self.pkgs_dir, name))
            finally:
                lock.release()

    def note_url(self, url: str) -> None:
        """Remember where an archive came from, without secrets."""
        append_text(self._urls_txt, f"{redact(url)}\n")
        mark = os.path.join(self.pkgs_dir, "urls")
        if not os.path.lexists(mark):
            append_text(mark, "")

    def records(self) -> Iterator[PackageCacheRecord]:
        """Yield what lies extracted here, by name of the folder; what cannot be read is left out.

        Raises:
            NotWritableError: The folder may not be read.
        """
        with disk_errors(self.pkgs_dir):
            names = list_directory(self.pkgs_dir)
        for name in names:
            folder = os.path.join(self.pkgs_dir, name)
            stored = self._stored(folder)
            if stored is None:
                continue
            archive = os.path.join(self.pkgs_dir, str(stored.get("fn") or f"{name}.tar.bz2"))
            try:
                yield cache_record_from_json(
                    stored,
                    self._config,
                    extracted_package_dir=folder,
                    package_tarball_full_path=archive,
                )
            except InvalidRecord:
                continue

    def query(self, spec: MatchSpec) -> list[PackageCacheRecord]:
        """Return the extracted packages that match a spec."""
        return [record for record in self.records() if spec.match(record)]

    def _is_trusted(self, folder: str) -> bool:
        """Tell whether a package is what it says; those of other users are read once, and compared.

        Whoever extracted a package can change it; we and the administrator are trusted.
        """
        if not hasattr(os, "geteuid"):
            return True
        try:
            owner = os.stat(folder).st_uid
        except FileNotFoundError:  # somebody cleans the cache, and nobody has it to himself yet
            return False
        if owner in {0, os.geteuid()}:
            return True
        if folder not in self._foreign:
            self._foreign[folder] = is_sound(folder)
        return self._foreign[folder]

    @property
    def _urls_txt(self) -> str:
        return os.path.join(self.pkgs_dir, "urls.txt")

    def _urls(self) -> frozenset[str]:
        try:
            return frozenset(read_text(self._urls_txt).split())
        except (OSError, EncodingError):
            return frozenset()

    def _stored(self, folder: str) -> Mapping[str, object] | None:
        """Return the record in an extracted package; None when there is none that can be read."""
        try:
            stored = read_json(os.path.join(folder, _RECORD))
        except (OSError, ParseError):
            return None
        return stored if isinstance(stored, dict) else None

    def _complete(
        self, record: PackageRecord, stored: Mapping[str, object], archive: str
    ) -> PackageCacheRecord:
        """Return the cache's record: the asked one, and what only the package itself knows."""
        folder = self.extracted_path(record)
        cached = PackageCacheRecord.from_record(
            record, extracted_package_dir=folder, package_tarball_full_path=archive
        )
        if record.size is not None and record.sha256 and record.md5:
            return cached
        data = record_to_json(cached)
        if _is_known_by_url_only(record):
            stated = ("channel", "fn", "md5", "sha256", "subdir", "url")
            data = {**stored, **{key: data[key] for key in stated if data.get(key)}}
        else:
            facts = {key: stored[key] for key in ("md5", "sha256", "size") if key in stored}
            data = {**facts, **data}
        return cache_record_from_json(
            data,
            self._config,
            extracted_package_dir=folder,
            package_tarball_full_path=archive,
        )

    def _publish(
        self, temporary: str, final: str, record: PackageRecord, cached: PackageCacheRecord
    ) -> PackageCacheRecord:
        for _ in range(_ATTEMPTS):
            try:
                rename(temporary, final)
            except FileExistsError:
                # The digests say that it is the same; the next who asks must find it, too.
                other = self.get(record)
                if other is not None and self.get(cached) is not None:
                    return other
                _take_away(final)
            else:
                return cached
        rename(temporary, final)
        return cached


def _take_away(package: str) -> None:
    """Let a package that cannot be used lose its name, in one step."""
    try:
        aside = move_aside(package)
    except OSError as error:
        if error.errno not in (errno.EXDEV, errno.EBUSY):
            raise
        # In a layer of an image, no folder can be renamed: without these it is no package.
        remove_tree(os.path.join(package, "info"))
        aside = package
    _throw_away(aside)


def _throw_away(path: str | None) -> None:
    """Remove what has a temporary name; that of another user stays until they fetch something."""
    if path is not None:
        with suppress(NotWritableError):
            remove_tree(path)


def _same_archive(record: PackageRecord, stored: Mapping[str, object]) -> bool:
    for key, digest in (("sha256", record.sha256), ("md5", record.md5)):
        known = stored.get(key)
        if digest and isinstance(known, str) and known:
            return known.lower() == digest.lower()
    size = stored.get("size")
    if record.size is not None and size is not None and size != record.size:
        return False
    return bool(record.url) and redact(str(stored.get("url", ""))) == record.url


def _is_known_by_url_only(record: PackageRecord) -> bool:
    """Return whether the record was made from an address, so that the archive knows more."""
    return (
        record.size is None
        and not record.timestamp
        and not record.depends
        and not record.constrains
        and not record.license
    )


def _facts(
    record: PackageRecord, archive: str, known: "Mapping[Algorithm, str]"
) -> dict[str, object]:
    """Return what is known of an archive, with size and digests if its record lacks them."""
    facts: dict[str, object] = {"size": record.size or os.path.getsize(archive)}
    facts.update(known.items())
    if not record.sha256 and "sha256" not in known:
        facts["sha256"] = file_digest(archive, "sha256")
    if not record.md5 and "md5" not in known:
        facts["md5"] = file_digest(archive, "md5")
    return facts


def _to_text(data: Mapping[str, object]) -> str:
    import json  # 3 ms; only when something is added

    return json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
