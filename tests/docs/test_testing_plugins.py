"""The project that the page about testing plugins shows passes its tests."""

import os
import re
import subprocess
import sys
from pathlib import Path

import conda_clone

REPOSITORY = Path(conda_clone.__file__).parents[1]
PAGE = REPOSITORY / "docs" / "reference" / "testing-plugins.md"
FILE = re.compile(r"^`([\w./-]+)`:\n\n```\w+\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_project_of_the_page_passes_its_tests(tmp_path: Path) -> None:
    files = dict(FILE.findall(PAGE.read_text("utf-8")))
    assert sorted(files) == [
        "my_plugin.py",
        "pyproject.toml",
        "tests/test_my_plugin.py",
        "tests/test_my_solver.py",
    ]
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
    assert "21 passed" in done.stdout
