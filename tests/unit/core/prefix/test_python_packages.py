"""What pip has installed: wheels, eggs, projects in development; and what conda owns."""

from pathlib import Path

import pytest

from conda_clone.core.prefix.python_packages import (
    PythonPackage,
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
