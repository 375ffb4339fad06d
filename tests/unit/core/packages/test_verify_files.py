"""An extracted package against its own list of files (A62 of spec/reliability.md)."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conda_clone.core.packages.verify import verify_files
from conda_clone.errors import CondaVerificationError
from conda_clone.gateways.archives.extract import extract_archive
from tests.support.tar_bytes import file, hard_link, pax, symlink, tar_bz2

TOOL = b"#!/bin/sh\n"
SPARSE = {
    "GNU.sparse.size": "100",
    "GNU.sparse.numblocks": "1",
    "GNU.sparse.map": "96,4",
    "GNU.sparse.name": "holes",
}
MEMBERS = [
    file(b"bin/tool", TOOL),
    hard_link(b"bin/same", b"bin/tool"),
    symlink(b"bin/alias", b"tool"),
    pax(SPARSE) + file(b"GNUSparseFile.0/holes", b"tail"),
    hard_link(b"holes2", b"holes"),
]
SHA256 = sha256(TOOL).hexdigest()


def listed(path: str, **more: Any) -> dict[str, Any]:
    return {"_path": path, "path_type": "hardlink", **more}


def verify(tmp_path: Path, listing: object) -> None:
    text = listing if isinstance(listing, bytes) else json.dumps(listing).encode()
    archive = tar_bz2(tmp_path, file(b"info/paths.json", text), *MEMBERS)
    out = tmp_path / "out"
    verify_files(archive, str(out), extract_archive(archive, str(out)))


def test_what_agrees_is_accepted(tmp_path: Path) -> None:
    holes = sha256(bytes(96) + b"tail").hexdigest()
    paths = [
        listed("bin/tool", sha256=SHA256, size_in_bytes=len(TOOL)),
        listed("bin/tool", sha256=SHA256, size_in_bytes=len(TOOL)),
        listed("bin/same", sha256=SHA256.upper()),
        listed("bin/alias", path_type="softlink", sha256=SHA256),
        listed("holes", sha256=holes, size_in_bytes=100),
        listed("holes2", sha256=holes, size_in_bytes=100),
        {"_path": "bin/tool", "path_type": "hardlink", "sha256": SHA256, "size_in_bytes": 10},
        listed("empty", path_type="directory"),
    ]
    verify(tmp_path, {"paths": paths, "paths_version": 1})


def test_a_link_that_became_a_file_is_accepted(tmp_path: Path) -> None:
    verify(tmp_path, {"paths": [listed("bin/same", path_type="softlink", sha256=SHA256)]})


@pytest.mark.parametrize("listing", [b"not json", b"[]", b'{"paths": 5}', b'{"paths": [5, {}]}'])
def test_lists_that_are_none_are_told_when_linking(tmp_path: Path, listing: bytes) -> None:
    verify(tmp_path, listing)


@pytest.mark.parametrize(
    ("entry", "reason"),
    [
        (listed("bin/none"), "`bin/none` is listed, and not in it"),
        (listed("../outside"), "`../outside` is listed, and not in it"),
        (listed("/etc/passwd"), "`/etc/passwd` is listed, and not in it"),
        (listed("bin/none", path_type="softlink"), "`bin/none` is listed, and not in it"),
        (listed("bin/alias", sha256=SHA256), "`bin/alias` is a symbolic link"),
        (listed("bin/tool", size_in_bytes=9), "`bin/tool` has another size"),
        (listed("bin/tool", sha256="0" * 64), "`bin/tool` has another content"),
        (listed("holes", sha256="0" * 64), "`holes` has another content"),
        (listed("holes", size_in_bytes=4), "`holes` has another size"),
    ],
)
def test_what_differs_is_refused(tmp_path: Path, entry: dict[str, Any], reason: str) -> None:
    with pytest.raises(CondaVerificationError) as caught:
        verify(tmp_path, {"paths": [listed("bin/same"), entry]})
    assert reason in caught.value.message


def test_one_path_cannot_be_listed_in_two_ways(tmp_path: Path) -> None:
    entries = [listed("bin/tool", file_mode="text"), listed("bin/tool", file_mode="binary")]
    with pytest.raises(CondaVerificationError, match="in two ways"):
        verify(tmp_path, {"paths": entries})


def test_a_listed_path_does_nothing_to_the_terminal_that_it_is_shown_on(tmp_path: Path) -> None:
    with pytest.raises(CondaVerificationError) as caught:
        verify(tmp_path, {"paths": [listed("a\x1b[2J\nb")]})
    assert caught.value.message.endswith(r"says: `a\x1b[2J\nb` is listed, and not in it.")
