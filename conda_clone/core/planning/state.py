"""`EnvironmentState`: a frozen snapshot of one environment, all that the rules know of it; pure."""

from collections.abc import Mapping

from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.models.values import field, value

__all__ = ["EnvironmentState"]


@value(kw_only=True)
class EnvironmentState:
    """What is installed, what was asked for in the past, and what binds the future.

    Attributes:
        installed: Name to record, sorted by name.
        requested: Name to the spec that the history holds for it, installed names only.
        pins: Specs of `conda-meta/pinned`.
        virtual_packages: Facts about the machine.
    """

    installed: Mapping[str, PrefixRecord] = field(default_factory=dict)
    requested: Mapping[str, MatchSpec] = field(default_factory=dict)
    pins: tuple[MatchSpec, ...] = ()
    virtual_packages: tuple[PackageRecord, ...] = ()
