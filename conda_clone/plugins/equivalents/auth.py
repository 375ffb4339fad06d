"""`conda.plugins.types.ChannelAuthBase`: what auth handlers derive from."""

from requests import Session, __version__
from requests.auth import AuthBase

from conda_clone.config.user_agent import with_requests
from conda_clone.plugins.equivalents.context import context
from conda_clone.plugins.interfaces import ChannelNameMixin

__all__ = ["ChannelAuthBase", "CondaSession", "get_session"]


class ChannelAuthBase(ChannelNameMixin, AuthBase):
    """Adds what a channel wants to see to a request; made with the name of the channel."""


class CondaSession(Session):
    """A session of the HTTP library with the settings of this run; for plugins' own requests."""

    def __init__(self, auth: AuthBase | None = None) -> None:
        super().__init__()
        settings = context.configuration.network_settings()
        self.auth = auth
        self.headers["User-Agent"] = with_requests(settings.user_agent, __version__)
        self.proxies.update(settings.proxy_servers)
        if settings.ssl_verify != "truststore":
            self.verify = settings.ssl_verify


def get_session(url: str) -> CondaSession:  # noqa: ARG001 - the public interface
    """Return a session for an address."""
    return CondaSession()
