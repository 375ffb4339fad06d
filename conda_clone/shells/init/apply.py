"""Carry out an `InitPlan`, or say what it would do."""

import difflib
import os

from conda_clone.errors import CondaError, NotWritableError
from conda_clone.gateways.disk.permissions import make_executable
from conda_clone.gateways.disk.write import write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.init.plan import FileChange, InitPlan

__all__ = ["FileResult", "apply_plan"]


class FileResult:
    """What has become of one file, or would become of it.

    Attributes:
        path: The file.
        outcome: `modified`, `no change` or `needs sudo`.
        diff: Lines that say what changes.
    """

    __slots__ = ("diff", "outcome", "path")

    def __init__(self, path: str, outcome: str, diff: list[str]) -> None:
        self.path = path
        self.outcome = outcome
        self.diff = diff


def apply_plan(plan: "InitPlan", *, dry_run: bool) -> list[FileResult]:
    """Change files, each at once or not at all.

    Args:
        plan: What is to be done.
        dry_run: Change nothing.

    Returns:
        One result per file, in the plan's order; files that may not be written need another user.
    """
    results = [_apply(change, dry_run=dry_run) for change in plan.files]
    if plan.autorun is not None:
        from conda_clone.shells.init.windows_registry import apply_autorun  # Windows only

        outcome = apply_autorun(plan.autorun, system=plan.system, dry_run=dry_run)
        results.append(FileResult(outcome.key, outcome.text, outcome.diff))
    return results


def _apply(change: "FileChange", *, dry_run: bool) -> FileResult:
    old = _read(change.path)
    new = change.change(old)
    if new == old:
        return FileResult(change.path, "no change", [])
    diff = [
        line.rstrip("\r\n")
        for line in difflib.unified_diff(
            old.splitlines(keepends=True),
            new.splitlines(keepends=True),
            change.path,
            change.path,
            n=2,
        )
    ]
    if not dry_run:
        try:
            write_atomically(change.path, new.encode("utf-8", "surrogateescape"))
            if change.executable:
                make_executable(change.path)
        except NotWritableError:
            return FileResult(change.path, "needs sudo", diff)
    return FileResult(change.path, "modified", diff)


def _read(path: str) -> str:
    """Return the text of a file with its line ends; bytes that are no UTF-8 survive a round."""
    try:
        with open(path, encoding="utf-8", errors="surrogateescape", newline="") as stream:
            return stream.read()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise CondaError(
            f"The profile `{path}` cannot be read: {os.strerror(error.errno or 0)}."
        ) from error
