"""Packages whose metadata lies (A50, A61 to A64 of spec/reliability.md, section 3e)."""

import bz2
import json
import os
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from conda_clone.errors import CondaError
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.records import PackageCacheRecord, PackageRecord
from tests.support.package_caches import cache_at
from tests.support.tar_bytes import END, file, folder, symlink, tar_bz2
from tests.support.transactions import CHANNEL, Workshop

PLACEHOLDER = "/opt/placeholder_placeholder_placeholder_placeholder_placeholder"
LONG = "/" + "p" * 300


def record(**changes: Any) -> PackageRecord:
    entry = {"name": "x", "version": "1", "build": "0", "build_number": 0, "depends": []}
    fn = changes.pop("fn", "x-1-0.tar.bz2")
    url = f"{CHANNEL.base_url}/linux-64"
    return record_from_repodata(
        {**entry, "sha256": "0" * 64, **changes},
        fn=fn,
        channel=CHANNEL,
        subdir="linux-64",
        base_url=url,
    )


def package(
    root: Path,
    paths: list[dict[str, Any]],
    files: dict[str, bytes] | None = None,
    *,
    link: object = None,
    index: dict[str, str] | None = None,
) -> str:
    """Write an archive of these files that says this about them."""
    stated = {
        "name": "x",
        "version": "1",
        "build": "0",
        "build_number": 0,
        "depends": [],
        **(index or {}),
    }
    described = {
        "info/index.json": json.dumps(stated).encode(),
        "info/paths.json": json.dumps({"paths": paths, "paths_version": 1}).encode(),
        **({} if link is None else {"info/link.json": json.dumps(link).encode()}),
        **(files or {}),
    }
    members = [file(name.encode(), content) for name, content in described.items()]
    path = root / "x-1-0.tar.bz2"
    path.write_bytes(bz2.compress(b"".join(members) + END))
    return str(path)


def install(root: Path, archive: str, wanted: PackageRecord) -> PackageCacheRecord:
    """Bring a package into a cache, and from there into an environment."""
    (root / "pkgs").mkdir(exist_ok=True)
    cached = cache_at(root / "pkgs").add(wanted, archive)
    Workshop(root).install(cached)
    return cached


def refusal(root: Path, archive: str, wanted: PackageRecord | None = None) -> str:
    """Return what is said; make sure that nothing is left of the package."""
    (root / "canary").write_text("alive")
    with pytest.raises(CondaError) as caught:
        install(root, archive, wanted or record())
    assert (root / "canary").read_text() == "alive"
    assert {path.name for path in root.iterdir()} <= {"canary", "pkgs", "x-1-0.tar.bz2", "home"}
    return caught.value.message


def listed(path: str, content: bytes = b"text", **more: Any) -> dict[str, Any]:
    size = len(content)
    digest = sha256(content).hexdigest()
    return {"_path": path, "path_type": "hardlink", "sha256": digest, "size_in_bytes": size, **more}


