"""Notices of channels that nobody has read yet, for commands that are about something else."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from conda_clone.core.channels.notices import ChannelNotice
    from conda_clone.operations.session import Session

__all__ = ["new_notices"]

_PATIENCE = 3.0  # seconds for a server; nobody waits longer for a notice


def new_notices(session: "Session") -> "list[ChannelNotice]":
    """Return what was not read yet, at most once a day; nothing where only a program listens.

    No server is waited for longer than three seconds, and one that does not answer is no problem.
    """
    output = session.output
    if (
        output.json
        or output.quiet
        or session.channels.offline
        or not session.configuration.value("number_channel_notices")
    ):
        return []
    # 2 ms, which programs and scripts do not spend.
    from conda_clone.config.user_folders import notices_dir
    from conda_clone.core.channels.read_notices import ReadNotices

    read = ReadNotices(
        notices_dir(session.configuration.home, session.environment), session.clock()
    )
    if not read.is_time():
        return []
    from conda_clone.gateways.network.session import build_transport  # loaded with the index
    from conda_clone.models.values import replace
    from conda_clone.operations.notices import channel_notices

    patience = replace(
        session.network, connect_timeout=_PATIENCE, read_timeout=_PATIENCE, max_retries=0
    )
    transport = build_transport(patience, session.request_extras)
    found = read.unread(channel_notices(session, transport, quietly=True))
    read.mark(found)
    return found
