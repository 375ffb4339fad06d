"""`conda.models` and the data classes of `conda.core`, made from what plugins call them with.

Nothing here is a second implementation: calling `MatchSpec`, `Channel`, `PackageRecord` and so on
gives an object of ours, and `isinstance` asks for that. What they read of settings is `context`.
"""

import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.prefix import prefix_data
from conda_clone.models import channel, package_record, record_json, records
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.match_spec import spec
from conda_clone.models.url import PACKAGE_EXTENSIONS
from conda_clone.plugins.equivalents.aliases import add_names
from conda_clone.plugins.equivalents.context import context
from conda_clone.plugins.interfaces import NULL

__all__ = [
    "Channel",
    "Dist",
    "MatchSpec",
    "PackageCacheData",
    "PackageCacheRecord",
    "PackageRecord",
    "PrefixData",
    "PrefixRecord",
    "ProgressiveFetchExtract",
    "channel_of",
    "delete_prefix_from_linked_data",
]


add_names()


def channel_of(text: str) -> channel.Channel:
    """Return the channel that a text means with the settings of this run."""
    return channel.Channel.from_text(text, _config())


class _Ours(type):
    """Makes a name stand for one of our classes: called, it makes ours; it is the type of ours."""

    ours: type
    make: Callable[..., Any]

    def __call__(cls, *args: Any, **kwargs: Any) -> Any:
        return cls.make(*args, **kwargs)

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, cls.ours)

    def __subclasscheck__(cls, subclass: type) -> bool:
        return issubclass(subclass, cls.ours)

    def __getattr__(cls, name: str) -> Any:
        return getattr(cls.ours, name)


def _config() -> ChannelConfig:
    return context.configuration.channel_settings().config


def _match_spec(given: Any = "", **fields: Any) -> spec.MatchSpec:
    if isinstance(given, spec.MatchSpec):
        return given.replace(**fields) if fields else given
    if isinstance(given, package_record.PackageRecord):
        exact = {"name": given.name, "version": given.version, "build": given.build}
        return spec.MatchSpec("", **{**exact, **fields})
    return spec.MatchSpec(str(given), **{key: value for key, value in fields.items() if value})


def _channel(given: Any = None, **fields: Any) -> channel.Channel:
    if isinstance(given, channel.Channel):
        return given
    if given is None and fields:
        parts = [fields.get(key) for key in ("scheme", "location", "name")]
        scheme, *rest = [part for part in parts if part]
        given = f"{scheme}://{'/'.join(rest)}" if rest else scheme
    return channel.Channel.from_text(given, _config())


def _package_record(*args: Any, **fields: Any) -> package_record.PackageRecord:
    """Return a record from the fields of an index, with the channel and the URL it came from."""
    entry = {**_given(args), **fields}
    fn = str(entry.get("fn") or _file_name(entry))
    url = str(entry.get("url") or "")
    place = _channel(entry.pop("channel", None) or url.rpartition("/")[0].rpartition("/")[0] or "@")
    subdir = str(entry.get("subdir") or place.platform or "noarch")
    base = url.rpartition("/")[0] or (place.subdir_url(subdir) if place.base_url else "")
    entry.setdefault("build_number", 0)
    return record_json.record_from_repodata(
        {key: value for key, value in entry.items() if value is not None},
        fn=fn,
        channel=place,
        subdir=subdir,
        base_url=base,
    )


def _given(args: tuple[Any, ...]) -> dict[str, Any]:
    """Return the fields that are given without their names: all in a mapping, or the first four."""
    if args and isinstance(args[0], Mapping):
        return dict(args[0])
    return dict(zip(("name", "version", "build", "build_number"), args, strict=False))


def _file_name(entry: dict[str, Any]) -> str:
    return f"{entry['name']}-{entry['version']}-{entry['build']}{PACKAGE_EXTENSIONS[0]}"


def _prefix_record(*args: Any, **fields: Any) -> records.PrefixRecord:
    return record_json.prefix_record_from_json({**(args[0] if args else {}), **fields}, _config())


def _joined(objects: Iterable[Any]) -> dict[str, Any]:
    entry: dict[str, Any] = {}
    for each in reversed(tuple(objects)):
        entry.update(each.dump() if hasattr(each, "dump") else each)
    return entry


