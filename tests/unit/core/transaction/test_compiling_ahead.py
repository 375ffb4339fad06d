"""Modules that are compiled while packages are still being fetched."""

import os
import sys
import threading
from pathlib import Path

import pytest

from conda_clone.core.transaction.compiling_ahead import CompilingAhead
from conda_clone.models.record_json import cache_record_from_json, record_to_json
from conda_clone.models.records import PackageCacheRecord
from conda_clone.testing.packages import PLACEHOLDER
from tests.support.transactions import CONFIG, PYTHON_SERIES, Workshop

SITE = f"lib/python{PYTHON_SERIES}/site-packages"
TAG = f"cpython-{PYTHON_SERIES.replace('.', '')}"
MODULES = {f"site-packages/tool/m{number}.py": f"x = {number}\n" for number in range(40)}
ENVIRON = {"PATH": os.environ["PATH"], "PYTHONOPTIMIZE": "2"}


def with_digest(record: PackageCacheRecord, digest: str) -> PackageCacheRecord:
    return cache_record_from_json(
        {**record_to_json(record), "sha256": digest * 64},
        CONFIG,
        extracted_package_dir=record.extracted_package_dir,
        package_tarball_full_path=record.package_tarball_full_path,
    )


def python(workshop: Workshop, text: str = "") -> PackageCacheRecord:
    """Return a Python that writes down how it was called, or another one."""
    writes_down = f'#!/bin/sh\necho "$@" >> "{calls(workshop)}"\nexec "{sys.executable}" "$@"\n'
    executable = f"bin/python{PYTHON_SERIES}"
    record = workshop.package(
        name="python",
        version=f"{PYTHON_SERIES}.0",
        files={executable: text or writes_down},
        executables=[executable],
    )
    return with_digest(record, "1")


def tool(workshop: Workshop, **files: str) -> PackageCacheRecord:
    record = workshop.package(name="tool", noarch="python", files=files or MODULES)
    return with_digest(record, "2")


def install(workshop: Workshop, ahead: CompilingAhead, *records: PackageCacheRecord) -> None:
    transaction = workshop.transaction(records, ahead=ahead)
    try:
        transaction.execute()
    finally:
        ahead.close()


def compiled(workshop: Workshop) -> list[str]:
    return sorted(f for f in workshop.installed()["tool"].files if f.endswith(".pyc"))


def left_over(workshop: Workshop) -> list[str]:
    return [path.name for path in workshop.pkgs.iterdir() if path.name.endswith("~")]


def calls(workshop: Workshop) -> Path:
    return workshop.root / "calls"


def times_called(workshop: Workshop) -> int:
    return len(calls(workshop).read_text().splitlines()) if calls(workshop).exists() else 0


def test_the_transaction_takes_what_was_compiled(workshop: Workshop) -> None:
    records = [tool(workshop), python(workshop)]
    ahead = CompilingAhead(ENVIRON, "linux-64")
    for record in records:
        ahead.add(record)
    ahead.finish()
    begun = times_called(workshop)
    assert begun
    install(workshop, ahead, *reversed(records))
    assert times_called(workshop) == begun  # the transaction has started none
    names = [f"{SITE}/tool/__pycache__/m{number}.{TAG}.pyc" for number in range(40)]
    assert compiled(workshop) == sorted(names)
    assert left_over(workshop) == []


def test_it_is_what_the_transaction_itself_compiles(workshop: Workshop) -> None:
    records = [python(workshop), tool(workshop)]
    ahead = CompilingAhead(ENVIRON, "linux-64")
    for record in records:
        ahead.add(record)
    install(workshop, ahead, *records)
    other = Workshop(workshop.root / "other")
    other.install(python(other), tool(other))
    assert compiled(workshop) == compiled(other) != []
    for name in compiled(workshop):
        here, there = ((each.prefix / name).read_bytes() for each in (workshop, other))
        assert here[:8] == there[:8]
        assert here[12:] == there[12:]  # between them is the time of the source


def test_the_next_environment_copies_it(workshop: Workshop) -> None:
    records = [python(workshop), tool(workshop)]
    ahead = CompilingAhead(ENVIRON, "linux-64")
    for record in records:
        ahead.add(record)
    install(workshop, ahead, *records)
    called = times_called(workshop)
    second = Workshop(workshop.root, prefix=workshop.root / "second")
    again = CompilingAhead(ENVIRON, "linux-64")
    for record in records:
        again.add(record)
    install(second, again, *records)
    assert times_called(workshop) == called
    assert compiled(second) == compiled(workshop)


