"""Where credentials go, and where they do not (S7 to S12)."""

import os
import pickle
import ssl
import stat
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import ChannelSettings, NetworkSettings
from conda_clone.gateways.network.errors import (
    ChecksumMismatchError,
    CondaHTTPError,
    CondaSSLError,
    InsecureCredentialsError,
    ProxyError,
    UnsupportedSchemeError,
)
from conda_clone.gateways.network.session import build_transport
from conda_clone.gateways.network.transport import Request
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.url import Secret, split_secrets
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from conda_clone.testing.shards import write_shards
from tests.support.canaries import TOKEN, Planted, asked, seen, with_credentials
from tests.support.raw_server import RawServer, Reply, http
from tests.unit.gateways.network.test_transport import CERTIFICATE


@pytest.fixture
def other() -> Iterator[ChannelServer]:
    with ChannelServer() as server:
        yield server


@pytest.fixture
def builder(tmp_path: Path) -> ChannelBuilder:
    channel = ChannelBuilder(tmp_path / "main")
    channel.add(name="a", noarch="generic", files={"share/a": "a" * 9000})
    channel.write()
    return channel


@pytest.fixture
def planted(tmp_path: Path, isolated: Path, builder: ChannelBuilder) -> Iterator[Planted]:
    with ChannelServer() as server:
        for name in ("main", f"t/{TOKEN}/main", "main-x", f"t/{TOKEN}/main-x"):
            server.mount(name, builder.root)
        yield Planted(tmp_path, isolated, server)


def create(planted: Planted, channel: str, *words: str) -> None:
    only = ["--override-channels", "-c", channel]
    planted.program.succeed("create", "-n", "e", "-y", "a", *only, *words)


# -- S7: only on the exact scheme, host, port and path --------------------------------------------


@pytest.mark.parametrize("kind", ["password", "token", "both"])
def test_those_of_one_channel_are_not_for_one_that_is_spelt_like_it(
    planted: Planted, other: ChannelServer, builder: ChannelBuilder, kind: str
) -> None:
    other.mount("team/main", builder.root)
    for name in ("team/main", f"t/{TOKEN}/team/main", "team-x/main", f"t/{TOKEN}/team-x/main"):
        planted.server.mount(name, builder.root)
    above = planted.channel(kind).replace("/main", "/team")
    planted.plant(planted.home / ".condarc", f"custom_channels: {{main: '{above}'}}\n")
    create(planted, "main")
    assert seen(planted.sent()) != []
    planted.server.requests.clear()
    for number, address in enumerate((planted.server.url("team-x/main"), other.url("team/main"))):
        only = ["--override-channels", "-c", address]
        planted.program.succeed("create", "-n", f"e{number}", "-y", "a", *only)
    assert seen(planted.sent() + asked(other)) == []


def test_what_comes_before_an_at_sign_is_no_host(planted: Planted) -> None:
    place = planted.server.url("main").removeprefix("http://")
    planted.plant(planted.home / ".netrc", "machine trusted.test login user password canary-p@ss/1")
    create(planted, f"http://trusted.test@{place}")
    assert seen(planted.sent()) == []


# -- S8: not to where a server sends us ------------------------------------------------------------


@pytest.mark.parametrize("kind", ["password", "token", "both"])
def test_they_do_not_follow_a_redirection(
    planted: Planted, other: ChannelServer, builder: ChannelBuilder, kind: str
) -> None:
    other.mount("main", builder.root)
    for pattern, rest in (
        ("*/repodata.json*", "main/noarch/repodata.json"),
        ("*/a-*", f"main/noarch/{next(iter(builder.packages['noarch']))}"),
    ):
        planted.server.fail(pattern, status=302, headers={"Location": other.url(rest)})
    create(planted, planted.channel(kind))
    assert len(other.requests) > 1
    assert seen(planted.sent()) != []
    assert seen(asked(other)) == []


@pytest.mark.parametrize("kind", ["password", "token", "both"])
def test_they_do_not_go_to_a_base_url_elsewhere(
    planted: Planted, other: ChannelServer, builder: ChannelBuilder, kind: str
) -> None:
    other.mount("packages", builder.root / "noarch")
    builder.set_info("noarch", base_url=f"{other.url('packages')}/")
    builder.write()
    create(planted, planted.channel(kind))
    assert len(other.requests) == 1
    assert seen(asked(other)) == []


