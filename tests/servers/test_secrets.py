"""Keys, passwords and tokens that servers of other kinds get are nowhere afterwards (S6)."""

import subprocess
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.program import Outcome, Program
from tests.servers.running import ftp_server, program, registry, s3_server
from tests.servers.test_storage import push

pytestmark = pytest.mark.servers

KEYS = {
    "AWS_ACCESS_KEY_ID": "canary-1",
    "AWS_SECRET_ACCESS_KEY": "canary-2",
    "AWS_SESSION_TOKEN": "canary-3",
    "AWS_DEFAULT_REGION": "us-east-1",
}


@pytest.fixture
def conda(tmp_path: Path, isolated: Path) -> Program:
    return Program(tmp_path / "root", isolated, "")


def use(conda: Program, url: str, env: dict[str, str] | None = None) -> list[Outcome]:
    """Create an environment from a channel at every verbosity, and let it fail once."""
    only = ["--override-channels", "-c", url]
    outcomes = [
        conda("create", "-n", f"e{number}", "-y", "hello", verbosity, *only, env=env)
        for number, verbosity in enumerate(("-v", "-vv", "-vvv", "-vvvv", "--json"))
    ]
    assert [outcome.status for outcome in outcomes] == [0] * len(outcomes)
    return [*outcomes, conda("search", "nothing", "-vvvv", f"-c{url}/gone", env=env)]


def found(conda: Program, outcomes: list[Outcome]) -> list[str]:
    """Return where a canary is."""
    outputs = [f"{outcome.stdout}{outcome.stderr}" for outcome in outcomes]
    files = [
        str(path)
        for path in conda.root.rglob("*")
        if "canary" in path.name or (path.is_file() and b"canary" in path.read_bytes())
    ]
    return [*(text[:200] for text in outputs if "canary" in text), *files]


def test_keys_of_buckets(conda: Program, channel: ChannelBuilder) -> None:
    with s3_server() as port:
        import boto3

        endpoint = f"http://127.0.0.1:{port}"
        client = boto3.client(
            "s3",
            endpoint_url=endpoint,
            aws_access_key_id="k",
            aws_secret_access_key="s",
            region_name="us-east-1",
        )
        client.create_bucket(Bucket="bucket")
        for path in channel.root.rglob("*"):
            if path.is_file():
                key = f"chan/{path.relative_to(channel.root).as_posix()}"
                client.put_object(Bucket="bucket", Key=key, Body=path.read_bytes())
        outcomes = use(conda, "s3://bucket/chan", {**KEYS, "AWS_ENDPOINT_URL": endpoint})
    assert found(conda, outcomes) == []


def test_passwords_of_ftp_servers(conda: Program, channel: ChannelBuilder) -> None:
    with ftp_server(channel.root.parent, "user", "canary-1") as port:
        outcomes = use(conda, f"ftp://user:canary-1@127.0.0.1:{port}/chan")
    assert found(conda, outcomes) == []


def test_passwords_of_registries(tmp_path: Path, conda: Program, channel: ChannelBuilder) -> None:
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
        outcomes = use(conda, f"oci://user:canary-1@127.0.0.1:{port}/chan")
    assert found(conda, outcomes) == []
