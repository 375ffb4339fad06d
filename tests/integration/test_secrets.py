"""Canaries: secrets of every kind, in everything that a command writes or shows (S6 to S11).

A canary is looked for in stdout, stderr, names and contents of all files, as it is and in the forms
that URLs and headers give it. Files that the user wrote are left out.
"""

import base64
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.program import Outcome, Program
from conda_clone.testing.server import ChannelServer

CANARY = "canary-p@ss/1"
TOKEN = "tk-canary-2"
FORMS = {
    CANARY,
    quote(CANARY, safe=""),
    base64.b64encode(f"user:{CANARY}".encode()).decode(),
    TOKEN,
}


class Setup:
    """A program, a channel behind a server, and where the canaries were put."""

    def __init__(self, tmp_path: Path, home: Path, server: ChannelServer) -> None:
        self.server = server
        self.home = home
        self.folder = tmp_path / "machine"
        self.folder.mkdir()
        self.program = Program(self.folder / "root", home, server.url("main"))
        self.planted: list[Path] = []

    def plant(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        self.planted.append(path)

    def found(self, *outcomes: Outcome) -> list[str]:
        """Return where a canary turns up."""
        places = [
            (f"output {number}", f"{outcome.stdout}\n{outcome.stderr}".encode())
            for number, outcome in enumerate(outcomes)
        ]
        for root in (self.folder, self.home):
            for path in root.rglob("*"):
                name = path.relative_to(root).as_posix()
                is_ours = path.is_file() and path not in self.planted
                places.append((name, name.encode() + (path.read_bytes() if is_ours else b"")))
        return [
            f"{place}: {form}"
            for place, content in places
            for form in FORMS
            if form.encode() in content
        ]


@pytest.fixture
def setup(tmp_path: Path, isolated: Path) -> Iterator[Setup]:
    builder = ChannelBuilder(tmp_path / "main")
    builder.add(name="a", noarch="generic", depends=["b"], files={"share/a": "a"})
    builder.add(name="b", noarch="generic", files={"share/b": "b"})
    builder.write()
    builder.write_shards()
    with ChannelServer() as server:
        server.mount("main", builder.root)
        server.mount(f"t/{TOKEN}/main", builder.root)
        yield Setup(tmp_path, isolated, server)


def with_credentials(url: str) -> str:
    return url.replace("://", f"://user:{quote(CANARY, safe='')}@")


COMMANDS = (
    ["create", "-n", "e", "-y", "-vvv", "a"],
    ["list", "-n", "e", "--json"],
    ["list", "-n", "e", "--explicit", "--auth"],
    ["list", "-n", "e", "--revisions"],
    ["search", "a", "--json", "-vvv"],
    ["search", "a", "--info"],
    ["export", "-n", "e"],
    ["info", "--json"],
    ["info"],
    ["install", "-n", "e", "-y", "--json", "b=9"],
    ["notices", "-vvv"],
)


@pytest.mark.parametrize("kind", ["password", "token", "both"])
def test_secrets_of_channels_are_nowhere(setup: Setup, kind: str) -> None:
    url = setup.server.url("main" if kind == "password" else f"t/{TOKEN}/main")
    channel = url if kind == "token" else with_credentials(url)
    words = [
        [*command, "--override-channels", "-c", channel]
        if command[0] in {"create", "search", "install", "notices"}
        else command
        for command in COMMANDS
    ]
    outcomes = [setup.program(*each) for each in words]
    assert outcomes[0].status == 0, outcomes[0].stderr
    sent = [request.headers.get("authorization", "") for request in setup.server.requests]
    assert all(each.startswith("Basic") for each in sent) == (kind != "token")
    # `--auth` is there to show them; what it is asked for is what it says.
    assert (
        setup.found(*(o for o, c in zip(outcomes, COMMANDS, strict=True) if "--auth" not in c))
        == []
    )


@pytest.mark.parametrize("fault", [{"status": 401}, {"status": 403}, {"status": 500},
                                   {"reset": True}, {"body": b"nonsense"}])  # fmt: skip
@pytest.mark.parametrize("words", [["--json"], ["-vvv"]], ids=" ".join)
def test_errors_do_not_show_them(setup: Setup, fault: dict[str, object], words: list[str]) -> None:
    setup.server.fail("*", **fault)  # type: ignore[arg-type]  # passed on
    channel = with_credentials(setup.server.url(f"t/{TOKEN}/main"))
    outcome = setup.program(
        "create", "-n", "e", "-y", "a", "--override-channels", "-c", channel, *words,
        env={"CONDA_REMOTE_MAX_RETRIES": "0"},
    )  # fmt: skip
    assert outcome.status == 1
    assert setup.found(outcome) == []


def test_secrets_of_files_are_used_and_stay_there(setup: Setup) -> None:
    setup.plant(setup.home / ".netrc", f"machine 127.0.0.1 login user password {CANARY}\n")
    outcome = setup.program("create", "-n", "e", "-y", "-vvv", "a")
    assert outcome.status == 0
    assert all("authorization" in request.headers for request in setup.server.requests)
    assert setup.found(outcome) == []


def test_secrets_of_settings_are_not_shown(setup: Setup) -> None:
    channel = with_credentials(setup.server.url(f"t/{TOKEN}/main"))
    proxy = f"http://user:{quote(CANARY, safe='')}@127.0.0.1:9"
    setup.plant(
        setup.home / ".condarc",
        f"channels: ['{channel}']\nproxy_servers: {{https: '{proxy}'}}\n",
    )
    del setup.program.environment["CONDA_CHANNELS"]
    words = (["create", "-n", "e", "-y", "-vvv", "a"], ["info", "--json"], ["info"])
    outcomes = [setup.program(*each) for each in words]
    assert outcomes[0].status == 0, outcomes[0].stderr
    assert setup.found(*outcomes) == []


def test_a_proxy_that_refuses_is_named_without_its_password(setup: Setup) -> None:
    proxy = f"http://user:{quote(CANARY, safe='')}@127.0.0.1:9"
    outcome = setup.program(
        "search", "a", "--override-channels", "-c", "http://host.invalid/c", "-vvv",
        env={"HTTP_PROXY": proxy, "CONDA_REMOTE_MAX_RETRIES": "0"},
    )  # fmt: skip
    assert outcome.status == 1
    assert "proxy" in outcome.stderr.lower()
    assert setup.found(outcome) == []


def test_a_mirror_does_not_get_them(setup: Setup) -> None:
    setup.plant(
        setup.home / ".condarc",
        f"mirrored_channels: {{'https://main.invalid/chan': ['{setup.server.url('main')}']}}\n",
    )
    channel = with_credentials(f"https://main.invalid/t/{TOKEN}/chan")
    outcome = setup.program("create", "-n", "e", "-y", "a", "--override-channels", "-c", channel)
    assert outcome.status == 0, outcome.stderr
    sent = " ".join(f"{each.path} {dict(each.headers)}" for each in setup.server.requests)
    assert not any(form in sent for form in FORMS)
    assert setup.found(outcome) == []


def test_a_canary_that_gets_out_is_found(setup: Setup) -> None:
    (setup.folder / f"{TOKEN}.json").write_text(CANARY)
    shown = Outcome(0, quote(CANARY, safe=""), "")
    assert [place.partition(":")[0] for place in sorted(setup.found(shown))] == [
        "output 0",
        f"{TOKEN}.json",
        f"{TOKEN}.json",
    ]