@pytest.mark.parametrize("kind", ["password", "token", "both"])
def test_they_do_not_go_to_shards_elsewhere(
    planted: Planted, other: ChannelServer, builder: ChannelBuilder, kind: str
) -> None:
    other.mount("main", builder.root)
    write_shards(builder.root / "noarch", shards_base_url=f"{other.url('main')}/noarch/shards/")
    create(planted, planted.channel(kind))
    assert any("/shards/" in request.path for request in other.requests)
    assert seen(asked(other)) == []


def test_they_do_not_go_to_mirrors(planted: Planted) -> None:
    line = f"mirrored_channels: {{'https://main.invalid/chan': ['{planted.server.url('main')}']}}"
    planted.plant(planted.home / ".condarc", line)
    create(planted, with_credentials(f"https://main.invalid/t/{TOKEN}/chan"))
    assert planted.server.requests != []
    assert seen(planted.sent()) == []


# -- S9: who may read what is kept -----------------------------------------------------------------


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
@pytest.mark.parametrize("kind", ["password", "token", "netrc"])
@pytest.mark.parametrize("shards", [True, False])
def test_nobody_else_may_read_what_comes_from_a_private_channel(
    planted: Planted, builder: ChannelBuilder, kind: str, shards: bool
) -> None:
    if shards:
        builder.write_shards()
    if kind == "netrc":
        planted.plant(planted.home / ".netrc", "machine 127.0.0.1 login user password canary")
    before = os.umask(0)
    try:
        create(planted, planted.server.url("main") if kind == "netrc" else planted.channel(kind))
    finally:
        os.umask(before)
    cache = planted.program.pkgs
    kept = [*cache.glob("a-*"), *((cache / "cache").rglob("*.*") if kind != "netrc" else [])]
    assert len(kept) >= (2 if kind == "netrc" else 5)
    assert [path for path in kept if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)] == []
    assert (planted.program.prefix("e") / "share" / "a").stat().st_mode & stat.S_IROTH


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_a_cache_that_was_made_for_a_group_stays_of_use_to_it(planted: Planted) -> None:
    planted.program.pkgs.mkdir(parents=True)
    planted.program.pkgs.chmod(0o2775)
    create(planted, planted.channel("password"))
    modes = {path.suffix: path.stat().st_mode & 0o777 for path in planted.program.pkgs.glob("a-*")}
    assert modes == {".conda": 0o640, ".0-0": 0o750}


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_what_is_public_is_as_the_umask_says(planted: Planted) -> None:
    create(planted, planted.server.url("main"))
    modes = {path.suffix: path.stat().st_mode & 0o777 for path in planted.program.pkgs.glob("a-*")}
    assert modes == {".conda": 0o644, ".0-0": 0o755}


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_a_new_file_of_settings_with_credentials_is_for_nobody_else(planted: Planted) -> None:
    file = planted.home / ".condarc"
    url = with_credentials("https://host.test/chan")
    told = planted.program.succeed("config", "--add", "channels", url)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert told.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="modes are of POSIX")
def test_a_file_that_others_can_read_is_warned_of_once(planted: Planted) -> None:
    file = planted.home / ".condarc"
    file.write_text("channels: [a]\n")
    file.chmod(0o644)
    told = []
    for name in ("one", "two"):
        url = with_credentials(f"https://{name}.test/chan")
        told.append(planted.program.succeed("config", "--add", "channels", url).stderr)
    assert "`chmod 600 " in told[0]
    assert told[1] == ""
    assert stat.S_IMODE(file.stat().st_mode) == 0o644
    assert seen(told) == []


# -- S10: no circles, no questions -----------------------------------------------------------------


@pytest.mark.parametrize("status", [401, 403, 407])
@pytest.mark.parametrize("kind", ["password", "token"])
def test_a_refusal_is_final(planted: Planted, status: int, kind: str) -> None:
    planted.server.fail("*", status=status)
    only = ["--override-channels", "-c", planted.channel(kind)]
    outcome = planted.program.as_process("create", "-n", "e", "-y", "a", *only)
    assert outcome.status == 1
    paths = planted.server.paths()
    assert max(paths.count(path) for path in paths) <= 2
    assert "assword:" not in outcome.stdout + outcome.stderr


