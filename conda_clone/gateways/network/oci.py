"""Opens `oci://` URLs: channels that are kept in a registry of containers.

A file of a channel is an artifact of one layer (OCI distribution specification 1.1):

- `<channel>/<subdir>/repodata.json`, tagged `latest`, with a layer for each form of the index;
- `<channel>/<subdir>/<name>`, tagged `<version>-<build>`, with a layer for each kind of archive.

Names must not begin with `_`, and tags have fewer letters than versions, so that these are written
in other words (`zzz_name`, `1__e__2`).
"""

import json
import re
import threading
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

from conda_clone.gateways.network.auth import basic_auth
from conda_clone.gateways.network.redirections import origin
from conda_clone.gateways.network.transport import Request, Response, Transport, plain_response
from conda_clone.models.url import package_stem

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["OciTransport", "reference"]

_MANIFESTS = (
    "application/vnd.oci.image.manifest.v1+json, "
    "application/vnd.docker.distribution.manifest.v2+json"
)
_LAYERS = {
    ".conda": "application/vnd.conda.package.v2",
    ".tar.bz2": "application/vnd.conda.package.v1",
    "repodata.json": "application/vnd.conda.repodata.v1+json",
    "repodata.json.zst": "application/vnd.conda.repodata.v1+json+zst",
}
_TAG_WORDS = {"+": "__p__", "!": "__e__", "=": "__eq__"}
_CHALLENGE = re.compile(r'(\w+)="([^"]*)"')
_UNAUTHORIZED = 401
_MANIFEST_SIZE = 4 << 20
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})


def reference(path: str) -> tuple[str, str, str] | None:
    """Return repository, tag and kind of layer of a file in a channel, or None if none can be.

    >>> reference("/team/noarch/_x-1!2-0.conda")
    ('team/noarch/zzz_x', '1__e__2-0', 'application/vnd.conda.package.v2')
    """
    folder, _, fn = path.strip("/").rpartition("/")
    if fn in _LAYERS:
        return f"{folder}/repodata.json", "latest", _LAYERS[fn]
    stem = package_stem(fn)
    kind = next((kind for ending, kind in _LAYERS.items() if fn.endswith(ending)), None)
    if stem is None or kind is None or fn == "repodata.json":
        return None
    name, version, build = stem
    tag = f"{version}-{build}"
    for letter, word in _TAG_WORDS.items():
        tag = tag.replace(letter, word)
    return f"{folder}/{'zzz' if name.startswith('_') else ''}{name}", tag, kind


class OciTransport:
    """Fetches files of channels from registries.

    Args:
        web: How to open http and https URLs.
    """

    def __init__(self, web: Transport) -> None:
        self._web = web
        self._tokens: dict[tuple[str, str], str] = {}
        self._lock = threading.Lock()

    def open(self, request: Request) -> Response:
        """Return the layer that is the file; 404 when the registry has none."""
        url, auth = basic_auth(request.url)
        parts = urlsplit(url)
        found = reference(parts.path)
        if found is None:
            return plain_response(request, 404, "Not Found")
        repository, tag, kind = found
        host = f"{'http' if parts.hostname in _LOCAL else 'https'}://{parts.netloc}"
        base = f"{host}/v2/{quote(repository)}"
        manifest = f"{base}/manifests/{quote(tag)}"
        with self._ask(Request(manifest, {"Accept": _MANIFESTS}), repository, auth) as response:
            if response.status != 200:  # noqa: PLR2004 - success has no other here
                return plain_response(request, response.status, response.reason)
            layer = _layer(_read(response), kind)
        if layer is None:
            return plain_response(request, 404, "Not Found")
        etag = f'"{layer}"'
        if request.headers.get("If-None-Match") == etag:
            return plain_response(request, 304, "Not Modified")
        headers = {key: value for key, value in request.headers.items() if key == "Range"}
        blob = Request(f"{base}/blobs/{quote(layer)}", {"Accept-Encoding": "identity", **headers})
        answer = self._ask(blob, repository, auth)
        answer.headers["etag"] = etag
        return answer

    def _ask(self, request: Request, repository: str, auth: tuple[str, str] | None) -> Response:
        """Send a request with the token for the repository, got from who the registry names."""
        key = origin(request.url)[1], repository
        token = self._tokens.get(key)
        response = self._web.open(_with_token(request, token))
        if response.status != _UNAUTHORIZED:
            return response
        challenge = response.headers.get("www-authenticate", "")
        if challenge.lower().startswith("basic") and auth is not None:
            response.close()
            return self._web.open(Request(_with_auth(request.url, auth), request.headers))
        if not challenge.lower().startswith("bearer"):
            return response
        response.close()
        new = self._token(dict(_CHALLENGE.findall(challenge)), request.url, repository, auth)
        if new is None:
            return response
        with self._lock:
            self._tokens[key] = new
        return self._web.open(_with_token(request, new))

    def _token(
        self,
        challenge: "Mapping[str, str]",
        asked_url: str,
        repository: str,
        auth: tuple[str, str] | None,
    ) -> str | None:
        realm = challenge.get("realm", "")
        scheme, host, port = origin(realm)
        asked = origin(asked_url)
        # Credentials go to the registry itself, or encrypted to who it trusts.
        if scheme not in {"http", "https"} or (scheme == "http" and host not in _LOCAL):
            return None
        if auth is not None and (scheme, host, port) == asked:
            realm = _with_auth(realm, auth)
        query = {"scope": challenge.get("scope", f"repository:{repository}:pull")}
        if "service" in challenge:
            query["service"] = challenge["service"]
        separator = "&" if "?" in realm else "?"
        with self._web.open(Request(f"{realm}{separator}{urlencode(query)}")) as response:
            response.raise_for_status()
            answer = _read(response)
        token = answer.get("token") or answer.get("access_token")
        return token if isinstance(token, str) else None


def _with_token(request: Request, token: str | None) -> Request:
    if token is None:
        return request
    return Request(request.url, {**request.headers, "Authorization": f"Bearer {token}"})


def _with_auth(url: str, auth: tuple[str, str]) -> str:
    scheme, _, rest = url.partition("://")
    user, password = (quote(part.encode("latin-1"), safe="") for part in auth)
    return f"{scheme}://{user}:{password}@{rest}"


def _read(response: Response) -> dict[str, Any]:
    try:
        data = json.loads(response.read(_MANIFEST_SIZE))
    except ValueError:
        return {}
    return data if isinstance(data, dict) else {}


def _layer(manifest: "Mapping[str, Any]", kind: str) -> str | None:
    """Return the digest of the layer of that kind."""
    layers = manifest.get("layers")
    for layer in layers if isinstance(layers, list) else ():
        if isinstance(layer, dict) and layer.get("mediaType") == kind:
            digest = layer.get("digest")
            return digest if isinstance(digest, str) else None
    return None
