import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from conda_clone.operations.clean import (
    Leftovers,
    delete,
    find_archives,
    find_index_caches,
    find_logfiles,
    find_package_caches,
    find_tempfiles,
    find_unused_packages,
)


def package(cache: Path, name: str) -> Path:
    (cache / name / "info").mkdir(parents=True)
    (cache / name / "info" / "index.json").write_text("{}")
    return cache / name


def test_caches_that_do_not_exist_hold_nothing(tmp_path: Path) -> None:
    caches = [str(tmp_path / "absent")]
    assert find_archives(caches) == find_unused_packages(caches) == Leftovers(sizes={})
    assert find_index_caches(caches) == []
    assert find_logfiles(caches) == []
    assert find_package_caches(caches) == []
    assert find_tempfiles(caches) == []


def test_leftovers_know_their_size_and_place(tmp_path: Path) -> None:
    caches = [tmp_path / "one", tmp_path / "two"]
    for cache in caches:
        package(cache, "a-1-0")
        (cache / "a-1-0.conda").write_bytes(b"123")
    found = find_archives([str(cache) for cache in caches])
    assert found.total_size == 6
    assert found.paths == [str(cache / "a-1-0.conda") for cache in caches]
    assert find_unused_packages([str(caches[0])]).total_size == 2


def test_what_others_delete_meanwhile_hides_nothing_else(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a-1-0", "b-1-0"):
        package(tmp_path, name)
        (tmp_path / f"{name}.conda").touch()
    look_into, look_at = os.scandir, os.lstat

    def scandir(path: str | int) -> Any:
        if str(path).endswith("a-1-0"):
            shutil.rmtree(str(path))
        return look_into(path)

    def lstat(path: str) -> os.stat_result:
        if str(path).endswith("a-1-0.conda"):
            Path(path).unlink()
        return look_at(path)

    with monkeypatch.context() as patch:
        patch.setattr(os, "lstat", lstat)
        archives = find_archives([str(tmp_path)])
    with monkeypatch.context() as patch:
        patch.setattr(os, "scandir", scandir)
        packages = find_unused_packages([str(tmp_path)])
    assert (list(archives.sizes[str(tmp_path)]), archives.warnings) == (["b-1-0.conda"], ())
    assert (list(packages.sizes[str(tmp_path)]), packages.warnings) == (["b-1-0"], ())


def test_a_package_with_one_linked_file_is_in_use(tmp_path: Path) -> None:
    deep = package(tmp_path / "pkgs", "a-1-0") / "lib" / "deep"
    deep.mkdir(parents=True)
    (deep / "file").touch()
    caches = [str(tmp_path / "pkgs")]
    assert list(find_unused_packages(caches).sizes) == caches
    os.link(deep / "file", tmp_path / "linked")
    assert find_unused_packages(caches).sizes == {}


@pytest.mark.skipif(
    not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may look everywhere"
)
def test_a_cache_that_may_not_be_looked_at_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "pkgs").mkdir(mode=0o000)
    found = find_archives([str(tmp_path / "pkgs")])
    assert found.sizes == {}
    assert len(found.warnings) == 1


def test_what_cannot_be_deleted_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    impossible = str(tmp_path / "file" / "below")
    (warning,) = delete([impossible, str(tmp_path / "file")])
    assert impossible in warning
    assert not (tmp_path / "file").exists()
