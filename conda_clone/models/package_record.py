"""`PackageRecord`: a package as its channel describes it.

Identity (equality and hash) is channel, subdir, name, version, build number and build, whatever
the type of the record, so that an installed package equals its entry in an index. Records are
immutable by convention: nobody assigns to one after it was built. URLs hold no secrets.

An index makes tens of thousands of them, so they are small: digests are bytes, file name and
address are put together when they are asked for, and what few packages have lies in an object of
its own, which all others share (tests/unit/models/test_package_record.py has the bytes).
"""

from sys import intern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Required, TypedDict, Unpack

    from typing_extensions import TypeIs

    from conda_clone.models.channel import Channel
    from conda_clone.models.json_values import NoarchKind

    class RareFields(TypedDict, total=False):
        """The arguments of `PackageRecord` that few packages have."""

        arch: str | None
        extra: Mapping[str, object]
        features: tuple[str, ...]
        legacy_bz2_md5: str | None
        legacy_bz2_size: int | None
        package_type: str | None
        platform: str | None
        python_site_packages_path: str | None
        track_features: tuple[str, ...]

    class PackageFields(RareFields, total=False):
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


__all__ = ["PackageRecord"]

_NOTHING: "Mapping[str, object]" = {}
_FIELDS = (
    "name",
    "version",
    "build",
    "build_number",
    "subdir",
    "fn",
    "url",
    "md5",
    "sha256",
    "size",
    "timestamp",
    "depends",
    "constrains",
    "license",
    "license_family",
    "noarch",
)
_EXTENSIONS = (".conda", ".tar.bz2")
_MD5_DIGITS = 32
_SHA256_DIGITS = 64


class _Details:
    """What few packages have; see `PackageRecord` for what the names mean."""

    __slots__ = (
        "arch",
        "extra",
        "features",
        "legacy_bz2_md5",
        "legacy_bz2_size",
        "package_type",
        "platform",
        "python_site_packages_path",
        "track_features",
    )

    def __init__(  # noqa: PLR0913 - one argument for each field of the format
        self,
        *,
        arch: str | None = None,
        extra: "Mapping[str, object]" = _NOTHING,
        features: tuple[str, ...] = (),
        legacy_bz2_md5: str | None = None,
        legacy_bz2_size: int | None = None,
        package_type: str | None = None,
        platform: str | None = None,
        python_site_packages_path: str | None = None,
        track_features: tuple[str, ...] = (),
    ) -> None:
        self.arch = arch
        self.extra = extra
        self.features = features
        self.legacy_bz2_md5 = legacy_bz2_md5
        self.legacy_bz2_size = legacy_bz2_size
        self.package_type = package_type
        self.platform = platform
        self.python_site_packages_path = python_site_packages_path
        self.track_features = track_features


def _packed(md5: str | None, sha256: str | None) -> "bytes | tuple[str | None, str | None]":
    """Return two digests in a third of the space; what is no digest stays a text."""
    if (md5 is None or len(md5) == _MD5_DIGITS) and (
        sha256 is None or len(sha256) == _SHA256_DIGITS
    ):
        digits = (md5 or "") + (sha256 or "")
        try:
            packed = bytes.fromhex(digits)
        except ValueError:
            return md5, sha256
        if packed.hex() == digits:
            return packed
    return md5, sha256


_NO_DETAILS = _Details()


def _is_list(value: object) -> "TypeIs[list[object] | tuple[object, ...]]":
    return isinstance(value, (list, tuple))