def test_a50_a_script_that_changes_its_own_files_changes_no_other(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    changes = 'for f in copied relocated; do echo evil >> "$PREFIX/share/$f"; done\n'
    self_changing = workshop.package(
        name="x",
        files={"share/copied": "own", "share/relocated": PLACEHOLDER},
        no_link=["share/copied"],
        prefix_files={"share/relocated": "text"},
        placeholder=PLACEHOLDER,
        link_scripts={"post-link": changes},
    )
    workshop.install(self_changing)
    assert (workshop.prefix / "share/copied").read_text() == "ownevil\n"
    cached = Path(self_changing.extracted_package_dir, "share")
    assert (cached / "copied").read_text() == "own"
    assert (cached / "relocated").read_text() == PLACEHOLDER


@pytest.mark.parametrize("key", ["name", "version", "build"])
def test_a61_an_index_inside_that_names_another_package_is_refused(
    tmp_path: Path, key: str
) -> None:
    archive = package(tmp_path, [], index={key: "other"})
    assert "holds the package" in refusal(tmp_path, archive)


@pytest.mark.parametrize(
    "entry",
    [
        listed("../canary"),
        listed("share/../../canary"),
        listed("/canary"),
        listed("share/missing"),
        listed("share/x", b"another"),
        listed("share/x", size_in_bytes=5),
        listed("share/x", path_type="softlink!"),
        listed("conda-meta/history"),
        listed("C:\\x"),
        listed(""),
    ],
    ids=lambda entry: entry["_path"],
)
def test_a62_a_list_of_other_files_is_refused(tmp_path: Path, entry: dict[str, Any]) -> None:
    files = {"share/x": b"text"}
    entries = [entry] if entry["_path"] == "share/x" else [listed("share/x"), entry]
    refusal(tmp_path, package(tmp_path, entries, files))


def test_a62_a_path_may_not_be_listed_in_two_ways(tmp_path: Path) -> None:
    entries = [listed("share/x"), listed("share/x", no_link=True)]
    message = refusal(tmp_path, package(tmp_path, entries, {"share/x": b"text"}))
    assert "listed in two ways" in message


@pytest.mark.parametrize("odd", [folder, lambda name: symlink(name, name.rpartition(b"/")[2])])
@pytest.mark.parametrize("name", ["paths.json", "files", "link.json"])
def test_a62_a_list_that_is_no_file_is_refused(
    tmp_path: Path, name: str, odd: Callable[[bytes], bytes]
) -> None:
    archive = tar_bz2(tmp_path, odd(f"info/{name}".encode()))
    assert f"`info/{name}` cannot be used: it cannot be read" in refusal(tmp_path, archive)


def test_a62_a_file_that_is_not_listed_is_not_installed(tmp_path: Path) -> None:
    files = {"share/x": b"text", "share/extra": b"evil"}
    install(tmp_path, package(tmp_path, [listed("share/x")], files), record())
    assert os.listdir(tmp_path / "env/share") == ["x"]


@pytest.mark.parametrize(
    "entry_point",
    [
        "../../canary = m:f",
        "a/b = m:f",
        "/bin/sh = m:f",
        "c = m:f\nimport evil",
        "c = m;import evil:f",
        "c = m:f()",
        "c = m:",
        "c",
        ".. = m:f",
    ],
)
def test_a63_an_entry_point_that_leads_elsewhere_is_refused(
    tmp_path: Path, entry_point: str
) -> None:
    link = {"noarch": {"type": "python", "entry_points": [entry_point]}}
    archive = package(tmp_path, [], link=link, index={"noarch": "python"})
    refusal(tmp_path, archive, record(noarch="python"))


@pytest.mark.parametrize(
    "fn", ["../../x-1-0.tar.bz2", "/x-1-0.tar.bz2", "..tar.bz2", "x-1-0\0.tar.bz2", "a\\b.tar.bz2"]
)
def test_a63_a_file_name_that_leads_out_of_the_cache_is_refused(tmp_path: Path, fn: str) -> None:
    with pytest.raises(CondaError):
        install(tmp_path, package(tmp_path, []), record(fn=fn))


@pytest.mark.parametrize("field", ["name", "version", "build"])
@pytest.mark.parametrize("value", ["../../canary", "a/b", "a\0b"])
def test_a63_a_record_that_names_a_path_writes_nothing_outside(
    tmp_path: Path, field: str, value: str
) -> None:
    archive = package(tmp_path, [], index={field: value})
    with pytest.raises((CondaError, ValueError)):
        install(tmp_path, archive, record(**{field: value}))
    assert not (tmp_path / "canary").exists()


def test_a64_an_empty_placeholder_replaces_nothing(tmp_path: Path) -> None:
    entry = listed("share/x", prefix_placeholder="", file_mode="text")
    install(tmp_path, package(tmp_path, [entry], {"share/x": b"text"}), record())
    assert (tmp_path / "env/share/x").read_text() == "text"


def test_a64_a_placeholder_longer_than_the_file_is_not_found_in_it(tmp_path: Path) -> None:
    entry = listed("share/x", prefix_placeholder=LONG, file_mode="binary")
    install(tmp_path, package(tmp_path, [entry], {"share/x": b"text"}), record())
    assert (tmp_path / "env/share/x").read_bytes() == b"text"


def test_a64_a_binary_without_room_for_the_prefix_is_refused(tmp_path: Path) -> None:
    content = b"\0/p\0"
    entry = listed("share/x", content, prefix_placeholder="/p", file_mode="binary")
    message = refusal(tmp_path, package(tmp_path, [entry], {"share/x": content}))
    assert "share/x" in message


def test_a64_a_placeholder_of_one_letter_is_refused(tmp_path: Path) -> None:
    entry = listed("share/x", b"a/b", prefix_placeholder="/", file_mode="text")
    message = refusal(tmp_path, package(tmp_path, [entry], {"share/x": b"a/b"}))
    assert "placeholder" in message
