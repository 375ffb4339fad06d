"""`conda.models.environment`: an environment as formats of files see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conda_clone.core.env_formats.writing import ExportedEnvironment
from conda_clone.core.prefix.history import History
from conda_clone.core.prefix.state_file import environment_variables
from conda_clone.errors import CondaValueError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph

__all__ = ["Environment", "EnvironmentConfig", "exported"]


@dataclass(kw_only=True)
class EnvironmentConfig:
    """Settings that belong to an environment; None where nothing is said."""

    aggressive_update_packages: tuple[str, ...] = ()
    channel_priority: Any = None
    channels: tuple[str, ...] = ()
    channel_settings: tuple[Mapping[str, str], ...] = ()
    deps_modifier: Any = None
    disallowed_packages: tuple[str, ...] = ()
    pinned_packages: tuple[str, ...] = ()
    repodata_fns: tuple[str, ...] = ()
    sat_solver: Any = None
    solver: str | None = None
    track_features: tuple[str, ...] = ()
    update_modifier: Any = None
    use_only_tar_bz2: bool | None = None

    @classmethod
    def from_context(cls) -> "EnvironmentConfig":
        """Return what the settings of this run say."""
        from conda_clone.plugins.equivalents.context import context

        return cls(channels=tuple(context.channels), channel_priority=context.channel_priority)


@dataclass(kw_only=True)
class Environment:
    """One environment on one platform.

    Attributes:
        prefix: Its path, or None.
        platform: The platform that it is for.
        config: Settings that belong to it.
        requested_packages: Specs that were asked for.
        explicit_packages: Records of exactly what is in it.
        external_packages: Package manager -> what it is to install.
        name: Its name, or None.
        variables: Variables that activation sets.
        virtual_packages: Facts about the machine.
    """

    platform: str
    prefix: str | None = None
    config: EnvironmentConfig | None = None
    explicit_packages: list[Any] = field(default_factory=list)
    external_packages: dict[str, list[str]] = field(default_factory=dict)
    name: str | None = None
    requested_packages: list[Any] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    virtual_packages: list[Any] = field(default_factory=list)

    def __post_init__(self) -> None:
        if not self.platform:
            raise CondaValueError("An environment must say which platform it is for.")
        self.config = self.config or EnvironmentConfig()

    @classmethod
    def from_prefix(
        cls,
        prefix: str,
        name: str | None,
        platform: str,
        *,
        from_history: bool = False,
        no_builds: bool = False,
    ) -> "Environment":
        """Return what is installed in an environment, or with `from_history` what was asked for.

        Raises:
            CorruptedEnvironmentError: Its records or its history cannot be understood.
        """
        from conda_clone.plugins.equivalents.models import PrefixData

        records = PrefixData(prefix).records()
        wishes: list[Any] = [
            MatchSpec(f"{each.name}={each.version}" + ("" if no_builds else f"={each.build}"))
            for each in records.values()
        ]
        if from_history:
            asked = History(prefix).requested_specs()
            wishes = [spec for wanted, spec in asked.items() if wanted in records]
        return cls(
            prefix=prefix,
            name=name,
            platform=platform,
            config=EnvironmentConfig.from_context(),
            requested_packages=wishes,
            explicit_packages=[] if from_history else list(PrefixGraph(records.values()).sorted()),
            variables=environment_variables(prefix),
        )

    @classmethod
    def merge(cls, *environments: "Environment") -> "Environment":
        """Return one environment that says what all say; the first name and path win.

        Raises:
            CondaValueError: They are for different platforms.
        """
        platforms = {each.platform for each in environments}
        if len(platforms) != 1:
            names = ", ".join(sorted(platforms))
            raise CondaValueError(f"Environments for {names} cannot be merged into one.")
        external: dict[str, list[str]] = {}
        for each in environments:
            for manager, specs in each.external_packages.items():
                external.setdefault(manager, []).extend(specs)
        channels = [name for each in environments if each.config for name in each.config.channels]
        return cls(
            platform=platforms.pop(),
            prefix=next((each.prefix for each in environments if each.prefix), None),
            name=next((each.name for each in environments if each.name), None),
            config=EnvironmentConfig(channels=tuple(dict.fromkeys(channels))),
            requested_packages=_all(each.requested_packages for each in environments),
            explicit_packages=_all(each.explicit_packages for each in environments),
            virtual_packages=_all(each.virtual_packages for each in environments),
            external_packages=external,
            variables={key: text for each in environments for key, text in each.variables.items()},
        )


def exported(environment: Environment) -> ExportedEnvironment:
    """Return an environment as our own formats get it."""
    records = [each for each in environment.explicit_packages if each.name]
    config = environment.config
    return ExportedEnvironment(
        name=environment.name,
        prefix=environment.prefix or "",
        platform=environment.platform,
        channels=tuple(map(str, config.channels)) if config else (),
        specs=tuple(sorted(map(str, environment.requested_packages))),
        exact_specs=tuple(
            f"{each.channel.canonical_name}/{each.subdir}::{each.name}=={each.version}={each.build}"
            for each in records
        ),
        urls=tuple(f"{each.url}#{each.md5}" if each.md5 else each.url for each in records),
        pip=tuple(environment.external_packages.get("pip", ())),
        variables=dict(environment.variables),
        records=tuple(records),
    )


def _all(lists: Any) -> list[Any]:
    found: Sequence[Any] = [item for items in lists for item in items]
    return list(dict.fromkeys(found))
