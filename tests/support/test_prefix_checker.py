"""The checker must see every kind of damage; each test installs by hand, then breaks one thing."""

import hashlib
import json
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest

from conda_clone.testing.packages import PLACEHOLDER, BuiltPackage, build_package
from tests.support.prefix_checker import Report, check_prefix, replacements

SITE_PACKAGES = "lib/python3.11/site-packages"


@dataclass(frozen=True)
class Installed:
    prefix: Path
    archives: Sequence[Path]

    def check(self) -> Report:
        return check_prefix(self.prefix, self.archives)


@pytest.fixture
def installed(tmp_path: Path) -> Installed:
    prefix = tmp_path / "p"
    python = build_package(tmp_path, name="python", version="3.11.7")
    native = build_native(tmp_path)
    pure = build_package(
        tmp_path,
        name="pure",
        noarch="python",
        files={"site-packages/pure.py": "x = 1\n", "python-scripts/helper": "#!/bin/sh\n"},
        entry_points=["pure = pure:main"],
    )
    write(prefix, "bin/tool", f"#!{prefix}/bin/sh -e\necho {prefix}\n").chmod(0o755)
    write(prefix, "lib/lib.so", f"ELF{prefix}/share".ljust(265, "\0") + "tail\0")
    write(prefix, "share/plain", "plain")
    (prefix / "lib/link.so").symlink_to("lib.so")
    (prefix / "var/empty").mkdir(parents=True)
    write(prefix, "bin/helper", "#!/bin/sh\n")
    write(prefix, "bin/pure", "generated")
    write(prefix, f"{SITE_PACKAGES}/pure.py", "x = 1\n")
    write(prefix, f"{SITE_PACKAGES}/__pycache__/pure.cpython-311.pyc", "code")
    write_record(prefix, python, [])
    write_record(
        prefix, native, ["bin/tool", "lib/lib.so", "lib/link.so", "share/plain", "var/empty"]
    )
    write_record(
        prefix,
        pure,
        [
            "bin/helper",
            "bin/pure",
            f"{SITE_PACKAGES}/__pycache__/pure.cpython-311.pyc",
            f"{SITE_PACKAGES}/pure.py",
        ],
    )
    return Installed(prefix, [python.path, native.path, pure.path])


def build_native(folder: Path, *, legacy_metadata: bool = False) -> BuiltPackage:
    return build_package(
        folder,
        name="native",
        files={
            "bin/tool": f"#!{PLACEHOLDER}/bin/sh -e\necho {PLACEHOLDER}\n",
            "lib/lib.so": f"ELF{PLACEHOLDER}/share\0tail\0",
            "share/plain": "plain",
        },
        executables=["bin/tool"],
        prefix_files={"bin/tool": "text", "lib/lib.so": "binary"},
        no_link=["share/plain"],
        links={"lib/link.so": "lib.so"},
        directories=["var/empty"],
        legacy_metadata=legacy_metadata,
        format="tar.bz2" if legacy_metadata else "conda",
    )


def write(prefix: Path, name: str, content: str) -> Path:
    path = prefix / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content)
    return path


def write_record(prefix: Path, package: BuiltPackage, files: Sequence[str]) -> None:
    entries = []
    for name in files:
        entry = {"_path": name.replace(SITE_PACKAGES, "site-packages", 1)}
        if (prefix / name).is_file():
            entry["sha256_in_prefix"] = hashlib.sha256((prefix / name).read_bytes()).hexdigest()
        entries.append(entry)
    record = {"files": files, "paths_data": {"paths": entries, "paths_version": 1}}
    write(prefix, f"conda-meta/{package.stem}.json", json.dumps(record))


def test_a_good_installation_has_no_problems(installed: Installed) -> None:
    report = installed.check()
    assert report.problems == []
    assert report.unowned == []
    assert (report.packages, report.files, report.relocated) == (3, 7, 2)


def test_legacy_metadata_is_understood(installed: Installed, tmp_path: Path) -> None:
    native = build_native(tmp_path / "legacy", legacy_metadata=True)
    python, _, pure = installed.archives
    assert check_prefix(installed.prefix, [python, native.path, pure]).problems == []
    (installed.prefix / "bin/tool").write_text("x")
    assert len(check_prefix(installed.prefix, [python, native.path, pure]).problems) == 2


def edit_record(prefix: Path, change: Callable[[dict[str, list[str]]], None]) -> None:
    path = prefix / "conda-meta" / "native-1.0-0.json"
    record = json.loads(path.read_bytes())
    change(record)
    path.write_text(json.dumps(record))


def link_twice(prefix: Path) -> None:
    os.link(prefix / "share/plain", prefix.parent / "second")


def replace_by_link(prefix: Path) -> None:
    (prefix / "lib/link.so").unlink()
    (prefix / "lib/link.so").symlink_to("other.so")


def replace_by_file(prefix: Path) -> None:
    (prefix / "lib/link.so").unlink()
    (prefix / "lib/link.so").write_text("")


