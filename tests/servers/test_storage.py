"""Channels on FTP servers, in S3 buckets and in registries."""

import hashlib
import json
import urllib.request
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.oci import reference
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request
from conda_clone.testing.channels import ChannelBuilder
from tests.servers.conftest import Fetch
from tests.servers.running import ftp_server, registry, s3_server

pytestmark = pytest.mark.servers


def answer(url: str, **headers: str) -> tuple[int, bytes]:
    """Return status and body of a request."""
    transport = build_transport(NetworkSettings(max_retries=0))
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with transport.open(Request(url, sent)) as response:
        return response.status, b"".join(response.iter_bytes())


def test_ftp(channel: ChannelBuilder, fetch: Fetch) -> None:
    with ftp_server(channel.root.parent) as port:
        url = f"ftp://127.0.0.1:{port}/chan"
        assert fetch(url) == "Hello"
        index = (channel.root / "noarch" / "repodata.json").read_bytes()
        assert answer(f"{url}/noarch/repodata.json", Range="bytes=9-") == (206, index[9:])
        assert answer(f"{url}/noarch/nothing") == (404, b"")


def test_ftp_with_a_password(channel: ChannelBuilder, fetch: Fetch) -> None:
    with ftp_server(channel.root.parent, "user", "canary-1") as port:
        assert fetch(f"ftp://user:canary-1@127.0.0.1:{port}/chan") == "Hello"
        with pytest.raises(CondaHTTPError) as raised:
            fetch(f"ftp://user:canary-2@127.0.0.1:{port}/chan")
        assert raised.value.status == 401
        assert "canary" not in f"{raised.value.message} {raised.value.details}"


def test_s3(channel: ChannelBuilder, fetch: Fetch, monkeypatch: pytest.MonkeyPatch) -> None:
    with s3_server() as port:
        import boto3

        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("AWS_ACCESS_KEY_ID", "canary-1")
        monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-2")
        monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        client = boto3.client("s3")
        client.create_bucket(Bucket="bucket")
        for path in channel.root.rglob("*"):
            if path.is_file():
                key = f"chan/{path.relative_to(channel.root).as_posix()}"
                client.put_object(Bucket="bucket", Key=key, Body=path.read_bytes())
        assert fetch("s3://bucket/chan") == "Hello"
        index = (channel.root / "noarch" / "repodata.json").read_bytes()
        url = "s3://bucket/chan/noarch/repodata.json"
        assert answer(url, Range="bytes=9-") == (206, index[9:])
        etag = f'"{hashlib.md5(index).hexdigest()}"'
        assert answer(url, If_None_Match=etag) == (304, b"")
        assert answer("s3://bucket/chan/noarch/nothing") == (404, b"")
        assert answer("s3://other/chan/noarch/x")[0] == 404


def push(port: int, root: Path, login: str = "") -> None:
    """Put the files of a channel into a registry, each as an artifact of one layer."""

    def call(method: str, path: str, body: bytes, kind: str) -> Any:
        url = path if path.startswith("http") else f"http://127.0.0.1:{port}{path}"
        headers = {"Content-Type": kind}
        if login:
            headers["Authorization"] = f"Basic {b64encode(login.encode()).decode()}"
        request = urllib.request.Request(url, data=body, method=method, headers=headers)
        with urllib.request.urlopen(request) as response:
            return response.headers

    def blob(repository: str, body: bytes) -> str:
        digest = f"sha256:{hashlib.sha256(body).hexdigest()}"
        started = call("POST", f"/v2/{repository}/blobs/uploads/", b"", "text/plain")
        location = started["Location"]
        mark = "&" if "?" in location else "?"
        call("PUT", f"{location}{mark}digest={digest}", body, "application/octet-stream")
        return digest

    manifests: dict[tuple[str, str], list[dict[str, object]]] = {}
    for path in sorted(root.rglob("*")):
        found = reference(path.relative_to(root.parent).as_posix()) if path.is_file() else None
        if found is not None:
            repository, tag, kind = found
            body = path.read_bytes()
            digest = blob(repository, body)
            layer = {"mediaType": kind, "digest": digest, "size": len(body)}
            manifests.setdefault((repository, tag), []).append(layer)
    for (repository, tag), layers in manifests.items():
        empty = {"mediaType": "application/vnd.unknown.config.v1+json", "size": 2}
        manifest = {
            "schemaVersion": 2,
            "mediaType": "application/vnd.oci.image.manifest.v1+json",
            "config": {**empty, "digest": blob(repository, b"{}")},
            "layers": layers,
        }
        body = json.dumps(manifest).encode()
        call("PUT", f"/v2/{repository}/manifests/{tag}", body, str(manifest["mediaType"]))


def test_registry(tmp_path: Path, channel: ChannelBuilder, fetch: Fetch) -> None:
    with registry(tmp_path / "registry") as port:
        push(port, channel.root)
        url = f"oci://127.0.0.1:{port}/chan"
        assert fetch(url) == "Hello"
        index = (channel.root / "noarch" / "repodata.json").read_bytes()
        assert answer(f"{url}/noarch/repodata.json") == (200, index)
        assert answer(f"{url}/noarch/repodata.json", Range="bytes=9-") == (206, index[9:])
        etag = f'"sha256:{hashlib.sha256(index).hexdigest()}"'
        assert answer(f"{url}/noarch/repodata.json", If_None_Match=etag) == (304, b"")
        assert answer(f"{url}/linux-64/other-1-0.conda")[0] == 404
        assert answer(f"{url}/noarch/nothing")[0] == 404


def test_registry_with_a_password(tmp_path: Path, channel: ChannelBuilder, fetch: Fetch) -> None:
    import subprocess

    from tests.servers.running import program

    passwords = tmp_path / "passwords"
    made = subprocess.run(
        [program("htpasswd"), "-nbB", "user", "canary-1"],
        capture_output=True,
        text=True,
        check=True,
    )
    passwords.write_text(made.stdout)
    with registry(tmp_path / "registry", passwords) as port:
        push(port, channel.root, "user:canary-1")
        assert fetch(f"oci://user:canary-1@127.0.0.1:{port}/chan") == "Hello"
        with pytest.raises(CondaHTTPError) as raised:
            fetch(f"oci://user:canary-2@127.0.0.1:{port}/chan")
        assert raised.value.status == 401
        assert "canary" not in f"{raised.value.message} {raised.value.details}"