def test_nothing_is_compiled_before_there_is_a_python(workshop: Workshop) -> None:
    ahead = CompilingAhead(ENVIRON, "linux-64")
    ahead.add(tool(workshop))
    assert ahead.finish() == {}
    ahead.close()
    assert not (workshop.pkgs / ".compiled").exists()


def test_packages_without_modules_are_passed_over(workshop: Workshop) -> None:
    ahead = CompilingAhead(ENVIRON, "linux-64")
    ahead.add(python(workshop))
    ahead.add(with_digest(workshop.package(name="a", files={"a.py": "x = 1\n"}), "3"))
    ahead.add(tool(workshop, **{"share/a.txt": "text"}))
    assert ahead.finish() == {}
    ahead.close()
    assert times_called(workshop) == 0


def test_modules_that_name_their_environment_are_left_to_the_transaction(
    workshop: Workshop,
) -> None:
    record = workshop.package(
        name="tool",
        noarch="python",
        files={"site-packages/a.py": "", "site-packages/b.py": f"P = '{PLACEHOLDER}'\n"},
        prefix_files={"site-packages/b.py": "text"},
    )
    records = [python(workshop), with_digest(record, "2")]
    ahead = CompilingAhead(ENVIRON, "linux-64")
    for each in records:
        ahead.add(each)
    install(workshop, ahead, *records)
    assert compiled(workshop) == [f"{SITE}/__pycache__/{name}.{TAG}.pyc" for name in "ab"]
    assert times_called(workshop) == 2


@pytest.mark.parametrize(
    "text",
    [
        "#!/nowhere/python\n",
        f'#!/bin/sh\ncase "$*" in *one-by-one) exit 3 ;; esac\nexec "{sys.executable}" "$@"\n',
        f'#!/bin/sh\ncase "$*" in *one-by-one) exec yes - ;; esac\nexec "{sys.executable}" "$@"\n',
    ],
    ids=["cannot be started", "ends at once", "is never certain"],
)
def test_what_an_interpreter_fails_at_the_transaction_does(workshop: Workshop, text: str) -> None:
    records = [python(workshop, text), tool(workshop)]
    ahead = CompilingAhead(ENVIRON, "linux-64")
    for record in records:
        ahead.add(record)
    assert ahead.finish() == {}
    install(workshop, ahead, *records)
    assert len(compiled(workshop)) == (0 if "nowhere" in text else 40)
    assert left_over(workshop) == []


def test_a_damaged_package_is_told_by_the_transaction(workshop: Workshop) -> None:
    record = tool(workshop)
    Path(record.extracted_package_dir, "info/paths.json").write_text("{")
    Path(record.extracted_package_dir, "info/files").unlink(missing_ok=True)
    ahead = CompilingAhead(ENVIRON, "linux-64")
    ahead.add(python(workshop))
    ahead.add(record)
    assert ahead.finish() == {}
    ahead.close()
    assert times_called(workshop) == 0


def test_who_is_stopped_leaves_nothing(workshop: Workshop) -> None:
    """The interpreter never answers, so that it is stopped in the middle of its work."""
    started = workshop.root / "started"
    text = f'#!/bin/sh\ntouch "{started}"\nexec sleep 1000\n'
    ahead = CompilingAhead(ENVIRON, "linux-64")
    ahead.add(python(workshop, text))
    ahead.add(tool(workshop))
    while not started.exists():
        pass
    ahead.close()
    assert left_over(workshop) == []
    assert [thread.name for thread in threading.enumerate() if thread.name == "compile"] == []


def test_who_is_waited_for_comes_first(workshop: Workshop) -> None:
    asked: list[bool] = []

    def is_busy() -> bool:
        asked.append(len(asked) < 3)
        return asked[-1]

    records = [python(workshop), tool(workshop)]
    ahead = CompilingAhead(ENVIRON, "linux-64", is_busy)
    for record in records:
        ahead.add(record)
    install(workshop, ahead, *records)
    assert len(compiled(workshop)) == 40
    assert asked[:4] == [True, True, True, False]


def test_who_is_stopped_while_others_are_busy_waits_no_longer(workshop: Workshop) -> None:
    ahead = CompilingAhead(ENVIRON, "linux-64", lambda: True)
    ahead.add(python(workshop))
    ahead.add(tool(workshop))
    while not left_over(workshop):
        pass  # until it has a folder to compile into
    ahead.close()
    assert left_over(workshop) == []
    assert times_called(workshop) == 0
