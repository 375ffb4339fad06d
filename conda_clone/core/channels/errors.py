"""Channels that cannot be read, or that the configuration does not allow."""

from collections.abc import Mapping, Sequence

from conda_clone.errors import CondaError
from conda_clone.models.url import redact

__all__ = [
    "ChannelDenied",
    "ChannelNotAllowed",
    "CondaUpgradeError",
    "InvalidNoticesError",
    "NoChannelsConfiguredError",
    "UnavailableInvalidChannel",
]

_LISTS = "`conda config --show allowlist_channels denylist_channels` shows the lists."


class UnavailableInvalidChannel(CondaError):
    """Nothing that a channel must have was found at its address."""

    def __init__(
        self,
        channel_name: str,
        channel_url: str,
        *,
        status: int,
        reason: str,
        response_details: str = "",
        json: Mapping[str, object] | None = None,
    ) -> None:
        url = redact(channel_url)
        super().__init__(
            f"The channel `{redact(channel_name)}` is not available: nothing is at `{url}` "
            f"(HTTP {status} {reason}).",
            hint="Check its name and the settings `channels` and `channel_alias` "
            "(`conda config --show-sources`). A channel has at least one platform folder with an "
            "index, such as `noarch/repodata.json`.",
            channel_name=redact(channel_name),
            channel_url=url,
            status_code=status,
            reason=reason,
            response_details=response_details,
            json=dict(json or {}),
        )


class ChannelNotAllowed(CondaError):
    """A channel is not among those that the configuration allows."""

    def __init__(self, channel_name: str, channel_url: str) -> None:
        super().__init__(
            f"The channel `{channel_name}` is not allowed: `{channel_url}` is not in "
            "`allowlist_channels`.",
            hint=_LISTS,
            channel_name=channel_name,
            channel_url=channel_url,
        )


class ChannelDenied(CondaError):
    """A channel is among those that the configuration forbids."""

    def __init__(self, channel_name: str, channel_url: str) -> None:
        super().__init__(
            f"The channel `{channel_name}` is denied: `{channel_url}` is in `denylist_channels`.",
            hint=_LISTS,
            channel_name=channel_name,
            channel_url=channel_url,
        )


class CondaUpgradeError(CondaError):
    """A channel uses a format that is newer than this program."""

    def __init__(self, source: str, version: int, newest: int) -> None:
        super().__init__(
            f"The index `{redact(source)}` has the format version {version}; this program reads "
            f"versions up to {newest}.",
            hint="Update conda-clone.",
            repodata_version=version,
        )


class NoChannelsConfiguredError(CondaError):
    """There is no channel to look for packages in."""

    def __init__(self, packages: Sequence[str]) -> None:
        names = ", ".join(packages)
        super().__init__(
            f"There is no channel to search for: {names}.",
            hint="Name one with -c, or configure one: `conda config --append channels NAME`.",
            packages=list(packages),
            packages_str=names,
        )


class InvalidNoticesError(CondaError):
    """A channel's file of notices cannot be understood."""

    def __init__(self, url: str, reason: str) -> None:
        super().__init__(f"The notices at `{url}` cannot be read: {reason}.", url=url)
