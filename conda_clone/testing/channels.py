"""Builds a channel: a folder of package archives with the indexes that describe them.

`write` must be called after the last change; it writes `repodata.json` and `repodata.json.zst` for
every subdir that holds something, for the default platform and for `noarch`, which every channel
must have.
"""

import json
import shutil
from typing import TYPE_CHECKING, Unpack

from conda_clone.testing.archives import compress_zstd, read_index, split_extension
from conda_clone.testing.packages import (
    DEFAULT_SUBDIR,
    BuiltPackage,
    PackageFields,
    build_package,
    digests,
)
from conda_clone.testing.shards import write_shards

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["ChannelBuilder"]


class ChannelBuilder:
    """A channel in the making.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> channel = ChannelBuilder(pathlib.Path(folder.name, "main"))
    >>> channel.add(name="hello", files={"share/hello": "Hello"}).subdir
    'linux-64'
    >>> channel.write()
    >>> sorted(path.name for path in channel.root.iterdir())
    ['linux-64', 'noarch']
    >>> folder.cleanup()
    """

    def __init__(self, root: "Path", *, subdir: str = DEFAULT_SUBDIR) -> None:
        """Start an empty channel in the folder `root`; `subdir` is what packages get by default."""
        self.root = root
        self.packages: dict[str, dict[str, BuiltPackage]] = {subdir: {}, "noarch": {}}
        self._subdir = subdir
        self._records: dict[str, dict[str, dict[str, object]]] = {}
        self._info: dict[str, dict[str, object]] = {}

    @property
    def url(self) -> str:
        """The channel's address for reading it from the disk (`file://`)."""
        return self.root.absolute().as_uri()

    def add(self, **fields: Unpack[PackageFields]) -> BuiltPackage:
        """Build a package (see `PackageFields`) into the folder of its subdir."""
        subdir = fields.get("subdir", "noarch" if fields.get("noarch") else self._subdir)
        fields["subdir"] = subdir
        package = build_package(self.root / subdir, **fields)
        self._remember(package)
        return package

    def add_archive(self, path: "Path") -> BuiltPackage:
        """Copy an archive that exists into the folder of its subdir."""
        index = read_index(path)
        target = self.root / str(index["subdir"]) / path.name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        package = BuiltPackage(target, path.name, {**index, **digests(target)})
        self._remember(package)
        return package

    def add_record(self, fn: str, record: "Mapping[str, object]") -> None:
        """List a package that has no archive: enough to solve with, not to install from."""
        subdir = str(record.get("subdir", self._subdir))
        self._records.setdefault(subdir, {})[fn] = {"subdir": subdir, **record}

    def amend(self, package: BuiltPackage, **changes: object) -> None:
        """Make the index say something else of a package than its archive does (a hotfix)."""
        package.record.update(changes)

    def remove(self, package: BuiltPackage) -> None:
        """Take a package out of the channel, archive and all."""
        del self.packages[package.subdir][package.fn]
        package.path.unlink()

    def set_info(self, subdir: str, **values: object) -> None:
        """Add keys such as `base_url` to the `info` of one subdir's index."""
        self._info.setdefault(subdir, {}).update(values)

    def write(self) -> None:
        """Write the indexes of all subdirs."""
        for subdir in sorted({*self.packages, *self._records, *self._info}):
            folder = self.root / subdir
            folder.mkdir(parents=True, exist_ok=True)
            data = json.dumps(self.repodata(subdir), indent=1, sort_keys=True).encode()
            (folder / "repodata.json").write_bytes(data)
            (folder / "repodata.json.zst").write_bytes(compress_zstd(data))

    def write_shards(self) -> None:
        """Write the sharded form (CEP 16) of the indexes that `write` has written."""
        for subdir in sorted({*self.packages, *self._records, *self._info}):
            write_shards(self.root / subdir)

    def repodata(self, subdir: str) -> dict[str, object]:
        """Return the index of one subdir (spec/formats.md, section 4)."""
        records = {fn: package.record for fn, package in self.packages.get(subdir, {}).items()}
        records.update(self._records.get(subdir, {}))
        info = {"subdir": subdir, **self._info.get(subdir, {})}
        return {
            "info": info,
            "packages": {fn: record for fn, record in records.items() if _is_tar_bz2(fn)},
            "packages.conda": {fn: record for fn, record in records.items() if not _is_tar_bz2(fn)},
            "removed": [],
            "repodata_version": 2 if "base_url" in info else 1,
        }

    def _remember(self, package: BuiltPackage) -> None:
        self.packages.setdefault(package.subdir, {})[package.fn] = package


def _is_tar_bz2(fn: str) -> bool:
    return split_extension(fn)[1] == "tar.bz2"
