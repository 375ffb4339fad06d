"""The demo must fail when the program does; stand-ins for `conda` do little or nothing."""

from pathlib import Path

import pytest

from conda_clone.testing import demo
from conda_clone.testing.channels import ChannelBuilder


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return where a stand-in for the program belongs; packing Python is left out for speed."""
    monkeypatch.setattr(
        demo, "pack_python", lambda channel: ChannelBuilder.add(channel, name="python")
    )
    monkeypatch.setattr(demo, "DISTRIBUTIONS", ("tqdm", "nothing-of-this-name"))
    return tmp_path / "conda"


def show(program: Path, script: str, *arguments: str) -> int:
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    return demo.main(["--conda", str(program), *arguments])


def test_a_failing_command_ends_it(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "demo"
    assert show(program, "echo No. >&2; exit 3", "--directory", str(folder)) == 1
    output = capsys.readouterr().out
    assert "Packed this machine's Python 1.0 and 1 distributions" in output
    assert "Left out: `nothing-of-this-name` is not installed." in output
    assert "$ conda create --yes --name demo python requests\n  No.\n  [" in output
    assert output.endswith(
        f"\nNot as expected: the command ended with status 3\nAll that was made is in {folder}\n"
    )


def test_a_command_without_effect_ends_it(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert show(program, "exit 0", "--directory", str(tmp_path / "demo")) == 1
    assert "Not as expected: this should be true: It is installed." in capsys.readouterr().out


def test_the_program_sees_only_the_folder_of_the_demo(
    program: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CONDA_PREFIX", "/elsewhere")
    folder = tmp_path / "demo"
    show(program, "env; cat $CONDA_ROOT_PREFIX/.condarc", "--directory", str(folder))
    output = capsys.readouterr().out
    assert f"  HOME={folder}/home\n" in output
    assert f"  CONDA_ROOT_PREFIX={folder}/root\n" in output
    assert "  channels: [http://127.0.0.1:" in output
    assert "CONDA_PREFIX" not in output


def test_a_missing_program_is_named(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    status = demo.main(["--conda", str(program), "--directory", str(tmp_path / "demo")])
    assert status == 1
    assert f"{program} cannot be started" in capsys.readouterr().out


def test_a_program_that_hangs_ends_it(
    program: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(demo, "_TIMEOUT", 0.1)
    assert show(program, "exec sleep 10", "--directory", str(tmp_path / "demo")) == 1
    assert "it was not done after 0.1 seconds" in capsys.readouterr().out


def test_a_folder_in_use_is_left_alone(
    program: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("precious")
    assert show(program, "exit 0", "--directory", str(tmp_path)) == 1
    assert "is not empty" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["conda", "file"]
