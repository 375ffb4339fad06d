"""What is taken from a Python installation, shown on made-up ones and on the one that runs."""

import io
import re
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest
from backports import zstd

from conda_clone.testing.interpreter import (
    Interpreter,
    _relocatable,
    python_package,
    running_interpreter,
)
from conda_clone.testing.packages import PLACEHOLDER, build_package


def install(prefix: Path, files: dict[str, str], links: dict[str, str]) -> None:
    for name, content in files.items():
        path = prefix / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
        path.chmod(0o755 if name.startswith("bin/") else 0o644)
    for name, target in links.items():
        (prefix / name).symlink_to(target)


@pytest.fixture
def interpreter(tmp_path: Path) -> Interpreter:
    prefix = tmp_path / "prefix"
    install(
        prefix,
        {
            "bin/python3.12": "program",
            "bin/pydoc3.12": f"#!{prefix}/bin/python3.12\n",
            "bin/python3.12-config": f"prefix={prefix}\nlib={prefix}/lib\n",
            "bin/pip": "not ours",
            "include/python3.12/Python.h": "header",
            "lib/libpython3.12.so.1.0": "library",
            "lib/libother.so": "not ours",
            "lib/pkgconfig/python-3.12.pc": f"prefix={prefix}\n",
            "lib/pkgconfig/other.pc": "not ours",
            "lib/python3.12/os.py": f"# {prefix}",
            "lib/python3.12/__pycache__/os.cpython-312.pyc": "code",
            "lib/python3.12/_sysconfigdata__linux.py": f"x = '{prefix}/include/python3.12'\n",
            "lib/python3.12/config/libpython3.12.a": "static",
            "lib/python3.12/EXTERNALLY-MANAGED": "marker",
            "lib/python3.12/idlelib/idle.py": "",
            "lib/python3.12/json/__init__.py": "",
            "lib/python3.12/lib-dynload/_ssl.so": "extension",
            "lib/python3.12/lib-dynload/_testcapi.so": "test",
            "lib/python3.12/site-packages/pip/__init__.py": "not ours",
            "lib/python3.12/test/test_os.py": "",
        },
        {
            "lib/libpython3.12.so": "libpython3.12.so.1.0",
            "lib/python3.12/alias.py": "os.py",
            "lib/python3.12/from_elsewhere.py": "../../bin/pip",
        },
    )
    return Interpreter(
        prefix=prefix,
        version="3.12.1",
        executable=prefix / "bin/python3.12",
        folders=(prefix / "include/python3.12", prefix / "lib/python3.12"),
        library_folder=prefix / "lib",
    )


def test_only_what_is_its_own_is_taken(interpreter: Interpreter) -> None:
    fields = python_package(interpreter)
    assert sorted(fields["files"]) == [
        "bin/pydoc3.12",
        "bin/python3.12",
        "bin/python3.12-config",
        "include/python3.12/Python.h",
        "lib/libpython3.12.so.1.0",
        "lib/pkgconfig/python-3.12.pc",
        "lib/python3.12/_sysconfigdata__linux.py",
        "lib/python3.12/from_elsewhere.py",
        "lib/python3.12/json/__init__.py",
        "lib/python3.12/lib-dynload/_ssl.so",
        "lib/python3.12/os.py",
    ]
    assert (fields["name"], fields["version"]) == ("python", "3.12.1")


def test_links_lead_to_packed_files_or_become_files(interpreter: Interpreter) -> None:
    fields = python_package(interpreter)
    assert fields["links"] == {
        "bin/pydoc": "pydoc3.12",
        "bin/python": "python3.12",
        "bin/python3": "python3.12",
        "bin/python3-config": "python3.12-config",
        "lib/libpython3.12.so": "libpython3.12.so.1.0",
        "lib/python3.12/alias.py": "os.py",
    }
    copied = fields["files"]["lib/python3.12/from_elsewhere.py"]
    assert isinstance(copied, Path)
    assert copied.read_text() == "not ours"


def test_the_prefix_is_replaced_in_what_the_build_wrote_only(interpreter: Interpreter) -> None:
    fields = python_package(interpreter)
    assert fields["prefix_files"] == {
        "bin/pydoc3.12": "text",
        "bin/python3.12-config": "text",
        "lib/pkgconfig/python-3.12.pc": "text",
        "lib/python3.12/_sysconfigdata__linux.py": "text",
    }
    assert fields["files"]["bin/pydoc3.12"] == f"#!{PLACEHOLDER}/bin/python3.12\n".encode()


