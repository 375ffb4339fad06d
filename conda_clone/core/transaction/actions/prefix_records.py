"""Write the records of packages for `conda-meta`."""

from collections.abc import Iterator

import msgspec  # records are written by every transaction; 20 times faster than json with indent

from conda_clone.core.transaction.actions.action import Findings, Workplace
from conda_clone.core.transaction.steps import FileLink, WriteRecord
from conda_clone.gateways.disk.write import write_new
from conda_clone.models.record_json import record_to_json
from conda_clone.models.records import LinkInfo, PrefixRecord

__all__ = ["stage_record"]


class _Entry(msgspec.Struct, gc=False, omit_defaults=True):
    """What a record says about one path; see `PrefixPath`, which is what others read of it.

    Nothing is worked out for a path of which there is nothing to say: a record of 8,400 files is
    written in half of the time that values and dictionaries for each of them take.
    """

    path: str = msgspec.field(name="_path")
    file_mode: str | None = None
    no_link: bool = False
    path_type: str = ""
    prefix_placeholder: str | None = None
    sha256: str | None = None
    sha256_in_prefix: str | None = None
    size_in_bytes: int | None = None


def stage_record(step: WriteRecord, work: Workplace) -> None:
    """Write the record of a package, with what staging it found out."""
    findings = work.findings(step.package.dist)
    data = record_to_json(_installed_record(step, findings))
    # What is in a package keeps its packaged name here, as other tools have it.
    entries = [*_packaged(step, findings), *_generated(step, findings)]
    data["paths_data"] = {"paths": entries, "paths_version": 1}
    text = msgspec.json.format(msgspec.json.encode(data, order="sorted"), indent=2) + b"\n"
    target = f"conda-meta/{step.record.dist_name}.json"
    work.stage.place(target, lambda path: write_new(path, text))


def _installed_record(step: WriteRecord, findings: Findings) -> PrefixRecord:
    """Return the record of a package that has been linked, without details of its files."""
    files = [file.target for file in step.files]
    files += findings.compiled
    files += (path for path, _ in _scripts(step) if path in findings.sizes)
    return PrefixRecord.from_cache(
        step.record,
        files=tuple(files),
        paths=(),
        link=LinkInfo(step.record.extracted_package_dir, step.link_type),
        requested_specs=step.requested_specs,
    )


def _packaged(step: WriteRecord, findings: Findings) -> list[_Entry]:
    digests = findings.digests
    return [
        _Entry(
            file.source,
            file.file_mode or None,
            file.no_link,
            file.path_type,
            file.placeholder or None,
            file.sha256 or None,
            _digest_in_prefix(file, digests),
            file.size,
        )
        for file in step.files
    ]


def _digest_in_prefix(file: FileLink, digests: dict[str, str]) -> str | None:
    if file.path_type != "hardlink":
        return None
    return digests.get(file.target, file.sha256) or None


def _generated(step: WriteRecord, findings: Findings) -> Iterator[_Entry]:
    sizes = findings.sizes
    for path in findings.compiled:
        yield _Entry(path, path_type="pyc_file", size_in_bytes=sizes.get(path))
    for path, kind in _scripts(step):
        yield _Entry(path, path_type=kind, size_in_bytes=sizes.get(path))


def _scripts(step: WriteRecord) -> Iterator[tuple[str, str]]:
    """Yield the files that entry points become, and what records call them."""
    for script in step.scripts:
        if script.launcher is None:
            yield script.target, "unix_python_entry_point"
        else:
            yield script.target, "windows_python_entry_point_script"
            yield script.launcher, "windows_python_entry_point_exe"
