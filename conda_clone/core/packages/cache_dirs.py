"""`CacheDirs`: several folders of packages, of which the first writable one gets new packages."""

from collections.abc import Iterable, Sequence

from conda_clone.core.packages.errors import NoWritablePkgsDirError
from conda_clone.core.packages.package_cache_data import PackageCacheData
from conda_clone.core.packages.soundness import is_sound
from conda_clone.gateways.disk.barrier import NONE
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageCacheRecord, PackageRecord

__all__ = ["CacheDirs"]


class CacheDirs:
    """The configured folders of packages, in order.

    Those that cannot be written are sources: their packages are linked from where they are.

    Args:
        pkgs_dirs: The folders; absolute.
        channel_config: How channels in records are understood.
        locks: Whether processes take turns (the opposite of the setting `no_lock`).
        durability: The setting: what must have reached the disk before a package is published.

    Attributes:
        caches: One object per folder.
        locks: As given.
    """

    def __init__(
        self,
        pkgs_dirs: Sequence[str],
        channel_config: ChannelConfig,
        *,
        locks: bool = True,
        durability: str = NONE,
    ) -> None:
        self.locks = locks
        self._channel_config = channel_config
        unique: Iterable[str] = dict.fromkeys(pkgs_dirs)
        self.caches = tuple(
            PackageCacheData(pkgs_dir, channel_config, locks=locks, durability=durability)
            for pkgs_dir in unique
        )

    def first_writable(self) -> PackageCacheData:
        """Return the folder that new packages go to.

        Raises:
            NoWritablePkgsDirError: None can be written.
        """
        for cache in self.caches:
            if cache.is_writable:
                return cache
        raise NoWritablePkgsDirError([cache.pkgs_dir for cache in self.caches])

    def first_for_indexes(self) -> str:
        """Return the path of the folder whose `cache` folder keeps the indexes of channels.

        Raises:
            NoWritablePkgsDirError: None can be written.
        """
        return self.first_writable().pkgs_dir

    def find(self, record: PackageRecord) -> PackageCacheRecord | None:
        """Return the record's package where it lies extracted, or None."""
        for cache in self.caches:
            found = cache.get(record)
            if found is not None:
                return found
        return None

    def find_archive(self, record: PackageRecord) -> str | None:
        """Return the path of the record's archive, verified, or None."""
        for cache in self.caches:
            found = cache.find_archive(record)
            if found is not None:
                return found
        return None

    def without_damaged(self, records: Iterable[PackageRecord]) -> "CacheDirs":
        """Return these folders free of extracted packages that are not as they were extracted.

        What can be written is cleared of such packages of the records; a folder that has one and
        cannot be written is left out.
        """
        sound = list(self.caches)
        for record in records:
            for cache in self.caches:
                found = cache.get(record)
                if found is None or is_sound(found.extracted_package_dir):
                    continue
                if cache.is_writable:
                    cache.discard(record)
                elif cache in sound:
                    sound.remove(cache)
        remaining = CacheDirs((), self._channel_config, locks=self.locks)
        remaining.caches = tuple(sound)
        return remaining

    def query(self, spec: MatchSpec) -> list[PackageCacheRecord]:
        """Return the extracted packages that match a spec, of all folders."""
        return [record for cache in self.caches for record in cache.query(spec)]
