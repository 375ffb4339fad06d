"""The `pip` part of environment files, with the real pip of a real Python.

Wheels are written here, so that nothing comes from the network; the project in development has a
build backend of its own beside it, as PEP 517 allows.
"""

import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from conda_clone.models.subdir import native_subdir
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.distributions import DistributionAbsentError, find_distribution
from conda_clone.testing.machine import build_machine_channel
from tests.support.cli import Program

# What a wheel is made of; `setup.py` and its relatives would need the network or setuptools.
METADATA = "Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n{requires}"
WHEEL = "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
SCRIPT = "[console_scripts]\n{name} = {module}:main\n"

PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
[project]
name = "in-development"
version = "0.1"
"""
BACKEND = """\
import os, zipfile

def _write(folder, files):
    name = "in_development-0.1-py3-none-any.whl"
    info = "in_development-0.1.dist-info"
    files[f"{info}/METADATA"] = "Metadata-Version: 2.1\\nName: in-development\\nVersion: 0.1\\n"
    files[f"{info}/WHEEL"] = "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    files[f"{info}/RECORD"] = "".join(f"{path},,\\n" for path in [*files, f"{info}/RECORD"])
    with zipfile.ZipFile(os.path.join(folder, name), "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return name

def build_wheel(folder, config_settings=None, metadata_directory=None):
    return _write(folder, {"in_development.py": open("in_development.py").read()})

def build_editable(folder, config_settings=None, metadata_directory=None):
    return _write(folder, {"in_development.pth": os.getcwd() + "\\n"})
"""


def make_wheel(folder: Path, name: str, version: str = "1.0", requires: str = "") -> Path:
    """Write a wheel with one module and one command, which say the version."""
    module = name.replace("-", "_")
    info = f"{module}-{version}.dist-info"
    needs = f"Requires-Dist: {requires}\n" if requires else ""
    files = {
        f"{module}.py": f"VERSION = {version!r}\ndef main():\n    print({name!r}, VERSION)\n",
        f"{info}/METADATA": METADATA.format(name=name, version=version, requires=needs),
        f"{info}/WHEEL": WHEEL,
        f"{info}/entry_points.txt": SCRIPT.format(name=name, module=module),
    }
    files[f"{info}/RECORD"] = "".join(f"{path},,\n" for path in [*files, f"{info}/RECORD"])
    folder.mkdir(parents=True, exist_ok=True)
    wheel = folder / f"{module}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in files.items():
            archive.writestr(path, text)
    return wheel


@pytest.fixture(scope="module")
def machine(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    try:
        find_distribution("pip")
    except DistributionAbsentError as error:
        pytest.skip(f"no pip to be packed: {error}")
    return build_machine_channel(tmp_path_factory.mktemp("channels") / "machine", ["pip"])


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the package cache that all tests here share."""
    return tmp_path_factory.mktemp("root")


@pytest.fixture
def conda(root: Path, isolated: Path, machine: ChannelBuilder) -> Program:
    program = Program(root, isolated, machine.url)
    program.environment |= {
        "CONDA_SUBDIR": native_subdir(),
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_NO_CACHE_DIR": "1",
    }
    return program


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """Return a folder with wheels, a requirements file and a project in development."""
    folder = tmp_path / "a project"
    make_wheel(folder / "wheels", "thing", "1.0", requires="helper")
    make_wheel(folder / "wheels", "thing", "2.0", requires="helper")
    make_wheel(folder / "wheels", "helper")
    make_wheel(folder / "wheels", "from-list")
    make_wheel(folder / "beside", "by-path", "3.0")
    (folder / "more.txt").write_text("# what else there is\nfrom-list\n")
    (folder / "pyproject.toml").write_text(PYPROJECT)
    (folder / "backend.py").write_text(BACKEND)
    (folder / "in_development.py").write_text("VALUE = 'edited in place'\n")
    return folder


def described(folder: Path, *pip: str) -> Path:
    lines = "".join(f"      - {line}\n" for line in ("--no-index --find-links ./wheels", *pip))
    file = folder / "environment.yml"
    file.write_text(f"dependencies:\n  - python\n  - pip\n  - pip:\n{lines}")
    return file


def packages_of_pip(conda: Program, name: str) -> dict[str, str]:
    rows = conda.succeed("list", "-n", name, "--json").document
    return {row["name"]: row["version"] for row in rows if row["channel"] == "pypi"}


def output_of(conda: Program, name: str, *words: str) -> str:
    program, *rest = words
    done = subprocess.run(
        [conda.prefix(name) / "bin" / program, *rest], capture_output=True, check=True, text=True
    )
    return done.stdout.strip()


def test_pip_installs_what_a_file_lists(conda: Program, project: Path) -> None:
    file = described(
        project, "thing ==1.*", "./beside/by_path-3.0-py3-none-any.whl", "-r more.txt", "-e ."
    )
    outcome = conda.as_process("env", "create", "-n", "all", "-f", file)
    assert outcome.status == 0, outcome.stderr
    assert "Successfully installed" in outcome.stdout
    assert packages_of_pip(conda, "all") == {
        "thing": "1.0",
        "helper": "1.0",
        "by-path": "3.0",
        "from-list": "1.0",
        "in-development": "0.1",
    }
    assert output_of(conda, "all", "thing") == "thing 1.0"
    (project / "in_development.py").write_text("VALUE = 'edited later'\n")
    code = "import in_development; print(in_development.VALUE)"
    assert output_of(conda, "all", "python", "-c", code) == "edited later"
    # The list for pip is a file of its own for the time that pip runs.
    names = {"backend.py", "beside", "environment.yml", "in_development.py", "more.txt"}
    left = {path.name for path in project.iterdir()} - {"__pycache__"}
    assert left == names | {"pyproject.toml", "wheels"}

    exported = conda.succeed("export", "-n", "all", "--json").document["dependencies"][-1]
    assert "thing==1.0" in exported["pip"]
    assert "by-path==3.0" in exported["pip"]


def test_pip_brings_an_environment_to_a_newer_state_of_its_file(
    conda: Program, project: Path
) -> None:
    conda.succeed("env", "create", "-n", "up", "-f", described(project, "thing ==1.*"), "--json")
    file = described(project, "thing", "from-list")
    document = conda.succeed("env", "update", "-n", "up", "-f", file, "--json").document
    assert document["success"] is True
    assert document["actions"]["PIP"] == ["from-list-1.0", "thing-2.0"]
    assert packages_of_pip(conda, "up") == {"thing": "2.0", "helper": "1.0", "from-list": "1.0"}

    file = described(project, "from-list")
    conda.succeed("env", "update", "-n", "up", "-f", file, "--prune", "--json")
    assert packages_of_pip(conda, "up") == {"from-list": "1.0"}


def test_packages_that_pip_cannot_find_leave_those_of_conda(conda: Program, project: Path) -> None:
    file = described(project, "thing ==9")
    outcome = conda.as_process("env", "create", "-n", "short", "-f", file)
    assert outcome.status == 1
    assert "No matching distribution found for thing==9" in outcome.stderr
    error, hint = outcome.stderr.strip().splitlines()[-2:]
    assert error.startswith("CondaEnvException: pip has failed with status 1")
    assert hint.startswith("hint: All others are there.")
    assert {"python", "pip"} <= {name.rsplit("-", 2)[0] for name in conda.installed("short")}
    assert packages_of_pip(conda, "short") == {}
    conda.succeed("env", "update", "-n", "short", "-f", described(project, "thing"), "--json")
    assert packages_of_pip(conda, "short") == {"thing": "2.0", "helper": "1.0"}


def test_nothing_leads_pip_out_of_the_environment(
    conda: Program, project: Path, tmp_path: Path
) -> None:
    """Everything at once: each of these alone made pip fail, or install nothing, or elsewhere."""
    folder, home = tmp_path / "elsewhere", Path(conda.environment["HOME"])
    version = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    own = home / ".local/lib" / version / "site-packages"
    for place in (folder, own):  # what Python finds there would seem to be installed already
        with zipfile.ZipFile(make_wheel(tmp_path, "helper")) as wheel:
            wheel.extractall(place)
    (home / ".config/pip").mkdir(parents=True)
    (home / ".config/pip/pip.conf").write_text("[install]\nuser = true\n")
    places = ("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PYTHONPATH", "PYTHONHOME")
    switches = ("PIP_USER", "PIP_REQUIRE_VIRTUALENV", "PIP_DRY_RUN")
    variables = {**dict.fromkeys(places, str(folder)), **dict.fromkeys(switches, "1")}
    file = described(project, "helper")
    outcome = conda("env", "create", "-n", "inside", "-f", file, "--json", env=variables)
    assert outcome.status == 0, outcome.stderr
    assert packages_of_pip(conda, "inside") == {"helper": "1.0"}
    assert output_of(conda, "inside", "helper") == "helper 1.0"


def test_where_packages_come_from_is_the_choice_of_the_user(conda: Program, project: Path) -> None:
    file = project / "environment.yml"
    file.write_text("dependencies: [python, pip, {pip: [helper]}]\n")
    source = {"PIP_NO_INDEX": "1", "PIP_FIND_LINKS": "wheels"}
    outcome = conda("env", "create", "-n", "from", "-f", file, "--json", env=source)
    assert outcome.document["actions"]["PIP"] == ["helper-1.0"]
    assert "Successfully installed helper-1.0" in outcome.stderr  # beside the document
