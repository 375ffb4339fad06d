"""Copy files of another environment that no package brings."""

import os
from functools import partial

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.steps import CopyFiles
from conda_clone.gateways.disk.link import LinkKind, copy_file, link_file
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_new

__all__ = ["stage_copies"]


def stage_copies(step: CopyFiles, work: Workplace) -> None:
    """Lay the files into the stage; what packages bring, or what is there, stays.

    Raises:
        CondaVerificationError: A folder on the way leads out of the environment.
    """
    source = step.copied.source
    for path in step.copied.paths:
        staged = work.stage.path_for(path)
        is_there = os.path.lexists(staged)
        if not is_there and (work.is_new or not os.path.lexists(work.path(path))):
            _copy(f"{source}/{path}", staged, source, work.prefix)
    for path in step.copied.memory:
        work.stage.place(path, partial(copy_file, f"{source}/{path}"))


def _copy(source: str, target: str, old_prefix: str, new_prefix: str) -> None:
    """Copy one file or link; text that names the old prefix names the new one."""
    if os.path.islink(source):
        link_file(source, target, LinkKind.SOFT)
        return
    content = read_bytes(source)
    old, new = os.fsencode(old_prefix), os.fsencode(new_prefix)
    if old in content and b"\0" not in content:
        write_new(target, content.replace(old, new), mode=os.stat(source).st_mode & 0o777)
    else:
        copy_file(source, target)
