import json
from pathlib import Path

import pytest

from conda_clone.core.prefix.errors import CorruptedEnvironmentError, PackageNotInstalledError
from conda_clone.core.prefix.prefix_data import PrefixData, dist_names
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.installed_files import PrefixPath
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord, PrefixRecord

CONFIG = ChannelConfig()


def record(name: str, version: str = "1.0", build: str = "0") -> PrefixRecord:
    channel = Channel.from_text("https://x.org/ch", CONFIG)
    fn = f"{name}-{version}-{build}.conda"
    return PrefixRecord.from_record(
        PackageRecord(
            name=name,
            version=version,
            build=build,
            build_number=0,
            channel=channel,
            subdir="linux-64",
            fn=fn,
            url=f"https://x.org/ch/linux-64/{fn}",
        ),
        files=(f"share/{name}",),
    )


def data(prefix: Path) -> PrefixData:
    return PrefixData(str(prefix), CONFIG)


def test_a_prefix_that_does_not_exist_is_empty(tmp_path: Path) -> None:
    absent = data(tmp_path / "absent")
    assert not absent.is_environment
    assert absent.records() == {}
    assert absent.get("a") is None


def test_records_come_back_sorted_as_they_were(tmp_path: Path) -> None:
    written = data(tmp_path)
    for name in ("b", "a"):
        written.insert(record(name))
    for known in (written, data(tmp_path)):
        assert list(known.records()) == ["a", "b"]
        found = known.records()["a"]
        assert found == record("a")
        assert found.files == ("share/a",)
        assert found.channel.base_url == "https://x.org/ch"


def test_the_file_is_named_after_the_package(tmp_path: Path) -> None:
    path = data(tmp_path).insert(record("a", "1.0", "py_0"))
    assert path == str(tmp_path / "conda-meta" / "a-1.0-py_0.json")
    assert json.loads(Path(path).read_text())["name"] == "a"


def test_a_record_replaces_the_one_of_its_name(tmp_path: Path) -> None:
    known = data(tmp_path)
    known.insert(record("a", "1.0"))
    known.insert(record("a", "2.0"))
    assert [path.name for path in (tmp_path / "conda-meta").iterdir()] == ["a-2.0-0.json"]
    assert known.records()["a"].version == "2.0"


def test_a_record_can_be_written_again(tmp_path: Path) -> None:
    known = data(tmp_path)
    known.insert(record("a"))
    known.insert(record("a"))
    assert list(data(tmp_path).records()) == ["a"]


def test_a_removed_record_is_gone(tmp_path: Path) -> None:
    data(tmp_path).insert(record("a"))
    known = data(tmp_path)
    known.remove("a")
    assert known.records() == {}
    assert list((tmp_path / "conda-meta").iterdir()) == []


def test_only_what_is_there_can_be_removed(tmp_path: Path) -> None:
    with pytest.raises(PackageNotInstalledError) as caught:
        data(tmp_path).remove("a")
    assert caught.value.details["package_name"] == "a"


def test_a_caller_cannot_change_what_is_known(tmp_path: Path) -> None:
    known = data(tmp_path)
    known.insert(record("a"))
    known.records().clear()
    assert list(known.records()) == ["a"]


def test_records_can_be_asked_for_by_spec(tmp_path: Path) -> None:
    known = data(tmp_path)
    for name in ("lib", "libz", "app"):
        known.insert(record(name))
    assert [found.name for found in known.query(MatchSpec("lib*"))] == ["lib", "libz"]
    assert known.query(MatchSpec("lib>=2")) == []


def test_a_directory_with_history_is_an_environment(tmp_path: Path) -> None:
    data(tmp_path).insert(record("a"))
    assert not data(tmp_path).is_environment
    (tmp_path / "conda-meta" / "history").touch()
    assert data(tmp_path).is_environment


def test_files_of_others_are_ignored_and_named(tmp_path: Path) -> None:
    folder = tmp_path / "conda-meta"
    folder.mkdir()
    for name in ("._a-1.0-0.json", "notes.json", "history", "pinned"):
        (folder / name).write_text("no record")
    known = data(tmp_path)
    assert known.records() == {}
    assert sorted(known.ignored) == [str(folder / "._a-1.0-0.json"), str(folder / "notes.json")]
    assert dist_names(str(tmp_path)) == []


def test_names_of_records_say_what_is_installed(tmp_path: Path) -> None:
    assert dist_names(str(tmp_path)) == []
    (tmp_path / "conda-meta").mkdir()
    for name in ("b-c-1.0-0", "b-2.0-0", "a-1.0-0"):
        (tmp_path / "conda-meta" / f"{name}.json").write_text("whatever is in it")
    assert dist_names(str(tmp_path)) == ["a-1.0-0", "b-2.0-0", "b-c-1.0-0"]


@pytest.mark.parametrize("content", ["{nope", "[]", "{}", '{"name": 1, "version": 2}'])
def test_a_damaged_record_is_named(tmp_path: Path, content: str) -> None:
    path = tmp_path / "conda-meta" / "broken-1.0-0.json"
    path.parent.mkdir()
    path.write_text(content)
    with pytest.raises(CorruptedEnvironmentError) as caught:
        data(tmp_path).records()
    assert caught.value.details == {
        "environment_location": str(tmp_path),
        "corrupted_file": str(path),
    }


def test_a_folder_that_is_a_file_holds_no_records(tmp_path: Path) -> None:
    (tmp_path / "conda-meta").touch()
    assert data(tmp_path).records() == {}


def test_what_records_say_of_each_file_can_be_left_out(tmp_path: Path) -> None:
    one = record("one")
    installed = PrefixRecord.from_record(
        one, files=one.files, paths=(PrefixPath("share/one", sha256="0" * 64),)
    )
    data(tmp_path).insert(installed)
    full = data(tmp_path).records()["one"]
    lean = PrefixData(str(tmp_path), CONFIG, with_paths=False).records()["one"]
    assert [path.path for path in full.paths] == ["share/one"]
    assert (lean.paths, lean.files) == ((), full.files)
