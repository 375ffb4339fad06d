"""`ChannelConfig`: what names of channels are resolved against; passed in, never looked up.

Immutable. It carries the memo of the channels that were resolved against it, so that asking for
the same text again costs a dictionary access and nothing outlives its configuration.
"""

from collections.abc import Mapping

from conda_clone.models.values import field, value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.models.channel import Channel
    from conda_clone.models.url import SplitUrl

__all__ = ["ChannelConfig", "ChannelMemo"]


class ChannelMemo:
    """What was worked out for one configuration; filled by `channel` and `channel_names`.

    Attributes:
        channels: By the text they were asked for.
        bases: By address without secrets and platform.
        multichannels: Name to the texts of its members; None until it is asked for.
        secrets: Configured places that have secrets, the longest address first; None until then.
    """

    __slots__ = ("bases", "channels", "multichannels", "secrets")

    def __init__(self) -> None:
        self.channels: dict[str | None, Channel] = {}
        self.bases: dict[str, Channel] = {}
        self.multichannels: dict[str, tuple[str, ...]] | None = None
        self.secrets: tuple[SplitUrl, ...] | None = None


@value(kw_only=True)
class ChannelConfig:
    """What names of channels are resolved against.

    Attributes:
        channel_alias: URL that bare names are appended to.
        default_channels: What the name `defaults` stands for.
        custom_channels: Name to the URL that the name is appended to.
        custom_multichannels: Name to the channels that it stands for.
        migrated_channel_aliases: Former aliases; channels below them belong to `channel_alias`.
        migrated_custom_channels: Name to its former location.
        local_roots: Folders behind the name `local`.
        subdir: Platform when a channel names none.
    """

    channel_alias: str = "https://conda.anaconda.org"
    default_channels: tuple[str, ...] = (
        "https://repo.anaconda.com/pkgs/main",
        "https://repo.anaconda.com/pkgs/r",
    )
    custom_channels: Mapping[str, str] = field(
        default_factory=lambda: {"pkgs/pro": "https://repo.anaconda.com"}
    )
    custom_multichannels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    migrated_channel_aliases: tuple[str, ...] = ()
    migrated_custom_channels: Mapping[str, str] = field(default_factory=dict)
    local_roots: tuple[str, ...] = ()
    subdir: str = "linux-64"
    memo: ChannelMemo = field(default_factory=ChannelMemo, init=False)

    def __hash__(self) -> int:
        return hash((self.channel_alias, self.default_channels, self.local_roots, self.subdir))
