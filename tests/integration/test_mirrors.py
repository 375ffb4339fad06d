"""Mirrors as commands use them: whichever is damaged, the right packages come."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.program import Program
from conda_clone.testing.server import ChannelServer

CHANNEL = "https://main.invalid/chan"


class Mirrors:
    """Two servers of one channel, and a program that knows them in its place."""

    def __init__(
        self, tmp_path: Path, home: Path, first: ChannelServer, second: ChannelServer
    ) -> None:
        builder = ChannelBuilder(tmp_path / "chan")
        builder.add(name="a", noarch="generic", files={"share/a": "a"})
        builder.write()
        self.first = first
        self.second = second
        for server in (first, second):
            server.mount("chan", builder.root)
        places = [server.url("chan") for server in (first, second)]
        (home / ".condarc").write_text(f"mirrored_channels: {{'{CHANNEL}': {places}}}\n")
        self.program = Program(tmp_path / "root", home, CHANNEL)


@pytest.fixture
def mirrors(tmp_path: Path, isolated: Path) -> Iterator[Mirrors]:
    with ChannelServer() as first, ChannelServer() as second:
        yield Mirrors(tmp_path, isolated, first, second)


def test_records_keep_the_address_of_the_channel(mirrors: Mirrors) -> None:
    mirrors.program.succeed("create", "-n", "e", "-y", "a")
    (row,) = mirrors.program.succeed("list", "-n", "e", "--explicit").stdout.splitlines()[-1:]
    assert row.startswith(f"{CHANNEL}/noarch/a-")
    assert mirrors.second.paths("*/a-*") == []


@pytest.mark.parametrize(
    "fault", [{"body": b"other"}, {"truncate": 9}, {"status": 503}, {"status": 404}]
)
def test_a_damaged_package_comes_from_the_next_one(
    mirrors: Mirrors, fault: dict[str, object]
) -> None:
    mirrors.first.fail("*/a-*", **fault)  # type: ignore[arg-type]  # passed on
    mirrors.program.succeed("create", "-n", "e", "-y", "a", env={"CONDA_REMOTE_MAX_RETRIES": "0"})
    assert mirrors.program.installed("e") == ["a-1.0-0"]
    assert mirrors.second.paths("*/a-*") != []
