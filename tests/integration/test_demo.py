import sys
from pathlib import Path

import pytest

from conda_clone.testing import demo

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_demo_goes_as_expected(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    program = tmp_path / "conda"
    program.write_text(
        f'#!/bin/sh\nPYTHONPATH="{REPOSITORY}" exec "{sys.executable}" -m conda_clone "$@"\n'
    )
    program.chmod(0o755)
    folder = tmp_path / "demo"
    status = demo.main(["--conda", str(program), "--directory", str(folder)])
    output = capsys.readouterr().out
    assert status == 0, output
    assert "Everything went as expected." in output
    assert f"The environment lies in   {folder}/root/envs/demo\n" in output
    assert (folder / "root/envs/demo/bin/python").is_file()
