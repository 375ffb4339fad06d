"""What was worked out is found again for the same state of the channels, and for no other."""

from pathlib import Path

import pytest

from conda_clone.core.channels import memory as memory_module
from conda_clone.core.channels.memory import ChannelMemory

PLACES = ("https://a.test/linux-64", "https://a.test/noarch")


def opened(folder: Path, state: object = 1) -> ChannelMemory:
    return ChannelMemory(str(folder), PLACES, state)


def only_file(folder: Path) -> Path:
    (path,) = folder.iterdir()
    return path


def test_what_is_kept_is_found_by_the_next_who_opens_it(tmp_path: Path) -> None:
    opened(tmp_path).keep({"a": (1, "x", (2**100, None)), "b": ({"k": [3]},)})
    later = opened(tmp_path)
    assert later.recall("a") == (1, "x", (2**100, None))
    assert later.recall("b") == ({"k": [3]},)
    assert later.recall("c") is None


def test_more_is_kept_beside_what_is_there(tmp_path: Path) -> None:
    memory = opened(tmp_path)
    memory.keep({"a": (1,), "b": (1,)})
    memory.keep({"b": (2,), "c": (2,)})
    for each in (memory, opened(tmp_path)):
        assert [each.recall(key) for key in "abc"] == [(1,), (2,), (2,)]


def test_another_state_knows_nothing_of_it(tmp_path: Path) -> None:
    opened(tmp_path, state=1).keep({"a": (1,)})
    assert opened(tmp_path, state=2).recall("a") is None


def test_another_state_takes_its_place(tmp_path: Path) -> None:
    opened(tmp_path, state=1).keep({"a": (1,)})
    opened(tmp_path, state=2).keep({"b": (2,)})
    assert opened(tmp_path, state=1).recall("a") is None
    assert opened(tmp_path, state=2).recall("a") is None
    assert opened(tmp_path, state=2).recall("b") == (2,)


def test_a_file_that_is_cut_off_anywhere_counts_as_empty_there(tmp_path: Path) -> None:
    opened(tmp_path).keep({"a": (1, "text")})
    content = only_file(tmp_path).read_bytes()
    for size in range(len(content)):
        only_file(tmp_path).write_bytes(content[:size])
        assert opened(tmp_path).recall("a") is None


def test_a_byte_that_has_changed_is_noticed_wherever_it_is(tmp_path: Path) -> None:
    opened(tmp_path).keep({"a": (1, "text")})
    content = only_file(tmp_path).read_bytes()
    for place in range(len(content)):
        changed = bytearray(content)
        changed[place] ^= 1
        only_file(tmp_path).write_bytes(changed)
        assert opened(tmp_path).recall("a") is None


def test_damaged_values_are_left_behind(tmp_path: Path) -> None:
    opened(tmp_path).keep({"a": (1, "text")})
    content = only_file(tmp_path).read_bytes()
    only_file(tmp_path).write_bytes(content[:-1] + b"?")
    opened(tmp_path).keep({"b": (2,)})
    assert opened(tmp_path).recall("a") is None
    assert opened(tmp_path).recall("b") == (2,)


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    in_the_way = tmp_path / "file"
    in_the_way.touch()
    memory = ChannelMemory(str(in_the_way / "cache"), PLACES, 1)
    memory.keep({"a": (1,)})
    assert memory.recall("a") is None


def test_a_file_that_has_grown_too_large_starts_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory_module, "_MAX_SIZE", 10)
    memory = opened(tmp_path)
    memory.keep({"a": ("as long as this",)})
    memory.keep({"b": (2,)})
    assert (memory.recall("a"), memory.recall("b")) == (None, (2,))
