"""Records of built packages, and caches that nobody can write, for tests of the package cache."""

from pathlib import Path

from conda_clone.core.packages.package_cache_data import PackageCacheData
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.records import PackageRecord
from conda_clone.testing.packages import BuiltPackage

CONFIG = ChannelConfig()


def record_of(package: BuiltPackage, channel_url: str, **changes: object) -> PackageRecord:
    """Return a built package as the index of a channel describes it; None removes a key."""
    channel = Channel.from_text(channel_url, CONFIG)
    entry = {
        key: value for key, value in {**package.record, **changes}.items() if value is not None
    }
    base_url = channel.subdir_url(package.subdir)
    return record_from_repodata(
        entry, fn=package.fn, channel=channel, subdir=package.subdir, base_url=base_url
    )


def moved(record: PackageRecord, *, fn: str | None = None, url: str | None = None) -> PackageRecord:
    """Return the same package under another file name or address."""
    return PackageRecord(
        name=record.name,
        version=record.version,
        build=record.build,
        build_number=record.build_number,
        channel=record.channel,
        subdir=record.subdir,
        fn=record.fn if fn is None else fn,
        url=record.url if url is None else url,
        md5=record.md5,
        sha256=record.sha256,
        size=record.size,
        depends=record.depends,
    )


def forbid_writing(pkgs_dir: Path) -> None:
    """Make a package cache read-only, for root too: no text can be appended to a folder."""
    (pkgs_dir / "urls.txt").unlink(missing_ok=True)
    (pkgs_dir / "urls.txt").mkdir(parents=True)


def cache_at(pkgs_dir: Path) -> PackageCacheData:
    """Return the package cache of a folder."""
    return PackageCacheData(str(pkgs_dir), CONFIG)
