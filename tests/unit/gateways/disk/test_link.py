import errno
import os
from collections.abc import Callable
from pathlib import Path

import pytest

from conda_clone.errors import NoSpaceLeftError
from conda_clone.gateways.disk import link as link_module
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.link import LinkKind, best_link_kind, copy_file, link_file


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "source"
    path.write_bytes(b"content" * 50_000)
    path.chmod(0o754)
    os.utime(path, (1_600_000_000, 1_600_000_000))
    return path


def failing(code: int) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    return fail


def test_a_hard_link_is_the_same_file(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    assert link_file(str(source), str(target), LinkKind.HARD) is LinkKind.HARD
    assert target.samefile(source)


def test_a_soft_link_leads_to_the_source(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    assert link_file(str(source), str(target), LinkKind.SOFT) is LinkKind.SOFT
    assert os.readlink(target) == str(source)


def test_a_copy_has_content_mode_and_time_but_is_another_file(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "target"
    assert link_file(str(source), str(target), LinkKind.COPY) is LinkKind.COPY
    status = target.stat()
    assert target.read_bytes() == source.read_bytes()
    assert (status.st_mode & 0o777, status.st_mtime) == (0o754, 1_600_000_000)
    assert not target.samefile(source)


def test_folders_may_exist_already(tmp_path: Path) -> None:
    target = tmp_path / "a" / "b"
    for _ in range(2):
        assert link_file("unused", str(target), LinkKind.DIRECTORY) is LinkKind.DIRECTORY
    assert target.is_dir()


@pytest.mark.parametrize("kind", [LinkKind.HARD, LinkKind.SOFT, LinkKind.COPY])
def test_symbolic_links_are_reproduced(tmp_path: Path, kind: LinkKind) -> None:
    (tmp_path / "link").symlink_to("dangling/target")
    assert link_file(str(tmp_path / "link"), str(tmp_path / "new"), kind) is LinkKind.SOFT
    assert os.readlink(tmp_path / "new") == "dangling/target"


@pytest.mark.parametrize("kind", [LinkKind.HARD, LinkKind.SOFT, LinkKind.COPY])
def test_nothing_is_replaced_or_written_through(
    source: Path, tmp_path: Path, kind: LinkKind
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("kept")
    (tmp_path / "target").symlink_to("victim")
    for target in (victim, tmp_path / "target"):
        with pytest.raises(FileExistsError):
            link_file(str(source), str(target), kind)
    assert victim.read_text() == "kept"


@pytest.mark.parametrize("code", [errno.EXDEV, errno.EMLINK, errno.EPERM])
def test_a_refused_hard_link_becomes_a_copy(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    monkeypatch.setattr(mutations, "link", failing(code))
    target = tmp_path / "target"
    assert link_file(str(source), str(target), LinkKind.HARD) is LinkKind.COPY
    assert target.read_bytes() == source.read_bytes()


def test_a_full_disk_is_not_a_reason_to_copy(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutations, "link", failing(errno.ENOSPC))
    with pytest.raises(NoSpaceLeftError):
        link_file(str(source), str(tmp_path / "target"), LinkKind.HARD)


@pytest.mark.parametrize("size", [0, 1, 3 << 20])
def test_copies_work_without_help_of_the_kernel(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int
) -> None:
    (tmp_path / "source").write_bytes(os.urandom(size))
    monkeypatch.setattr(mutations, "copy_range", failing(errno.EXDEV))
    copy_file(str(tmp_path / "source"), str(tmp_path / "one"))
    monkeypatch.delattr(os, "copy_file_range")
    copy_file(str(tmp_path / "source"), str(tmp_path / "two"))
    content = (tmp_path / "source").read_bytes()
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes() == content


def test_a_shared_copy_needs_nothing_more(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def share(reader: int, writer: int) -> bool:
        os.write(writer, b"shared")
        return reader != writer

    monkeypatch.setattr(link_module, "_reflink", share)
    copy_file(str(source), str(tmp_path / "target"))
    assert (tmp_path / "target").read_bytes() == b"shared"


def test_a_copy_that_fails_leaves_nothing(
    source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutations, "copy_range", failing(errno.ENOSPC))
    with pytest.raises(NoSpaceLeftError):
        copy_file(str(source), str(tmp_path / "target"))
    assert os.listdir(tmp_path) == ["source"]


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "pkg" / "info").mkdir(parents=True)
    (tmp_path / "pkg" / "info" / "index.json").write_text("{}")
    return tmp_path / "pkg"


def test_hard_links_are_best_and_probing_leaves_nothing(package: Path, tmp_path: Path) -> None:
    assert best_link_kind(str(package), str(tmp_path / "probe")) is LinkKind.HARD
    assert os.listdir(tmp_path) == ["pkg"]


def test_settings_decide_without_probing(package: Path, tmp_path: Path) -> None:
    copied = best_link_kind(
        str(package), str(tmp_path / "probe"), always_copy=True, always_softlink=True
    )
    assert copied is LinkKind.COPY
    assert (
        best_link_kind(str(package), str(tmp_path / "probe"), always_softlink=True) is LinkKind.SOFT
    )


def test_without_hard_links_it_is_soft_links_if_allowed_or_copies(
    package: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mutations, "link", failing(errno.EXDEV))
    assert best_link_kind(str(package), str(tmp_path / "probe")) is LinkKind.COPY
    assert (
        best_link_kind(str(package), str(tmp_path / "probe"), allow_softlinks=True) is LinkKind.SOFT
    )
    monkeypatch.setattr(mutations, "symlink", failing(errno.EPERM))
    assert (
        best_link_kind(str(package), str(tmp_path / "probe"), allow_softlinks=True) is LinkKind.COPY
    )


def test_any_file_serves_for_probing(tmp_path: Path) -> None:
    folder = tmp_path / "pkg"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "a").symlink_to("b")
    assert best_link_kind(str(folder), str(tmp_path / "probe")) is LinkKind.COPY
    (folder / "lib" / "b").touch()
    assert best_link_kind(str(folder), str(tmp_path / "probe")) is LinkKind.HARD
