"""Real small file systems: a change is refused, or made, and never left half done."""

import contextlib
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.settings import LinkSettings
from conda_clone.core.transaction.errors import LinkError
from conda_clone.errors import NoSpaceLeftError
from tests.support.faults import tree
from tests.support.transactions import Workshop

KIB = 1024
FILES = {f"share/a/{number}": bytes([number]) * (20 * KIB) for number in range(12)}


@contextlib.contextmanager
def file_system(folder: Path, size: int) -> Iterator[None]:
    """Mount an empty file system of so many bytes."""
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("file systems cannot be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def test_creating_on_a_small_disk_is_refused_or_succeeds(tmp_path: Path) -> None:
    record = Workshop(tmp_path).package(name="a", files=FILES)
    outcomes: list[str] = []
    refusals: list[NoSpaceLeftError] = []
    for size in range(16 * KIB, 420 * KIB, 20 * KIB):
        disk = tmp_path / "disk"
        with file_system(disk, size):
            workshop = Workshop(tmp_path, prefix=disk / "env")
            try:
                workshop.install(record)
            except NoSpaceLeftError as error:
                outcomes.append("refused")
                refusals.append(error)
                left = list(disk.iterdir())
                assert left == []
            else:
                outcomes.append("made")
                assert len(workshop.tree()) == len(FILES) + 2
    assert all(error.needed and error.free is not None for error in refusals)
    assert all(str(tmp_path / "disk") in error.message for error in refusals)
    assert outcomes == sorted(outcomes, reverse=True)
    assert set(outcomes) == {"refused", "made"}


def test_updating_on_a_small_disk_leaves_the_old_or_the_new_environment(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    old = workshop.package(name="a", files={path: data[::2] for path, data in FILES.items()})
    new = workshop.package(name="a", version="2.0", files=FILES)
    outcomes = set()
    for size in range(180 * KIB, 700 * KIB, 26 * KIB):
        disk = tmp_path / "disk"
        with file_system(disk, size):
            workshop = Workshop(tmp_path, prefix=disk / "env")
            workshop.install(old)
            before = tree(workshop.prefix)
            try:
                workshop.install(new)
            except NoSpaceLeftError:
                outcomes.add("refused")
                assert tree(workshop.prefix) == before
            else:
                outcomes.add("made")
                assert workshop.installed()["a"].version == "2.0"
    assert outcomes == {"refused", "made"}


def test_a_script_that_fills_the_disk_is_gone_back_from_without_room(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    script = 'dd if=/dev/zero of="$PREFIX/../filler" bs=1k 2>/dev/null; exit 1\n'
    with file_system(disk, 512 * KIB):
        workshop = Workshop(tmp_path, prefix=disk / "env")
        workshop.install(workshop.package(name="a", files={"share/a": "1", "share/b": "1"}))
        before = tree(workshop.prefix)
        new = workshop.package(
            name="a", version="2.0", files={"share/a": "2"}, link_scripts={"post-link": script}
        )
        with pytest.raises(LinkError):
            workshop.install(new)
        assert tree(workshop.prefix) == before
        assert (disk / "filler").stat().st_size > 100 * KIB


def test_another_file_system_gets_copies(tmp_path: Path) -> None:
    with file_system(tmp_path / "disk", 4096 * KIB):
        workshop = Workshop(tmp_path, prefix=tmp_path / "disk" / "env")
        workshop.install(workshop.package(name="a", files={"share/a": "a"}))
        link = workshop.installed()["a"].link
        assert link is not None
        assert link.type == 3
        assert not (workshop.prefix / "share/a").is_symlink()
        links = LinkSettings(allow_softlinks=True)
        workshop.install(workshop.package(name="b", files={"share/b": "b"}), links=links)
        assert (workshop.prefix / "share/b").is_symlink()
