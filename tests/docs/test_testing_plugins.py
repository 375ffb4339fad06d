"""The projects that pages about plugins show pass their tests."""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import conda_clone

REPOSITORY = Path(conda_clone.__file__).parents[1]
FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(
    ("page", "names", "count"),
    [
        (
            "reference/testing-plugins.md",
            ["my_plugin.py", "tests/test_my_plugin.py", "tests/test_my_solver.py"],
            28,
        ),
        ("how-to/write-plugins.md", ["conda_licences.py", "tests/test_conda_licences.py"], 3),
    ],
)
def test_the_project_of_the_page_passes_its_tests(
    tmp_path: Path, page: str, names: list[str], count: int
) -> None:
    files = dict(FILE.findall((REPOSITORY / "docs" / page).read_text("utf-8")))
    assert sorted(files) == sorted([*names, "pyproject.toml"])
    for name, text in files.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:randomly"),
            *("-p", "conda_clone.testing.pytest_plugin", "--rootdir", str(tmp_path), str(tmp_path)),
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(REPOSITORY),
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    assert f"{count} passed" in done.stdout
