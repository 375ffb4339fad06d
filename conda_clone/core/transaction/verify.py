"""Look at the disk before the first change: can the plan be carried out, and may it?

All problems are collected, so that a person can solve them at once.
"""

import os
import stat
from collections.abc import Iterator
from typing import TypeVar

from conda_clone.config.settings import LinkSettings, PathConflict, SafetyChecks
from conda_clone.core.prefix.errors import EnvironmentNotWritableError
from conda_clone.core.transaction.errors import (
    ClobberError,
    PaddingError,
    SafetyError,
    UnknownPackageClobberError,
)
from conda_clone.core.transaction.folders import Folders
from conda_clone.core.transaction.plan import Plan
from conda_clone.core.transaction.steps import (
    CopyFiles,
    FileAction,
    FileLink,
    LinkFiles,
    MakeEntryPoints,
    StepGroup,
    UnlinkFiles,
)
from conda_clone.errors import (
    CondaError,
    CondaMultiError,
    CondaVerificationError,
    NoSpaceLeftError,
    NotWritableError,
)
from conda_clone.gateways.disk.errors import free_bytes
from conda_clone.gateways.disk.link import LinkKind
from conda_clone.gateways.disk.permissions import is_writable_directory
from conda_clone.gateways.disk.read import file_digest
from conda_clone.models.events import Caution

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.models.events import Reporter

__all__ = ["needed_bytes", "verify"]

_BLOCK = 4096
# What a record says about one file, in bytes.
_IN_RECORD = 300

_WRITTEN = (FileAction.COPY, FileAction.RELOCATE)

_StepKind = TypeVar("_StepKind", CopyFiles, LinkFiles, MakeEntryPoints, UnlinkFiles)


def verify(
    plan: Plan, prefix: str, links: LinkSettings, reporter: "Reporter", *, is_new: bool = False
) -> None:
    """Check a plan against the disk.

    Args:
        plan: What is to be done.
        prefix: Where.
        links: The settings.
        reporter: Who is told what does not stop the transaction.
        is_new: Whether what lies at the prefix now does not matter.

    Raises:
        CondaMultiError: Clobbering is forbidden and would happen.
        CondaError: Anything else that is in the way; several as `CondaMultiError`.
    """
    checks = _Checks(plan, prefix, links, is_new=is_new)
    clobbers = [*plan.conflicts, *checks.unknown_clobbers()]
    errors: list[CondaError] = [*plan.impossible]
    if links.path_conflict is PathConflict.PREVENT:
        errors += clobbers
    errors += checks.cache_errors()
    errors += checks.prefix_errors()
    cautions: list[str] = [*plan.left_alone, *checks.cautions]
    if links.path_conflict is PathConflict.WARN:
        cautions += [error.message for error in clobbers]
    for text in cautions:
        reporter.report(Caution(text))
    if len(errors) > 1 or any(isinstance(error, ClobberError) for error in errors):
        # Scripts expect even a single clobber error in this form.
        raise CondaMultiError(errors)
    if errors:
        raise errors[0]


