"""Shows notices of channels."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conda_clone.core.channels.notices import ChannelNotice

__all__ = ["notice_text"]


def notice_text(notice: "ChannelNotice") -> str:
    """Return a notice with its channel, level and day."""
    when = f", {notice.created_at[:10]}" if notice.created_at else ""
    indented = notice.message.replace("\n", "\n  ")
    return f"\n{notice.channel} ({notice.level.value}{when}):\n  {indented}"