class PackageRecord:
    """A package as its channel describes it.

    Attributes:
        build_number: Distinguishes builds of one version; higher is newer.
        subdir: Platform folder it comes from.
        size: Of the archive, in bytes; None when unknown.
        timestamp: When it was built, in milliseconds since 1970; 0 when unknown.
        depends: Specs of packages that must be there.
        constrains: Specs that hold for packages that may be there.
        noarch: How a package for all platforms is installed; None for a platform's own.
    """

    __slots__ = (
        "_details",
        "_digests",
        "_fn",
        "_identity",
        "_place",
        "build",
        "build_number",
        "channel",
        "constrains",
        "depends",
        "license",
        "license_family",
        "name",
        "noarch",
        "size",
        "subdir",
        "timestamp",
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
        **rare: "Unpack[RareFields]",
    ) -> None:
        self.name = name
        self.version = version
        self.build = build
        self.build_number = build_number
        self.channel = channel
        self.subdir = subdir
        self.size = size
        self.timestamp = timestamp
        self.depends = depends
        self.constrains = constrains
        self.license = license
        self.license_family = license_family
        self.noarch = noarch
        self._digests = _packed(md5, sha256)
        # The place of the extension when the rest of the name follows from the record.
        self._fn: str | int = fn
        dist_name = f"{name}-{version}-{build}"
        if fn.startswith(dist_name):
            extension = fn[len(dist_name) :]
            if extension in _EXTENSIONS:
                self._fn = _EXTENSIONS.index(extension)
        # The folder of the archive, which many records share; in a tuple, an address without one.
        self._place: str | tuple[str] = (
            intern(url[: -len(fn) - 1]) if fn and url.endswith(f"/{fn}") else (url,)
        )
        self._details = _Details(**rare) if rare else _NO_DETAILS
        self._identity: tuple[str, str, str, str, int, str] | None = None

    @property
    def fn(self) -> str:
        """File name of the archive."""
        fn = self._fn
        return fn if isinstance(fn, str) else f"{self.dist_name}{_EXTENSIONS[fn]}"

    @property
    def url(self) -> str:
        """Address of the archive, without secrets; empty for what has no archive."""
        place = self._place
        return f"{place}/{self.fn}" if isinstance(place, str) else place[0]

    @property
    def md5(self) -> str | None:
        """Digest of the archive, in hexadecimal digits."""
        digests = self._digests
        if isinstance(digests, tuple):
            return digests[0]
        digits = digests.hex()
        return digits[:_MD5_DIGITS] if len(digits) != _SHA256_DIGITS and digits else None

    @property
    def sha256(self) -> str | None:
        """Digest of the archive, in hexadecimal digits."""
        digests = self._digests
        if isinstance(digests, tuple):
            return digests[1]
        digits = digests.hex()
        return digits[-_SHA256_DIGITS:] if len(digits) >= _SHA256_DIGITS else None

    @property
    def arch(self) -> str | None:
        """Architecture as the index says it."""
        return self._details.arch

    @property
    def extra(self) -> "Mapping[str, object]":
        """Keys that we do not know, as they were."""
        return self._details.extra

    @property
    def flags(self) -> tuple[str, ...]:
        """Words by which a variant can be chosen (CEP 45)."""
        words = self._details.extra.get("flags")
        return tuple([word for word in words if isinstance(word, str)]) if _is_list(words) else ()

    def extra_depends(self, group: str) -> tuple[str, ...]:
        """Return the dependencies of an optional group, none when it has no such group (CEP 44)."""
        extra = self._details.extra
        groups = extra.get("extra_depends", extra.get("extra-depends"))
        texts = groups.get(group) if isinstance(groups, dict) else None
        return tuple([text for text in texts if isinstance(text, str)]) if _is_list(texts) else ()

    @property
    def features(self) -> tuple[str, ...]:
        """Words that the package asks for."""
        return self._details.features

    @property
    def legacy_bz2_md5(self) -> str | None:
        """MD5 of the `.tar.bz2` twin."""
        return self._details.legacy_bz2_md5

    @property
    def legacy_bz2_size(self) -> int | None:
        """Size of the `.tar.bz2` twin, in bytes."""
        return self._details.legacy_bz2_size

    @property
    def package_type(self) -> str | None:
        """Kind of what is not an ordinary package, such as `virtual_python_wheel`."""
        return self._details.package_type

    @property
    def platform(self) -> str | None:
        """Operating system as the index says it."""
        return self._details.platform

    @property
    def python_site_packages_path(self) -> str | None:
        """Of `python` records, relative to the prefix (CEP 17)."""
        return self._details.python_site_packages_path

    @property
    def track_features(self) -> tuple[str, ...]:
        """Words that make the package less wanted."""
        return self._details.track_features

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

    def _copy_to(self, other: "PackageRecord", *, without_platform: bool = False) -> None:
        """Give another record all that this one says; the other may be of another type."""
        for slot in PackageRecord.__slots__:
            setattr(other, slot, getattr(self, slot))
        if without_platform and (self.arch or self.platform):
            details = _Details()
            for slot in _Details.__slots__:
                setattr(details, slot, getattr(self._details, slot))
            details.arch = details.platform = None
            other._details = details  # noqa: SLF001 - same class

    def __eq__(self, other: object) -> bool:
        if self is other:
            return True
        return isinstance(other, PackageRecord) and self.identity == other.identity

    def __hash__(self) -> int:
        return hash(self.identity)

    def get(self, field: str, default: object = None) -> object:
        """Return a field by its name, or the default where there is none or nothing is known."""
        value = getattr(self, field, None)
        return default if value is None else value

    def dump(self) -> dict[str, object]:
        """Return the fields by their names, those apart of which nothing is known."""
        fields = {name: self.get(name) for name in _FIELDS}
        fields["channel"] = str(self.channel)
        return {name: value for name, value in fields.items() if value not in (None, ())}

    def __str__(self) -> str:
        return self.dist_str

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.dist_str!r})"