# -- S11: what ends in a traceback -----------------------------------------------------------------

URL = with_credentials(f"https://host.test/t/{TOKEN}/chan")
CONFIG = ChannelConfig()


@pytest.mark.parametrize(
    "thing",
    [
        CondaHTTPError(URL, 500, "Broken", cause=f"see {URL}", response_details=URL),
        CondaSSLError(URL, "expired"),
        ProxyError(URL, "refused"),
        InsecureCredentialsError(URL),
        UnsupportedSchemeError(URL),
        ChecksumMismatchError(URL, "/f", checksum_type="md5", expected="1", actual="2"),
        NetworkSettings(proxy_servers={"https": URL}, mirrors={"c": (URL,)}),
        ChannelSettings(channels=(URL,)),
        Request(URL, {"Authorization": "canary-p@ss/1"}),
        Channel.from_text(URL, CONFIG),
        MatchSpec(f"{URL}::a"),
        Secret(URL),
        split_secrets(URL),
        build_transport(NetworkSettings(proxy_servers={"https": URL})),
    ],
    ids=lambda thing: type(thing).__name__,
)
def test_no_representation_shows_them(thing: object) -> None:
    texts = [repr(thing), str(thing), f"{thing!a}"]
    if isinstance(thing, Exception):
        texts += ["".join(traceback.format_exception(thing)), repr(vars(thing)), repr(thing.args)]
    assert seen(texts) == []


def test_errors_that_cross_processes_hold_none() -> None:
    assert seen(pickle.dumps(str(CondaHTTPError(URL, 404, "Not Found")))) == []


# -- S12: not where nothing encrypts them ----------------------------------------------------------


@pytest.mark.parametrize("kind", ["password", "token"])
@pytest.mark.parametrize("words", [["--json"], ["-vvvv"]], ids=" ".join)
def test_a_channel_that_is_not_encrypted_gets_none(
    planted: Planted, kind: str, words: list[str]
) -> None:
    proxy = {"HTTP_PROXY": planted.server.url()}
    place = planted.server.url()
    channel = planted.channel(kind).replace(place.removeprefix("http://"), "channel.test")
    command = ["search", "a", "--override-channels", "-c", channel, *words]
    refused = planted.program(*command, env=proxy)
    assert (refused.status, refused.error or "InsecureCredentialsError") == (
        1,
        "InsecureCredentialsError",
    )
    assert planted.server.requests == []
    assert planted.found(refused) == []
    allowed = planted.program(*command, env={**proxy, "CONDA_ALLOW_INSECURE_CREDENTIALS": "yes"})
    assert "The credentials for `channel.test` are sent to it without encryption." in allowed.stderr
    assert allowed.stderr.count("without encryption") == 1
    assert seen(planted.sent()) != []


# -- N12: nobody is trusted by mistake -------------------------------------------------------------


@pytest.mark.parametrize("words", [["--json"], []], ids=["for programs", "for people"])
def test_every_command_that_verifies_nobody_says_so(
    planted: Planted, builder: ChannelBuilder, tmp_path: Path, words: list[str]
) -> None:
    certificate = tmp_path / "certificate.pem"
    certificate.write_text(CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)

    def answer(path: str, *_: object) -> Reply:
        file = builder.root / path.lstrip("/")
        is_there = file.is_file()
        return Reply(http(file.read_bytes() if is_there else b"", status=_STATUS[is_there]))

    with RawServer(answer, context=context) as server:
        command = ["search", "a", "--override-channels", "-c", server.url, *words]
        refused = planted.program(*command, env={"CONDA_REMOTE_MAX_RETRIES": "0"})
        assert (refused.status, refused.error) == (1, "CondaSSLError")
        for _ in range(2):
            told = planted.program.succeed(*command, "--insecure").stderr
            assert told.count("WARNING: Servers are not verified") == 1


_STATUS = {True: "200 OK", False: "404 Not Found"}
