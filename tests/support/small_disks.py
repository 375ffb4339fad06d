"""F2: real file systems of a few hundred KiB, from far too small to just large enough.

What does not fit is refused before anything changes, or gone back from; the refusal names a path on
that file system, the bytes that are needed, and those that are free. Each matrix yields once per
size that held.
"""

import contextlib
import os
import random
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

from conda_clone.errors import NoSpaceLeftError
from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.faults import tree
from tests.support.transactions import Workshop

__all__ = ["KIB", "MATRICES", "can_mount", "creations", "fetches", "file_system", "updates"]

KIB = 1024
_FILES = {f"share/a/{number}": bytes([number]) * (20 * KIB) for number in range(12)}


@contextlib.contextmanager
def file_system(folder: Path, size: int) -> Iterator[None]:
    """Mount an empty file system of so many bytes, which only root can.

    Raises:
        CalledProcessError: It cannot be mounted.
    """
    folder.mkdir(exist_ok=True)
    command = ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(folder)]
    subprocess.run(command, check=True, capture_output=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def can_mount(folder: Path) -> bool:
    """Tell whether file systems can be mounted here."""
    try:
        with file_system(folder, 64 * KIB):
            return True
    except (OSError, subprocess.CalledProcessError):
        return False


def creations(root: Path, *, steps: int) -> Iterator[int]:
    """Create an environment of files that have to be copied."""
    record = Workshop(root).package(name="a", files=_FILES)
    refused = made = 0
    for size in _sizes(32 * KIB, 400 * KIB, steps):
        with file_system(root / "disk", size):
            workshop = Workshop(root, prefix=root / "disk" / "env")
            try:
                workshop.install(record)
            except NoSpaceLeftError as error:
                _check(error, root / "disk")
                assert os.listdir(root / "disk") == []
                refused += 1
                assert not made, "what fits on a smaller disk is refused on a larger one"
            else:
                assert len(workshop.tree()) == len(_FILES) + 2
                made += 1
        yield size
    assert refused
    assert made


def updates(root: Path, *, steps: int) -> Iterator[int]:
    """Update an environment; old and new files have to be there at the same time."""
    workshop = Workshop(root)
    old = workshop.package(name="a", files={path: data[::2] for path, data in _FILES.items()})
    new = workshop.package(name="a", version="2.0", files=_FILES)
    outcomes = set()
    for size in _sizes(200 * KIB, 700 * KIB, steps):
        with file_system(root / "disk", size):
            workshop = Workshop(root, prefix=root / "disk" / "env")
            workshop.install(old)
            before = tree(workshop.prefix)
            try:
                workshop.install(new)
            except NoSpaceLeftError as error:
                _check(error, root / "disk")
                assert tree(workshop.prefix) == before
                outcomes.add("refused")
            else:
                assert workshop.installed()["a"].version == "2.0"
                outcomes.add("made")
        yield size
    assert outcomes == {"refused", "made"}


def fetches(root: Path, *, steps: int) -> Iterator[int]:
    """Fetch, extract and link on one small disk: package caches are full, too."""
    chance = random.Random(0)
    channel = ChannelBuilder(root / "channel")
    for name in ("a", "b", "c"):
        files = {f"share/{name}/{number}": chance.randbytes(20 * KIB) for number in range(6)}
        channel.add(name=name, files=files)
    channel.write()
    outcomes = set()
    for size in _sizes(64 * KIB, 1000 * KIB, steps):
        with file_system(root / "disk", size):
            program = Program(root / "disk" / "root", root / "home", channel.url)
            outcome = program("create", "-n", "e", "-y", "--json", "a", "b", "c")
            if outcome.status:
                _check_document(outcome.document, root / "disk")
                assert not program.prefix("e").exists()
                whole = {"a-1.0-0", "b-1.0-0", "c-1.0-0"}
                packages = {path.parent.parent.name for path in program.pkgs.glob("*/info/*")}
                assert packages <= whole
                outcomes.add("refused")
            else:
                assert program.installed("e") == ["a-1.0-0", "b-1.0-0", "c-1.0-0"]
                outcomes.add("made")
        yield size
    assert outcomes == {"refused", "made"}


MATRICES: dict[str, Callable[..., Iterator[int]]] = {
    "create": creations,
    "update": updates,
    "fetch": fetches,
}


def _sizes(least: int, most: int, steps: int) -> Iterator[int]:
    return (least + (most - least) * step // (steps - 1) for step in range(steps))


def _check(error: NoSpaceLeftError, disk: Path) -> None:
    assert error.needed, error.message
    assert error.free is not None, error.message
    assert str(disk) in error.message
    assert f"{error.needed:,} bytes" in error.message
    assert f"{error.free:,} bytes" in error.message


def _check_document(document: dict[str, object], disk: Path) -> None:
    """Check what programs are told: one error, or several at once."""
    errors = document.get("errors", [document])
    assert isinstance(errors, list)
    for error in errors:
        assert error["exception_name"] == "NoSpaceLeftError", error
        message = str(error["message"])
        assert str(disk) in message, message
        assert "bytes are needed" in message, message
        assert "bytes are free" in message, message
