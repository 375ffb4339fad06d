"""`conda notices`: what channels tell, and what becomes of channels that tell nonsense."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.core.channels.errors import InvalidNoticesError
from conda_clone.core.channels.notices import Level, parse_notices
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program

MOVED = {
    "id": "n1",
    "message": "We move.\nSoon.",
    "level": "warning",
    "created_at": "2026-01-02T00:00:00+00:00",
    "expires_at": "2999-01-01T00:00:00+00:00",
    "interval": 3600,
}
OVER = {"id": "n0", "message": "Old.", "expires_at": "2001-01-01T00:00:00"}
BARE = {"message": "Hello.", "created_at": "2026-02-01", "expires_at": "some day"}


@pytest.fixture
def server(tmp_path: Path) -> Iterator[ChannelServer]:
    folder = tmp_path / "channel"
    folder.mkdir()
    with ChannelServer() as server:
        server.mount("main", folder)
        yield server


def publish(tmp_path: Path, *notices: object) -> None:
    (tmp_path / "channel/notices.json").write_text(json.dumps({"notices": notices}))


@pytest.fixture
def asked(server: ChannelServer, tmp_path: Path, isolated: Path) -> Program:
    return Program(tmp_path / "root", isolated, server.url("main"))


def test_a_person_reads_what_has_not_expired(asked: Program, tmp_path: Path) -> None:
    publish(tmp_path, MOVED, OVER, BARE)
    assert asked.succeed("notices").stdout.splitlines()[1:] == [
        "",
        f"{asked.channel} (info, 2026-02-01):",
        "  Hello.",
        "",
        f"{asked.channel} (warning, 2026-01-02):",
        "  We move.",
        "  Soon.",
    ]


def test_a_program_reads_a_list(asked: Program, tmp_path: Path) -> None:
    publish(tmp_path, MOVED)
    (notice,) = asked.succeed("notices", "--json").document
    assert notice == {**MOVED, "channel_name": asked.channel}


def test_a_channel_has_no_more_than_the_setting_says(asked: Program, tmp_path: Path) -> None:
    publish(tmp_path, MOVED, BARE)
    for limit, told in (("1", ["Hello."]), ("0", [])):
        notices = asked.succeed("notices", "--json", env={"CONDA_NUMBER_CHANNEL_NOTICES": limit})
        assert [each["message"] for each in notices.document] == told


def test_most_channels_have_nothing_to_tell(asked: Program) -> None:
    assert asked.succeed("notices").stdout.endswith("\nThere is nothing to tell.\n")
    assert asked.succeed("notices", "--json").document == []


@pytest.mark.parametrize("text", ["{", "[]", '{"notices": 1}', "[" * 100_000])
def test_nonsense_is_told_and_does_not_stop_the_others(
    asked: Program, tmp_path: Path, text: str
) -> None:
    (tmp_path / "channel/notices.json").write_text(text)
    outcome = asked.succeed("notices", "--json")
    assert outcome.document == []
    assert outcome.stderr.startswith("WARNING: ")
    assert "cannot be asked" in outcome.stderr
    with pytest.raises(InvalidNoticesError):
        parse_notices(text.encode(), "main", source="https://x.test/notices.json")


def test_what_is_too_large_is_not_read(asked: Program, tmp_path: Path) -> None:
    (tmp_path / "channel/notices.json").write_text(" " * (1 << 20) + "{}")
    assert "too large" in asked.succeed("notices").stderr


def test_a_channel_that_refuses_is_told(asked: Program, server: ChannelServer) -> None:
    server.fail("main/notices.json", status=500)
    outcome = asked.succeed("notices", env={"CONDA_REMOTE_MAX_RETRIES": "0"})
    assert "cannot be asked" in outcome.stderr


def test_entries_are_not_trusted() -> None:
    entries = [7, {}, {"message": "\x1b[31mred\x07", "level": "loud", "interval": "x", "id": 3}]
    body = json.dumps({"notices": entries}).encode()
    (notice,) = parse_notices(body, "main", source="s")
    assert (notice.message, notice.level, notice.interval, notice.id) == (
        "[31mred",
        Level.INFO,
        None,
        "",
    )


@pytest.fixture
def changed(tmp_path: Path, server: ChannelServer, asked: Program) -> Program:
    """Return a program whose channel has the package `a`."""
    builder = ChannelBuilder(tmp_path / "channel")
    builder.add(name="a", noarch="generic")
    builder.write()
    return asked


def test_after_a_change_new_notices_are_shown_once(changed: Program, tmp_path: Path) -> None:
    publish(tmp_path, MOVED, OVER)
    assert "We move." in changed.succeed("create", "-n", "one", "-y", "a").stderr
    assert "We move." not in changed.succeed("create", "-n", "two", "-y", "a").stderr


@pytest.mark.parametrize("words", [["--json"], ["-q"], ["--dry-run"]], ids=" ".join)
def test_who_does_not_want_to_read_them_does_not(
    changed: Program, tmp_path: Path, server: ChannelServer, words: list[str]
) -> None:
    publish(tmp_path, MOVED)
    changed("create", "-n", "one", "-y", "a", *words)
    assert server.paths("*/notices.json") == []


def test_no_change_fails_for_notices(changed: Program, tmp_path: Path) -> None:
    (tmp_path / "channel/notices.json").write_text("[" * 100_000)
    outcome = changed.succeed("create", "-n", "one", "-y", "a")
    assert "notices" not in outcome.stderr
