"""Names of conda that our own classes do not have, added to them while plugins are at work.

Objects that hooks are given are ours, so that a name that conda's have must be found on ours. Each
is a row here: nothing is computed that ours does not know under its own name.
"""

from datetime import datetime
from enum import IntEnum
from typing import TYPE_CHECKING, Any

from conda_clone import __version__
from conda_clone.core.prefix.history import History
from conda_clone.gateways.disk.write import append_text
from conda_clone.models.channel import Channel
from conda_clone.models.installed_files import LinkInfo
from conda_clone.models.match_spec.parse import FIELDS
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PackageRecord

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["LinkType", "add_names"]


class _CallableText(str):
    """A text that also gives itself when it is called, as conda's method of the name does."""

    __slots__ = ()

    def __call__(self, canonical_name: bool = True) -> str:  # noqa: FBT001, FBT002 - the public interface
        del canonical_name
        return str(self)


def _exact_value(spec: MatchSpec, field: str) -> str | None:
    return spec.get_exact(field)


def _raw_value(spec: MatchSpec, field: str) -> str | None:
    return spec.get(field)


def _to_match_spec(record: PackageRecord) -> MatchSpec:
    fields = {"name": record.name, "version": f"=={record.version}", "build": record.build}
    return MatchSpec("", channel=str(record.channel), subdir=record.subdir, **fields)


def _to_simple_match_spec(record: PackageRecord) -> MatchSpec:
    return MatchSpec(f"{record.name}=={record.version}={record.build}")


def _url(channel: Channel, with_credentials: bool = False) -> str:  # noqa: FBT001, FBT002 - as above
    subdir = channel.platform or channel.config_subdir
    return channel.subdir_url(subdir, with_credentials=with_credentials)


def _graph(graph: PrefixGraph) -> dict[PackageRecord, set[PackageRecord]]:
    """Return record -> what it needs, dependencies first."""
    return {
        record: {graph.records[name] for name in graph.dependencies_of(record.name)}
        for record in graph.sorted()
    }


def _without_requested(graph: PrefixGraph) -> tuple[PackageRecord, ...]:
    """Take out what was asked for and nothing needs; return it."""
    leaving = {name for name in graph.requested if not graph.dependents_of(name)}
    found = [(record, record.name in leaving) for record in graph.sorted()]
    PrefixGraph.__init__(graph, [record for record, leaves in found if not leaves])
    return tuple(record for record, leaves in found if leaves)


def _is_unmanageable(record: PackageRecord) -> bool:
    """Tell whether only Python's own tools can change a package."""
    return str(record.package_type).endswith(("_unmanageable", "_egg_link"))


def _write_changes(
    history: History, last_state: "Iterable[str]", current_state: "Iterable[str]"
) -> None:
    """Add a block that turns one set of packages into another."""
    now = datetime.now().astimezone()
    history.append_block(last_state, current_state, when=now, tool_version=__version__)


def _write_specs(
    history: History,
    remove_specs: "Iterable[object]" = (),
    update_specs: "Iterable[object]" = (),
    neutered_specs: "Iterable[object]" = (),
) -> None:
    """Say in the last block what was asked for."""
    kinds = {"remove": remove_specs, "update": update_specs, "neutered": neutered_specs}
    for kind, specs in kinds.items():
        texts = [str(spec) for spec in specs]
        if texts:
            append_text(history.path, f"# {kind} specs: {texts}\n")


class LinkType(IntEnum):
    """How a package was linked, under conda's names."""

    hardlink = 1
    softlink = 2
    copy = 3
    directory = 4

    def __str__(self) -> str:
        return self.name


_link_type = vars(LinkInfo)["type"].__get__
_set_link_type = vars(LinkInfo)["type"].__set__
_dist_str = vars(PackageRecord)["dist_str"].fget

_NAMES: dict[type, dict[str, Any]] = {
    MatchSpec: {
        "FIELD_NAMES": FIELDS,
        "get_exact_value": _exact_value,
        "get_raw_value": _raw_value,
        "is_name_only_spec": MatchSpec.is_name_only,
        "original_spec_str": property(str),
        "conda_build_form": MatchSpec.conda_build_text,
        "dist_str": MatchSpec.__str__,
        "optional": False,
        "target": None,
    },
    PackageRecord: {
        "dist_str": property(lambda record: _CallableText(_dist_str(record))),
        "record_id": lambda record: f"{record.channel.name}/{record.subdir}::{record.dist_name}",
        "channel_name": property(lambda record: record.channel.name),
        "schannel": property(lambda record: record.channel.canonical_name),
        "build_string": property(lambda record: record.build),
        "namekey": property(lambda record: f"global:{record.name}"),
        "spec": property(lambda record: f"{record.name}={record.version}={record.build}"),
        "spec_no_build": property(lambda record: f"{record.name}={record.version}"),
        "is_unmanageable": property(_is_unmanageable),
        "quad": property(lambda record: (record.name, record.version, record.build, None)),
        "to_filename": lambda record, extension=".conda": f"{record.dist_name}{extension}",
        "to_match_spec": _to_match_spec,
        "to_simple_match_spec": _to_simple_match_spec,
    },
    Channel: {"url": _url, "subdir": vars(Channel)["platform"]},
    PrefixGraph: {
        "graph": property(_graph),
        "remove_youngest_descendant_nodes_with_specs": _without_requested,
    },
    LinkInfo: {"type": property(lambda link: LinkType(_link_type(link)), _set_link_type)},
    History: {
        "get_requested_specs_map": History.requested_specs,
        "write_changes": _write_changes,
        "write_specs": _write_specs,
    },
}


def add_names() -> None:
    """Let our classes have the names of conda's; doing so twice changes nothing."""
    for kind, names in _NAMES.items():
        for name, value in names.items():
            setattr(kind, name, value)
