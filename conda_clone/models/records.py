"""Records of what the machine has: packages in a package cache and in an environment.

They are package records (`package_record`) and equal those of the index that they came from.
"""

from conda_clone.models.installed_files import LinkInfo, PrefixPath
from conda_clone.models.package_record import PackageRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Unpack

    from conda_clone.models.package_record import PackageFields

__all__ = [
    "LinkInfo",
    "PackageCacheRecord",
    "PackageRecord",
    "PrefixPath",
    "PrefixRecord",
]


class PackageCacheRecord(PackageRecord):
    """A package that lies extracted in a package cache.

    Attributes:
        extracted_package_dir: Absolute path of its folder.
        package_tarball_full_path: Absolute path of its archive, which may have been cleaned away.
    """

    __slots__ = ("extracted_package_dir", "package_tarball_full_path")

    def __init__(
        self,
        *,
        extracted_package_dir: str,
        package_tarball_full_path: str,
        **fields: "Unpack[PackageFields]",
    ) -> None:
        super().__init__(**fields)
        self.extracted_package_dir = extracted_package_dir
        self.package_tarball_full_path = package_tarball_full_path

    @classmethod
    def from_record(
        cls, record: PackageRecord, *, extracted_package_dir: str, package_tarball_full_path: str
    ) -> "PackageCacheRecord":
        """Return what the cache knows of a package, all metadata taken from the record."""
        cached = cls.__new__(cls)
        record._copy_to(cached)  # noqa: SLF001 - the base class
        cached.extracted_package_dir = extracted_package_dir
        cached.package_tarball_full_path = package_tarball_full_path
        return cached


class PrefixRecord(PackageRecord):
    """A package that is installed in an environment.

    Attributes:
        files: Paths of all its files relative to the prefix, in the order they were linked.
        paths: The same files in detail; empty in records of old tools.
        link: Where it was linked from, or None.
        extracted_package_dir: Folder of the cache it came from, or empty.
        package_tarball_full_path: Archive it came from, or empty.
        requested_specs: What the user asked for; empty for a dependency.
    """

    __slots__ = (
        "extracted_package_dir",
        "files",
        "link",
        "package_tarball_full_path",
        "paths",
        "requested_specs",
    )

    def __init__(
        self,
        *,
        files: tuple[str, ...] = (),
        paths: tuple[PrefixPath, ...] = (),
        link: LinkInfo | None = None,
        extracted_package_dir: str = "",
        package_tarball_full_path: str = "",
        requested_specs: tuple[str, ...] = (),
        **fields: "Unpack[PackageFields]",
    ) -> None:
        super().__init__(**fields)
        self.files = files
        self.paths = paths
        self.link = link
        self.extracted_package_dir = extracted_package_dir
        self.package_tarball_full_path = package_tarball_full_path
        self.requested_specs = requested_specs

    @property
    def requested_spec(self) -> str | None:
        """What the user asked for as one text, for older tools; None for a dependency."""
        return self.requested_specs[0] if self.requested_specs else None

    @classmethod
    def from_record(
        cls,
        record: PackageRecord,
        *,
        files: tuple[str, ...] = (),
        paths: tuple[PrefixPath, ...] = (),
        link: LinkInfo | None = None,
        extracted_package_dir: str = "",
        package_tarball_full_path: str = "",
        requested_specs: tuple[str, ...] = (),
    ) -> "PrefixRecord":
        """Return the record of an installed package, metadata taken from another record."""
        installed = cls.__new__(cls)
        record._copy_to(installed)  # noqa: SLF001 - the base class
        installed.files = files
        installed.paths = paths
        installed.link = link
        installed.extracted_package_dir = extracted_package_dir
        installed.package_tarball_full_path = package_tarball_full_path
        installed.requested_specs = requested_specs
        return installed

    @classmethod
    def from_cache(
        cls,
        record: PackageCacheRecord,
        *,
        files: tuple[str, ...],
        paths: tuple[PrefixPath, ...],
        link: LinkInfo,
        requested_specs: tuple[str, ...] = (),
    ) -> "PrefixRecord":
        """Return the record of a package that was linked from a cache.

        `arch` and `platform` stay behind: `subdir` says it all, and records of today's tools do
        without.
        """
        installed = cls.from_record(
            record,
            files=files,
            paths=paths,
            link=link,
            extracted_package_dir=record.extracted_package_dir,
            package_tarball_full_path=record.package_tarball_full_path,
            requested_specs=requested_specs,
        )
        record._copy_to(installed, without_platform=True)  # noqa: SLF001 - the base class
        return installed
