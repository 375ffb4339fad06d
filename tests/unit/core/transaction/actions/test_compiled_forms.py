"""What one environment has compiled, the next one with the same Python gets copies of."""

import os
import subprocess
from pathlib import Path

import pytest

from conda_clone.gateways.disk import mutations
from conda_clone.models.record_json import cache_record_from_json, record_to_json
from conda_clone.models.records import PackageCacheRecord
from conda_clone.testing.packages import PLACEHOLDER
from tests.support.transactions import CONFIG, PYTHON_SERIES, Workshop

SITE = f"lib/python{PYTHON_SERIES}/site-packages"
TAG = f"cpython-{PYTHON_SERIES.replace('.', '')}"
MODULES = {
    "site-packages/tool/__init__.py": "",
    "site-packages/tool/cli.py": "def where():\n    return where.__code__.co_filename\n",
    "site-packages/tool/broken.py": "def (\n",
    "site-packages/tool/place.py": f"PREFIX = '{PLACEHOLDER}'\n",
}
COMPILED = [
    f"{SITE}/tool/__pycache__/__init__.{TAG}.pyc",
    f"{SITE}/tool/__pycache__/cli.{TAG}.pyc",
    f"{SITE}/tool/__pycache__/place.{TAG}.pyc",
]


def with_digest(record: PackageCacheRecord, digest: str) -> PackageCacheRecord:
    return cache_record_from_json(
        {**record_to_json(record), "sha256": digest * 64},
        CONFIG,
        extracted_package_dir=record.extracted_package_dir,
        package_tarball_full_path=record.package_tarball_full_path,
    )


def python(workshop: Workshop, digest: str = "1") -> PackageCacheRecord:
    return with_digest(workshop.python(), digest)


def tool(workshop: Workshop, digest: str = "2") -> PackageCacheRecord:
    record = workshop.package(
        name="tool",
        noarch="python",
        files=MODULES,
        prefix_files={"site-packages/tool/place.py": "text"},
    )
    return with_digest(record, digest)


def compiled(workshop: Workshop) -> list[str]:
    return sorted(f for f in workshop.installed()["tool"].files if f.endswith(".pyc"))


def second(workshop: Workshop) -> Workshop:
    """Return another environment that uses the same package cache."""
    other = Workshop(workshop.root, prefix=workshop.root / "second")
    other.environments_txt = workshop.environments_txt
    return other


def copied(first: Workshop, second: Workshop) -> list[str]:
    """Return which compiled forms are copies, made at the same time, and no links."""
    found = []
    for path in COMPILED:
        here, there = ((each.prefix / path).stat() for each in (first, second))
        assert (here.st_nlink, there.st_nlink) == (1, 1)
        if here.st_mtime_ns == there.st_mtime_ns:
            found.append(path)
    return found


def test_the_second_environment_copies_what_the_first_has_compiled(workshop: Workshop) -> None:
    workshop.install(python(workshop), tool(workshop))
    other = second(workshop)
    other.install(python(other), tool(other))
    assert compiled(workshop) == compiled(other) == COMPILED
    assert copied(workshop, other) == COMPILED[:2]  # the last one names its environment


