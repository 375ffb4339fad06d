import os
import threading
from pathlib import Path

import pytest

from conda_clone.config.settings import ChannelSettings
from conda_clone.core.channels.errors import (
    ChannelDenied,
    ChannelNotAllowed,
    UnavailableInvalidChannel,
)
from conda_clone.core.channels.index import Index
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.network.transport import Request, Response
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.repodata import index_body


class Setup:
    def __init__(self, tmp_path: Path) -> None:
        self.root = tmp_path
        self.listener = Listener()

    def write(self, place: str, *fns: str) -> str:
        """Write the index of a folder such as `main/noarch`; return the URL of its channel."""
        folder = self.root / place
        folder.mkdir(parents=True)
        (folder / "repodata.json").write_bytes(index_body(*fns))
        return self.url(place.partition("/")[0])

    def url(self, channel: str) -> str:
        return (self.root / channel).as_uri()

    def open(self, settings: ChannelSettings, repodata_fn: str = "repodata.json") -> Index:
        return Index.open(
            settings, plain_transport(), str(self.root / "cache"), self.listener, repodata_fn
        )


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def urls(index: Index, spec: str) -> list[str]:
    return [record.url for record in index.query(MatchSpec(spec))]


def test_records_come_from_all_channels_in_their_order(setup: Setup) -> None:
    setup.write("two/linux-64", "a-2-0.conda", "b-1-0.conda")
    two = setup.write("two/noarch", "a-3-0.conda")
    setup.write("one/linux-64", "a-1-0.conda")
    one = setup.write("one/noarch")
    index = setup.open(channel_settings(two, one))
    assert [record.url for record in index.records("a")] == [
        f"{two}/linux-64/a-2-0.conda",
        f"{two}/noarch/a-3-0.conda",
        f"{one}/linux-64/a-1-0.conda",
    ]
    assert index.channel_order == (two, one)
    assert index.names() == ["a", "b"]
    assert urls(index, "a>=2,<3") == [f"{two}/linux-64/a-2-0.conda"]
    assert urls(index, f"{one}::*") == [f"{one}/linux-64/a-1-0.conda"]


def test_a_channel_is_read_once(setup: Setup) -> None:
    one = setup.write("one/noarch", "a-1-0.conda")
    index = setup.open(channel_settings(one, f"{one}/", f"{one}/noarch"))
    assert len(index.subdirs) == 2
    assert len(index.records("a")) == 1


def test_other_platforms_can_be_read(setup: Setup) -> None:
    one = setup.write("one/osx-arm64", "a-1-0.conda")
    index = setup.open(channel_settings(one, subdirs=("osx-arm64", "noarch")))
    assert [record.subdir for record in index.records("a")] == ["osx-arm64"]


@pytest.mark.parametrize(
    ("platform", "expected"), [("osx-64", ["osx-64", "noarch"]), ("noarch", ["noarch"])]
)
def test_a_channel_can_name_its_platform(setup: Setup, platform: str, expected: list[str]) -> None:
    for subdir in ("linux-64", "osx-64", "noarch"):
        one = setup.write(f"one/{subdir}")
    index = setup.open(channel_settings(f"{one}/{platform}"))
    assert [subdir.subdir for subdir in index.subdirs] == expected


def test_a_multichannel_stands_for_its_members(setup: Setup) -> None:
    members = (setup.write("m2/noarch", "a-1-0.conda"), setup.write("m1/noarch", "a-2-0.conda"))
    config = ChannelConfig(custom_multichannels={"both": members})
    index = setup.open(channel_settings("both", config=config))
    assert index.channel_order == members
    assert [record.version for record in index.records("a")] == ["1", "2"]
    assert {record.channel.canonical_name for record in index.records("a")} == {"both"}


def test_members_of_a_multichannel_can_be_multichannels(setup: Setup) -> None:
    one, two = setup.write("one/noarch"), setup.write("two/noarch")
    config = ChannelConfig(custom_multichannels={"inner": (one,), "outer": ("inner", two)})
    assert setup.open(channel_settings("outer", config=config)).channel_order == (one, two)
    with pytest.raises(ChannelDenied):
        setup.open(channel_settings(one, config=config, denylist_channels=("outer",)))


def test_an_index_knows_where_it_looked(setup: Setup) -> None:
    one = setup.write("one/noarch")
    assert setup.open(channel_settings(one)).urls == (f"{one}/linux-64", f"{one}/noarch")


def test_an_empty_multichannel_has_nothing(setup: Setup) -> None:
    index = setup.open(channel_settings("local"))
    assert (index.channel_order, index.names()) == ((), [])


@pytest.mark.parametrize("subdir", ["linux-64", "noarch"])
def test_a_channel_need_not_have_every_folder(setup: Setup, subdir: str) -> None:
    one = setup.write(f"one/{subdir}", "a-1-0.conda")
    assert len(setup.open(channel_settings(one)).records("a")) == 1


