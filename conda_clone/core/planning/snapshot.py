"""`Snapshot`: one solve as a document: what was asked, what was there, and what came of it.

A snapshot is enough to solve again, anywhere, without channels or an environment: for reports of
bugs, for tests and for measurements. It holds the records of the names that the solve looked at and
no others, and no secrets: tokens and credentials are taken out of every text, and the place of the
environment is not told. The form is described in docs/reference/solve-snapshots.md.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from conda_clone.config.settings import SolveSettings
from conda_clone.core.planning.errors import InvalidSnapshotError
from conda_clone.core.planning.removal import solve_removal
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.planning.solver import ChannelIndex, Solver
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.errors import CondaError
from conda_clone.models.channel import Channel
from conda_clone.models.errors import InvalidMatchSpec, InvalidRecord
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.record_json import record_from_repodata, record_to_json
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.models.url import redact

__all__ = ["Outcome", "RecordingIndex", "Replay", "Snapshot", "load", "outcome_of"]

FORMAT = "conda-clone solve"
VERSION = 1
_PLACE = "/environment"
# What an installed record says of its files; no solve looks at it.
_OF_FILES = frozenset(
    {
        "extracted_package_dir",
        "files",
        "link",
        "package_tarball_full_path",
        "paths_data",
        "requested_spec",
        "requested_specs",
        "url",
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a solve came to, in a form that can be compared.

    Attributes:
        link: Packages that enter, as `channel/subdir::name-version-build`, in link order.
        unlink: Packages that leave, in their order.
        error: Name of the error, if it failed.
        packages: What the error says was not found.
        unsatisfiable: The chains of a conflict.
    """

    link: tuple[str, ...] = ()
    unlink: tuple[str, ...] = ()
    error: str | None = None
    packages: tuple[str, ...] = ()
    unsatisfiable: tuple[tuple[str, ...], ...] = ()


def outcome_of(result: PrefixChange | CondaError) -> Outcome:
    """Return what a change, or an error, comes to."""
    if isinstance(result, CondaError):
        chains: Any = result.details.get("unsatisfiable", ())
        packages: Any = result.details.get("packages", ())
        return Outcome(
            error=result.exception_name,
            packages=tuple(packages),
            unsatisfiable=tuple([tuple(chain) for chain in chains]),
        )
    return Outcome(link=_places(result.link), unlink=_places(result.unlink))


def _places(records: Sequence[PackageRecord]) -> tuple[str, ...]:
    return tuple([f"{each.channel}/{each.subdir}::{each.dist_name}" for each in records])


class RecordingIndex:
    """An index that remembers what it was asked for.

    Attributes:
        channel_order, urls: Those of the index.
        seen: Name to its records.
    """

    def __init__(self, index: ChannelIndex) -> None:
        self._index = index
        self.channel_order = index.channel_order
        self.urls = index.urls
        self.seen: dict[str, Sequence[PackageRecord]] = {}

    def records(self, name: str) -> Sequence[PackageRecord]:
        """Return the records of a name."""
        if name not in self.seen:
            self.seen[name] = self._index.records(name)
        return self.seen[name]