def test_what_is_copied_is_used_and_names_the_environment_that_it_is_in(
    workshop: Workshop,
) -> None:
    workshop.install(python(workshop), tool(workshop))
    other = second(workshop)
    other.install(python(other), tool(other))
    code = "import tool.cli; print(tool.cli.where())"
    done = subprocess.run(
        [other.prefix / f"bin/python{PYTHON_SERIES}", "-v", "-c", code],
        env={"PYTHONPATH": str(other.prefix / SITE), "PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == f"{other.prefix / SITE}/tool/cli.py\n"
    assert f"matches {other.prefix / SITE}/tool/cli.py" in done.stderr


def test_no_interpreter_is_started_where_all_is_kept(workshop: Workshop) -> None:
    record = with_digest(
        workshop.package(name="tool", noarch="python", files={"site-packages/a.py": ""}), "2"
    )
    workshop.install(python(workshop), record)
    (Path(python(workshop).extracted_package_dir) / f"bin/python{PYTHON_SERIES}").write_text("#!")
    other = second(workshop)
    other.install(python(other), record)
    assert compiled(other) == [f"{SITE}/__pycache__/a.{TAG}.pyc"]


@pytest.mark.parametrize(("of_python", "of_tool"), [("3", "2"), ("1", "3")])
def test_another_python_or_package_is_compiled_anew(
    workshop: Workshop, of_python: str, of_tool: str
) -> None:
    workshop.install(python(workshop), tool(workshop))
    other = second(workshop)
    other.install(python(other, of_python), tool(other, of_tool))
    assert compiled(other) == COMPILED
    assert copied(workshop, other) == []


def test_what_two_packages_bring_is_not_kept(workshop: Workshop) -> None:
    twin = workshop.package(
        name="twin", noarch="python", files={"site-packages/tool/cli.py": "twin = 1\n"}
    )
    workshop.install(python(workshop), with_digest(twin, "4"), tool(workshop))
    assert not (workshop.pkgs / ".compiled").exists()


def test_what_is_kept_does_not_stand_in_for_what_another_package_brings(
    workshop: Workshop,
) -> None:
    workshop.install(python(workshop), tool(workshop))
    other = second(workshop)
    twin = other.package(
        name="twin", noarch="python", files={"site-packages/tool/cli.py": "twin = 1\n"}
    )
    other.install(python(other), tool(other), with_digest(twin, "4"))
    assert b"twin" in (other.prefix / COMPILED[1]).read_bytes()


def test_a_compiled_form_that_a_package_brings_is_replaced(workshop: Workshop) -> None:
    files: dict[str, str | bytes | Path] = {
        "site-packages/tool/cli.py": "x = 1\n",
        f"site-packages/tool/__pycache__/cli.{TAG}.pyc": b"stale",
    }
    for here in (workshop, second(workshop)):
        record = here.package(name="tool", noarch="python", files=files)
        here.install(python(here), with_digest(record, "2"))
        assert (here.prefix / COMPILED[1]).read_bytes() != b"stale"


def test_folders_of_others_are_not_trusted(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    workshop.install(python(workshop), tool(workshop))
    me = os.geteuid()
    other = second(workshop)
    records = python(other), tool(other)
    if me == 0:
        for folder in (workshop.pkgs / ".compiled").rglob("*"):
            os.chown(folder, 12345, 12345)
    else:
        monkeypatch.setattr(os, "geteuid", lambda: me + 1)
    other.install(*records)
    assert compiled(other) == COMPILED
    assert copied(workshop, other) == []


@pytest.mark.parametrize("failing", ["make_directory", "create", "rename"])
def test_a_cache_that_cannot_keep_them_is_no_error(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    real = getattr(mutations, failing)

    def refuse(*arguments: object, **how: object) -> object:
        if any(str(argument).startswith(str(workshop.pkgs)) for argument in arguments):
            raise OSError(30, "Read-only file system", arguments[-1])
        return real(*arguments, **how)

    records = python(workshop), tool(workshop)
    monkeypatch.setattr(mutations, failing, refuse)
    workshop.install(*records)
    assert compiled(workshop) == COMPILED
    assert [path for path in workshop.pkgs.rglob("*") if path.name.endswith(".c~")] == []
    assert list(workshop.pkgs.glob(".compiled*/*/*")) == []


def test_modules_that_an_interpreter_has_not_looked_at_are_tried_again(workshop: Workshop) -> None:
    """A stand-in for an interpreter that is killed at once."""
    broken = workshop.package(
        name="python",
        version=f"{PYTHON_SERIES}.0",
        files={f"bin/python{PYTHON_SERIES}": "#!/bin/sh\nexit 1\n"},
        executables=[f"bin/python{PYTHON_SERIES}"],
    )
    workshop.install(with_digest(broken, "1"), tool(workshop))
    assert compiled(workshop) == []
    assert not (workshop.pkgs / ".compiled").exists()
