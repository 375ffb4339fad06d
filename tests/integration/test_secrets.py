"""Canaries in every form of a channel and a setting: nothing shows or keeps them (S6)."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.program import Outcome
from conda_clone.testing.server import ChannelServer
from tests.support.canaries import CANARY, TOKEN, Planted, with_credentials

KINDS = ("password", "token", "both")
FORMATS = ("environment-yaml", "environment-json", "explicit", "requirements")


@pytest.fixture
def planted(tmp_path: Path, isolated: Path) -> Iterator[Planted]:
    builder = ChannelBuilder(tmp_path / "main")
    builder.add(name="a", noarch="generic", depends=["b"], files={"share/a": "a"})
    builder.add(name="b", noarch="generic", files={"share/b": "b"})
    builder.write()
    builder.write_shards()
    with ChannelServer() as server:
        server.mount("main", builder.root)
        server.mount(f"t/{TOKEN}/main", builder.root)
        yield Planted(tmp_path, isolated, server)


def run(planted: Planted, commands: Sequence[Sequence[str | Path]]) -> list[Outcome]:
    return [planted.program(*words) for words in commands]


@pytest.mark.parametrize(
    ("kind", "verbosity"),
    [
        *(("both", verbosity) for verbosity in ("-q", "-v", "-vv", "-vvv")),
        *((kind, "-vvvv") for kind in KINDS),
    ],
)
def test_they_are_in_no_output_record_history_and_cache(
    planted: Planted, kind: str, verbosity: str
) -> None:
    channel = planted.channel(kind)
    only = ["--override-channels", "-c", channel, verbosity]
    file = planted.folder / "solve.json"
    outcomes = run(
        planted,
        [
            ["create", "-n", "e", "-y", "a", "--save-solve", file, *only],
            ["create", "-n", "named", "-y", "--json", f"{channel}::a", *only],
            ["create", "-n", "direct", "-y", f"{channel}/noarch/b-1.0-0.conda", verbosity],
            ["install", "-n", "e", "-y", "--json", "b=9", *only],
            ["install", "-n", "e", "-y", "nothing", *only],
            ["update", "-n", "named", "-y", "--all", *only],
            ["search", "a", "--json", *only],
            ["search", "a", "--info", *only],
            ["replay", file],
            ["create", "-n", "offline", "-y", "--offline", "a", *only],
            ["create", "-n", "later", "-y", "--download-only", "a", *only],
            ["create", "-n", "clone", "-y", "--clone", "e", verbosity],
            ["install", "-n", "e", "-y", "--revision", "0", verbosity],
            ["remove", "-n", "direct", "-y", "--all", verbosity],
            ["notices", "-c", channel, verbosity],
            ["doctor", "-n", "named", verbosity],
        ],
    )
    assert [outcome.status for outcome in outcomes[:3]] == [0, 0, 0]
    assert ("Authorization" in planted.sent() or "authorization" in planted.sent()) == (
        kind != "token"
    )
    assert planted.found(*outcomes) == []
    assert ("DEBUG" in outcomes[0].stderr) == (len(verbosity) > 3)


@pytest.mark.parametrize("kind", KINDS)
def test_they_are_in_nothing_that_is_written_down(planted: Planted, kind: str) -> None:
    channel = planted.channel(kind)
    planted.program.succeed("create", "-n", "e", "-y", "a", "--override-channels", "-c", channel)
    shown = [["export", "-n", "e", "-c", channel, "--format", form] for form in FORMATS]
    written = [[*words, "-f", str(planted.folder / f"{words[-1]}.out")] for words in shown]
    others = [
        ["env", "export", "-n", "e", "--json"],
        ["list", "-n", "e", "--json"],
        ["list", "-n", "e", "--explicit", "--md5"],
        ["list", "-n", "e", "--export"],
        ["list", "-n", "e", "--show-channel-urls"],
        ["list", "-n", "e", "--revisions"],
        ["info", "--json"],
        ["info", "-a"],
        ["doctor", "-n", "e", "--json"],
    ]
    outcomes = run(planted, [*shown, *written, *others])
    assert [outcome.status for outcome in outcomes] == [0] * len(outcomes)
    assert planted.found(*outcomes) == []


def test_what_is_asked_for_with_auth_is_shown(planted: Planted) -> None:
    only = ["--override-channels", "-c", planted.channel("token")]
    planted.program.succeed("create", "-n", "e", "-y", "a", *only)
    shown = planted.program.succeed("list", "-n", "e", "--explicit", "--auth")
    assert planted.found() == []
    assert shown.stdout.count("http") == 2


@pytest.mark.parametrize("kind", KINDS)
def test_files_that_name_channels_with_them_are_read_and_not_quoted(
    planted: Planted, kind: str
) -> None:
    channel = planted.channel(kind)
    explicit = planted.plant(
        planted.folder / "explicit.txt", f"@EXPLICIT\n{channel}/noarch/b-1.0-0.conda\n"
    )
    described = planted.plant(
        planted.folder / "environment.yml",
        f"channels: ['{channel}', nodefaults]\ndependencies: [a]\n",
    )
    broken = planted.plant(
        planted.folder / "broken.yml", f"channels: ['{channel}']\ndependencies: [a=9]\n"
    )
    outcomes = run(
        planted,
        [
            ["create", "-n", "x", "-y", "-vvvv", "--file", explicit],
            ["env", "create", "-n", "y", "-vvvv", "--file", described],
            ["env", "update", "-n", "y", "--json", "--file", described],
            ["env", "create", "-n", "z", "-vvvv", "--file", broken],
            ["list", "-n", "x", "--explicit"],
            ["export", "-n", "y"],
        ],
    )
    assert [outcome.status for outcome in outcomes] == [0, 0, 0, 1, 0, 0]
    assert planted.found(*outcomes) == []


FAULTS: list[dict[str, object]] = [
    {"status": 401},
    {"status": 403, "body": f"no such user: http://user:{quote(CANARY, safe='')}@host".encode()},
    {"status": 407},
    {"status": 429, "headers": {"Retry-After": "99999"}},
    {"status": 500},
    {"reset": True},
    {"truncate": 5},
    {"body": b"nonsense"},
]


@pytest.mark.parametrize("fault", FAULTS, ids=str)
@pytest.mark.parametrize("words", [["--json"], ["-vvvv"]], ids=" ".join)
def test_errors_do_not_show_them(
    planted: Planted, fault: dict[str, object], words: list[str]
) -> None:
    planted.server.fail("*", **fault)  # type: ignore[arg-type]  # passed on
    outcome = planted.program(
        "create", "-n", "e", "-y", "a", "--override-channels", "-c", planted.channel("both"),
        *words, env={"CONDA_REMOTE_MAX_RETRIES": "0"},
    )  # fmt: skip
    assert outcome.status == 1
    assert planted.found(outcome) == []


def test_those_of_files_are_used_and_stay_there(planted: Planted) -> None:
    netrc = f"machine 127.0.0.1 login user password {CANARY}\n"
    planted.plant(planted.home / ".netrc", netrc)
    outcome = planted.program("create", "-n", "e", "-y", "-vvvv", "a")
    assert outcome.status == 0
    assert all("authorization" in request.headers for request in planted.server.requests)
    assert "the netrc file has a user for 127.0.0.1" in outcome.stderr
    assert planted.found(outcome) == []


@pytest.mark.parametrize("way", ["channels", "custom", "multi", "alias"])
def test_those_of_settings_are_used_and_not_shown(planted: Planted, way: str) -> None:
    channel = planted.channel("both")
    above = channel.rpartition("/")[0]
    proxy = with_credentials("http://127.0.0.1:9")
    channels = {"channels": channel, "custom": "main", "multi": "several", "alias": "main"}[way]
    settings = [
        f"channels: ['{channels}']",
        f"proxy_servers: {{https: '{proxy}'}}",
        f"custom_channels: {{main: '{above}'}}" if way == "custom" else "",
        f"custom_multichannels: {{several: ['{channel}']}}" if way == "multi" else "",
        f"channel_alias: '{above}'" if way == "alias" else "",
    ]
    planted.plant(planted.home / ".condarc", "\n".join(settings))
    del planted.program.environment["CONDA_CHANNELS"]
    outcomes = run(
        planted,
        [
            ["create", "-n", "e", "-y", "-vvvv", "a"],
            ["search", "nothing-like-it", "-vvvv"],
            ["info", "--json"],
            ["info", "-a"],
            ["config", "--show"],
            ["config", "--show", "--json", "-v"],
            ["config", "--show-sources"],
            ["config", "--show-sources", "--json"],
            ["config", "--validate"],
            ["config", "--append", "channels", channel],
            ["config", "--remove", "channels", f"{channel}-other"],
            ["export", "-n", "e"],
            ["list", "-n", "e", "--explicit"],
        ],
    )
    assert outcomes[0].status == 0, outcomes[0].stderr
    assert planted.found(*outcomes) == []


@pytest.mark.parametrize(
    "line",
    [
        "proxy_servers: '{}'",
        "channel_alias: ['{}']",
        "custom_channels: {{x: ['{}']}}",
        "ssl_verify: ['{}']",
        "remote_max_retries: '{}'",
        "channels: '{}",
        "unknown_{}: 1",
    ],
)
def test_settings_that_make_no_sense_are_not_quoted_with_them(planted: Planted, line: str) -> None:
    text = line.format(planted.channel("both"))
    planted.plant(planted.home / ".condarc", f"{text}\n")
    outcomes = run(
        planted,
        [
            ["create", "-n", "e", "-y", "a", "-vvvv"],
            ["create", "-n", "e", "-y", "a", "--json"],
            ["config", "--show"],
            ["config", "--show", "--json"],
            ["config", "--show-sources"],
            ["config", "--validate"],
            ["info"],
        ],
    )
    assert planted.found(*outcomes) == []


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_refuses_is_named_without_its_password(planted: Planted, scheme: str) -> None:
    proxy = with_credentials("http://127.0.0.1:9")
    outcome = planted.program(
        "search", "a", "--override-channels", "-c", f"{scheme}://host.invalid/c", "-vvvv",
        env={f"{scheme.upper()}_PROXY": proxy, "CONDA_REMOTE_MAX_RETRIES": "0"},
    )  # fmt: skip
    assert outcome.status == 1
    assert "proxy" in outcome.stderr.lower()
    assert planted.found(outcome) == []


def test_programs_that_are_started_do_not_get_them(planted: Planted) -> None:
    recorder = planted.folder / "arguments"
    builder = ChannelBuilder(planted.folder.parent / "main")
    script = f'#!/bin/sh\necho "$0 $@" > {recorder}\nenv >> {recorder}\n'
    builder.add(name="s", noarch="generic", files={"bin/.s-post-link.sh": script})
    builder.write()
    builder.write_shards()
    variables = {"CONDA_CHANNELS": planted.channel("both"), "MY_API_TOKEN": CANARY}
    planted.program.succeed("create", "-n", "e", "-y", "s", env=variables)
    assert recorder.exists()
    assert planted.found() == []


def test_a_canary_that_gets_out_is_found(planted: Planted) -> None:
    (planted.folder / f"{TOKEN}.json").write_text(CANARY)
    shown = Outcome(0, quote(CANARY, safe=""), "")
    assert [place.partition(":")[0] for place in sorted(planted.found(shown))] == [
        "output 0",
        f"{TOKEN}.json",
        f"{TOKEN}.json",
    ]
