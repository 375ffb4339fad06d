"""Lay the files of a package into the stage: folders, links, copies, relocated files."""

import os
import stat
import sys
from functools import partial

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.errors import LinkError, PaddingError
from conda_clone.core.transaction.relocate import codesign_arguments, is_mach_o, relocate
from conda_clone.core.transaction.steps import FileAction, FileLink, LinkFiles
from conda_clone.gateways.disk import mutations
from conda_clone.gateways.disk.link import LinkKind, link_file
from conda_clone.gateways.disk.read import read_to_change
from conda_clone.gateways.disk.write import write_new
from conda_clone.gateways.processes import run

__all__ = ["stage_files"]

# Elsewhere, a link to a symbolic link is one to what that leads to.
_LINKS_ARE_PLAIN = sys.platform == "linux"


def stage_files(step: LinkFiles, work: Workplace) -> None:
    """Stage all files of a package.

    Raises:
        LinkError: A file of the package cache has vanished, or cannot be signed.
        CondaVerificationError: A folder on the way leads out of the environment.
    """
    work.owned |= step.owned
    kind = LinkKind(step.link_type)
    fast = kind is LinkKind.HARD and _LINKS_ARE_PLAIN
    above, path_for, link = f"{step.source_dir}/", work.stage.path_for, mutations.link
    plain = FileAction.LINK
    for file in step.files:
        name, target, action, path_type, _, _, _, _, _ = file
        source = above + name
        try:
            if fast and action is plain and path_type != "softlink":
                try:
                    link(source, path_for(target))
                except OSError:  # staged already, other file systems, a full disk
                    work.stage.place(target, partial(link_file, source, kind=kind))
            elif path_type != "softlink" or not _link_alike(source, path_for(target)):
                _stage(file, source, step, work)
        except FileNotFoundError as error:
            raise LinkError(
                f"The file `{source}` of the package `{step.package.dist}` is gone.",
                hint="Something else emptied the package cache meanwhile; try again.",
            ) from error


def _link_alike(source: str, target: str) -> bool:
    """Make a symbolic link like another one, if that is one and nothing is in the way."""
    try:
        mutations.symlink(os.readlink(source), target)
    except FileNotFoundError:
        raise
    except OSError:  # a file, as converters have made them; staged already; a full disk
        return False
    return True


def _stage(file: FileLink, source: str, step: LinkFiles, work: Workplace) -> None:
    if file.action is FileAction.DIRECTORY:
        work.stage.folder(file.target)
    elif file.action is FileAction.RELOCATE and not os.path.islink(source):
        _write_relocated(file, source, step, work)
    else:
        kind = LinkKind.COPY if file.action is FileAction.COPY else LinkKind(step.link_type)
        work.stage.place(file.target, lambda path: link_file(source, path, kind))


def _write_relocated(file: FileLink, source: str, step: LinkFiles, work: Workplace) -> None:
    data = read_to_change(source)
    try:
        relocated = relocate(
            data,
            file.placeholder or "",
            work.prefix,
            mode=file.file_mode or "text",
            subdir=step.subdir,
        )
    except PaddingError as error:
        raise PaddingError(file.target, file.placeholder or "", work.prefix) from error
    digests = work.findings(step.package.dist).digests
    work.late_digests.add(digests, file.target, relocated)
    mode = stat.S_IMODE(os.stat(source).st_mode) & 0o777
    work.stage.place(file.target, lambda path: write_new(path, relocated, mode=mode))
    if step.subdir == "osx-arm64" and is_mach_o(relocated):
        work.late_digests.finish()
        if digests[file.target] != file.sha256:
            _sign(work.stage.path_for(file.target))


def _sign(path: str) -> None:
    """Sign a changed Mach-O file; elsewhere than on a Mac it can neither run nor be signed."""
    if sys.platform != "darwin":
        return
    done = run(codesign_arguments(path))
    if done.returncode:
        raise LinkError(f"`{path}` cannot be signed: {done.stderr.strip()}")
