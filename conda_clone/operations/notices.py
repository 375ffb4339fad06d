"""What the configured channels want to tell (`conda notices`)."""

from contextlib import nullcontext

from conda_clone.core.channels.notices import ChannelNotice, fetch_notices
from conda_clone.errors import CondaError
from conda_clone.gateways.network.transport import Transport
from conda_clone.models.channel import Channel
from conda_clone.models.events import Caution, stage
from conda_clone.operations.session import Session

__all__ = ["channel_notices"]


def channel_notices(
    session: Session, transport: Transport | None = None, *, quietly: bool = False
) -> list[ChannelNotice]:
    """Return the notices of all channels that have not expired, the newest of each channel first.

    `number_channel_notices` limits them for each channel; with 0 no channel is asked. A channel
    that cannot be asked is told as a caution, for the others may have something to say.

    Args:
        session: The invocation.
        transport: How to ask them, if not as other files are asked for.
        quietly: Whether nothing is said about asking them.
    """
    limit = session.configuration.value("number_channel_notices")
    found: list[ChannelNotice] = []
    cautions = []
    with nullcontext() if quietly else stage(session.console, "Retrieving notices"):
        for channel in _channels(session) if limit else ():
            try:
                notices = fetch_notices(channel, transport or session.transport)
            except CondaError as error:
                cautions.append(f"`{channel.canonical_name}` cannot be asked: {error.message}")
                continue
            now = session.clock()
            current = [each for each in notices if not each.is_over(now)]
            found += sorted(current, key=lambda each: each.created_at or "", reverse=True)[:limit]
    for caution in () if quietly else cautions:
        session.console.report(Caution(caution))
    return found


def _channels(session: Session) -> list[Channel]:
    settings = session.channels
    return list(
        dict.fromkeys(
            member
            for text in settings.channels
            for member in Channel.from_text(text, settings.config).members
            if member.base_url is not None
        )
    )
