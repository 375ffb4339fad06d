"""Records to and from the JSON of repodata, package caches and `conda-meta`.

Keys that we do not know are kept and written again. What is read is checked: a value of a wrong
type raises `InvalidRecord` instead of failing later. Secrets are never written.
"""

import re
from sys import intern

from conda_clone.models.channel import UNKNOWN_CHANNEL, Channel, ChannelConfig
from conda_clone.models.errors import ChannelError, InvalidRecord
from conda_clone.models.installed_files_json import (
    link_from_json,
    link_to_json,
    paths_from_json,
    paths_to_json,
)
from conda_clone.models.json_values import (
    milliseconds,
    noarch_kind,
    number,
    text_of,
    texts_of,
    timestamp_of,
    words_of,
)
from conda_clone.models.later_pattern import pattern
from conda_clone.models.records import (
    PackageCacheRecord,
    PackageRecord,
    PrefixRecord,
)
from conda_clone.models.subdir import KNOWN_SUBDIRS, is_subdir
from conda_clone.models.url import has_scheme, path_to_url, split_secrets

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from conda_clone.models.package_record import RareFields

__all__ = [
    "cache_record_from_json",
    "prefix_record_from_json",
    "record_from_repodata",
    "record_to_json",
]

_PLAIN_KEYS = frozenset(
    {
        "build",
        "build_number",
        "channel",
        "constrains",
        "depends",
        "fn",
        "license",
        "license_family",
        "md5",
        "name",
        "noarch",
        "sha256",
        "size",
        "subdir",
        "timestamp",
        "url",
        "version",
    }
)
_RARE_TEXTS = ("arch", "legacy_bz2_md5", "package_type", "platform", "python_site_packages_path")
_PACKAGE_KEYS = _PLAIN_KEYS | {
    *_RARE_TEXTS,
    "features",
    "legacy_bz2_size",
    "track_features",
    # Derived or secret: old tools wrote them, nobody needs them again.
    "auth",
    "schannel",
    "with_features_depends",
}
_CACHE_KEYS = _PACKAGE_KEYS | {"extracted_package_dir", "package_tarball_full_path"}
_PREFIX_KEYS = _CACHE_KEYS | {"files", "link", "paths_data", "requested_spec", "requested_specs"}
# Platforms that we do not know yet are welcome; a record may only not leave its channel.
_FOLDER = pattern(r"\w[\w.-]*", re.ASCII)


