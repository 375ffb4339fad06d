import hashlib
import io
import json
import tarfile
import zipfile
from pathlib import Path

import pytest
from backports import zstd

from conda_clone.testing.archives import ArchiveFormat, read_members, split_extension
from conda_clone.testing.packages import PLACEHOLDER, build_package


def tar_of(path: Path) -> tarfile.TarFile:
    """Read the archive without the project's own code."""
    if path.suffix == ".bz2":
        return tarfile.open(path)
    with zipfile.ZipFile(path) as archive:
        data = archive.read(f"pkg-{path.stem}.tar.zst")
    return tarfile.open(fileobj=io.BytesIO(zstd.decompress(data)))


def info_of(path: Path, name: str) -> dict[str, object]:
    value: dict[str, object] = json.loads(read_members(path)[f"info/{name}"])
    return value


def paths_of(path: Path) -> dict[str, dict[str, object]]:
    entries = info_of(path, "paths.json")["paths"]
    assert isinstance(entries, list)
    return {entry["_path"]: entry for entry in entries}


def test_the_archive_is_named_after_the_package(tmp_path: Path) -> None:
    package = build_package(tmp_path, name="a-b", version="1.2", build="py_3", build_number=3)
    assert package.fn == "a-b-1.2-py_3.conda"
    assert package.path == tmp_path / package.fn
    assert package.stem == "a-b-1.2-py_3"
    assert (package.subdir, package.record["build_number"]) == ("linux-64", 3)


def test_the_record_describes_the_archive(tmp_path: Path) -> None:
    package = build_package(tmp_path, name="x", depends=["y >=1"], constrains=["z <2"])
    data = package.path.read_bytes()
    assert package.record == {
        **info_of(package.path, "index.json"),
        "md5": hashlib.md5(data).hexdigest(),
        "sha256": hashlib.sha256(data).hexdigest(),
        "size": len(data),
    }
    assert package.record["depends"] == ["y >=1"]
    assert package.record["constrains"] == ["z <2"]


def test_the_conda_format_has_its_three_parts(tmp_path: Path) -> None:
    package = build_package(tmp_path, name="x", files={"share/x": "content"})
    with zipfile.ZipFile(package.path) as archive:
        assert archive.namelist() == [
            "metadata.json",
            "pkg-x-1.0-0.tar.zst",
            "info-x-1.0-0.tar.zst",
        ]
        assert json.loads(archive.read("metadata.json")) == {"conda_pkg_format_version": 2}
    with tar_of(package.path) as tar:
        assert tar.getnames() == ["share/x"]


@pytest.mark.parametrize("archive_format", ["conda", "tar.bz2"])
def test_members_have_their_content_mode_and_kind(
    tmp_path: Path, archive_format: ArchiveFormat
) -> None:
    source = tmp_path / "source"
    source.write_bytes(b"from disk")
    source.chmod(0o700)
    package = build_package(
        tmp_path,
        name="x",
        files={"bin/x": "#!/bin/sh\n", "lib/data": b"\0\1", "bin/copied": source},
        executables=["bin/x"],
        links={"lib/link": "data"},
        directories=["var/empty"],
        format=archive_format,
    )
    with tar_of(package.path) as tar:
        members = {member.name: member for member in tar if not member.name.startswith("info/")}
        file = tar.extractfile("bin/copied")
        assert file is not None
        assert file.read() == b"from disk"
    assert {name: (m.mode, m.type) for name, m in members.items()} == {
        "bin/copied": (0o755, tarfile.REGTYPE),
        "bin/x": (0o755, tarfile.REGTYPE),
        "lib/data": (0o644, tarfile.REGTYPE),
        "lib/link": (0o777, tarfile.SYMTYPE),
        "var/empty": (0o755, tarfile.DIRTYPE),
    }
    assert {(m.mtime, m.uid, m.gid, m.uname) for m in members.values()} == {
        (1_600_000_000, 0, 0, "")
    }


@pytest.mark.parametrize("archive_format", ["conda", "tar.bz2"])
def test_the_same_description_gives_the_same_bytes(
    tmp_path: Path, archive_format: ArchiveFormat
) -> None:
    built = [
        build_package(
            tmp_path / str(number),
            name="x",
            files={name: name for name in names},
            links={"lib/ü": "a"},
            format=archive_format,
        ).path.read_bytes()
        for number, names in enumerate((("a", "b"), ("b", "a")))
    ]
    assert built[0] == built[1]


