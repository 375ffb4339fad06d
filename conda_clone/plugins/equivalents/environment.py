"""`conda.models.environment`: an environment as formats of files see it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from conda_clone.errors import CondaValueError

__all__ = ["Environment", "EnvironmentConfig"]


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


def _all(lists: Any) -> list[Any]:
    found: Sequence[Any] = [item for items in lists for item in items]
    return list(dict.fromkeys(found))
