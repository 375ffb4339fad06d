"""Real small file systems: a change is refused, or made, and never left half done."""

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conda_clone.config.settings import LinkSettings
from conda_clone.core.transaction.errors import LinkError
from tests.support.faults import Held, tree
from tests.support.small_disks import KIB, MATRICES, can_mount, file_system
from tests.support.transactions import Workshop

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def mountable(tmp_path: Path) -> None:
    if not can_mount(tmp_path / "disk"):
        pytest.skip("file systems cannot be mounted here")


@pytest.mark.parametrize("name", MATRICES)
def test_a_disk_that_is_too_small_is_refused_or_gone_back_from(
    held: Held, tmp_path: Path, name: str
) -> None:
    cases: Callable[..., Iterator[int]] = MATRICES[name]
    assert held(cases(tmp_path, steps=16)) == 16


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
