"""Which proxy a request goes through: settings first, then the environment."""

import os
import sys
import threading
from collections.abc import Mapping
from urllib.parse import urlsplit

__all__ = ["ProxyChooser"]


class ProxyChooser:
    """Chooses once per origin.

    Args:
        configured: The setting `proxy_servers`: `scheme://host`, scheme, `all://host` or `all` to
            the address of a proxy; the narrowest key that fits counts, and goes before variables
            such as HTTPS_PROXY and NO_PROXY.
    """

    def __init__(self, configured: Mapping[str, str]) -> None:
        self._configured = configured
        self._chosen: dict[tuple[str, str], dict[str, str]] = {}
        self._lock = threading.Lock()

    def for_url(self, url: str) -> dict[str, str]:
        """Return the proxies for a URL in the form of the HTTP library; empty for none."""
        parts = urlsplit(url)
        key = parts.scheme, parts.netloc
        with self._lock:
            if key not in self._chosen:
                self._chosen[key] = self._choose(url, parts.scheme, parts.hostname or "")
            return self._chosen[key]

    def _choose(self, url: str, scheme: str, host: str) -> dict[str, str]:
        for key in (f"{scheme}://{host}", scheme, f"all://{host}", "all"):
            if key in self._configured:
                return {scheme: _with_scheme(self._configured[key])}
        if not _environment_may_say():
            return {}
        from requests.utils import get_environ_proxies, select_proxy  # 66 ms

        proxy = select_proxy(url, get_environ_proxies(url))
        return {scheme: _with_scheme(proxy)} if proxy else {}


def _environment_may_say() -> bool:
    """Tell whether a variable names a proxy; elsewhere than on Linux, the system may as well."""
    return sys.platform != "linux" or any(
        name.lower().endswith("_proxy") and value for name, value in os.environ.items()
    )


def _with_scheme(address: str) -> str:
    return address if "://" in address else f"http://{address}"
