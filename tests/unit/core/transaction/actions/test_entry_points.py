import os
import subprocess
from pathlib import Path

import pytest

from conda_clone.core.transaction.actions.entry_points import launcher_text, script_text
from conda_clone.core.transaction.errors import LinkError
from conda_clone.core.transaction.steps import EntryPointScript
from tests.support.transactions import PYTHON_SERIES, Workshop

SCRIPT = EntryPointScript("bin/tool", "tool.cli", "Main.run")


def test_scripts_import_the_first_part_of_the_function() -> None:
    assert script_text(SCRIPT, "#!/env/bin/python\n") == (
        "#!/env/bin/python\n"
        "# -*- coding: utf-8 -*-\n"
        "import re\n"
        "import sys\n"
        "\n"
        "from tool.cli import Main\n"
        "\n"
        "if __name__ == '__main__':\n"
        "    sys.argv[0] = re.sub(r'(-script\\.pyw?|\\.exe)?$', '', sys.argv[0])\n"
        "    sys.exit(Main.run())\n"
    )


def test_launchers_run_the_script_beside_them() -> None:
    script = EntryPointScript("Scripts/tool-script.py", "t", "main", "Scripts/tool.bat")
    assert launcher_text(script) == '@"%~dp0..\\python.exe" "%~dp0tool-script.py" %*\r\n'


def install_tool(workshop: Workshop) -> None:
    python = workshop.python()
    record = workshop.package(
        name="tool",
        noarch="python",
        files={"site-packages/tool.py": "import sys\ndef main():\n    print(sys.argv[1:])\n"},
        entry_points=["tool = tool:main"],
    )
    workshop.install(python, record)


@pytest.mark.parametrize("folder", ["plain", "with space", "ünïcode ß", "l" * 200])
def test_entry_points_run_from_any_prefix(tmp_path: Path, folder: str) -> None:
    workshop = Workshop(tmp_path, prefix=tmp_path / folder)
    install_tool(workshop)
    site = workshop.prefix / f"lib/python{PYTHON_SERIES}/site-packages"
    done = subprocess.run(
        [workshop.prefix / "bin/tool", "a b"],
        env={**os.environ, "PYTHONPATH": str(site)},
        capture_output=True,
        check=True,
        text=True,
    )
    assert done.stdout == "['a b']\n"
    assert len(list((site / "__pycache__").iterdir())) == 1


def test_a_prefix_that_no_script_can_name_is_refused(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path, prefix=tmp_path / "back \\slash")
    with pytest.raises(LinkError, match="quotes or backslashes"):
        install_tool(workshop)
    assert not workshop.prefix.exists()


def test_windows_scripts_come_with_launchers_and_records_of_both(workshop: Workshop) -> None:
    python = workshop.package(name="python", version="3.12.1", subdir="win-64")
    record = workshop.package(
        name="tool",
        noarch="python",
        files={"site-packages/tool.py": ""},
        entry_points=["tool = tool:main"],
    )
    workshop.install(python, record)
    assert workshop.installed()["tool"].files == (
        "Lib/site-packages/tool.py",
        "Scripts/tool-script.py",
        "Scripts/tool.bat",
    )
    kinds = {path.path: path.path_type for path in workshop.installed()["tool"].paths}
    assert kinds["Scripts/tool-script.py"] == "windows_python_entry_point_script"
    assert kinds["Scripts/tool.bat"] == "windows_python_entry_point_exe"
    # There is no interpreter that could compile here.
    (caution,) = workshop.reporter.cautions
    assert "not compiled" in caution
    assert not (workshop.prefix / "Lib/site-packages/__pycache__").exists()
