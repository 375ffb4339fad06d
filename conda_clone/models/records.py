"""Package records: what an index, a package cache and an environment know about one package.

Identity (equality and hash) of every record is channel, subdir, name, version, build number and
build, whatever its type, so that an installed package equals its entry in an index. Records are
immutable by convention: nobody assigns to one after it was built. URLs hold no secrets.
"""

from conda_clone.models.installed_files import LinkInfo, PrefixPath

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Required, TypedDict, Unpack

    from conda_clone.models.channel import Channel
    from conda_clone.models.json_values import NoarchKind

    class PackageFields(TypedDict, total=False):
        """The arguments of `PackageRecord`, for the constructors of its subclasses."""

        name: Required[str]
        version: Required[str]
        build: Required[str]
        build_number: Required[int]
        channel: Required[Channel]
        subdir: Required[str]
        fn: Required[str]
        url: Required[str]
        md5: str | None
        sha256: str | None
        size: int | None
        timestamp: int
        depends: tuple[str, ...]
        constrains: tuple[str, ...]
        license: str | None
        license_family: str | None
        noarch: NoarchKind | None
        features: tuple[str, ...]
        track_features: tuple[str, ...]
        arch: str | None
        platform: str | None
        python_site_packages_path: str | None
        legacy_bz2_md5: str | None
        legacy_bz2_size: int | None
        package_type: str | None
        extra: Mapping[str, object]


__all__ = [
    "LinkInfo",
    "PackageCacheRecord",
    "PackageRecord",
    "PrefixPath",
    "PrefixRecord",
]

_NOTHING: "Mapping[str, object]" = {}


class PackageRecord:
    """A package as its channel describes it.

    Attributes:
        build_number: Distinguishes builds of one version; higher is newer.
        subdir: Platform folder it comes from.
        fn: File name of the archive.
        url: Address of the archive, without secrets; empty for what has no archive.
        size: Of the archive, in bytes; None when unknown.
        timestamp: When it was built, in milliseconds since 1970; 0 when unknown.
        depends: Specs of packages that must be there.
        constrains: Specs that hold for packages that may be there.
        noarch: How a package for all platforms is installed; None for a platform's own.
        features: Words that the package asks for.
        track_features: Words that make the package less wanted.
        arch: Architecture as the index says it.
        platform: Operating system as the index says it.
        python_site_packages_path: Of `python` records, relative to the prefix (CEP 17).
        legacy_bz2_md5: MD5 of the `.tar.bz2` twin.
        legacy_bz2_size: Size of the `.tar.bz2` twin, in bytes.
        package_type: Kind of what is not an ordinary package, such as `virtual_python_wheel`.
        extra: Keys that we do not know, as they were.
    """

    __slots__ = (
        "_identity",
        "arch",
        "build",
        "build_number",
        "channel",
        "constrains",
        "depends",
        "extra",
        "features",
        "fn",
        "legacy_bz2_md5",
        "legacy_bz2_size",
        "license",
        "license_family",
        "md5",
        "name",
        "noarch",
        "package_type",
        "platform",
        "python_site_packages_path",
        "sha256",
        "size",
        "subdir",
        "timestamp",
        "track_features",
        "url",
        "version",
    )

    def __init__(  # noqa: PLR0913 - one argument for each field of the format
        self,
        *,
        name: str,
        version: str,
        build: str,
        build_number: int,
        channel: "Channel",
        subdir: str,
        fn: str,
        url: str,
        md5: str | None = None,
        sha256: str | None = None,
        size: int | None = None,
        timestamp: int = 0,
        depends: tuple[str, ...] = (),
        constrains: tuple[str, ...] = (),
        license: str | None = None,  # noqa: A002 - the field's name in every format
        license_family: str | None = None,
        noarch: "NoarchKind | None" = None,
        features: tuple[str, ...] = (),
        track_features: tuple[str, ...] = (),
        arch: str | None = None,
        platform: str | None = None,
        python_site_packages_path: str | None = None,
        legacy_bz2_md5: str | None = None,
        legacy_bz2_size: int | None = None,
        package_type: str | None = None,
        extra: "Mapping[str, object]" = _NOTHING,
    ) -> None:
        self.name = name
        self.version = version
        self.build = build
        self.build_number = build_number
        self.channel = channel
        self.subdir = subdir
        self.fn = fn
        self.url = url
        self.md5 = md5
        self.sha256 = sha256
        self.size = size
        self.timestamp = timestamp
        self.depends = depends
        self.constrains = constrains
        self.license = license
        self.license_family = license_family
        self.noarch = noarch
        self.features = features
        self.track_features = track_features
        self.arch = arch
        self.platform = platform
        self.python_site_packages_path = python_site_packages_path
        self.legacy_bz2_md5 = legacy_bz2_md5
        self.legacy_bz2_size = legacy_bz2_size
        self.package_type = package_type
        self.extra = extra
        self._identity: tuple[str, str, str, str, int, str] | None = None

    @property
    def identity(self) -> tuple[str, str, str, str, int, str]:
        """Channel, subdir, name, version, build number and build."""
        identity = self._identity
        if identity is None:
            identity = self._identity = (
                self.channel.canonical_name,
                self.subdir,
                self.name,
                self.version,
                self.build_number,
                self.build,
            )
        return identity

    @property
    def dist_name(self) -> str:
        """`name-version-build`."""
        return f"{self.name}-{self.version}-{self.build}"

    @property
    def dist_str(self) -> str:
        """`channel/subdir::name-version-build`, as history and listings write it."""
        return f"{self.channel.canonical_name}/{self.subdir}::{self.dist_name}"

    @property
    def is_virtual(self) -> bool:
        """Whether the record states a fact about the machine."""
        return self.name.startswith("__")

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, PackageRecord) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def __str__(self) -> str:
        return self.dist_str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.dist_str!r})"


_PACKAGE_FIELDS = tuple(slot for slot in PackageRecord.__slots__ if slot != "_identity")


def _copy_fields(source: PackageRecord, target: PackageRecord) -> None:
    for name in _PACKAGE_FIELDS:
        setattr(target, name, getattr(source, name))
    target._identity = None  # noqa: SLF001 - same module; a subclass instance without __init__


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
        _copy_fields(record, cached)
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
        _copy_fields(record, installed)
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
        installed.arch = installed.platform = None
        return installed

    def with_requested_specs(self, requested_specs: tuple[str, ...]) -> "PrefixRecord":
        """Return the same installed package, asked for by other specs."""
        return type(self).from_record(
            self,
            files=self.files,
            paths=self.paths,
            link=self.link,
            extracted_package_dir=self.extracted_package_dir,
            package_tarball_full_path=self.package_tarball_full_path,
            requested_specs=requested_specs,
        )
