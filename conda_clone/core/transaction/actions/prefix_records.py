"""Write the records of packages for `conda-meta`, as `json.dumps` does with an indent of two.

The standard encoder leaves its compiled half aside when it indents, and msgspec takes longer to be
loaded than a record of 8,400 files takes to be put together of texts.
"""

import json
import json.encoder
from collections.abc import Iterator, Mapping
from itertools import chain, islice

from conda_clone.core.transaction.actions.action import Findings, Workplace
from conda_clone.core.transaction.steps import FileLink, WriteRecord
from conda_clone.gateways.disk.write import write_new
from conda_clone.models.record_json import record_to_json
from conda_clone.models.records import LinkInfo, PrefixRecord

__all__ = ["stage_record"]

_quoted = json.encoder.encode_basestring
_FACT = ",\n        "
# Texts that are written at once: memory that is used again costs less than new pages.
_BLOCK = 256


def stage_record(step: WriteRecord, work: Workplace) -> None:
    """Write the record of a package, with what staging it found out."""
    work.late_digests.finish()
    findings = work.findings(step.package.dist)
    data = record_to_json(_installed_record(step, findings))
    target = f"conda-meta/{step.record.dist_name}.json"
    work.stage.place(target, lambda path: write_new(path, _blocks(_record(data, step, findings))))


def _blocks(texts: Iterator[str]) -> Iterator[bytes]:
    while block := "".join(islice(texts, _BLOCK)):
        yield block.encode()


def _record(data: Mapping[str, object], step: WriteRecord, findings: Findings) -> Iterator[str]:
    """Yield the text of a record in parts, keys in order."""
    before = "{\n  "
    for key in sorted(data):
        yield f"{before}{_quoted(key)}: "
        before = ",\n  "
        if key == "paths_data":
            yield from _paths(step, findings)
        else:
            yield from _member(data[key])
    yield "\n}\n"


def _member(value: object) -> Iterator[str]:
    """Yield the text of what the record has under one key."""
    if isinstance(value, str):
        yield _quoted(value)
    elif type(value) is int:
        yield str(value)
    elif isinstance(value, list) and value and set(map(type, value)) == {str}:
        before = "[\n    "
        for text in value:
            yield before + _quoted(text)
            before = ",\n    "
        yield "\n  ]"
    else:
        text = json.dumps(value, ensure_ascii=False, indent=2, sort_keys=True)
        yield text.replace("\n", "\n  ")  # what is quoted holds no line breaks


def _paths(step: WriteRecord, findings: Findings) -> Iterator[str]:
    before = '{\n    "paths": [\n      '
    # What is in a package keeps its packaged name here, as other tools have it.
    for entry in chain(_packaged(step, findings), _generated(step, findings)):
        yield before + entry
        before = ",\n      "
    end = "\n    ]" if before.startswith(",") else '{\n    "paths": []'
    yield f'{end},\n    "paths_version": 1\n  }}'


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


def _packaged(step: WriteRecord, findings: Findings) -> Iterator[str]:
    digests = findings.digests
    for file in step.files:
        source, target, _, kind, digest, size, placeholder, _, is_copied = file
        is_odd = kind != "hardlink" or placeholder or is_copied or target in digests
        if is_odd or not digest or size is None:
            yield _entry(_facts(file, digests))
            continue
        stated = _quoted(digest)
        yield (
            f'{{\n        "_path": {_quoted(source)}{_FACT}"path_type": "hardlink"'
            f'{_FACT}"sha256": {stated}{_FACT}"sha256_in_prefix": {stated}'
            f'{_FACT}"size_in_bytes": {size}\n      }}'
        )


def _facts(file: FileLink, digests: Mapping[str, str]) -> dict[str, object]:
    """Return what there is to say about any packaged file; see `PrefixPath`."""
    is_file = file.path_type == "hardlink"
    return {
        "_path": file.source,
        "file_mode": file.file_mode or None,
        "no_link": file.no_link or None,
        "path_type": file.path_type,
        "prefix_placeholder": file.placeholder or None,
        "sha256": file.sha256 or None,
        "sha256_in_prefix": (digests.get(file.target, file.sha256) or None) if is_file else None,
        "size_in_bytes": file.size,
    }


def _generated(step: WriteRecord, findings: Findings) -> Iterator[str]:
    sizes = findings.sizes
    found = [*((path, "pyc_file") for path in findings.compiled), *_scripts(step)]
    for path, kind in found:
        yield _entry({"_path": path, "path_type": kind, "size_in_bytes": sizes.get(path)})


def _entry(facts: Mapping[str, object]) -> str:
    lines = [
        # Numbers, and `True`, which JSON has in lower case.
        f'"{key}": {_quoted(fact) if isinstance(fact, str) else str(fact).lower()}'
        for key, fact in facts.items()
        if fact is not None
    ]
    return f"{{\n        {_FACT.join(lines)}\n      }}"


def _scripts(step: WriteRecord) -> Iterator[tuple[str, str]]:
    """Yield the files that entry points become, and what records call them."""
    for script in step.scripts:
        if script.launcher is None:
            yield script.target, "unix_python_entry_point"
        else:
            yield script.target, "windows_python_entry_point_script"
            yield script.launcher, "windows_python_entry_point_exe"