def test_the_program_is_executable_and_never_linked(interpreter: Interpreter) -> None:
    fields = python_package(interpreter)
    assert sorted(fields["executables"]) == [
        "bin/pydoc3.12",
        "bin/python3.12",
        "bin/python3.12-config",
    ]
    assert fields["no_link"] == ["bin/python3.12"]


def test_a_system_prefix_is_replaced_with_care() -> None:
    """`/usr` stands for much that is not Python's."""
    text = (
        "'prefix': '/usr', 'INSTALL': '/usr/bin/install -c', 'LIBDIR': '/usr/lib/x86_64-linux-gnu',"
        " 'INCLUDEPY': '/usr/include/python3.11', 'CFLAGS': '-I/usr/include/python3.11',"
        " 'TZPATH': '/usr/share/zoneinfo', 'OTHER': '/opt/usr', 'BINDIR': '/usr/bin'\n"
    )
    assert _relocatable(text.encode(), Path("/usr")).decode() == (
        f"'prefix': '{PLACEHOLDER}', 'INSTALL': '/usr/bin/install -c',"
        " 'LIBDIR': '/usr/lib/x86_64-linux-gnu',"
        f" 'INCLUDEPY': '{PLACEHOLDER}/include/python3.11',"
        f" 'CFLAGS': '-I{PLACEHOLDER}/include/python3.11',"
        " 'TZPATH': '/usr/share/zoneinfo', 'OTHER': '/opt/usr',"
        f" 'BINDIR': '{PLACEHOLDER}/bin'\n"
    )


def test_a_place_of_its_own_for_packages_is_stated(tmp_path: Path) -> None:
    (tmp_path / "python3.11").write_text("program")
    interpreter = Interpreter(
        prefix=tmp_path,
        version="3.11.2",
        executable=tmp_path / "python3.11",
        folders=(),
        library_folder=Path("/somewhere/else"),
        site_packages="lib/python3/dist-packages",
    )
    assert interpreter.packages_path == "lib/python3/dist-packages"
    index = python_package(interpreter)["index"]
    assert index == {"python_site_packages_path": "lib/python3/dist-packages"}


def test_the_running_interpreter_is_described() -> None:
    interpreter = running_interpreter()
    assert interpreter.series == "{}.{}".format(*sys.version_info)
    assert interpreter.prefix == Path(sys.base_prefix)
    assert interpreter.executable.is_file()
    assert not interpreter.executable.is_symlink()


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fields = python_package(running_interpreter())
    # Quick to pack, for what is tested here needs neither headers nor the larger part of encodings.
    fields["files"] = {
        path: content
        for path, content in fields["files"].items()
        if not re.match(r"include/|.*/(encodings/cp|ensurepip|lib2to3|pydoc_data|tkinter)", path)
    }
    return build_package(tmp_path_factory.mktemp("packed"), **fields).path


@pytest.mark.parametrize("length", [0, 200], ids=["blanks", "200 characters"])
def test_the_copy_runs_by_itself_from_anywhere(packed: Path, tmp_path: Path, length: int) -> None:
    prefix = tmp_path / "an envirönment"
    if length:
        prefix = tmp_path / ("x" * (length - len(str(tmp_path)) - 1))
        assert len(str(prefix)) == length
    with zipfile.ZipFile(packed) as archive:
        content = zstd.decompress(archive.read(f"pkg-{packed.stem}.tar.zst"))
    with tarfile.open(fileobj=io.BytesIO(content)) as tar:
        tar.extractall(prefix, filter="tar")
    code = (
        "import ssl, sqlite3, sys\n"
        "lines = [line.strip() for line in open('/proc/self/maps') if 'libpython' in line]\n"
        "print(sys.prefix, *{line.split(None, 5)[5] for line in lines}, sep='\\n')"
    )
    command = [str(prefix / "bin/python"), "-I", "-X", "utf8", "-c", code]
    done = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    home, *libraries = done.stdout.splitlines()
    assert home == str(prefix)
    assert all(library.startswith(str(prefix)) for library in libraries)
