"""What is known about a package that was not found, as advice; pure.

Told apart are a name that nobody has (near names), a version or build that is not there (what is,
and what is nearest), and a package that exists elsewhere: on other platforms, in other channels, or
only where the network would be needed.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from conda_clone.core.solver.advice import Advice
from conda_clone.core.solver.explain import listed
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder

__all__ = ["Missing"]

_FIRST_VERSION = re.compile(r"[0-9]+(?:[._][0-9a-z]+)*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A spec that matched nothing, and what there is instead.

    Attributes:
        spec: What was looked for.
        here: The packages of that name in what was searched.
        needs_network: Some of these fit, but cannot be fetched offline.
        near: Names that are spelt alike.
        platforms: Other platforms for which the same channels have it.
        channels: Other channels that have it.
    """

    spec: MatchSpec
    here: Sequence[PackageRecord] = ()
    needs_network: bool = False
    near: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()

    def advice(self) -> tuple[Advice, ...]:
        """Return a sentence for everything that is known."""
        return tuple(
            [each for each in (self._here(), self._near(), *self._elsewhere()) if each is not None]
        )

    def _here(self) -> Advice | None:
        name = self.spec.name
        if self.needs_network:
            text = f"go online: no cache holds what fits `{self.spec}`"
            return Advice("go_online", text)
        if not self.here:
            return None
        right_version = [
            each
            for each in self.here
            if self.spec.version is None or self.spec.version.match(each.version)
        ]
        if right_version:
            forms = [f"{each.version}={each.build} ({each.channel})" for each in right_version]
            text = f"ask for another build or channel: there are `{name}` {listed(sorted(forms))}"
            return Advice("other_builds", text)
        versions = _versions(self.here)
        nearest = _nearest(self.spec, versions)
        there = listed([each.text for each in reversed(versions)])
        text = f"ask for `{name}={nearest}` instead of `{self.spec}`: there is `{name}` {there}"
        return Advice("nearest_version", text)

    def _near(self) -> Advice | None:
        if not self.near:
            return None
        names = listed([f"`{name}`" for name in self.near])
        return Advice("near_names", f"check the spelling of `{self.spec.name}`: there is {names}")

    def _elsewhere(self) -> Sequence[Advice | None]:
        told = []
        if self.platforms:
            where = listed(self.platforms)
            text = f"choose another platform: `{self.spec}` exists for {where} (--platform)"
            told.append(Advice("other_platform", text))
        if self.channels:
            where = listed([f"`{channel}`" for channel in self.channels])
            first = self.channels[0]
            text = f"add a channel that has `{self.spec}`: {where} (for example -c {first})"
            told.append(Advice("other_channel", text))
        return told


def _versions(records: Sequence[PackageRecord]) -> list[VersionOrder]:
    """Return the distinct versions of packages, the oldest first."""
    return sorted({VersionOrder(each.version) for each in records})


def _nearest(spec: MatchSpec, versions: Sequence[VersionOrder]) -> VersionOrder:
    """Return the oldest version above the newest that the spec names, else the newest of all."""
    named = _FIRST_VERSION.findall("" if spec.version is None else spec.version.text)
    newest_named = max(map(VersionOrder, named), default=versions[-1])
    return next((each for each in versions if each >= newest_named), versions[-1])
