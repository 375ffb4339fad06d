"""Records for tests, from the few fields that a test is about."""

from collections.abc import Iterable, Sequence
from typing import Any

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord, PrefixRecord

CONFIG = ChannelConfig()
CHANNEL = Channel.from_text("https://channels.test/main", CONFIG)


def _fields(name: str, version: str, build: str, fields: dict[str, Any]) -> dict[str, Any]:
    subdir = fields.get("subdir", "linux-64")
    fn = fields.pop("fn", f"{name}-{version}-{build}.conda")
    channel = fields.pop("channel", CHANNEL)
    return {
        "name": name,
        "version": version,
        "build": build,
        "build_number": 0,
        "channel": channel,
        "subdir": subdir,
        "fn": fn,
        "url": f"{channel.base_url}/{subdir}/{fn}",
        **fields,
    }


def record(
    name: str, version: str = "1.0", build: str = "0", depends: Iterable[str] = (), **fields: Any
) -> PackageRecord:
    """Return a package of the channel `CHANNEL`."""
    return PackageRecord(depends=tuple(depends), **_fields(name, version, build, fields))


def installed(
    name: str, version: str = "1.0", build: str = "0", depends: Iterable[str] = (), **fields: Any
) -> PrefixRecord:
    """Return the same package as installed."""
    return PrefixRecord(depends=tuple(depends), **_fields(name, version, build, fields))


class FakeIndex:
    """Candidates from a list; what `core.channels.Index` is for planning and the solver."""

    def __init__(self, records: Iterable[PackageRecord]) -> None:
        self._records = tuple(records)
        self.asked: list[str] = []

    def records(self, name: str) -> Sequence[PackageRecord]:
        """Return the records of a name, and remember that it was asked for."""
        self.asked.append(name)
        return [record for record in self._records if record.name == name]

    @property
    def channel_order(self) -> tuple[str, ...]:
        """Return the channels of the records, in the order of the list."""
        return tuple(dict.fromkeys(str(record.channel.base_url) for record in self._records))

    @property
    def urls(self) -> tuple[str, ...]:
        """Return what messages name as searched."""
        return tuple(f"{url}/linux-64" for url in self.channel_order)


def specs(*texts: str) -> tuple[MatchSpec, ...]:
    """Parse several specs."""
    return tuple(MatchSpec(text) for text in texts)
