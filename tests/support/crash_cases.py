"""Environments and changes of them, to be crashed at every call; small, and of every kind."""

import os
import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from conda_clone.config.settings import Durability, LinkSettings
from conda_clone.core.transaction.change import CopiedFiles
from conda_clone.core.transaction.environment_lock import LOCK_FILES
from conda_clone.core.transaction.unlink_link import UnlinkLinkTransaction
from conda_clone.models.records import PackageCacheRecord
from tests.support.faults import Fault, Tree, crash, run_forked, tree
from tests.support.transactions import Workshop

__all__ = [
    "Build",
    "Case",
    "cloned",
    "copy_by_links",
    "creation",
    "large_update",
    "replacement",
    "scripted_creation",
    "scripted_update",
    "small_removal",
    "update",
]

Build = Callable[[Workshop], tuple[list[PackageCacheRecord], list[str]]]
"""Makes the old environment; returns what to link and what to unlink."""

# Stands for an interpreter: makes what it is told to compile, in a millisecond.
_COMPILER = """#!/bin/sh
while IFS= read -r source; do
    folder="${source%/*}/__pycache__"
    [ -d "$folder" ] || mkdir "$folder"
    name="${source##*/}"
    echo compiled > "$folder/${name%.py}.cpython-312.pyc"
done
"""


class Case:
    """One change of one environment, which can be made again and again.

    Args:
        root: A folder to be made.
        build: What the change is.
        durability: The setting.
        reader: Reads every environment that is left, as another program would.
        replaces: The change makes the environment anew.
        copied: Makes another environment, of which files are copied.
        around: What the file system is like while the environment is changed and recovered.

    Attributes:
        old: All there is of the environment before; None when it is not there.
        new: ... and after.
    """

    def __init__(
        self,
        root: Path,
        build: Build,
        *,
        durability: Durability = Durability.SAFE,
        reader: Callable[[Path], None] | None = None,
        replaces: bool = False,
        copied: Callable[[Workshop], CopiedFiles] | None = None,
        around: Callable[[Path], AbstractContextManager[None]] | None = None,
    ) -> None:
        root.mkdir(parents=True)
        self._reader = reader
        self.workshop = Workshop(root)
        self.prefix = self.workshop.prefix
        self._replaces = replaces
        self._around = around or nullcontext
        self._links = LinkSettings(durability=durability)
        self._link, self._unlink = build(self.workshop)
        self._copied = None if copied is None else copied(self.workshop)
        self._master = root / "master"
        self.old: Tree | None = tree(self.prefix)
        if self.old is not None:
            copy_by_links(self.prefix, self._master)
        self._transaction = self._fresh()
        with self._around(self.prefix):
            self.calls = run_forked(self._transaction.execute, Fault()).calls
        self.new: Tree | None = tree(self.prefix)
        assert self.new != self.old
        self.reset()

    def change(self) -> None:
        """Make the change, from planning on."""
        with self._around(self.prefix):
            self._fresh().execute()

    def execute(self) -> None:
        """Make the change that has been planned and verified already."""
        with self._around(self.prefix):
            self._transaction.execute()

    def reset(self) -> None:
        """Bring the old environment back, and plan the change anew."""
        self._restore()
        self._transaction = self._fresh()
        self._transaction.verify()

    def crash(self, fault: Fault, *recoveries: Fault) -> int:
        """Crash the change, and recovering from it, and recover; return the last crash's calls.

        The environment is the old or the new one then, and nothing else is left.
        """
        with self._around(self.prefix):
            outcomes = crash(self._transaction.execute, self.prefix, fault, *recoveries)
        left = tree(self.prefix)
        assert left in (self.old, self.new), f"{fault}: {_difference(left, self.old, self.new)}"
        if self._reader is not None and left is not None:
            self._reader(self.prefix)
        if left != self.old:
            self._restore()  # the plan is as it was: who died had a copy of it
        return outcomes[-1].calls

    def leftovers(self) -> list[str]:
        """Return what lies beside the environment, apart from what belongs to the case."""
        known = {"archives", "env", "home", "master", "pkgs", "root"}
        return sorted(set(os.listdir(self.workshop.root)) - known)

    def _restore(self) -> None:
        shutil.rmtree(self.prefix, ignore_errors=True)
        if self.old is not None:
            copy_by_links(self._master, self.prefix)

    def _fresh(self) -> UnlinkLinkTransaction:
        return self.workshop.transaction(
            self._link,
            self._unlink,
            links=self._links,
            replaces=self._replaces,
            copied=self._copied,
        )


def creation(workshop: Workshop) -> tuple[list[PackageCacheRecord], list[str]]:
    """Three packages, forty files."""
    files = {f"share/a/{number % 4}/{number}": str(number) for number in range(34)}
    a = workshop.package(name="a", files=files)
    b = workshop.package(
        name="b",
        files={"bin/b": "#!/old/prefix/bin/sh\n", "lib/b.so": b"\0/old/prefix\0"},
        prefix_files={"bin/b": "text", "lib/b.so": "binary"},
        placeholder="/old/prefix".ljust(200, "_"),
        links={"lib/b.so.1": "b.so"},
    )
    c = workshop.package(name="c", files={"share/c": "c", "etc/c": "c"}, no_link=["etc/c"])
    return [a, b, c], []


def scripted_creation(workshop: Workshop) -> tuple[list[PackageCacheRecord], list[str]]:
    """Scripts run before linking, too: the folder has to be there first."""
    scripts = {"pre-link": 'echo > "$PREFIX/before"\n', "post-link": 'rm "$PREFIX/before"\n'}
    a = workshop.package(name="a", files={"share/a": "a"}, link_scripts=scripts)
    return [a, workshop.package(name="b", files={"share/b": "b"})], []


