"""Modules are compiled while packages are fetched, but for nobody who has not agreed yet."""

import sys
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.transactions import PYTHON_SERIES

EXECUTABLE = f"bin/python{PYTHON_SERIES}"


@pytest.fixture
def calls(tmp_path: Path) -> Path:
    """Return where the interpreter writes down how it was called."""
    return tmp_path / "calls"


@pytest.fixture
def channel(tmp_path: Path, calls: Path) -> ChannelBuilder:
    builder = ChannelBuilder(tmp_path / "modular")
    builder.add(
        name="python",
        version=f"{PYTHON_SERIES}.0",
        files={EXECUTABLE: f'#!/bin/sh\necho "$@" >> "{calls}"\nexec "{sys.executable}" "$@"\n'},
        executables=[EXECUTABLE],
    )
    builder.add(name="pip", files={"share/pip": "Wanted by Python."})
    builder.add(
        name="tool",
        noarch="python",
        depends=["python"],
        files={"site-packages/tool.py": "x = 1\n"},
    )
    builder.write()
    return builder


@pytest.fixture
def explicit(tmp_path: Path, channel: ChannelBuilder) -> str:
    """Return a list of both packages."""
    lines = [
        f"{channel.url}/{package.subdir}/{package.path.name}\n"
        for packages in channel.packages.values()
        for package in packages.values()
    ]
    path = tmp_path / "list.txt"
    path.write_text("".join(["@EXPLICIT\n", *lines]))
    return str(path)


def ways(calls: Path) -> list[str]:
    """Return how the interpreter was called, apart from where things lie."""
    return [
        line.rpartition("module_compiler.py")[2].strip() for line in calls.read_text().splitlines()
    ]


def compiled(conda: Program) -> list[str]:
    return [path.stem for path in conda.prefix("e").rglob("*.pyc")]


def test_a_new_environment(conda: Program, channel: ChannelBuilder, calls: Path) -> None:
    conda.succeed("create", "-n", "e", "-y", "-c", channel.url, "tool")
    assert ways(calls) == ["one-by-one"]
    assert len(compiled(conda)) == 1


def test_a_list_that_nobody_is_asked_about(conda: Program, explicit: str, calls: Path) -> None:
    conda.succeed("create", "-n", "e", "-y", "--file", explicit)
    assert ways(calls) == ["one-by-one"]
    assert len(compiled(conda)) == 1


def test_a_list_that_is_agreed_to(conda: Program, explicit: str, calls: Path) -> None:
    conda.succeed("create", "-n", "e", "--file", explicit, stdin="y\n")
    assert ways(calls) == ["one-by-one"]


def test_a_list_that_is_turned_down(conda: Program, explicit: str, calls: Path) -> None:
    """Its packages are fetched before the question, but nothing in them runs."""
    conda("create", "-n", "e", "--file", explicit, stdin="n\n")
    assert not calls.exists()
    assert not conda.prefix("e").exists()


def test_packages_that_are_only_downloaded(
    conda: Program, channel: ChannelBuilder, explicit: str, calls: Path
) -> None:
    conda.succeed("create", "-n", "e", "-y", "--download-only", "-c", channel.url, "tool")
    conda.succeed("create", "-n", "e", "-y", "--download-only", "--file", explicit)
    assert not calls.exists()


def test_who_is_killed_meanwhile_leaves_nothing_for_long(
    conda: Program, channel: ChannelBuilder, tmp_path: Path
) -> None:
    """The interpreter kills the program that has started it, the first time."""
    killed = tmp_path / "killed"
    kills = f'[ -e "{killed}" ] || {{ touch "{killed}"; kill -9 $PPID; exit; }}'
    channel.add(
        name="python",
        version=f"{PYTHON_SERIES}.1",
        files={EXECUTABLE: f'#!/bin/sh\n{kills}\nexec "{sys.executable}" "$@"\n'},
        executables=[EXECUTABLE],
    )
    channel.write()
    words = ("create", "-n", "e", "-y", "-c", channel.url, "tool")
    assert conda.as_process(*words).status == -9
    assert killed.exists()
    assert not conda.prefix("e").exists()
    conda.succeed(*words)
    assert len(compiled(conda)) == 1
    assert list(conda.root.rglob("*.c~")) == []


def test_a_change_that_fails_leaves_nothing_that_was_compiled(
    conda: Program, channel: ChannelBuilder, tmp_path: Path, calls: Path
) -> None:
    channel.add(
        name="failing",
        depends=["tool"],
        files={"bin/.failing-post-link.sh": "exit 1\n"},
        executables=["bin/.failing-post-link.sh"],
    )
    channel.write()
    conda("create", "-n", "e", "-y", "-c", channel.url, "failing")
    assert ways(calls) == ["one-by-one"]
    assert not conda.prefix("e").exists()
    assert list(tmp_path.rglob("*.pyc")) == []
