"""The names of conda are found by a finder, and by the import path of processes."""

import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

import conda_clone
from conda_clone.plugins import import_hook, in_processes
from conda_clone.plugins.equivalents.constants import CONDA_VERSION
from conda_clone.plugins.interfaces import NULL
from conda_clone.plugins.manager import Plugins

PACKAGE = Path(conda_clone.__file__).parent
FOLDER = Path(in_processes.__file__).parent
PROBE = """
import sys
import conda.models.version, conda
from conda.base import constants
print(conda.__version__, conda.models.version.VersionOrder("1.0"), constants.REPODATA_FN)
print(sorted(name for name in sys.modules if name.startswith("conda_clone.core")))
try:
    from conda.core import nothing_of_that_name
except ImportError as error:
    print(error.name)
"""


def test_the_import_path_alone_gives_the_names() -> None:
    done = subprocess.run(
        [sys.executable, "-c", PROBE],
        env={"PYTHONPATH": f"{PACKAGE.parent}:{FOLDER}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.splitlines() == [f"{CONDA_VERSION} 1.0 repodata.json", "[]", "conda.core"]


def test_a_module_that_is_served_has_the_names(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    module = ModuleType("conda.common.constants")
    import_hook.serve(module)
    assert import_hook.is_installed()
    assert module.NULL is NULL
    assert dir(module) == ["NULL"]
    with pytest.raises(AttributeError, match=r"conda\.common\.constants\.nothing"):
        _ = module.nothing


def test_a_real_conda_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "conda.py").write_text("__version__ = 'real'")
    probe = (
        "from conda_clone.plugins.import_hook import install, is_installed; install();"
        "import conda; print(conda.__version__, is_installed())"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe],
        env={"PYTHONPATH": f"{PACKAGE.parent}:{tmp_path}"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "real False\n"


def test_what_the_hook_adds_to_the_path_does_not_make_plugins_unknown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), str(FOLDER)])
    assert Plugins(print).memory._folders == (str(tmp_path),)
