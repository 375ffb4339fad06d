"""What pip has installed: wheels, eggs, projects in development; and what conda owns."""

from pathlib import Path

import pytest

from conda_clone.core.prefix.python_packages import (
    PythonPackage,
    distributions_of,
    files_of,
    python_packages,
    site_packages_of,
)
from conda_clone.models.records import PrefixRecord
from tests.support.records import record

SITE = "lib/python3.12/site-packages"


def installed(*files: str, **fields: str) -> dict[str, PrefixRecord]:
    python = PrefixRecord.from_record(record("python", "3.12.1", **fields))
    owner = PrefixRecord.from_record(record("owner"), files=tuple(files))
    return {"python": python, "owner": owner}


def metadata(prefix: Path, path: str, text: str) -> None:
    target = prefix / SITE / path
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, "utf-8")


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    head = "Metadata-Version: 2.1\nName: {}\nVersion: {}\n\nName: not-this\n"
    metadata(tmp_path, "Wheel_Thing-1.2.dist-info/METADATA", head.format("Wheel.Thing", "1.2"))
    metadata(tmp_path, "owned-1.dist-info/METADATA", head.format("owned", "1"))
    metadata(tmp_path, "old_egg-0.3-py3.12.egg-info", head.format("old-egg", "0.3"))
    metadata(tmp_path, "info_dir-4-py3.12.egg-info/PKG-INFO", head.format("info-dir", "4"))
    metadata(tmp_path, "zipped-5-py3.12.egg/EGG-INFO/PKG-INFO", head.format("zipped", "5"))
    metadata(tmp_path, "bare-6.dist-info/RECORD", "")
    project = tmp_path / "work/dev_thing"
    (project / "dev_thing.egg-info").mkdir(parents=True)
    (project / "dev_thing.egg-info/PKG-INFO").write_text(head.format("dev-thing", "7.dev0"))
    metadata(tmp_path, "dev-thing.egg-link", f"{project}\n.\n")
    metadata(tmp_path, "gone.egg-link", "/nowhere\n.\n")
    metadata(tmp_path, "module.py", "")
    return tmp_path


def test_all_that_conda_does_not_own_is_found(prefix: Path) -> None:
    found = python_packages(str(prefix), installed(f"{SITE}/owned-1.dist-info/METADATA"))
    assert [(each.name, each.version) for each in found] == [
        ("bare", "6"),
        ("dev-thing", "7.dev0"),
        ("gone", ""),
        ("info-dir", "4"),
        ("old-egg", "0.3"),
        ("wheel-thing", "1.2"),
        ("zipped", "5"),
    ]
    assert found[1].location == str(prefix / "work/dev_thing")
    assert found[-1] == PythonPackage(
        name="zipped", version="5", anchor=f"{SITE}/zipped-5-py3.12.egg"
    )


def test_without_python_there_is_nothing(prefix: Path) -> None:
    assert python_packages(str(prefix), {}) == ()


def test_a_python_without_packages_has_none(tmp_path: Path) -> None:
    assert python_packages(str(tmp_path), installed()) == ()


@pytest.mark.parametrize(
    ("fields", "folder"),
    [
        ({}, "lib/python3.12/site-packages"),
        ({"subdir": "win-64"}, "Lib/site-packages"),
        ({"python_site_packages_path": "lib/python3/dist-packages"}, "lib/python3/dist-packages"),
    ],
)
def test_the_folder_for_packages(fields: dict[str, str], folder: str) -> None:
    assert site_packages_of(installed(**fields)["python"]) == folder


def one(prefix: Path) -> PythonPackage:
    (package,) = python_packages(str(prefix), installed())
    return package


def test_the_files_of_a_wheel_are_those_of_its_record(tmp_path: Path) -> None:
    lines = (
        "w/__init__.py,sha256=x,1",
        '"w/a, b.py",,',
        "w-1.dist-info/RECORD,,",
        "../../../bin/w,,",
        "../../../../outside,,",
        "/absolute,,",
        "",
    )
    metadata(tmp_path, "w-1.dist-info/RECORD", "\n".join(lines))
    assert files_of(str(tmp_path), one(tmp_path)) == (
        "bin/w",
        f"{SITE}/w-1.dist-info/RECORD",
        f"{SITE}/w/__init__.py",
        f"{SITE}/w/a, b.py",
    )


def test_the_files_of_an_egg_are_those_it_lists_or_holds(tmp_path: Path) -> None:
    metadata(tmp_path, "e-1-py3.12.egg-info/installed-files.txt", "../e.py\nPKG-INFO\n")
    info = f"{SITE}/e-1-py3.12.egg-info"
    assert files_of(str(tmp_path), one(tmp_path)) == (f"{info}/PKG-INFO", f"{SITE}/e.py")
    (tmp_path / info / "installed-files.txt").unlink()
    metadata(tmp_path, "e-1-py3.12.egg-info/PKG-INFO", "Name: e\n")
    assert files_of(str(tmp_path), one(tmp_path)) == (f"{info}/PKG-INFO",)


def test_a_single_file_is_its_own_metadata(tmp_path: Path) -> None:
    metadata(tmp_path, "s-1-py3.12.egg-info", "Name: s\nVersion: 1\n")
    assert files_of(str(tmp_path), one(tmp_path)) == (f"{SITE}/s-1-py3.12.egg-info",)


def test_a_linked_project_has_a_link_and_commands(tmp_path: Path) -> None:
    info = tmp_path / "work/my_dev.egg-info"
    info.mkdir(parents=True)
    (info / "PKG-INFO").write_text("Name: my-dev\nVersion: 2\nRequires-Dist: click\n\n")
    (info / "entry_points.txt").write_text(
        "[console_scripts]\nrun-it = m:f\n# not = this\ngone=m:g\n[other]\nthis-not = m:h\n"
    )
    metadata(tmp_path, "my-dev.egg-link", f"{tmp_path / 'work'}\n.\n")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin/run-it").touch()
    package = one(tmp_path)
    assert (package.name, package.version, package.requires) == ("my-dev", "2", ("click",))
    assert files_of(str(tmp_path), package) == ("bin/run-it", f"{SITE}/my-dev.egg-link")


@pytest.mark.parametrize(
    ("origin", "location"),
    [
        ('{"url": "file:///my%20work", "dir_info": {"editable": true}}', "/my work"),
        ('{"url": "file:///work", "dir_info": {"editable": false}}', ""),
        ('{"url": "https://host/w.whl", "archive_info": {}}', ""),
        ('{"editable": ', ""),
        ('["editable"]', ""),
    ],
)
def test_a_wheel_in_development_says_where_it_is(
    tmp_path: Path, origin: str, location: str
) -> None:
    metadata(tmp_path, "w-1.dist-info/METADATA", "Name: w\nVersion: 1\n")
    metadata(tmp_path, "w-1.dist-info/direct_url.json", origin)
    assert one(tmp_path).location == location


def test_packages_of_conda_are_known_to_python_by_their_own_names() -> None:
    files = (f"{SITE}/torch-2.0.dist-info/METADATA", f"{SITE}/Func_Torch-1-py3.12.egg-info", "x")
    assert distributions_of(installed(*files)["owner"]) == {"torch", "func-torch"}
