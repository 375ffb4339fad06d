"""The stable Python API: the names that programs may import, and nothing else.

`Conda` is one configuration, and where to begin; docs/reference/python-api.md has examples. Every
name is loaded when it is first asked for, so that importing this module costs nothing.

>>> from conda_clone.api import VersionOrder
>>> VersionOrder("1.10") > VersionOrder("1.9")
True
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.cli.run_command import CommandResult, run_command
    from conda_clone.core.channels.subdir_data import SubdirData
    from conda_clone.core.packages.fetch_extract import ProgressiveFetchExtract
    from conda_clone.core.packages.package_cache_data import PackageCacheData
    from conda_clone.core.planning.request import DepsModifier, UpdateModifier
    from conda_clone.core.prefix.history import History
    from conda_clone.core.prefix.prefix_data import PrefixData
    from conda_clone.core.transaction.change import PrefixChange
    from conda_clone.core.transaction.unlink_link import UnlinkLinkTransaction
    from conda_clone.errors import CondaError
    from conda_clone.models.channel import Channel, ChannelConfig
    from conda_clone.models.match_spec.spec import MatchSpec
    from conda_clone.models.prefix_graph import PrefixGraph
    from conda_clone.models.records import PackageCacheRecord, PackageRecord, PrefixRecord
    from conda_clone.models.version import VersionOrder
    from conda_clone.models.version_spec import BuildNumberMatch, VersionSpec
    from conda_clone.operations.embedded import Conda
    from conda_clone.operations.embedded_solver import SolveOptions, Solver, Transaction

__all__ = [
    "BuildNumberMatch",
    "Channel",
    "ChannelConfig",
    "CommandResult",
    "Conda",
    "CondaError",
    "DepsModifier",
    "History",
    "MatchSpec",
    "PackageCacheData",
    "PackageCacheRecord",
    "PackageRecord",
    "PrefixChange",
    "PrefixData",
    "PrefixGraph",
    "PrefixRecord",
    "ProgressiveFetchExtract",
    "SolveOptions",
    "Solver",
    "SubdirData",
    "Transaction",
    "UnlinkLinkTransaction",
    "UpdateModifier",
    "VersionOrder",
    "VersionSpec",
    "run_command",
]

_HOMES = {
    "BuildNumberMatch": "models.version_spec",
    "Channel": "models.channel",
    "ChannelConfig": "models.channel",
    "CommandResult": "cli.run_command",
    "Conda": "operations.embedded",
    "CondaError": "errors",
    "DepsModifier": "core.planning.request",
    "History": "core.prefix.history",
    "MatchSpec": "models.match_spec.spec",
    "PackageCacheData": "core.packages.package_cache_data",
    "PackageCacheRecord": "models.records",
    "PackageRecord": "models.records",
    "PrefixChange": "core.transaction.change",
    "PrefixData": "core.prefix.prefix_data",
    "PrefixGraph": "models.prefix_graph",
    "PrefixRecord": "models.records",
    "ProgressiveFetchExtract": "core.packages.fetch_extract",
    "SolveOptions": "operations.embedded_solver",
    "Solver": "operations.embedded_solver",
    "SubdirData": "core.channels.subdir_data",
    "Transaction": "operations.embedded_solver",
    "UnlinkLinkTransaction": "core.transaction.unlink_link",
    "UpdateModifier": "core.planning.request",
    "VersionOrder": "models.version",
    "VersionSpec": "models.version_spec",
    "run_command": "cli.run_command",
}


def __getattr__(name: str) -> object:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module `{__name__}` has no attribute `{name}`")
    from importlib import import_module  # each name pays only for itself

    return getattr(import_module(f"conda_clone.{home}"), name)


def __dir__() -> list[str]:
    return __all__
