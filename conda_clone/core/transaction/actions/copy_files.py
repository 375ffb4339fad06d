"""Copy files of another environment that no package brings."""

import os
import re
import stat
from functools import partial

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.steps import CopyFiles
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.link import copy_file
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_new

__all__ = ["stage_copies"]

# What follows a path that is not the beginning of a longer name: `/envs/sci` is not `/envs/sci-2`.
_END = rb"(?![\w+\x80-\xff-]|\.[\w\x80-\xff])"


def stage_copies(step: CopyFiles, work: Workplace) -> None:
    """Lay the files into the stage; what packages bring, or what is there, stays.

    Raises:
        CondaVerificationError: A folder on the way leads out of the environment.
    """
    copied = step.copied
    copy = _Copying(copied.source, work.prefix).copy
    for path in copied.paths:
        staged = work.stage.path_for(path)
        is_there = os.path.lexists(staged)
        if not is_there and (work.is_new or not os.path.lexists(work.path(path))):
            copy(path, staged)
    for path in copied.edited:
        work.stage.place(path, partial(copy, path))
    for path in copied.memory:
        work.stage.place(path, partial(copy_file, f"{copied.source}/{path}"))
    for path, mode in copied.folders:
        folder = work.stage.folder(path)
        with disk_errors(folder):
            # A folder that its owner may not write could not be put in place.
            mutations.change_mode(folder, mode | stat.S_IRWXU)


class _Copying:
    """Copies from one environment to another; what names the old one names the new one then."""

    def __init__(self, old_prefix: str, new_prefix: str) -> None:
        self._old_prefix = old_prefix
        self._new = os.fsencode(new_prefix)
        self._old = os.fsencode(old_prefix)
        self._pattern = re.compile(re.escape(self._old) + _END)

    def copy(self, path: str, target: str) -> None:
        """Copy one file or link; pipes and sockets belong to programs, and stay where they are."""
        source = f"{self._old_prefix}/{path}"
        status = os.lstat(source)
        if stat.S_ISLNK(status.st_mode):
            self._copy_link(os.fsencode(os.readlink(source)), target)
        elif stat.S_ISREG(status.st_mode):
            self._copy_content(source, target, stat.S_IMODE(status.st_mode))

    def _copy_link(self, link: bytes, target: str) -> None:
        with disk_errors(target):
            mutations.symlink(os.fsdecode(self._renamed(link)), target)

    def _copy_content(self, source: str, target: str, mode: int) -> None:
        content = read_bytes(source)
        if self._old in content and b"\0" not in content:
            write_new(target, self._renamed(content), mode=mode & 0o777)
        else:
            copy_file(source, target)

    def _renamed(self, text: bytes) -> bytes:
        return self._pattern.sub(lambda _: self._new, text)
