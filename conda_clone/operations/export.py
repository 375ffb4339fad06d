"""Describe an environment so that it can be created elsewhere."""

import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from conda_clone import __version__
from conda_clone.core.env_formats.writing import ExportedEnvironment
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.prefix.history import History
from conda_clone.core.prefix.locate import environment_name
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.prefix.state_file import environment_variables
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.records import PackageRecord
from conda_clone.models.subdir import native_subdir
from conda_clone.models.url import has_scheme, split_secrets
from conda_clone.operations.change_environment import prepare_solve
from conda_clone.operations.list_packages import packages_of_pip
from conda_clone.operations.session import Session

__all__ = ["ExportWishes", "describe_environment"]


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportWishes:
    """How an environment is to be described.

    Attributes:
        builds: Write build strings.
        from_history: Write what was asked for, rather than what is installed.
        ignore_channels: Leave out channels that only installed packages name.
        channels: Channels to write, before the configured ones.
        override_channels: Write no other channels than those.
        platforms: Platforms to solve for, beside that of the environment or instead of it.
    """

    builds: bool = True
    from_history: bool = False
    ignore_channels: bool = False
    channels: tuple[str, ...] = ()
    override_channels: bool = False
    platforms: tuple[str, ...] = ()


def describe_environment(
    session: Session, prefix: str, wishes: ExportWishes
) -> list[ExportedEnvironment]:
    """Return the description of an environment, one for each platform.

    Raises:
        CorruptedEnvironmentError: Its records or its history cannot be understood.
        PackagesNotFoundInChannelsError: What was asked for does not exist for a platform.
        UnsatisfiableError: What was asked for does not fit together on a platform.
    """
    installed = PrefixData(prefix, session.channels.config, with_paths=False).records()
    requested = [
        spec for name, spec in History(prefix).requested_specs().items() if name in installed
    ]
    pip = packages_of_pip(session, prefix, installed)
    own = _description(
        session,
        prefix,
        list(installed.values()),
        wishes,
        specs=tuple(map(str, requested)) if wishes.from_history else None,
    )
    if pip and not wishes.from_history:
        own = replace(own, pip=tuple(f"{record.name}=={record.version}" for record in pip))
    here = _platform_of(installed.values())
    descriptions = []
    for platform in wishes.platforms or (here,):
        if platform == here or wishes.from_history:
            descriptions.append(replace(own, platform=platform))
            continue
        records = _solved_for(session, prefix, requested, platform)
        other = _description(session, prefix, records, wishes)
        descriptions.append(replace(other, platform=platform))
    return descriptions


def _description(
    session: Session,
    prefix: str,
    records: Sequence[PackageRecord],
    wishes: ExportWishes,
    *,
    specs: tuple[str, ...] | None = None,
) -> ExportedEnvironment:
    paths = session.paths
    name = environment_name(prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
    ordered = sorted(records, key=lambda record: record.name)
    linked = PrefixGraph(records).sorted()
    return ExportedEnvironment(
        name=None if os.sep in name else name,
        prefix=prefix,
        platform=_platform_of(records),
        channels=_channels(session, ordered, wishes),
        specs=tuple(_spec(record, builds=wishes.builds) for record in ordered)
        if specs is None
        else specs,
        exact_specs=tuple(
            f"{record.channel.canonical_name}::{record.name}=={record.version}={record.build}"
            for record in ordered
        ),
        urls=tuple(_url(record) for record in linked),
        variables=environment_variables(prefix),
        program=f"conda {__version__}",
        records=linked,
    )


def _spec(record: PackageRecord, *, builds: bool) -> str:
    return f"{record.name}={record.version}" + (f"={record.build}" if builds else "")


def _url(record: PackageRecord) -> str:
    return f"{record.url}#{record.md5}" if record.md5 else record.url


def _channels(
    session: Session, records: Sequence[PackageRecord], wishes: ExportWishes
) -> tuple[str, ...]:
    """Return the channels to write: those of options, the configured ones, those of packages.

    Tokens and passwords are left out: files are passed on.
    """
    from conda_clone.models.channel import Channel  # loaded with the records anyway

    config = session.channels.config
    names = list(wishes.channels)
    if not wishes.override_channels:
        names += [name for name in session.channels.channels if name not in names]
    if wishes.ignore_channels or wishes.override_channels:
        return tuple(map(_without_secrets, names))
    covered = {
        member.base_url for name in names for member in Channel.from_text(name, config).members
    }
    for record in records:
        channel = record.channel
        if channel.base_url not in covered:
            covered.add(channel.base_url)
            names.append(channel.canonical_name)
    return tuple(dict.fromkeys(map(_without_secrets, names)))


def _without_secrets(channel: str) -> str:
    return split_secrets(channel).url if has_scheme(channel) else channel


def _platform_of(records: Iterable[PackageRecord]) -> str:
    return next((each.subdir for each in records if each.subdir != "noarch"), native_subdir())


def _solved_for(
    session: Session, prefix: str, requested: Sequence[MatchSpec], platform: str
) -> tuple[PackageRecord, ...]:
    """Return what the same wishes come to on another platform."""
    request = EnvironmentRequest(
        verb=Verb.CREATE,
        prefix=prefix,
        specs_to_add=tuple(requested),
        default_packages=False,
        command=session.command,
    )
    with _platform(session, platform):
        return prepare_solve(session, request).change.link


@contextmanager
def _platform(session: Session, platform: str) -> Iterator[None]:
    own = session.channels
    session.channels = replace(own, subdirs=(platform, "noarch"))
    try:
        yield
    finally:
        session.channels = own
