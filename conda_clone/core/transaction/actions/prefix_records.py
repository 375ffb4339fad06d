"""Write and remove the records of packages in `conda-meta`."""

from collections.abc import Iterator

import msgspec  # records are written by every transaction; 20 times faster than json with indent

from conda_clone.core.transaction.actions.action import Action, Findings, Moves, Workplace
from conda_clone.core.transaction.actions.placement import Placement
from conda_clone.core.transaction.steps import FileLink, RemoveRecord, WriteRecord
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.models.record_json import record_to_json
from conda_clone.models.records import LinkInfo, PrefixPath, PrefixRecord

__all__ = ["RemoveRecordAction", "WriteRecordAction", "installed_record"]


class RemoveRecordAction(Action):
    """Performs `RemoveRecord`."""

    def __init__(self, step: RemoveRecord, workplace: Workplace) -> None:
        self._step = step
        self._work = workplace
        self._moves = Moves()

    def execute(self) -> None:
        """Put the record aside; one that is gone already is fine."""
        path = self._work.path(f"conda-meta/{self._step.file_name}")
        try:
            self._moves.move(path, self._work.place_aside())
        except FileNotFoundError:
            self._moves.undo()

    def reverse(self) -> None:
        """Put the record back."""
        self._moves.undo()


class WriteRecordAction(Action):
    """Performs `WriteRecord`."""

    def __init__(self, step: WriteRecord, workplace: Workplace) -> None:
        self._step = step
        self._work = workplace
        self._target = f"conda-meta/{step.record.dist_name}.json"
        self._placement = Placement(workplace, step.package.dist, frozenset({self._target}))

    def execute(self) -> None:
        """Write the record, with what linking found out."""
        record = installed_record(self._step, self._work.findings(self._step.package.dist))
        encoded = msgspec.json.encode(record_to_json(record), order="sorted")
        text = msgspec.json.format(encoded, indent=2) + b"\n"
        write_atomically(self._placement.room_for(self._target), text, sync=False)

    def reverse(self) -> None:
        """Remove the record."""
        self._placement.undo()


def installed_record(step: WriteRecord, findings: Findings) -> PrefixRecord:
    """Return the record of a package that has been linked."""
    files = [file.target for file in step.files]
    files += findings.compiled
    files += (path for path in _generated(step) if path in findings.sizes)
    return PrefixRecord.from_cache(
        step.record,
        files=tuple(files),
        paths=tuple(_details(step, findings)),
        link=LinkInfo(step.record.extracted_package_dir, step.link_type),
        requested_specs=step.requested_specs,
    )


def _generated(step: WriteRecord) -> Iterator[str]:
    for script in step.scripts:
        yield script.target
        if script.launcher is not None:
            yield script.launcher


def _details(step: WriteRecord, findings: Findings) -> Iterator[PrefixPath]:
    """Yield the details of all paths; those of the package under their packaged names."""
    for file in step.files:
        yield PrefixPath(
            file.source,
            file.path_type,
            sha256=file.sha256,
            sha256_in_prefix=_digest_in_prefix(file, findings),
            size_in_bytes=file.size,
            file_mode=file.file_mode,
            prefix_placeholder=file.placeholder,
            no_link=file.no_link,
        )
    for path in findings.compiled:
        yield PrefixPath(path, "pyc_file", size_in_bytes=findings.sizes.get(path))
    for script in step.scripts:
        kind = "unix_python_entry_point"
        if script.launcher is not None:
            kind = "windows_python_entry_point_script"
        yield PrefixPath(script.target, kind, size_in_bytes=findings.sizes.get(script.target))
        if script.launcher is not None:
            size = findings.sizes.get(script.launcher)
            yield PrefixPath(script.launcher, "windows_python_entry_point_exe", size_in_bytes=size)


def _digest_in_prefix(file: FileLink, findings: Findings) -> str | None:
    if file.path_type != "hardlink":
        return None
    return findings.digests.get(file.target, file.sha256)
