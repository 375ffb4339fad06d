"""Find out what leaves the environment with a package; nothing is changed here."""

import os

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.steps import RemoveRecord, UnlinkFiles
from conda_clone.errors import CondaVerificationError
from conda_clone.gateways.disk.read import list_directory
from conda_clone.models.events import Caution

__all__ = ["free_files", "free_record"]


def free_files(step: UnlinkFiles, work: Workplace) -> None:
    """Take note of the files that go, and of the folders that go if nothing else is in them.

    A file below a symbolic link that leads out of the prefix is not ours, and is left alone.
    Whether the others are still there is found out when environment and stage are compared.
    """
    modules: dict[str, set[str]] = {}
    for target in step.paths:
        folder, _, name = target.rpartition("/")
        real = _real_folder(folder, work)
        if real is None:
            continue
        path = f"{real}/{name}" if real else name
        work.freed.add(path)
        if name.endswith(".py"):
            modules.setdefault(real, set()).add(name[:-3])
    for folder in step.directories:
        real = _real_folder(folder, work)
        if real:
            work.vacated.add(real)
    for folder, names in modules.items():
        _free_compiled(f"{folder}/__pycache__" if folder else "__pycache__", names, work)


def free_record(step: RemoveRecord, work: Workplace) -> None:
    """Take note of a record that goes."""
    work.freed.add(f"conda-meta/{step.file_name}")


def _real_folder(folder: str, work: Workplace) -> str | None:
    try:
        return work.folders.real(folder)
    except CondaVerificationError as error:
        if error.message not in work.left_alone:
            work.left_alone.add(error.message)
            work.reporter.report(Caution(f"What is below a link is left alone. {error.message}"))
        return None


def _free_compiled(cache: str, names: set[str], work: Workplace) -> None:
    """Take note of what Python made of removed modules.

    Left behind, `__pycache__` folders keep removed packages importable as empty ones.
    """
    folder = work.path(cache)
    if os.path.islink(folder) or not os.path.isdir(folder):
        return
    work.vacated.add(cache)
    work.freed.update(
        f"{cache}/{name}"
        for name in list_directory(folder)
        if name.endswith(".pyc") and name.partition(".")[0] in names
    )
