"""What of an environment is not as its records say."""

import os
from pathlib import Path

import pytest

from conda_clone.config.settings import LinkSettings
from conda_clone.core.transaction.damage import find_damage
from conda_clone.models.records import PrefixPath, PrefixRecord
from tests.support.transactions import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    workshop = Workshop(tmp_path)
    tool = workshop.package(
        name="tool",
        noarch="python",
        files={"site-packages/tool/__init__.py": "x = 1\n", "python-scripts/t": "#!/bin/sh\n"},
        entry_points=["tool = tool:main"],
    )
    text = workshop.package(
        name="text",
        files={"etc/text": "/old/prefix", "share/data": "data"},
        prefix_files={"etc/text": "text"},
        placeholder="/old/prefix",
        links={"share/link": "data"},
        directories=["var/empty"],
    )
    workshop.install(workshop.python(), tool, text)
    return workshop


def found(workshop: Workshop, *, contents: bool = True) -> dict[str, tuple[str, ...]]:
    damage = find_damage(str(workshop.prefix), workshop.installed(), contents=contents)
    return {each.record.name: each.paths for each in damage}


def test_what_was_installed_is_not_damaged(workshop: Workshop) -> None:
    assert found(workshop) == {}


@pytest.mark.parametrize(
    ("path", "package"),
    [("etc/text", "text"), ("share/data", "text"), ("bin/t", "tool")],
)
def test_a_file_with_another_content_is_altered(
    workshop: Workshop, path: str, package: str
) -> None:
    file = workshop.prefix / path
    content = file.read_bytes()
    file.unlink()
    file.write_bytes(content + b" ")
    assert found(workshop) == {package: (path,)}
    assert found(workshop, contents=False) == {}


def test_modules_of_packages_for_any_python_are_found_where_they_are(workshop: Workshop) -> None:
    (module,) = workshop.prefix.glob("lib/python*/site-packages/tool/__init__.py")
    module.unlink()
    module.write_text("x = 2\n")
    assert found(workshop) == {"tool": (module.relative_to(workshop.prefix).as_posix(),)}


@pytest.mark.parametrize("path", ["share/link", "bin/tool", "var/empty"])
def test_links_scripts_and_folders_can_be_missing_too(workshop: Workshop, path: str) -> None:
    file = workshop.prefix / path
    file.rmdir() if file.is_dir() else file.unlink()
    assert [path] in [list(paths) for paths in found(workshop, contents=False).values()]


def test_what_is_no_file_any_more_is_altered(workshop: Workshop) -> None:
    file = workshop.prefix / "share/data"
    file.unlink()
    file.mkdir()
    assert found(workshop) == {"text": ("share/data",)}
    file.rmdir()
    os.mkfifo(file)  # reading it would wait for ever
    assert found(workshop) == {"text": ("share/data",)}
    file.unlink()
    file.symlink_to("data")  # reading it would not end either
    assert found(workshop) == {"text": ("share/data",)}


def test_links_into_the_package_cache_are_followed(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    links = LinkSettings(allow_softlinks=True, always_softlink=True)
    workshop.install(workshop.package(name="a", files={"share/a": "a"}), links=links)
    assert (workshop.prefix / "share/a").is_symlink()
    assert found(workshop) == {}
    (workshop.prefix / "share/a").write_text("b")
    assert found(workshop) == {"a": ("share/a",)}


def test_old_records_without_digests_and_paths_that_lead_out_are_passed_over(
    workshop: Workshop,
) -> None:
    text = workshop.installed()["text"]
    record = PrefixRecord.from_record(
        text,
        files=("share/data", "../outside", "/etc/absent"),
        paths=(
            PrefixPath("share/data", sha256="0" * 64),
            PrefixPath("etc/text", sha256="0" * 64, prefix_placeholder="/old/prefix"),
            PrefixPath("../outside", sha256="0" * 64),
        ),
    )
    (damage,) = find_damage(str(workshop.prefix), {"text": record})
    assert (damage.missing, damage.altered) == ((), ("share/data",))
