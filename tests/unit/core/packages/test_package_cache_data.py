import json
import os
import shutil
from pathlib import Path

import pytest

from conda_clone.core.packages.extraction import extract_checked
from conda_clone.core.packages.package_cache_data import PackageCacheData
from conda_clone.errors import CondaVerificationError
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.models.channel import Channel
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.testing.packages import BuiltPackage, build_package
from tests.support.package_caches import CONFIG, cache_at, forbid_writing, moved, record_of
from tests.support.tar_bytes import END, file, stored_zip, zstd_frame

URL = "https://channels.test/main"


@pytest.fixture
def package(tmp_path: Path) -> BuiltPackage:
    return build_package(
        tmp_path / "built", name="hello", depends=["a >=1"], files={"share/hello": "Hello"}
    )


@pytest.fixture
def cache(tmp_path: Path) -> PackageCacheData:
    (tmp_path / "pkgs").mkdir()
    return cache_at(tmp_path / "pkgs")


def entries(cache: PackageCacheData) -> list[str]:
    return sorted(os.listdir(cache.pkgs_dir))


def stored(cache: PackageCacheData, stem: str = "hello-1.0-0") -> dict[str, object]:
    path = Path(cache.pkgs_dir, stem, "info", "repodata_record.json")
    data = json.loads(path.read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    return data


def change(cache: PackageCacheData, **changes: object) -> None:
    """Change the stored record; None removes a key."""
    data = {**stored(cache), **changes}
    data = {key: value for key, value in data.items() if value is not None}
    path = Path(cache.pkgs_dir, "hello-1.0-0", "info", "repodata_record.json")
    path.write_text(json.dumps(data), encoding="utf-8")


def from_url(
    package: BuiltPackage, *, sha256: str | None = None, md5: str | None = None
) -> PackageRecord:
    """Return what the address of a package says of it."""
    return PackageRecord(
        name="hello",
        version="1.0",
        build="0",
        build_number=0,
        channel=Channel.from_text(URL, CONFIG),
        subdir="linux-64",
        fn=package.fn,
        url=f"{URL}/linux-64/{package.fn}",
        sha256=sha256,
        md5=md5,
    )


def test_a_cache_is_writable_when_its_list_of_urls_is(tmp_path: Path) -> None:
    new = cache_at(tmp_path / "deep" / "new")
    assert new.is_writable
    assert entries(new) == ["urls.txt"]
    forbid_writing(tmp_path / "forbidden")
    assert not cache_at(tmp_path / "forbidden").is_writable
    (tmp_path / "file").touch()
    assert not cache_at(tmp_path / "file" / "pkgs").is_writable
    assert repr(new) == f"PackageCacheData({str(tmp_path / 'deep' / 'new')!r})"


def test_digests_that_are_known_are_not_made_again(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL, md5=None, sha256=None)
    cache.add(record, str(package.path), extract_checked, {"md5": "0" * 32})
    data = stored(cache)
    assert (data["md5"], data["sha256"]) == ("0" * 32, package.record["sha256"])


def test_an_added_package_is_complete_and_found(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL)
    added = cache.add(record, str(package.path))
    assert entries(cache) == ["hello-1.0-0"]
    folder = Path(cache.pkgs_dir, "hello-1.0-0")
    assert (folder / "share/hello").read_text() == "Hello"
    data = stored(cache)
    assert {key: data[key] for key in ("fn", "url", "channel", "subdir", "depends")} == {
        "fn": "hello-1.0-0.conda",
        "url": f"{URL}/linux-64/hello-1.0-0.conda",
        "channel": f"{URL}/linux-64",
        "subdir": "linux-64",
        "depends": ["a >=1"],
    }
    facts = ("md5", "sha256", "size")
    assert [data[key] for key in facts] == [package.record[key] for key in facts]
    found = cache.get(record)
    assert found is not None
    assert found == added == record
    assert found.extracted_package_dir == str(folder)
    assert found.package_tarball_full_path == os.path.join(cache.pkgs_dir, "hello-1.0-0.conda")


class CleanedMeanwhile(PackageCacheData):
    """A cache from which somebody takes each package between two looks at it."""

    def _is_trusted(self, folder: str) -> bool:
        shutil.rmtree(folder)
        return super()._is_trusted(folder)


def test_a_package_that_is_taken_away_meanwhile_is_not_found(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    assert CleanedMeanwhile(cache.pkgs_dir, CONFIG).get(record) is None


def test_nothing_is_found_in_an_empty_or_absent_cache(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL)
    for empty in (cache, cache_at(Path(cache.pkgs_dir, "none"))):
        assert empty.get(record) is None
        assert empty.find_archive(record) is None
        assert list(empty.records()) == []


def test_the_metadata_is_that_of_the_index_of_today(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    cache.add(record_of(package, URL), str(package.path))
    amended = record_of(package, "https://mirror.test/main", depends=["a >=2"])
    found = cache.get(amended)
    assert found is not None
    assert found.depends == ("a >=2",)
    assert found.url == "https://mirror.test/main/linux-64/hello-1.0-0.conda"


@pytest.mark.parametrize(
    "changes",
    [
        {"sha256": "0" * 64},
        {"sha256": None, "md5": "0" * 32},
        {"sha256": None, "md5": None, "size": 1},
        {"sha256": None, "md5": None, "url": "https://channels.test/other/hello-1.0-0.conda"},
        {"sha256": None, "md5": None, "url": None},
    ],
)
def test_what_came_from_another_archive_is_not_found(
    cache: PackageCacheData, package: BuiltPackage, changes: dict[str, object]
) -> None:
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    change(cache, **changes)
    assert cache.get(record) is None


@pytest.mark.parametrize(
    "changes",
    [
        {"url": "https://elsewhere.test/hello-1.0-0.conda"},
        {"sha256": None},
        {"sha256": None, "md5": None},
        {"sha256": None, "md5": None, "size": None},
        {
            "sha256": None,
            "md5": None,
            "url": "https://me:pw@channels.test/t/tk/main/linux-64/hello-1.0-0.conda",
        },
    ],
)
def test_agreeing_digests_or_else_addresses_are_enough(
    cache: PackageCacheData, package: BuiltPackage, changes: dict[str, object]
) -> None:
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    change(cache, **changes)
    assert cache.get(record) == record


@pytest.mark.parametrize("content", ["", "[1]", '{"name"'])
def test_a_broken_record_counts_as_none(
    cache: PackageCacheData, package: BuiltPackage, content: str
) -> None:
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    Path(cache.pkgs_dir, "hello-1.0-0/info/repodata_record.json").write_text(content)
    assert cache.get(record) is None
    assert list(cache.records()) == []


@pytest.mark.parametrize("changes", [{"depends": 5}, {"noarch": "x"}, {"build_number": "x"}])
def test_a_broken_record_counts_as_none_where_it_is_needed(
    cache: PackageCacheData, package: BuiltPackage, changes: dict[str, object]
) -> None:
    record = from_url(package)
    cached = cache.add(record, str(package.path))
    change(cache, **changes)
    assert cache.get(record) is None
    assert cache.add(record, str(package.path)) == cached == cache.get(record)


def test_a_package_without_index_is_not_found(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    Path(cache.pkgs_dir, "hello-1.0-0/info/index.json").unlink()
    assert cache.get(record) is None


def test_a_wrong_entry_is_replaced_as_a_whole(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    folder = Path(cache.pkgs_dir, "hello-1.0-0")
    (folder / "info").mkdir(parents=True)
    (folder / "leftover").touch()
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    assert entries(cache) == ["hello-1.0-0"]
    assert sorted(os.listdir(folder)) == ["info", "share"]
    assert cache.get(record) == record


def test_the_entry_of_another_process_is_kept(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    before = os.stat(os.path.join(cache.pkgs_dir, "hello-1.0-0")).st_ino
    assert cache.add(record, str(package.path)) == record
    assert os.stat(os.path.join(cache.pkgs_dir, "hello-1.0-0")).st_ino == before
    assert entries(cache) == ["hello-1.0-0"]


def test_a_file_in_the_way_is_replaced(cache: PackageCacheData, package: BuiltPackage) -> None:
    Path(cache.pkgs_dir, "hello-1.0-0").write_text("in the way")
    record = record_of(package, URL)
    cache.add(record, str(package.path))
    assert cache.get(record) == record
    assert entries(cache) == ["hello-1.0-0"]


@pytest.mark.parametrize("field", ["name", "version", "build"])
def test_an_archive_of_another_package_is_refused(
    cache: PackageCacheData, tmp_path: Path, package: BuiltPackage, field: str
) -> None:
    other = build_package(tmp_path / "other", **{"name": "hello", field: "9"})  # type: ignore[arg-type]  # one field by name
    with pytest.raises(CondaVerificationError) as caught:
        cache.add(record_of(package, URL), str(other.path))
    assert "`hello-1.0-0`" in caught.value.message
    assert f"`{other.stem}`" in caught.value.message
    assert entries(cache) == []


@pytest.mark.parametrize("content", [b"{", b"[]", None])
def test_a_package_that_does_not_say_what_it_is_is_refused(
    cache: PackageCacheData, package: BuiltPackage, tmp_path: Path, content: bytes | None
) -> None:
    members = file(b"info/about.json", b"{}")
    if content is not None:
        members += file(b"info/index.json", content)
    archive = tmp_path / package.fn
    archive.write_bytes(stored_zip({"info-hello-1.0-0.tar.zst": zstd_frame(members + END)}))
    with pytest.raises(CondaVerificationError, match=r"no readable `info/index\.json`"):
        cache.add(record_of(package, URL), str(archive))
    assert entries(cache) == []


def test_a_damaged_archive_leaves_nothing(cache: PackageCacheData, package: BuiltPackage) -> None:
    package.path.write_bytes(package.path.read_bytes()[:-20])
    with pytest.raises(InvalidArchiveError):
        cache.add(record_of(package, URL), str(package.path))
    assert entries(cache) == []


@pytest.mark.parametrize("known", ["sha256", "md5", None])
def test_a_record_made_from_an_address_learns_from_the_archive(
    cache: PackageCacheData, package: BuiltPackage, known: str | None
) -> None:
    sha256, md5 = str(package.record["sha256"]), str(package.record["md5"])
    record = from_url(
        package,
        sha256=sha256 if known == "sha256" else None,
        md5=md5 if known == "md5" else None,
    )
    for cached in (cache.add(record, str(package.path)), cache.get(record)):
        assert cached is not None
        assert cached.depends == ("a >=1",)
        assert cached.url == f"{URL}/linux-64/hello-1.0-0.conda"
        found = (cached.sha256, cached.md5, cached.size)
        assert found == (sha256, md5, package.record["size"])
    assert cache.get(from_url(package, sha256="0" * 64)) is None


def test_an_index_without_digests_is_completed_but_not_overruled(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL, sha256=None, md5=None, depends=["b"])
    for cached in (cache.add(record, str(package.path)), cache.get(record)):
        assert cached is not None
        assert cached.depends == ("b",)
        assert (cached.sha256, cached.md5) == (package.record["sha256"], package.record["md5"])


def test_an_archive_counts_when_size_and_digest_are_right(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL)
    path = shutil.copy(package.path, cache.pkgs_dir)
    assert cache.find_archive(record) == path == cache.archive_path(record)
    assert cache.find_archive(record_of(package, URL, sha256=None)) == path
    assert cache.find_archive(record_of(package, URL, sha256="0" * 64)) is None
    assert cache.find_archive(record_of(package, URL, sha256=None, md5="0" * 32)) is None
    assert cache.find_archive(record_of(package, URL, size=1)) is None


def test_without_digests_an_archive_counts_when_it_came_from_the_address(
    cache: PackageCacheData, package: BuiltPackage
) -> None:
    record = record_of(package, URL, sha256=None, md5=None)
    path = shutil.copy(package.path, cache.pkgs_dir)
    assert cache.find_archive(record) is None
    cache.note_url("https://me:secret@channels.test/t/tk-1/main/linux-64/hello-1.0-0.conda")
    assert Path(cache.pkgs_dir, "urls.txt").read_text() == f"{record.url}\n"
    assert Path(cache.pkgs_dir, "urls").read_text() == ""
    assert cache.find_archive(record) == path
    Path(cache.pkgs_dir, "urls.txt").write_bytes(b"\xff\n")
    assert cache.find_archive(record) is None


def test_records_are_listed_and_searched(cache: PackageCacheData, tmp_path: Path) -> None:
    for name in ("b", "a"):
        built = build_package(tmp_path / "built", name=name)
        cache.add(record_of(built, URL), str(built.path))
    Path(cache.pkgs_dir, "not-a-package").mkdir()
    broken = Path(cache.pkgs_dir, "broken-1-0", "info")
    broken.mkdir(parents=True)
    (broken / "repodata_record.json").write_text('{"name": 1}')
    assert [record.dist_name for record in cache.records()] == ["a-1.0-0", "b-1.0-0"]
    (found,) = cache.query(MatchSpec("b"))
    assert found.package_tarball_full_path == os.path.join(cache.pkgs_dir, "b-1.0-0.conda")
    assert found.extracted_package_dir == os.path.join(cache.pkgs_dir, "b-1.0-0")


@pytest.mark.parametrize(
    "fn",
    ["../x-1-0.conda", "/x-1-0.conda", "..conda", ".conda", "x-1-0", "a\\b.conda", "", "x:y.conda"],
)  # A63
def test_file_names_that_lead_elsewhere_are_refused(
    cache: PackageCacheData, package: BuiltPackage, fn: str
) -> None:
    record = moved(record_of(package, URL), fn=fn)
    for look in (cache.get, cache.find_archive, cache.extracted_path):
        with pytest.raises(CondaVerificationError, match="not the name of a package archive"):
            look(record)
