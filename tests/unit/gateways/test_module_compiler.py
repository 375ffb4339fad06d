"""The program that interpreters of environments run to compile modules."""

import gc
import io
import marshal
import os
import py_compile
import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.gateways import module_compiler


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "good.py").write_text("x = 1\n")
    (tmp_path / "bad.py").write_text("def (\n")
    return tmp_path


def given(*names: str) -> str:
    return "".join(f"{name}.py\0out/{name}.pyc\0lib/{name}.py\0" for name in names)


def told(capfd: pytest.CaptureFixture[str]) -> list[str]:
    return sorted(capfd.readouterr().out.split())


def compile_here(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    stdin = io.TextIOWrapper(io.BytesIO(text.encode()))
    monkeypatch.setattr(sys, "stdin", stdin)
    try:
        module_compiler.main()
    finally:
        gc.enable()


def test_modules_are_compiled_where_they_are_wanted(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    compile_here(monkeypatch, given("good", "bad", "absent"))
    assert told(capfd) == ["-", "0", "1"]  # of what is absent nobody knows what it would be
    assert [path.name for path in (folder / "out").iterdir()] == ["good.pyc"]


def test_a_lack_of_memory_is_no_property_of_a_module(
    monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def compile(source: str, *_: object, **__: object) -> None:  # noqa: A001 - its name there
        raise py_compile.PyCompileError(MemoryError, MemoryError(), source)

    monkeypatch.setattr(py_compile, "compile", compile)
    compile_here(monkeypatch, given("good"))
    assert told(capfd) == ["-"]


def test_modules_can_be_named_one_by_one(folder: Path) -> None:
    asked = [sys.executable, "-I", "-S", module_compiler.__file__, module_compiler.ONE_BY_ONE]
    with subprocess.Popen(asked, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as compiler:
        assert compiler.stdin is not None
        assert compiler.stdout is not None
        answers = []
        for name in ("good", "absent", "bad"):
            compiler.stdin.write(given(name).encode())
            compiler.stdin.flush()
            answers.append(compiler.stdout.readline())
        compiler.stdin.close()
        assert compiler.stdout.read() == b""
    assert answers == [b"0\n", b"-\n", b"2\n"]
    code = marshal.loads((folder / "out/good.pyc").read_bytes()[16:])
    assert code.co_filename == "lib/good.py"


def test_processes_share_the_work(folder: Path) -> None:
    names = [f"m{number}" for number in range(130)]
    for name in names:
        (folder / f"{name}.py").write_text("")
    done = subprocess.run(
        [sys.executable, "-I", "-S", module_compiler.__file__],
        input=given(*names),
        capture_output=True,
        text=True,
        check=True,
    )
    assert sorted(map(int, done.stdout.split())) == list(range(130))
    assert len(list((folder / "out").iterdir())) == 130


def test_one_process_does_all_where_no_other_can_be_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fork() -> int:
        raise BlockingIOError(11, "Resource temporarily unavailable")

    names = [f"m{number}" for number in range(130)]
    for name in names:
        (folder / f"{name}.py").write_text("")
    monkeypatch.setattr(os, "fork", fork)
    monkeypatch.setattr(os, "cpu_count", lambda: 2)
    compile_here(monkeypatch, given(*names))
    assert len(told(capfd)) == 130
