"""Headers and authentication that plugins add to requests.

A header belongs to the host, or to the host and path, that the plugin was asked with; plugins are
asked once for each. Headers that carry credentials, or steer a single connection, are nobody's to
replace: credentials are the business of auth handlers.
"""

from collections.abc import Iterable, Mapping
from fnmatch import fnmatchcase
from threading import Lock
from typing import TYPE_CHECKING, Any

from conda_clone.errors import CondaError
from conda_clone.models.channel import Channel
from conda_clone.models.url import redact, split_secrets
from conda_clone.plugins.errors import PluginError

if TYPE_CHECKING:
    from conda_clone.config.settings import ChannelSettings
    from conda_clone.plugins.manager import Plugins

__all__ = ["HOOKS", "PluginRequestExtras"]

_AUTH = "conda_auth_handlers"
_SESSION = "conda_session_headers"
_REQUEST = "conda_request_headers"
HOOKS = (_AUTH, _SESSION, _REQUEST)

_KEPT = frozenset(
    {
        "authorization",
        "connection",
        "content-length",
        "cookie",
        "host",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)


class PluginRequestExtras:
    """What plugins add to the requests of one command; used from several threads.

    Args:
        plugins: The plugins of this run.
        settings: How channels are understood.
        channel_settings: The setting of that name: rows with `channel`, and perhaps `auth`.
    """

    def __init__(
        self,
        plugins: "Plugins",
        settings: "ChannelSettings",
        channel_settings: Iterable[Mapping[str, Any]],
    ) -> None:
        self._plugins = plugins
        self._config = settings.config
        self._rows = [row for row in channel_settings if row.get("auth")]
        self._headers: dict[tuple[str, ...], dict[str, str]] = {}
        self._handlers: dict[str, Any] = {}
        self._lock = Lock()

    def headers(self, url: str) -> dict[str, str]:
        """Return the headers that plugins add to a request.

        Raises:
            PluginError: A plugin wants to replace a header that is none of its business.
        """
        place = split_secrets(url)
        host, path = place.host, place.path or "/"
        with self._lock:
            return {
                **self._asked(_SESSION, host=host),
                **self._asked(_REQUEST, host=host, path=path),
            }

    def auth(self, url: str) -> Any:
        """Return the `requests` handler that settings name for the channel of an address, or None.

        Raises:
            PluginError: Settings name a handler that no plugin has, or it cannot be made.
        """
        for row in self._rows:
            if self._covers(str(row.get("channel", "")), url):
                with self._lock:
                    return self._handler(str(row["channel"]), str(row["auth"]).lower().strip())
        return None

    def _asked(self, hook: str, **arguments: str) -> dict[str, str]:
        key = (hook, *arguments.values())
        if key not in self._headers:
            items = self._plugins.items(hook, **arguments) if self._plugins.implements(hook) else []
            for item in items:
                if item.name.lower() in _KEPT:
                    raise PluginError(f"A plugin wants to set the header `{item.name}`.")
            self._headers[key] = {item.name: item.value for item in items}
        return self._headers[key]

    def _covers(self, channel: str, url: str) -> bool:
        address = redact(url)
        if "*" in channel:
            return fnmatchcase(address, channel) or fnmatchcase(address, f"{channel}/*")
        members = Channel.from_text(channel, self._config).members
        return any(address.startswith(f"{member.base_url}/") for member in members)

    def _handler(self, channel: str, name: str) -> Any:
        if channel not in self._handlers:
            found = self._plugins.contributions(_AUTH)
            chosen = [each.item for each in found if each.item.name == name]
            if not chosen:
                raise PluginError(
                    f"The settings name `{name}` for `{channel}`, but no plugin authenticates so.",
                    hint=f"Known are: {', '.join(each.item.name for each in found) or 'none'}.",
                )
            try:
                self._handlers[channel] = chosen[0].handler(channel)
            except CondaError:
                raise
            except Exception as error:
                raise PluginError(
                    f"`{name}` cannot authenticate for `{channel}`: {error}", hint=None
                ) from error
        return self._handlers[channel]
