"""`ExtendedTransport`: requests with headers and authentication that others add."""

from typing import TYPE_CHECKING, Any, Protocol

from conda_clone.gateways.network.credentials import is_open
from conda_clone.gateways.network.errors import InsecureCredentialsError
from conda_clone.gateways.network.http_transport import Exchange, HttpTransport
from conda_clone.gateways.network.transport import Request

if TYPE_CHECKING:
    from conda_clone.config.settings import NetworkSettings
    from conda_clone.models.events import Reporter

__all__ = ["ExtendedTransport", "RequestExtras"]


class RequestExtras(Protocol):
    """Somebody who adds to requests; may be asked from several threads at once."""

    def headers(self, url: str) -> dict[str, str]:
        """Return headers for a request; those that the request has already win."""

    def auth(self, url: str) -> Any:
        """Return what the HTTP library takes as `auth`, or None."""


class ExtendedTransport(HttpTransport):
    """Asks for the extras anew for every address that a redirection leads to."""

    def __init__(
        self,
        settings: "NetworkSettings",
        extras: RequestExtras,
        reporter: "Reporter | None" = None,
    ) -> None:
        super().__init__(settings, reporter)
        self._extras = extras

    def _send(self, request: Request, url: str, auth: Any) -> Exchange:
        headers = {**self._extras.headers(url), **request.headers}
        extended = Request(request.url, headers, method=request.method)
        return super()._send(extended, url, auth or self._added_auth(url))

    def _added_auth(self, url: str) -> Any:
        handler = self._extras.auth(url)
        if handler is not None and is_open(url) and not self._settings.allow_insecure_credentials:
            raise InsecureCredentialsError(url)
        return handler