def test_paths_json_tells_each_path(tmp_path: Path) -> None:
    package = build_package(
        tmp_path,
        name="x",
        files={"etc/x.conf": f"home={PLACEHOLDER}\n", "lib/libx.so.1": b"ELF"},
        prefix_files={"etc/x.conf": "text"},
        no_link=["lib/libx.so.1"],
        links={
            "lib/libx.so": "libx.so.1",
            "lib/libx": "libx.so",
            "lib/out": "/etc/passwd",
            "lib/loop": "loop",
        },
        directories=["var"],
    )
    digest = hashlib.sha256(b"ELF").hexdigest()
    nothing = hashlib.sha256(b"").hexdigest()
    assert len(PLACEHOLDER) == 255
    assert paths_of(package.path) == {
        "etc/x.conf": {
            "_path": "etc/x.conf",
            "path_type": "hardlink",
            "file_mode": "text",
            "prefix_placeholder": PLACEHOLDER,
            "sha256": hashlib.sha256(f"home={PLACEHOLDER}\n".encode()).hexdigest(),
            "size_in_bytes": 261,
        },
        "lib/libx": _softlink("lib/libx", digest, 3),
        "lib/libx.so": _softlink("lib/libx.so", digest, 3),
        "lib/libx.so.1": {
            "_path": "lib/libx.so.1",
            "path_type": "hardlink",
            "no_link": True,
            "sha256": digest,
            "size_in_bytes": 3,
        },
        "lib/loop": _softlink("lib/loop", nothing, 0),
        "lib/out": _softlink("lib/out", nothing, 0),
        "var": {"_path": "var", "path_type": "directory"},
    }


def _softlink(path: str, digest: str, size: int) -> dict[str, object]:
    return {"_path": path, "path_type": "softlink", "sha256": digest, "size_in_bytes": size}


def test_legacy_metadata_replaces_paths_json(tmp_path: Path) -> None:
    package = build_package(
        tmp_path,
        name="x",
        files={"bin/x": b"/old", "bin/y": b"/old", "z": b""},
        prefix_files={"bin/y": "binary", "bin/x": "text"},
        placeholder="/old",
        no_link=["z"],
        legacy_metadata=True,
        format="tar.bz2",
    )
    members = read_members(package.path)
    assert "info/paths.json" not in members
    assert members["info/files"] == b"bin/x\nbin/y\nz\n"
    assert members["info/has_prefix"] == b'"/old" "text" "bin/x"\n"/old" "binary" "bin/y"\n'
    assert members["info/no_link"] == b"z\n"


def test_legacy_metadata_of_a_plain_package_is_the_list_of_files(tmp_path: Path) -> None:
    package = build_package(tmp_path, name="x", files={"a": ""}, legacy_metadata=True)
    names = sorted(read_members(package.path, only_info=True))
    assert names == ["info/about.json", "info/files", "info/index.json"]


def test_noarch_python_lists_its_entry_points(tmp_path: Path) -> None:
    package = build_package(
        tmp_path,
        name="x",
        noarch="python",
        entry_points=["x = x.cli:main"],
        files={"site-packages/x/cli.py": "def main(): ..."},
    )
    assert (package.subdir, package.record["noarch"]) == ("noarch", "python")
    assert info_of(package.path, "link.json") == {
        "noarch": {"type": "python", "entry_points": ["x = x.cli:main"]},
        "package_metadata_version": 1,
    }


def test_scripts_menus_and_activation_files_lie_where_the_tool_looks(tmp_path: Path) -> None:
    package = build_package(
        tmp_path,
        name="x",
        link_scripts={"post-link": "exit 0\n"},
        menus={"x.json": {"menu_name": "X"}},
        activate={"x.sh": "export X=1\n"},
        deactivate={"x.sh": "unset X\n"},
        run_exports={"weak": ["x >=1"]},
        about={"summary": "An example"},
        track_features="feature",
        index={"license": "MIT", "python_site_packages_path": "lib/site"},
    )
    with tar_of(package.path) as tar:
        assert {member.name: member.mode for member in tar} == {
            "Menu/x.json": 0o644,
            "bin/.x-post-link.sh": 0o755,
            "etc/conda/activate.d/x.sh": 0o644,
            "etc/conda/deactivate.d/x.sh": 0o644,
        }
    assert info_of(package.path, "run_exports.json") == {"weak": ["x >=1"]}
    assert info_of(package.path, "about.json") == {"summary": "An example"}
    assert package.record["track_features"] == "feature"
    assert package.record["license"] == "MIT"
    assert package.record["python_site_packages_path"] == "lib/site"


def test_another_extension_is_no_archive() -> None:
    with pytest.raises(ValueError, match=r"`x-1-0.zip` does not end in"):
        split_extension("x-1-0.zip")