def update(workshop: Workshop) -> tuple[list[PackageCacheRecord], list[str]]:
    """Every kind of step: update, removal, addition; files of the user; files become folders."""
    python = workshop.package(
        name="python",
        version="3.12.0",
        files={"lib/python3.12/os.py": "x", "bin/python3.12": _COMPILER},
        executables=["bin/python3.12"],
    )
    old = workshop.package(
        name="app",
        files={
            "share/app/one": "1",
            "share/app/sub/two": "1",
            "xbin/x": "1",
            "share/both": "1",
            "lib/app.py": "v = 1\n",
        },
        links={"lib/link": "1"},
    )
    gone = workshop.package(name="gone", files={"share/gone/a": "a", "share/gone/b/c": "c"})
    workshop.install(python, old, gone)
    (workshop.prefix / "share/mine").write_text("a file of the user")
    (workshop.prefix / "lib/__pycache__").mkdir()
    (workshop.prefix / "lib/__pycache__/app.cpython-312.pyc").write_text("made by Python")
    new = workshop.package(
        name="app",
        version="2.0",
        files={"share/app/one": "2", "etc/app.cfg": "/old/prefix", "xbin": "2", "share/both": "1"},
        prefix_files={"etc/app.cfg": "text"},
        placeholder="/old/prefix",
        links={"lib/link": "2"},
        directories=["var/app"],
    )
    other = workshop.package(
        name="other",
        noarch="python",
        files={
            "python-scripts/o": "",
            "share/mine": "theirs",
            "share/both": "2",
            "site-packages/other/__init__.py": "",
        },
        entry_points=["other = other:main"],
    )
    return [new, other], ["app", "gone"]


def small_removal(workshop: Workshop) -> tuple[list[PackageCacheRecord], list[str]]:
    """One package leaves, a file of the user among its own."""
    workshop.install(
        workshop.package(name="a", files={"share/a/x": "x", "share/a/y/z": "z", "bin/a": "a"}),
        workshop.package(name="b", files={"share/b": "b"}),
    )
    (workshop.prefix / "share/a/mine").write_text("mine")
    return [], ["a"]


def scripted_update(workshop: Workshop) -> tuple[list[PackageCacheRecord], list[str]]:
    """Scripts run before and after, and leave nothing behind."""
    scripts = {"post-link": "true\n", "pre-unlink": "true\n"}
    workshop.install(workshop.package(name="a", files={"share/a": "1"}, link_scripts=scripts))
    new = workshop.package(
        name="a", version="2.0", files={"share/a": "2", "share/n": "2"}, link_scripts=scripts
    )
    return [new], ["a"]


def replacement(workshop: Workshop) -> tuple[list[PackageCacheRecord], list[str]]:
    """Another environment, with a script, comes in the place of one."""
    workshop.install(workshop.package(name="old", files={"share/old": "1", "share/both": "1"}))
    (workshop.prefix / "mine").write_text("goes as well")
    scripts = {"post-link": "true\n"}
    new = workshop.package(name="new", files={"share/both": "2"}, link_scripts=scripts)
    return [new], []


def cloned(workshop: Workshop) -> CopiedFiles:
    """Files that a clone gets: text that names its place, links, data, what it remembers."""
    source = workshop.root / "root" / "source"
    (source / "conda-meta").mkdir(parents=True)
    (source / "conda-meta/history").write_text("the history of another environment\n")
    (source / "mine/deep").mkdir(parents=True)
    (source / "mine/deep/text").write_text(f"from {source}\n")
    (source / "mine/data").write_bytes(b"\0" + str(source).encode())
    (source / "mine/link").symlink_to("data")
    return CopiedFiles(
        source=str(source),
        paths=("mine/data", "mine/deep/text", "mine/link"),
        memory=("conda-meta/history",),
    )


def large_update(workshop: Workshop) -> tuple[list[PackageCacheRecord], list[str]]:
    """Five packages of twenty files change at once."""

    def package(number: int, version: str) -> PackageCacheRecord:
        files = {f"share/p{number}/{index % 3}/{index}": version for index in range(18)}
        files[f"share/p{number}/only-{version}/x"] = version
        files[f"etc/p{number}.cfg"] = "/old/prefix"
        return workshop.package(
            name=f"p{number}",
            version=version,
            files=files,
            prefix_files={f"etc/p{number}.cfg": "text"},
            placeholder="/old/prefix",
        )

    workshop.install(*(package(number, "1.0") for number in range(4)))
    changed = [package(number, "2.0") for number in (0, 1, 4)]
    return changed, ["p0", "p1", "p2"]


def copy_by_links(source: Path, target: Path) -> None:
    """Copy a tree by hard links, which nobody writes through; but no file that is locked."""
    pending = [(str(source), str(target))]
    while pending:
        here, there = pending.pop()
        os.mkdir(there)
        with os.scandir(here) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    pending.append((entry.path, f"{there}/{entry.name}"))
                elif entry.name not in LOCK_FILES:
                    os.link(entry.path, f"{there}/{entry.name}", follow_symlinks=False)


def _difference(left: Tree | None, old: Tree | None, new: Tree | None) -> str:
    """Say how what is left differs from both."""
    found = left or {}
    return "; ".join(
        f"{name}: missing {sorted(set(other or {}) - set(found))}, "
        f"more {sorted(set(found) - set(other or {}))}, "
        f"other {sorted(k for k in set(found) & set(other or {}) if found[k] != (other or {})[k])}"
        for name, other in (("old", old), ("new", new))
    )