def record_from_repodata(
    entry: "Mapping[str, object]", *, fn: str, channel: Channel, subdir: str, base_url: str
) -> PackageRecord:
    """Return the record of one entry of an index.

    Args:
        entry: The JSON object.
        fn: Its key: the archive's file name.
        channel: Where the index comes from.
        subdir: Platform folder of the index; an entry's own `subdir` wins.
        base_url: Folder of the archives, without secrets.

    Raises:
        InvalidRecord: The entry does not describe a package.
    """
    try:
        return _new_record(
            entry,
            channel=channel,
            subdir=text_of(entry, "subdir") or subdir,
            fn=fn,
            url=f"{base_url}/{fn}",
            known_keys=_PACKAGE_KEYS,
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidRecord(fn, _reason(error)) from error


def cache_record_from_json(
    data: "Mapping[str, object]",
    config: ChannelConfig,
    *,
    extracted_package_dir: str,
    package_tarball_full_path: str,
) -> PackageCacheRecord:
    """Return the record of an extracted package from its `info/repodata_record.json`.

    Raises:
        InvalidRecord: The object does not describe a package.
    """
    return PackageCacheRecord.from_record(
        _stored_record(data, config, _CACHE_KEYS, extracted_package_dir),
        extracted_package_dir=extracted_package_dir,
        package_tarball_full_path=package_tarball_full_path,
    )


def prefix_record_from_json(
    data: "Mapping[str, object]", config: ChannelConfig, *, with_paths: bool = True
) -> PrefixRecord:
    """Return the record of an installed package from its file in `conda-meta`.

    Args:
        data: The content of the file.
        config: How its channel is understood.
        with_paths: Read `paths_data`; who only lists packages saves half of the time without.

    Raises:
        InvalidRecord: The object does not describe a package.
    """
    what = str(data.get("name", "a package")) if isinstance(data, dict) else "a package"
    base = _stored_record(data, config, _PREFIX_KEYS, what)
    try:
        record = PrefixRecord.from_record(
            base,
            files=texts_of(data, "files"),
            paths=paths_from_json(data.get("paths_data")) if with_paths else (),
            link=link_from_json(data.get("link")),
            extracted_package_dir=text_of(data, "extracted_package_dir") or "",
            package_tarball_full_path=text_of(data, "package_tarball_full_path") or "",
            requested_specs=_requested_specs(data),
        )
    except (AttributeError, KeyError, TypeError, ValueError) as error:
        raise InvalidRecord(what, _reason(error)) from error
    return record


def record_to_json(record: PackageRecord) -> dict[str, object]:
    """Return the JSON object of a record.

    An installed or cached package gets the keys of its own file; any other one those of repodata.
    """
    data: dict[str, object] = {
        "name": record.name,
        "version": record.version,
        "build": record.build,
        "build_number": record.build_number,
    }
    channel_url = _channel_url(record)
    if isinstance(record, PackageCacheRecord | PrefixRecord):
        data["channel"] = channel_url
    data["subdir"] = record.subdir
    data["fn"] = record.fn
    _put(data, "md5", record.md5)
    if isinstance(record, PackageCacheRecord | PrefixRecord):
        data["url"] = record.url
    _put(data, "sha256", record.sha256)
    _put(data, "legacy_bz2_md5", record.legacy_bz2_md5)
    _put(data, "legacy_bz2_size", record.legacy_bz2_size)
    _put(data, "arch", record.arch)
    _put(data, "platform", record.platform)
    data["depends"] = list(record.depends)
    data["constrains"] = list(record.constrains)
    _put(data, "track_features", " ".join(record.track_features))
    _put(data, "features", " ".join(record.features))
    _put(data, "noarch", record.noarch)
    _put(data, "python_site_packages_path", record.python_site_packages_path)
    _put(data, "license", record.license)
    _put(data, "license_family", record.license_family)
    _put(data, "package_type", record.package_type)
    if record.timestamp:
        data["timestamp"] = timestamp_of(record.timestamp)
    if record.size is not None:
        data["size"] = record.size
    if isinstance(record, PrefixRecord):
        _put_installation(data, record)
    for key, value in record.extra.items():
        data.setdefault(key, value)
    return data


def _put_installation(data: dict[str, object], record: PrefixRecord) -> None:
    if not record.package_type and record.noarch is not None:
        data["package_type"] = f"noarch_{record.noarch}"
    # Older tools read one spec, and the word "None" for a dependency.
    data["requested_spec"] = record.requested_spec or "None"
    _put(data, "package_tarball_full_path", record.package_tarball_full_path)
    _put(data, "extracted_package_dir", record.extracted_package_dir)
    data["files"] = list(record.files)
    data["paths_data"] = paths_to_json(record.paths)
    if record.link is not None:
        data["link"] = link_to_json(record.link)
    if record.requested_specs:
        data["requested_specs"] = list(record.requested_specs)


def _put(data: dict[str, object], key: str, value: object) -> None:
    if value:
        data[key] = value


def _channel_url(record: PackageRecord) -> str:
    base = record.channel.base_url
    return f"{base}/{record.subdir}" if base else record.channel.canonical_name


def _new_record(
    entry: "Mapping[str, object]",
    *,
    channel: Channel,
    subdir: str,
    fn: str,
    url: str,
    known_keys: frozenset[str],
) -> PackageRecord:
    name, version, build = entry["name"], entry["version"], entry.get("build", "")
    if not (isinstance(name, str) and isinstance(version, str) and isinstance(build, str)):
        raise TypeError("its name, version or build is not a text")
    if not name or not version:
        raise ValueError("its name or version is empty")
    if subdir not in KNOWN_SUBDIRS and not _FOLDER.fullmatch(subdir):
        raise ValueError("its `subdir` is not the name of a folder")
    size = entry.get("size")
    rare: RareFields = {}
    if not entry.keys() <= _PLAIN_KEYS:
        rare = _rare_fields(entry, known_keys)
    return PackageRecord(
        name=intern(name),
        version=intern(version),
        build=build,
        build_number=number(entry.get("build_number", 0)),
        channel=channel,
        subdir=intern(subdir),
        fn=fn,
        url=url,
        md5=text_of(entry, "md5"),
        sha256=text_of(entry, "sha256"),
        size=None if size is None else number(size),
        timestamp=milliseconds(entry.get("timestamp")),
        depends=texts_of(entry, "depends"),
        constrains=texts_of(entry, "constrains"),
        license=_shared_text(entry, "license"),
        license_family=_shared_text(entry, "license_family"),
        noarch=noarch_kind(entry.get("noarch")),
        **rare,
    )


def _shared_text(entry: "Mapping[str, object]", key: str) -> str | None:
    text = text_of(entry, key)
    return None if text is None else intern(text)


def _rare_fields(entry: "Mapping[str, object]", known_keys: frozenset[str]) -> "RareFields":
    """Return what few packages have, as far as this one has it."""
    rare: RareFields = {}
    for key in _RARE_TEXTS:
        text = text_of(entry, key)
        if text is not None:
            rare[key] = text  # type: ignore[literal-required] # all of them are keys
    for key in ("features", "track_features"):
        words = words_of(entry, key)
        if words:
            rare[key] = words  # type: ignore[literal-required] # both of them are keys
    size = entry.get("legacy_bz2_size")
    if size is not None:
        rare["legacy_bz2_size"] = number(size)
    unknown = entry.keys() - known_keys
    if unknown:
        rare["extra"] = {key: entry[key] for key in sorted(unknown)}
    return rare


def _stored_record(
    data: "Mapping[str, object]", config: ChannelConfig, known_keys: frozenset[str], what: str
) -> PackageRecord:
    """Return the part that cached and installed packages share: it names its own channel."""
    try:
        fn = text_of(data, "fn")
        if not fn:
            fn = f"{data['name']}-{data['version']}-{data.get('build', '')}.tar.bz2"
        url = text_of(data, "url") or ""
        if url:
            url = split_secrets(url).url if has_scheme(url) else path_to_url(url)
        folder = url.rpartition("/")[0]
        place, text = folder, text_of(data, "channel") or ""
        own_subdir = text_of(data, "subdir")
        if own_subdir and not is_subdir(own_subdir):
            # A new platform, which `Channel` would take for a part of the channel.
            place = place.removesuffix(f"/{own_subdir}")
            text = text.rstrip("/").removesuffix(f"/{own_subdir}")
        channel = Channel.from_text(text or place or None, config)
        if channel.base_url is None and place:
            # Old tools wrote only "defaults"; the address tells which member it was.
            channel = Channel.from_text(place, config)
        subdir = (
            text_of(data, "subdir") or channel.platform or _last_subdir(folder) or config.subdir
        )
        if not url and channel.base_url and channel.canonical_name != UNKNOWN_CHANNEL:
            url = f"{channel.subdir_url(subdir)}/{fn}"
        return _new_record(
            data, channel=channel, subdir=subdir, fn=fn, url=url, known_keys=known_keys
        )
    except (AttributeError, KeyError, TypeError, ValueError, ChannelError) as error:
        raise InvalidRecord(what, _reason(error)) from error


def _last_subdir(folder: str) -> str | None:
    last = folder.rpartition("/")[2]
    return last if is_subdir(last) else None


def _reason(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"it has no `{error.args[0]}`"
    if isinstance(error, AttributeError):
        return "it is not a JSON object"
    return str(error).rstrip(".")


def _requested_specs(data: "Mapping[str, object]") -> tuple[str, ...]:
    specs = texts_of(data, "requested_specs")
    if specs:
        return specs
    old = text_of(data, "requested_spec")
    return (old,) if old and old != "None" else ()