class _Checks:
    """The checks of one plan; each yields errors that nobody has raised."""

    def __init__(self, plan: Plan, prefix: str, links: LinkSettings, *, is_new: bool) -> None:
        self._prefix = prefix
        self._is_new = is_new
        self._links = links
        self._groups = plan.groups
        self._linking = list(_steps(plan.groups, LinkFiles))
        self._entry_points = list(_steps(plan.groups, MakeEntryPoints))
        self._unlinking = list(_steps(plan.groups, UnlinkFiles))
        self.cautions: list[str] = []

    def unknown_clobbers(self) -> list[ClobberError]:
        """Find what no package owns at the targets."""
        if self._is_new or not os.path.isdir(self._prefix):
            return []
        found: list[ClobberError] = []
        freed = {path for step in self._unlinking for path in step.paths}
        folders = Folders(self._prefix)
        seen: set[str] = set()
        for dist, target, owned in self._targets():
            if owned or target in freed or target in seen:
                continue
            seen.add(target)
            try:
                folder = folders.real(target.rpartition("/")[0])
            except CondaVerificationError:  # told by `prefix_errors`
                continue
            if folder is not None and os.path.lexists(f"{self._prefix}/{target}"):
                found.append(UnknownPackageClobberError(target, dist))
        return found

    def cache_errors(self) -> Iterator[CondaError]:
        """Check that the files of the package cache are there and are what they should be."""
        for step in self._linking:
            for file in self._doubtful(step):
                error = self._source_error(step, file)
                if isinstance(error, SafetyError) and not self._is_strict:
                    self.cautions.append(error.message)
                elif error is not None:
                    yield error
                if (error := self._padding_error(file)) is not None:
                    yield error

    def prefix_errors(self) -> Iterator[CondaError]:
        """Check that the prefix can be written, has room, and does not lead elsewhere."""
        if os.path.lexists(self._prefix) and not os.path.isdir(self._prefix):
            yield NotWritableError(self._prefix, "it is not a folder")
            return
        existing = os.path.dirname(self._prefix) if self._is_new else self._prefix
        while not os.path.isdir(existing) and os.path.dirname(existing) != existing:
            existing = os.path.dirname(existing)
        if not is_writable_directory(existing):
            if existing == self._prefix:
                yield EnvironmentNotWritableError(self._prefix)
            else:
                yield NotWritableError(existing, "permission denied")
            return
        if existing == self._prefix:
            yield from self._folder_errors()
        needed, free = needed_bytes(self._groups), free_bytes(existing)
        if free is not None and needed > free:
            yield NoSpaceLeftError(self._prefix, needed=needed, free=free)

    @property
    def _is_strict(self) -> bool:
        return self._links.safety_checks is SafetyChecks.ENABLED

    def _targets(self) -> Iterator[tuple[str, str, bool]]:
        """Yield package, target, and whether a package owns the target already."""
        for step in self._linking:
            for file in step.files:
                if file.action is not FileAction.DIRECTORY:
                    yield step.package.dist, file.target, file.target in step.owned
        for points in self._entry_points:
            for script in points.scripts:
                yield points.package.dist, script.target, script.target in points.owned

    def _doubtful(self, step: LinkFiles) -> Iterator[FileLink]:
        """Yield the files of a package but for those, nearly all, that are plain and as stated."""
        is_quick = not self._links.extra_safety_checks
        above, status_of, plain = f"{step.source_dir}/", os.lstat, FileAction.LINK
        for file in step.files:
            source, _, action, kind, _, size, _, _, _ = file
            if is_quick and action is plain:
                try:
                    status = status_of(above + source)
                except OSError:
                    pass
                else:
                    if status.st_size == size:
                        continue
                    if kind == "softlink" and stat.S_ISLNK(status.st_mode):
                        continue
            if action is not FileAction.DIRECTORY:
                yield file

    def _source_error(self, step: LinkFiles, file: FileLink) -> CondaError | None:
        path = f"{step.source_dir}/{file.source}"
        try:
            status = os.lstat(path)
        except OSError:
            return CondaVerificationError(
                f"The cached package `{step.source_dir}` is damaged: its file `{file.source}` "
                "cannot be found.",
                hint="Run `conda clean --packages` to have it extracted again.",
                path=path,
            )
        if self._links.safety_checks is SafetyChecks.DISABLED or not stat.S_ISREG(status.st_mode):
            return None
        dist = step.package.dist
        if file.size is not None and status.st_size != file.size:
            return SafetyError(
                dist, file.source, expected=f"{file.size} bytes", actual=f"{status.st_size} bytes"
            )
        if self._links.extra_safety_checks and file.sha256:
            digest = file_digest(path, "sha256")
            if digest != file.sha256:
                return SafetyError(
                    dist, file.source, expected=f"sha256 {file.sha256}", actual=f"sha256 {digest}"
                )
        return None

    def _padding_error(self, file: FileLink) -> CondaError | None:
        if file.file_mode != "binary" or file.placeholder is None:
            return None
        if len(self._prefix.encode()) > len(file.placeholder.encode()):
            return PaddingError(file.target, file.placeholder, self._prefix)
        return None

    def _folder_errors(self) -> Iterator[CondaError]:
        folders = Folders(self._prefix)
        touched = {target.rpartition("/")[0] for _, target, _ in self._targets()}
        for folder in sorted(touched):
            path = os.path.join(self._prefix, folder)
            try:
                exists = folders.real(folder) is not None
            except CondaVerificationError as error:
                yield error
                continue
            if exists and not os.access(path, os.W_OK | os.X_OK):
                yield NotWritableError(path, "permission denied")
        for step in self._unlinking:
            for folder in {os.path.dirname(f"{self._prefix}/{path}") for path in step.paths}:
                if os.path.isdir(folder) and not os.access(folder, os.W_OK | os.X_OK):
                    yield NotWritableError(folder, "permission denied")


def needed_bytes(groups: tuple[StepGroup, ...]) -> int:
    """Return how much room a plan takes, at the least: blocks of files that are not linked.

    Entries of folders, and what scripts write, are not counted; a twentieth is added for them.
    """
    total = 0
    for step in _steps(groups, LinkFiles):
        copied = step.link_type == LinkKind.COPY
        total += _IN_RECORD * len(step.files)
        total += sum(
            [
                -(-(file.size or 0) // _BLOCK) * _BLOCK
                for file in step.files
                if copied or file.action in _WRITTEN
            ]
        )
    for copying in _steps(groups, CopyFiles):
        others = copying.copied
        total += sum(_size(f"{others.source}/{path}") for path in others.paths)
    return total + total // 20


def _size(path: str) -> int:
    try:
        return os.lstat(path).st_size
    except OSError:
        return 0


def _steps(groups: tuple[StepGroup, ...], kind: type[_StepKind]) -> Iterator[_StepKind]:
    for group in groups:
        for step in group.steps:
            if isinstance(step, kind):
                yield step
