"""Where packages are that a solve did not find; what is told never costs a download.

Looked at are the other platforms of the channels that were searched, and the other channels that
the configuration knows, as far as they lie on this machine or their indexes are cached.
"""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from conda_clone.config.configuration import Configuration
from conda_clone.config.settings import ChannelSettings
from conda_clone.core.channels.index import Index
from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.planning.missing import Missing
from conda_clone.core.solver.advice import Advice
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.errors import CondaError
from conda_clone.models.channel import Channel
from conda_clone.models.events import SilentReporter
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.near_names import near_names
from conda_clone.models.subdir import KNOWN_SUBDIRS
from conda_clone.operations.session import Session

__all__ = ["with_whereabouts"]


def with_whereabouts(
    session: Session,
    settings: ChannelSettings,
    index: Index,
    error: UnsatisfiableError | PackagesNotFoundInChannelsError,
) -> UnsatisfiableError | PackagesNotFoundInChannelsError:
    """Return an error of a solve together with where the missing packages are.

    Args:
        session: The invocation.
        settings: The channels that were searched.
        index: Their packages.
        error: What the solve came to.
    """
    search = _Search(session, settings, index)
    if isinstance(error, UnsatisfiableError):
        missing = [need for need in error.conflict.needs if need.spec and not need.available]
        told = search.advice([need.canonical_spec for need in missing], is_wish=False)
        return UnsatisfiableError(error.conflict, told) if told else error
    told = search.advice(error.packages, is_wish=error.conflict is None)
    return PackagesNotFoundInChannelsError(
        error.packages,
        error.channel_urls,
        conflict=error.conflict,
        told=(*error.told, *told),
    )


class _Search:
    """Looks for packages everywhere, each place opened once and only if need be."""

    def __init__(self, session: Session, settings: ChannelSettings, index: Index) -> None:
        self._session = session
        self._settings = settings
        self._index = index
        self._names: list[str] | None = None
        self._places: list[tuple[Index, bool]] | None = None

    def advice(self, texts: Iterable[str], *, is_wish: bool) -> tuple[Advice, ...]:
        """Return what is known about each spec; one about the machine is known already.

        Args:
            texts: The specs.
            is_wish: They were asked for, so that others could be; nobody can choose what packages
                need.
        """
        specs = [MatchSpec(text) for text in dict.fromkeys(texts)]
        return tuple(
            [
                advice
                for spec in specs
                if spec.name_is_exact and not spec.name.startswith("__")
                for advice in self._missing(spec, is_wish=is_wish).advice()
            ]
        )

    def _missing(self, spec: MatchSpec, *, is_wish: bool) -> Missing:
        here = self._index.records(spec.name)
        is_unknown = is_wish and not here
        is_left_out = any(map(spec.match, here))
        return Missing(
            spec=spec,
            here=here if is_wish and not is_left_out else (),
            needs_network=is_left_out and self._settings.offline,
            near=near_names(spec.name, self._all_names()) if is_unknown else (),
            platforms=self._platforms(spec),
            channels=self._channels(spec),
        )

    def _all_names(self) -> Sequence[str]:
        if self._names is None:
            self._names = self._index.names()
        return self._names

    def _platforms(self, spec: MatchSpec) -> tuple[str, ...]:
        bare = MatchSpec.from_fields(
            {key: text for key, text in spec.fields.items() if key != "subdir"}
        )
        found = (
            record.subdir
            for place, is_same_channel in self._elsewhere()
            if is_same_channel
            for record in place.records(spec.name)
            if bare.match(record)
        )
        return tuple(sorted(dict.fromkeys(found)))

    def _channels(self, spec: MatchSpec) -> tuple[str, ...]:
        bare = MatchSpec.from_fields(
            {key: text for key, text in spec.fields.items() if key != "channel"}
        )
        found = (
            record.channel.canonical_name
            for place, is_same_channel in self._elsewhere()
            if not is_same_channel
            for record in place.records(spec.name)
            if bare.match(record)
        )
        return tuple(dict.fromkeys(found))

    def _elsewhere(self) -> list[tuple[Index, bool]]:
        """Return other platforms of the same channels (True) and other channels (False)."""
        if self._places is None:
            self._places = [
                (place, is_same_channel)
                for settings, is_same_channel in self._other_settings()
                if (place := self._open(settings)) is not None
            ]
        return self._places

    def _other_settings(self) -> Iterator[tuple[ChannelSettings, bool]]:
        at_hand = replace(
            self._settings, offline=True, allow_non_channel_urls=True, repodata_threads=1
        )
        for subdir in sorted(KNOWN_SUBDIRS - set(at_hand.subdirs)):
            yield replace(at_hand, subdirs=(subdir,)), True
        for channel in self._other_channels():
            yield replace(at_hand, channels=(channel,)), False

    def _other_channels(self) -> list[str]:
        """Return the channels that the configuration knows and that were not searched."""
        configuration = self._session.configuration
        config = self._settings.config
        usual = Configuration.load(environ=configuration.environ, home=configuration.home)
        known = (
            *usual.value("channels"),
            "defaults",
            *config.custom_channels,
            *config.custom_multichannels,
        )
        searched = set(self._index.channel_order)
        return [
            text
            for text in dict.fromkeys(known)
            if searched.isdisjoint(
                [member.base_url for member in Channel.from_text(text, config).members]
            )
        ]

    def _open(self, settings: ChannelSettings) -> Index | None:
        """Open what can be had without the network; what cannot be read is not told."""
        session = self._session
        cache_dir = os.path.join(session.caches.first_for_indexes(), "cache")
        try:
            return Index.open(
                settings,
                session.transport,
                cache_dir,
                SilentReporter(),
                settings.repodata_fns[-1],
            )
        except CondaError:
            return None
