"""`conda notices`: show what channels want to tell those who use them."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.output.notices import notice_text
from conda_clone.core.channels.notices import ChannelNotice
from conda_clone.operations.notices import channel_notices
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.add_channel_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Show the notices that have not expired.

    Raises:
        CondaError: A channel is not one.
    """
    del args
    notices = channel_notices(session)
    session.console.document([_document(notice) for notice in notices])
    for notice in notices:
        session.console.print(notice_text(notice))
    if not notices and not session.console.quiet:
        session.console.print("There is nothing to tell.")
    return 0


def _document(notice: ChannelNotice) -> dict[str, object]:
    return {
        "id": notice.id,
        "channel_name": notice.channel,
        "message": notice.message,
        "level": notice.level.value,
        "created_at": notice.created_at,
        "expires_at": notice.expires_at,
        "interval": notice.interval,
    }