class MatchSpec(metaclass=_Ours):
    """`conda.models.match_spec.MatchSpec`: from a text, another one, a record, or fields."""

    ours = spec.MatchSpec
    make = staticmethod(_match_spec)


class Channel(metaclass=_Ours):
    """`conda.models.channel.Channel`: from a name, a URL, or its parts."""

    ours = channel.Channel
    make = staticmethod(_channel)
    from_url = from_value = from_channel_name = staticmethod(_channel)


class PackageRecord(metaclass=_Ours):
    """`conda.models.records.PackageRecord`: from the fields of an index."""

    ours = package_record.PackageRecord
    make = staticmethod(_package_record)

    @staticmethod
    def from_objects(*objects: Any, **fields: Any) -> package_record.PackageRecord:
        """Return a record from several things that have fields; the first that says one counts."""
        return _package_record({**_joined(objects), **fields})


def _dist(given: Any = None, *more: Any, **fields: Any) -> package_record.PackageRecord:
    """Return the identity that a record, fields, `channel::name-version-build` or a URL has."""
    if isinstance(given, package_record.PackageRecord):
        return given
    if more or not isinstance(given, str):
        return _package_record(*(() if given is None else (given,)), *more, **fields)
    place, _mark, text = given.rpartition("::")
    base = text.rpartition("/")[2]
    for ending in PACKAGE_EXTENSIONS:
        base = base.removesuffix(ending)
    name, version, build = base.rsplit("-", 2)
    number = build.rpartition("_")[2]
    entry = {"name": name, "version": version, "build": build}
    return _package_record(
        entry,
        build_number=int(number) if number.isdecimal() else 0,
        channel=place or None,
        url=text if "://" in text else None,
    )


class Dist(metaclass=_Ours):
    """`conda.models.dist.Dist`: the identity of a package, which is a record here."""

    ours = package_record.PackageRecord
    make = staticmethod(_dist)


class PrefixRecord(metaclass=_Ours):
    """`conda.models.records.PrefixRecord`: from the fields of a file in `conda-meta`."""

    ours = records.PrefixRecord
    make = staticmethod(_prefix_record)

    @staticmethod
    def from_objects(*objects: Any, **fields: Any) -> records.PrefixRecord:
        """Return a record from several things that have fields; the first that says one counts."""
        return _prefix_record({**_joined(objects), **fields})


class PackageCacheRecord(metaclass=_Ours):
    """`conda.models.records.PackageCacheRecord`; only to ask whether something is one."""

    ours = records.PackageCacheRecord
    make = records.PackageCacheRecord