@pytest.mark.parametrize(
    ("damage", "problems"),
    [
        pytest.param(
            lambda prefix: (prefix / "share/plain").write_text("other"),
            [
                f"share/plain: has not the digest {hashlib.sha256(b'plain').hexdigest()}",
                "the record states another digest for share/plain",
            ],
            id="content",
        ),
        pytest.param(
            lambda prefix: (prefix / "bin/tool").write_text("#!/bin/sh"),
            [
                "bin/tool: is not the packaged file with its prefix replaced (text)",
                "the record states another digest for bin/tool",
            ],
            id="text",
        ),
        pytest.param(
            lambda prefix: (prefix / "lib/lib.so").write_text(f"ELF{prefix}/share\0tail\0"),
            [
                "lib/lib.so: is not the packaged file with its prefix replaced (binary)",
                "the record states another digest for lib/lib.so",
                "the record states another digest for lib/link.so",
            ],
            id="binary",
        ),
        pytest.param(
            lambda prefix: (prefix / "bin/tool").chmod(0o644),
            ["bin/tool: has lost or won its executable bit"],
            id="mode",
        ),
        pytest.param(
            lambda prefix: (prefix / "share/plain").unlink(),
            ["share/plain: is missing"],
            id="missing",
        ),
        pytest.param(
            lambda prefix: (prefix / "var/empty").rmdir(),
            ["var/empty: is no folder"],
            id="folder",
        ),
        pytest.param(
            link_twice, ["share/plain: is linked, though it must be a copy"], id="no_link"
        ),
        pytest.param(
            replace_by_link,
            ["lib/link.so: links to other.so, not to lib.so"],
            id="link target",
        ),
        pytest.param(
            replace_by_file,
            ["lib/link.so: is no link", "the record states another digest for lib/link.so"],
            id="link",
        ),
        pytest.param(
            lambda prefix: (prefix / "conda-meta/native-1.0-0.json").unlink(),
            ["has no record"],
            id="record",
        ),
        pytest.param(
            lambda prefix: edit_record(prefix, lambda record: record["files"].remove("bin/tool")),
            [
                "the record does not list bin/tool",
                "`files` and `paths_data` of the record differ",
            ],
            id="unlisted",
        ),
        pytest.param(
            lambda prefix: edit_record(prefix, lambda record: record["files"].append("bin/more")),
            [
                "the record lists bin/more, which the package has not",
                "`files` and `paths_data` of the record differ",
                "the record lists bin/more, which is missing",
            ],
            id="too much listed",
        ),
    ],
)
def test_damage_is_named(
    installed: Installed, damage: Callable[[Path], object], problems: Sequence[str]
) -> None:
    damage(installed.prefix)
    assert installed.check().problems == [f"native-1.0-0: {problem}" for problem in problems]


def test_missing_byte_code_and_modules_at_the_wrong_place_are_named(installed: Installed) -> None:
    byte_code = f"{SITE_PACKAGES}/__pycache__/pure.cpython-311.pyc"
    (installed.prefix / byte_code).unlink()
    (installed.prefix / SITE_PACKAGES / "pure.py").rename(installed.prefix / "pure.py")
    report = installed.check()
    assert report.problems == [
        f"pure-1.0-0: {SITE_PACKAGES}/pure.py: is missing",
        f"pure-1.0-0: the record lists {byte_code}, which is missing",
    ]
    assert report.unowned == ["pure.py"]


def test_byte_code_without_its_module_is_named(installed: Installed) -> None:
    name = f"{SITE_PACKAGES}/__pycache__/other.cpython-311.pyc"
    write(installed.prefix, name, "code")
    path = installed.prefix / "conda-meta/pure-1.0-0.json"
    record = json.loads(path.read_bytes())
    record["files"].append(name)
    record["paths_data"]["paths"].append({"_path": name})
    path.write_text(json.dumps(record))
    assert installed.check().problems == [
        f"pure-1.0-0: the record lists {name}, which the package has not"
    ]


def test_records_of_other_packages_are_named(installed: Installed) -> None:
    write(installed.prefix, "conda-meta/other-1-0.json", "{}")
    problems = installed.check().problems
    assert problems == ["other-1-0: is recorded, but was not to be installed"]


def test_paths_that_packages_fight_over_can_be_left_out(installed: Installed) -> None:
    (installed.prefix / "bin/tool").chmod(0o644)
    report = check_prefix(installed.prefix, installed.archives, ignore=["bin/tool"])
    assert report.problems == []


def test_a_described_file_that_the_archive_lacks_is_named(tmp_path: Path) -> None:
    package = build_package(
        tmp_path, name="x", files={"info/files": "gone\n"}, legacy_metadata=True
    )
    write_record(tmp_path / "p", package, ["gone"])
    problems = check_prefix(tmp_path / "p", [package.path]).problems
    assert "x-1.0-0: gone: is described, but not in the archive" in problems


@pytest.mark.parametrize(
    ("content", "mode", "prefix", "expected"),
    [
        ("a=/old/b:/old", "text", "/new", "a=/new/b:/new"),
        ("#!/old/bin/python -s\nx", "text", "/new", "#!/new/bin/python -s\nx"),
        ("#!/old/bin/python -s\nx", "text", "/n w", "#!/usr/bin/env python -s\nx"),
        ("#!/old/bin/python\n/old", "text", "/" + 127 * "n", None),
        ("#!/bin/sh\n/old", "text", "/n w", "#!/bin/sh\n/n w"),
        ("/old/a:/old/b\0x\0", "binary", "/n", "/n/a:/n/b\0\0\0\0\0x\0"),
        ("/old/a without end", "binary", "/n", "/old/a without end"),
    ],
)
def test_the_rule_of_replacing(content: str, mode: str, prefix: str, expected: str | None) -> None:
    if expected is None:
        expected = f"#!/usr/bin/env python\n{prefix}"
    assert replacements(content.encode(), "/old", prefix, mode)[0] == expected.encode()


def test_other_first_lines_that_work_are_right_too() -> None:
    assert replacements(b"#!/old/bin/python -s\n/old", "/old", "/n w", "text") == [
        b"#!/usr/bin/env python -s\n/n w",
        b"#!/usr/bin/env -S python -s\n/n w",
        b"#!/bin/sh\n'''exec' \"/n w/bin/python\" -s \"$0\" \"$@\"\n' '''\n/n w",
    ]
    assert replacements(b"#!/old/bin/perl\n", "/old", "/n w", "text") == [b"#!/usr/bin/env perl\n"]
