"""The text of records: that of `json.dumps` with an indent of two, which other tools write."""

import json
from pathlib import Path

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.actions.prefix_records import stage_record
from conda_clone.core.transaction.steps import (
    EntryPointScript,
    FileAction,
    FileLink,
    PackageId,
    WriteRecord,
)
from conda_clone.models.records import PackageCacheRecord
from tests.support.records import record
from tests.support.transactions import Recorder

PACKAGE = PackageId("a", "1.0", 0, "main/linux-64::a-1.0-0")


def staged(tmp_path: Path, *files: FileLink, **findings: object) -> str:
    """Return the text of the record of a package with these files."""
    cached = PackageCacheRecord.from_record(
        record("a", "1.0", depends=["b >=1", 'c ="x"'], license="GPL \N{COPYRIGHT SIGN}"),
        extracted_package_dir='/pkgs/a "quoted"',
        package_tarball_full_path="",
    )
    work = Workplace(
        str(tmp_path / "env"),
        str(tmp_path),
        root_prefix="/root",
        environ={},
        reporter=Recorder(),
        is_new=True,
    )
    for name, value in findings.items():
        setattr(work.findings(PACKAGE.dist), name, value)
    step = WriteRecord(
        package=PACKAGE,
        record=cached,
        files=files,
        scripts=(EntryPointScript("bin/tool", "a", "main"),) if findings else (),
        link_type=1,
        requested_specs=(),
    )
    stage_record(step, work)
    return (tmp_path / "conda-meta/a-1.0-0.json").read_text("utf-8")


def test_a_record_is_indented_sorted_and_says_what_there_is_to_say(tmp_path: Path) -> None:
    text = staged(
        tmp_path,
        FileLink("lib/a\n", "lib/a\n", FileAction.LINK, "hardlink", "aa", 1),
        FileLink("é", "é", FileAction.COPY, "hardlink", "bb", 0, no_link=True),
        FileLink("p", "p", FileAction.RELOCATE, "hardlink", "cc", 2, "/old", "text"),
        FileLink("link", "link", FileAction.LINK, "softlink", "dd", 3),
        FileLink("plain", "plain", FileAction.LINK),
        digests={"p": "ee"},
        sizes={"bin/tool": 7, "a.pyc": 8},
        compiled=["a.pyc"],
    )
    data = json.loads(text)
    assert text == json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert data["files"] == ["lib/a\n", "é", "p", "link", "plain", "a.pyc", "bin/tool"]
    assert data["depends"] == ["b >=1", 'c ="x"']
    assert data["extracted_package_dir"] == '/pkgs/a "quoted"'
    assert data["link"] == {"source": '/pkgs/a "quoted"', "type": 1}
    same = {"path_type": "hardlink"}
    assert data["paths_data"] == {
        "paths": [
            {**same, "_path": "lib/a\n", "sha256": "aa", "sha256_in_prefix": "aa"}
            | {"size_in_bytes": 1},
            {**same, "_path": "é", "sha256": "bb", "sha256_in_prefix": "bb"}
            | {"size_in_bytes": 0, "no_link": True},
            {**same, "_path": "p", "sha256": "cc", "sha256_in_prefix": "ee"}
            | {"size_in_bytes": 2, "prefix_placeholder": "/old", "file_mode": "text"},
            {"_path": "link", "path_type": "softlink", "sha256": "dd", "size_in_bytes": 3},
            {**same, "_path": "plain"},
            {"_path": "a.pyc", "path_type": "pyc_file", "size_in_bytes": 8},
            {"_path": "bin/tool", "path_type": "unix_python_entry_point", "size_in_bytes": 7},
        ],
        "paths_version": 1,
    }


def test_a_package_without_files_has_a_record_as_well(tmp_path: Path) -> None:
    text = staged(tmp_path)
    data = json.loads(text)
    assert text == json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert (data["files"], data["paths_data"]) == ([], {"paths": [], "paths_version": 1})


def test_a_record_of_many_files_is_whole(tmp_path: Path) -> None:
    files = [FileLink(f"f{n}", f"f{n}", FileAction.LINK, "hardlink", "aa", n) for n in range(3000)]
    text = staged(tmp_path, *files)
    data = json.loads(text)
    assert text == json.dumps(data, indent=2, sort_keys=True, ensure_ascii=False) + "\n"
    assert data["files"] == [file.target for file in files]
    assert [entry["size_in_bytes"] for entry in data["paths_data"]["paths"]] == [*range(3000)]