def test_a_channel_without_any_folder_is_unavailable(setup: Setup) -> None:
    one = setup.write("one/noarch")
    nowhere = setup.url("nowhere")
    with pytest.raises(UnavailableInvalidChannel) as raised:
        setup.open(channel_settings(one, nowhere))
    assert raised.value.details == {
        "channel_name": "nowhere",
        "channel_url": nowhere,
        "status_code": 404,
        "reason": "UNAVAILABLE OR INVALID",
        "response_details": "\n<<FILE 404 None\n< Elapsed: 00:00.000000\n\n",
        "json": {
            "error": "file does not exist",
            "exception": "FileNotFoundError(2, 'No such file or directory')",
            "path": str(setup.root / "nowhere" / "noarch" / "repodata.json"),
        },
    }


def test_a_channel_without_any_folder_can_be_allowed(setup: Setup) -> None:
    one = setup.write("one/noarch", "a-1-0.conda")
    settings = channel_settings(setup.url("nowhere"), one, allow_non_channel_urls=True)
    assert setup.open(settings).names() == ["a"]
    (caution,) = setup.listener.cautions
    assert "nowhere" in caution


def test_only_allowed_channels_are_read(setup: Setup) -> None:
    one, two = setup.write("one/noarch"), setup.write("two/noarch")
    assert setup.open(channel_settings(one, allowlist_channels=(one, two))).channel_order == (one,)
    with pytest.raises(ChannelNotAllowed) as raised:
        setup.open(channel_settings(one, two, allowlist_channels=(f"{one}/linux-64",)))
    assert raised.value.details == {"channel_name": two, "channel_url": two}


def test_denied_channels_are_not_read(setup: Setup) -> None:
    one, two = setup.write("one/noarch"), setup.write("two/noarch")
    assert setup.open(channel_settings(one, denylist_channels=(two,))).channel_order == (one,)
    with pytest.raises(ChannelDenied) as raised:
        setup.open(
            channel_settings(one, two, denylist_channels=(two,), allowlist_channels=(one, two))
        )
    assert raised.value.details == {"channel_name": two, "channel_url": two}


def test_of_several_errors_the_first_channel_s_is_raised(setup: Setup) -> None:
    channels = [setup.write(f"{name}/noarch") for name in "abcdef"]
    for name in "bdf":
        (setup.root / name / "noarch" / "repodata.json").write_text("{nope")
    for threads in (0, 1, 3):
        with pytest.raises(ParseError) as raised:
            setup.open(channel_settings(*channels, repodata_threads=threads))
        assert raised.value.details == {"path": f"{channels[1]}/noarch/repodata.json"}


def test_several_indexes_are_opened_at_once(setup: Setup) -> None:
    channels = [setup.write(f"c{number}/noarch", "a-1-0.conda") for number in range(12)]
    index = setup.open(channel_settings(*channels, repodata_threads=4))
    assert len(index.records("a")) == 12
    assert [thread.name for thread in threading.enumerate() if thread.name == "repodata"] == []


class Unused:
    """A transport that nobody asks for anything."""

    def open(self, request: Request) -> Response:
        raise AssertionError(request.url)

    def prepare(self, url: str, connections: int) -> None:
        raise AssertionError((url, connections))


def test_channels_of_this_machine_need_no_transport(setup: Setup) -> None:
    setup.write("main/noarch", "a-1-0.conda")
    url = setup.write("main/linux-64", "b-1-0.conda")
    index = Index.open(channel_settings(url), Unused(), str(setup.root / "cache"), setup.listener)
    assert index.names() == ["a", "b"]


def test_offline_nobody_is_connected_to(setup: Setup) -> None:
    settings = channel_settings("https://channel.invalid", offline=True)
    index = Index.open(settings, Unused(), str(setup.root / "cache"), setup.listener)
    assert index.names() == []


def test_what_is_left_out_of_several_indexes_is_reported(setup: Setup) -> None:
    for name in "abcd":
        folder = setup.root / name / "noarch"
        folder.mkdir(parents=True)
        (folder / "repodata.json").write_bytes(index_body(packages={"x-1-0.tar.bz2": None}))
    setup.open(channel_settings(*map(setup.url, "abcd")))
    assert len(setup.listener.cautions) == 4


def test_another_index_can_be_asked_for(setup: Setup) -> None:
    one = setup.write("one/noarch", "a-1-0.conda")
    (setup.root / "one" / "noarch" / "current_repodata.json").write_bytes(index_body("b-1-0.conda"))
    assert setup.open(channel_settings(one), "current_repodata.json").names() == ["b"]


def test_every_record_is_found_again_where_it_is_said_to_be(setup: Setup) -> None:
    fns = ["a-1-0.conda", "a-1-0.tar.bz2", "a-2-0.tar.bz2", "b-1-0.conda"]
    one = setup.write("one/noarch", *fns)
    index = setup.open(channel_settings(one))
    for name in "ab":
        places = index.places(name)
        assert places is not None
        assert [index.record_at(place) for place in places] == index.records(name)


def test_what_is_kept_is_there_the_next_time(setup: Setup) -> None:
    one = setup.write("one/noarch", "a-1-0.conda", "a-1-0.tar.bz2")
    index = setup.open(channel_settings(one))
    index.keep({"a": (index.places("a"), "values")})
    later = setup.open(channel_settings(one))
    assert later.recall("a") == (index.places("a"), "values")
    assert later.recall("b") is None

    os.utime(setup.root / "one/noarch/repodata.json", (1, 1))
    assert setup.open(channel_settings(one)).recall("a") is None
