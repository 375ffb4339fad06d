"""Programs called `conda-NAME`, which run as `conda NAME` (spec/commands.md, section 0).

They are looked for beside the interpreter and on PATH; commands of our own and of plugins win.
"""

import argparse
import os
import sys

from conda_clone.cli.registry import Command

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conda_clone.operations.session import Session

__all__ = ["ExternalCommand", "external_names", "find_external"]

_PREFIX = "conda-"
_SUFFIXES = (".exe", ".bat", ".cmd") if os.name == "nt" else ("",)
_OURS = frozenset({"clone"})  # the second name of this program


class ExternalCommand(Command):
    """The row of a program that is no part of this one; at once the command itself.

    Attributes:
        path: The program.
        words: What it gets.
    """

    __slots__ = ("path", "words")

    def __init__(self, name: str, path: str, words: "Sequence[str]") -> None:
        super().__init__(name, f"Run {path}.", repairs_settings=True)
        self.path = path
        self.words = tuple(words)

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare nothing: the program knows its options."""

    def execute(self, args: argparse.Namespace, session: "Session") -> int:
        """Run the program on this process' own streams; return its exit status.

        Raises:
            ProgramNotStartedError: It cannot be started.
        """
        from conda_clone.gateways.processes import run_passthrough

        del args
        environ = {**session.environment, "CONDA_EXE": session.executable}
        return run_passthrough([self.path, *self.words], env=environ)


def find_external(word: str, words: "Sequence[str]") -> ExternalCommand | None:
    """Return the program `conda-WORD` with what it gets, or None when there is none."""
    if not word or word in _OURS or os.sep in word:
        return None
    for folder in _folders():
        for suffix in _SUFFIXES:
            path = os.path.join(folder, f"{_PREFIX}{word}{suffix}")
            if os.path.isfile(path) and os.access(path, os.X_OK):
                return ExternalCommand(word, path, words)
    return None


def external_names() -> list[str]:
    """Return the NAMEs of all programs `conda-NAME`, sorted."""
    found = set()
    for folder in _folders():
        for name, suffix in _candidates(folder):
            if os.access(os.path.join(folder, f"{_PREFIX}{name}{suffix}"), os.X_OK):
                found.add(name)
    return sorted(found - _OURS)


def _candidates(folder: str) -> "Iterator[tuple[str, str]]":
    try:
        entries = os.listdir(folder)
    except OSError:  # PATH may name anything
        return
    for entry in entries:
        if not entry.startswith(_PREFIX):
            continue
        for suffix in _SUFFIXES:
            if entry.endswith(suffix):
                yield entry[len(_PREFIX) : len(entry) - len(suffix)], suffix


def _folders() -> list[str]:
    beside = os.path.join(sys.prefix, "Scripts" if os.name == "nt" else "bin")
    path = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return list(dict.fromkeys(folder for folder in (beside, *path) if folder))
