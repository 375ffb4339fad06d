"""`conda.plugins.types.ChannelAuthBase`: what auth handlers derive from."""

from requests.auth import AuthBase

from conda_clone.plugins.interfaces import ChannelNameMixin

__all__ = ["ChannelAuthBase"]


class ChannelAuthBase(ChannelNameMixin, AuthBase):
    """Adds what a channel wants to see to a request; made with the name of the channel."""
