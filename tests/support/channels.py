"""What tests of channels listen with and set."""

from conda_clone.config.settings import ChannelSettings, NetworkSettings
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Transport
from conda_clone.models.events import (
    Caution,
    Event,
    Notice,
    TransferAdvanced,
    TransferFinished,
    TransferStarted,
)

__all__ = ["Listener", "channel_settings", "plain_transport"]


class Listener:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        self.events.append(event)

    @property
    def cautions(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Caution)]

    @property
    def texts(self) -> list[str]:
        """What a person would read."""
        return [event.text for event in self.events if isinstance(event, (Caution, Notice))]

    def transfers(self) -> list[tuple[str, int | None, int, bool]]:
        """Return label, announced size, received size and success of what was transferred."""
        started = [event for event in self.events if isinstance(event, TransferStarted)]
        return [
            (
                start.label,
                start.total,
                sum(
                    event.amount
                    for event in self.events
                    if isinstance(event, TransferAdvanced) and event.label == start.label
                ),
                any(
                    isinstance(event, TransferFinished) and event.label == start.label and event.ok
                    for event in self.events
                ),
            )
            for start in started
        ]


def plain_transport(*, offline: bool = False, retries: int = 0) -> Transport:
    """Return a transport that does not wait between tries."""
    return build_transport(
        NetworkSettings(offline=offline, max_retries=retries, backoff_factor=0, read_timeout=5)
    )


def channel_settings(*channels: str, **fields: object) -> ChannelSettings:
    """Return settings for those channels; other fields as in `ChannelSettings`."""
    return ChannelSettings(channels=channels, **fields)  # type: ignore[arg-type]  # short for tests
