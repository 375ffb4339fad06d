"""Write the records of packages for `conda-meta`."""

from collections.abc import Iterator

import msgspec  # records are written by every transaction; 20 times faster than json with indent

from conda_clone.core.transaction.actions.action import Findings, Workplace
from conda_clone.core.transaction.steps import FileLink, WriteRecord
from conda_clone.gateways.disk.write import write_new
from conda_clone.models.record_json import record_to_json
from conda_clone.models.records import LinkInfo, PrefixPath, PrefixRecord

__all__ = ["installed_record", "stage_record"]


def stage_record(step: WriteRecord, work: Workplace) -> None:
    """Write the record of a package, with what staging it found out."""
    record = installed_record(step, work.findings(step.package.dist))
    encoded = msgspec.json.encode(record_to_json(record), order="sorted")
    text = msgspec.json.format(encoded, indent=2) + b"\n"
    target = f"conda-meta/{step.record.dist_name}.json"
    work.stage.place(target, lambda path: write_new(path, text))


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
