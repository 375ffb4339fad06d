import shutil
from pathlib import Path

import pytest

from conda_clone.core.packages.cache_dirs import CacheDirs
from conda_clone.core.packages.errors import NoWritablePkgsDirError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.testing.packages import build_package
from tests.support.package_caches import CONFIG, cache_at, forbid_writing, record_of

URL = "https://channels.test/main"


def test_the_first_writable_folder_takes_what_is_new(tmp_path: Path) -> None:
    forbid_writing(tmp_path / "one")
    paths = [str(tmp_path / name) for name in ("one", "two", "two", "three")]
    caches = CacheDirs(paths, CONFIG)
    assert [cache.pkgs_dir for cache in caches.caches] == [paths[0], paths[1], paths[3]]
    assert caches.first_writable().pkgs_dir == caches.first_for_indexes() == paths[1]
    assert not (tmp_path / "three").exists()


def test_without_a_writable_folder_the_setting_is_named(tmp_path: Path) -> None:
    forbid_writing(tmp_path / "one")
    with pytest.raises(NoWritablePkgsDirError) as caught:
        CacheDirs([str(tmp_path / "one")], CONFIG).first_writable()
    assert caught.value.details == {"pkgs_dirs": [str(tmp_path / "one")]}
    assert "pkgs_dirs" in str(caught.value.hint)
    with pytest.raises(NoWritablePkgsDirError, match="configured"):
        CacheDirs([], CONFIG).first_for_indexes()


def test_packages_and_archives_are_found_in_any_folder(tmp_path: Path) -> None:
    package = build_package(tmp_path / "built", name="hello")
    record = record_of(package, URL)
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
    caches = CacheDirs([str(tmp_path / "one"), str(tmp_path / "two")], CONFIG)
    assert caches.find(record) is None
    assert caches.find_archive(record) is None
    cache_at(tmp_path / "two").add(record, str(package.path))
    shutil.copy(package.path, tmp_path / "two")
    found = caches.find(record)
    assert found is not None
    assert found.extracted_package_dir == str(tmp_path / "two" / "hello-1.0-0")
    assert caches.find_archive(record) == str(tmp_path / "two" / "hello-1.0-0.conda")
    assert caches.query(MatchSpec("hello")) == [record]
