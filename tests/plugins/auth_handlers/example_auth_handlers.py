"""Sends a secret with every request to the channels whose settings say `auth: secret-header`."""

from conda.plugins import hookimpl
from conda.plugins.types import ChannelAuthBase, CondaAuthHandler


class SecretHeader(ChannelAuthBase):
    def __call__(self, request):
        request.headers["X-Secret"] = f"for {self.channel_name}"
        return request


@hookimpl
def conda_auth_handlers():
    yield CondaAuthHandler(name="secret-header", handler=SecretHeader)
