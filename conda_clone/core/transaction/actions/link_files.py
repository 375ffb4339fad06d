"""Put the files of a package into the prefix: folders, links, copies, relocated files."""

import hashlib
import os
import stat
import sys

from conda_clone.core.transaction.actions.action import Action, Workplace
from conda_clone.core.transaction.actions.placement import Placement
from conda_clone.core.transaction.errors import LinkError, PaddingError
from conda_clone.core.transaction.relocate import codesign_arguments, is_mach_o, relocate
from conda_clone.core.transaction.steps import FileAction, FileLink, LinkFiles
from conda_clone.gateways.disk.link import LinkKind, link_file
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.gateways.processes import run

__all__ = ["LinkFilesAction"]


class LinkFilesAction(Action):
    """Performs `LinkFiles`."""

    def __init__(self, step: LinkFiles, workplace: Workplace) -> None:
        self._step = step
        self._work = workplace
        self._findings = workplace.findings(step.package.dist)
        self._placement = Placement(workplace, step.package.dist, step.owned)
        self._kind = LinkKind(step.link_type)

    def execute(self) -> None:
        """Link all files.

        Raises:
            LinkError: A file of the package cache has vanished, or cannot be signed.
        """
        for file in self._step.files:
            source = f"{self._step.source_dir}/{file.source}"
            try:
                self._link(file, source)
            except FileNotFoundError as error:
                raise LinkError(
                    f"The file `{source}` of the package `{self._step.package.dist}` is gone.",
                    hint="Something else emptied the package cache meanwhile; try again.",
                ) from error

    def reverse(self) -> None:
        """Take the files out again, and put back what they displaced."""
        self._placement.undo()

    def _link(self, file: FileLink, source: str) -> None:
        if file.action is FileAction.DIRECTORY:
            self._placement.folder(self._work.path(file.target))
        elif file.action is FileAction.RELOCATE and not os.path.islink(source):
            self._write_relocated(file, source)
        else:
            target = self._placement.room_for(file.target, size=file.size, sha256=file.sha256)
            kind = LinkKind.COPY if file.action is FileAction.COPY else self._kind
            link_file(source, target, kind)

    def _write_relocated(self, file: FileLink, source: str) -> None:
        data = read_bytes(source)
        try:
            relocated = relocate(
                data,
                file.placeholder or "",
                self._work.prefix,
                mode=file.file_mode or "text",
                subdir=self._step.subdir,
            )
        except PaddingError as error:
            raise PaddingError(file.target, file.placeholder or "", self._work.prefix) from error
        digest = hashlib.sha256(relocated).hexdigest()
        self._findings.digests[file.target] = digest
        target = self._placement.room_for(file.target, size=len(relocated), sha256=digest)
        mode = stat.S_IMODE(os.stat(source).st_mode) & 0o777
        write_atomically(target, relocated, mode=mode, sync=False)
        if self._step.subdir == "osx-arm64" and relocated != data and is_mach_o(relocated):
            self._sign(target)

    def _sign(self, path: str) -> None:
        """Sign a changed Mach-O file; elsewhere than on a Mac it can neither run nor be signed."""
        if sys.platform != "darwin":
            return
        done = run(codesign_arguments(path))
        if done.returncode:
            raise LinkError(f"`{path}` cannot be signed: {done.stderr.strip()}")