class PrefixData(prefix_data.PrefixData):
    """`conda.core.prefix_data.PrefixData`: ours, with the methods that plugins call."""

    __slots__ = ("interoperability",)

    def __init__(
        self,
        prefix_path: Any,
        pip_interop_enabled: bool | None = None,  # noqa: FBT001 - the public interface
        *,
        interoperability: bool | None = None,
    ) -> None:
        super().__init__(str(prefix_path), _config())
        self.interoperability = bool(pip_interop_enabled or interoperability)

    @property
    def prefix_path(self) -> Any:
        """The path, as an object."""
        from pathlib import Path

        return Path(self.prefix)

    def is_environment(self) -> bool:  # type: ignore[override] # conda's is a method
        """Tell whether there is an environment."""
        from conda_clone.core.prefix.locate import is_environment

        return is_environment(self.prefix)

    def exists(self) -> bool:
        """Tell whether there is a folder."""
        return os.path.isdir(self.prefix)

    def get(self, package_name: str, default: Any = NULL) -> Any:
        """Return the record of a name.

        Raises:
            KeyError: There is none, and nothing was given to return then.
        """
        found = super().get(package_name)
        if found is None and default is NULL:
            raise KeyError(package_name)
        return default if found is None else found

    @property
    def name(self) -> str:
        """What a person calls the environment."""
        from conda_clone.core.prefix.locate import environment_name

        paths = context.configuration.path_settings()
        return environment_name(
            self.prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix
        )

    @property
    def _prefix_records(self) -> dict[str, records.PrefixRecord]:
        """Name -> record; published solvers read it, private as it is."""
        return self.records()

    def map_records(self) -> dict[str, records.PrefixRecord]:
        """Return name -> record."""
        return self.records()

    def iter_records(self) -> Iterator[records.PrefixRecord]:
        """Yield the installed records."""
        return iter(self.records().values())

    def iter_records_sorted(self) -> Iterator[package_record.PackageRecord]:
        """Yield the installed records, dependencies first."""
        from conda_clone.models.prefix_graph import PrefixGraph

        return iter(PrefixGraph(list(self.records().values())).sorted())

    def get_python_packages(self) -> list[records.PrefixRecord]:
        """Return records of what pip has installed, sorted by name."""
        from conda_clone.core.prefix.python_packages import python_packages

        installed = self.records()
        if "python" not in installed:
            return []
        return [
            records.PrefixRecord.from_record(
                package_record.PackageRecord(
                    name=package.name,
                    version=package.version,
                    build="pypi_0",
                    build_number=0,
                    channel=channel_of("pypi"),
                    subdir="pypi",
                    fn=package.anchor,
                    url="",
                )
            )
            for package in python_packages(self.prefix, installed)
        ]

    def load(self) -> None:
        """Read the records."""
        self.records()

    def reload(self) -> "PrefixData":
        """Return the records as they are now."""
        return PrefixData(self.prefix, interoperability=self.interoperability)

    @property
    def is_writable(self) -> bool:
        """Whether the environment can be changed."""
        from conda_clone.gateways.disk.permissions import is_writable_directory

        return is_writable_directory(self.prefix)


class PackageCacheData:
    """`conda.core.package_cache_data.PackageCacheData`: the caches that settings name."""

    @staticmethod
    def get_all_extracted_entries() -> tuple[records.PackageCacheRecord, ...]:
        """Return every extracted package of every cache."""
        found: list[records.PackageCacheRecord] = []
        for cache in _caches().caches:
            found += cache.records()
        return tuple(found)

    @staticmethod
    def query_all(wanted: Any, pkgs_dirs: Any = None) -> Iterator[records.PackageCacheRecord]:  # noqa: ARG004 - the public interface
        """Yield every extracted package that matches a spec, or is that of a record."""
        if isinstance(wanted, package_record.PackageRecord):
            found = _caches().find(wanted)
            yield from () if found is None else (found,)
            return
        fitting = _match_spec(wanted)
        for record in PackageCacheData.get_all_extracted_entries():
            if record.url == fitting.url if fitting.url else fitting.match(record):
                yield record

    @staticmethod
    def clear() -> None:
        """Forget what was read; nothing is kept here."""

    @staticmethod
    def first_writable() -> Any:
        """Return the cache that new packages go to.

        Raises:
            NoWritablePkgsDirError: None can be written.
        """
        return _caches().first_writable()


def _caches() -> CacheDirs:
    return CacheDirs(context.pkgs_dirs, _config())


class ProgressiveFetchExtract:
    """`conda.core.package_cache_data.ProgressiveFetchExtract`: brings packages into a cache."""

    def __init__(self, link_prefs: Any) -> None:
        self._records = tuple(map(_with_address, link_prefs))

    def execute(self) -> None:
        """Download and extract what no cache has.

        Raises:
            CondaError: A download or an extraction failed.
        """
        from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract as Ours
        from conda_clone.gateways.network.session import build_transport
        from conda_clone.models.events import SilentReporter

        network = context.configuration.network_settings()
        Ours(
            self._records, _caches(), build_transport(network), network, SilentReporter()
        ).execute()


def _with_address(given: Any) -> package_record.PackageRecord:
    """Return the record of what is to be fetched: a record, or a spec with an address."""
    if isinstance(given, package_record.PackageRecord):
        return given
    from conda_clone.core.planning.explicit import record_of_url

    return record_of_url(given.url, _config(), md5=given.md5, sha256=given.sha256)


def delete_prefix_from_linked_data(path: str) -> bool:  # noqa: ARG001 - the public interface
    """Forget what is known of an environment; nothing is kept here, so nothing was forgotten."""
    return False