class _SavedIndex:
    """The records of a snapshot as an index."""

    def __init__(self, snapshot: "Snapshot") -> None:
        self.channel_order = snapshot.channel_order
        self.urls = snapshot.searched
        self.unknown: list[str] = []
        self._records = snapshot.records

    def records(self, name: str) -> Sequence[PackageRecord]:
        found = self._records.get(name)
        if found is None:
            self.unknown.append(name)
            return ()
        return found


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A snapshot solved again.

    Attributes:
        outcome: What came of it now.
        unknown: Names that were asked for and that the snapshot does not hold: the search went
            where it did not go when the snapshot was made.
    """

    outcome: Outcome
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """One solve.

    Attributes:
        request, state, settings: What was asked, what was there, and the standing wishes.
        records: Name to the candidates, for every name that was looked at.
        channel_order: Base URLs of the channels, highest priority first.
        searched: Every channel and platform that was searched.
        outcome: What came of it.
        tool_version: The version of the tool that solved.
    """

    request: EnvironmentRequest
    state: EnvironmentState
    settings: SolveSettings
    records: Mapping[str, Sequence[PackageRecord]] = field(default_factory=dict)
    channel_order: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    outcome: Outcome
    tool_version: str = ""

    def replay(self) -> Replay:
        """Solve again."""
        index = _SavedIndex(self)
        try:
            if self.request.verb is Verb.REMOVE:
                change = solve_removal(self.request, self.state)
            else:
                change = Solver(self.request, self.state, index, self.settings).solve_for_diff()
            outcome = outcome_of(change)
        except CondaError as error:
            outcome = outcome_of(error)
        return Replay(outcome=outcome, unknown=tuple(sorted(index.unknown)))

    def to_bytes(self) -> bytes:
        """Return the document."""
        from conda_clone.gateways.whole_msgspec import msgspec  # only for those who save

        table = _Channels()
        body = replace(self, request=replace(self.request, prefix=_PLACE, time_limit=None))
        document = msgspec.to_builtins(body, enc_hook=table.encode)
        document = {
            "format": FORMAT,
            "version": VERSION,
            **document,
            "channels": table.document(),
        }
        return msgspec.json.format(msgspec.json.encode(_without_secrets(document)), indent=1)


def load(data: bytes, path: str) -> Snapshot:
    """Return the snapshot of a document.

    Args:
        data: The document.
        path: Where it was read, for messages.

    Raises:
        InvalidSnapshotError: It is none, or of a later version of the form.
    """
    from conda_clone.gateways.whole_msgspec import msgspec  # as above

    try:
        document = msgspec.json.decode(data, type=dict[str, Any])
        if document.get("format") != FORMAT:
            raise InvalidSnapshotError(path, "it does not say that it is one")
        if document.get("version") != VERSION:
            version = document.get("version")
            raise InvalidSnapshotError(path, f"it has version {version} of the form, not {VERSION}")
        channels = _Channels.of_document(document.get("channels"))
        return msgspec.convert(document, Snapshot, dec_hook=channels.decode)
    except (AttributeError, KeyError, TypeError) as error:
        raise InvalidSnapshotError(path, "a channel or record in it is incomplete") from error
    except (msgspec.MsgspecError, InvalidRecord, InvalidMatchSpec) as error:
        raise InvalidSnapshotError(path, str(error)) from error


class _Channels:
    """The channels of a document, and the values that need them."""

    def __init__(self) -> None:
        self._by_key: dict[str, Channel] = {}

    @classmethod
    def of_document(cls, rows: Any) -> "_Channels":
        table = cls()
        for row in rows:
            table._by_key[row["key"]] = Channel(
                row["name"],
                canonical_name=row["canonical_name"],
                base_url=row["base_url"],
                known_as=frozenset(row["known_as"]),
            )
        return table

    def document(self) -> list[dict[str, object]]:
        return [
            {
                "key": key,
                "name": channel.name,
                "canonical_name": channel.canonical_name,
                "base_url": channel.base_url,
                "known_as": sorted(channel.known_as),
            }
            for key, channel in sorted(self._by_key.items())
        ]

    def encode(self, value: Any) -> Any:
        """Return what JSON can hold for a value of ours."""
        if isinstance(value, MatchSpec):
            return str(value)
        if isinstance(value, PackageRecord):
            return self._encode_record(value)
        raise TypeError(f"a snapshot cannot hold {type(value)}")

    def decode(self, kind: type, value: Any) -> Any:
        """Return the value of ours that JSON held."""
        if kind is MatchSpec:
            return MatchSpec(value)
        record = record_from_repodata(
            {key: item for key, item in value.items() if key not in {"channel", "folder"}},
            fn=value["fn"],
            channel=self._by_key[value["channel"]],
            subdir=value["subdir"],
            base_url=value["folder"],
        )
        return PrefixRecord.from_record(record) if kind is PrefixRecord else record

    def _encode_record(self, record: PackageRecord) -> dict[str, object]:
        key = record.channel.base_url or record.channel.canonical_name
        self._by_key[key] = record.channel
        entry = {
            name: item for name, item in record_to_json(record).items() if name not in _OF_FILES
        }
        return {**entry, "channel": key, "folder": record.url.rpartition("/")[0]}


def _without_secrets(value: Any) -> Any:
    """Return a document with secrets taken out of every text, keys included."""
    if isinstance(value, str):
        return redact(value) if "://" in value else value
    if isinstance(value, dict):
        return {_without_secrets(key): _without_secrets(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_without_secrets(item) for item in value]
    return value
