"""Plugins that others have published on PyPI for conda, installed as they are.

`nox -s published` installs them and runs this; without them nothing is tested. Where a plugin has
processes of its own, or keeps state in modules, its command runs in a process.
"""

import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.program import Outcome, Program
from conda_clone.testing.server import ChannelServer
from conda_clone.testing.solver_suite import SolverSuite

INSTALLED = ["app-1.0-0", "lib-1.0-0"]


def needs(module: str) -> pytest.MarkDecorator:
    return pytest.mark.skipif(find_spec(module) is None, reason=f"{module} is not installed")


@pytest.fixture
def conda(conda_channel: ChannelBuilder, conda_program: Program) -> Program:
    """The program on a channel of two packages in two versions."""
    for version in ("1.0", "2.0"):
        conda_channel.add(name="lib", version=version, files={"lib/lib.txt": version})
        conda_channel.add(
            name="app",
            version=version,
            depends=[f"lib {version}"],
            files={"bin/app": f"#!/bin/sh\necho app {version}\n"},
            executables=["bin/app"],
        )
    conda_channel.write()
    return conda_program


@needs("conda_rattler_solver")
class TestCondaRattlerSolver(SolverSuite):
    solver = "rattler"

    def test_it_is_not_ours_that_solves(self, conda: Program) -> None:
        rows = conda.succeed("plugins", "list", "--json").document["plugins"]
        (adds,) = [row["adds"] for row in rows if row["name"] == "conda-rattler-solver"]
        assert adds == {"conda_solvers": ["rattler"]}


@needs("conda_lockfiles")
class TestCondaLockfiles:
    @pytest.mark.parametrize(
        ("form", "name"),
        [("conda-lock-v1", "conda-lock.yml"), ("rattler-lock-v6", "pixi.lock")],
    )
    def test_a_lock_is_written_and_read(
        self, conda: Program, tmp_path: Path, form: str, name: str
    ) -> None:
        conda.succeed("create", "-y", "-n", "e", "app=1.0")
        path = tmp_path / "locks" / name
        path.parent.mkdir()
        conda.succeed("export", "-n", "e", "--format", form, "--file", path)
        conda.succeed("env", "create", "-n", "by-name", "--file", path)
        conda.succeed("env", "create", "-n", "by-pipe", "--file", "-", stdin=path.read_text())
        with ChannelServer() as server:
            server.mount("locks", path.parent)
            address = server.url(f"locks/{name}")
            conda.succeed("env", "create", "-n", "by-address", "--file", address)
        for environment in ("by-name", "by-pipe", "by-address"):
            assert conda.installed(environment) == INSTALLED


@needs("conda_workspaces")
class TestCondaWorkspaces:
    def test_a_workspace_from_its_beginning_to_its_end(
        self, conda: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tmp_path / "workspace"
        folder.mkdir()
        monkeypatch.chdir(folder)

        def workspace(*words: str) -> Outcome:
            outcome = conda.as_process("workspace", *words)
            assert outcome.status == 0, outcome.stderr + outcome.stdout
            return outcome

        workspace("init")
        workspace("add", "app=1.0")
        assert workspace("run", "--", "app").stdout == "app 1.0\n"
        assert "app=1.0" in workspace("export").stdout
        workspace("lock")
        workspace("clean", "-y")
        workspace("install")
        assert "lib" in workspace("list").stdout
        workspace("update", "app")
        workspace("remove", "app")
        assert not (folder / ".conda/envs/default/bin/app").exists()


@needs("conda_index")
def test_conda_index_indexes_a_channel(conda: Program, tmp_path: Path) -> None:
    channel = tmp_path / "new"
    (channel / "linux-64").mkdir(parents=True)
    for archive in (tmp_path / "channel/main/linux-64").glob("*.conda"):
        (channel / "linux-64" / archive.name).write_bytes(archive.read_bytes())
    outcome = conda.as_process("index", channel)
    assert outcome.status == 0, outcome.stderr
    conda.succeed("create", "-y", "-n", "e", "-O", "-c", channel.as_uri(), "app=1.0")
    assert conda.installed("e") == INSTALLED


@needs("conda_spawn")
def test_conda_spawn_gives_the_code_that_activates(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "lib=1.0")
    outcome = conda.as_process("spawn", "--hook", "--shell", "posix", "e")
    assert outcome.status == 0, outcome.stderr
    assert f"CONDA_PREFIX='{conda.prefix('e')}'" in outcome.stdout


@needs("conda_pypi")
class TestCondaPypi:
    def test_its_check_looks_at_environments(self, conda: Program) -> None:
        conda.succeed("create", "-y", "-n", "e", "lib=1.0")
        assert "external" in conda.succeed("doctor", "-n", "e").stdout

    def test_a_wheel_becomes_a_package(self, conda: Program, tmp_path: Path) -> None:
        wheel = tmp_path / "hello-1.2-py3-none-any.whl"
        info = "hello-1.2.dist-info"
        with zipfile.ZipFile(wheel, "w") as file:
            file.writestr("hello.py", "x = 1\n")
            file.writestr(f"{info}/METADATA", "Metadata-Version: 2.1\nName: hello\nVersion: 1.2\n")
            file.writestr(
                f"{info}/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n"
            )
            file.writestr(f"{info}/RECORD", f"hello.py,,\n{info}/METADATA,,\n{info}/WHEEL,,\n")
        outcome = conda.as_process("pypi", "convert", wheel, "--output-folder", tmp_path / "out")
        assert outcome.status == 0, outcome.stderr
        assert [path.name for path in (tmp_path / "out").glob("*.conda")] == [
            "hello-1.2-pypi_0.conda"
        ]


@needs("anaconda_auth")
def test_anaconda_auth_signs_requests(
    conda: Program, conda_channel: ChannelBuilder, tmp_path: Path
) -> None:
    with ChannelServer() as server:
        server.mount("main", conda_channel.root)
        url = server.url("main")
        (tmp_path / "home" / ".condarc").write_text(
            f"channel_settings:\n  - channel: {url}\n    auth: anaconda-auth\n"
        )
        conda.environment["ANACONDA_AUTH_API_KEY"] = "key-123"
        outcome = conda.as_process("create", "-y", "-n", "e", "-O", "-c", url, "lib=1.0")
        assert outcome.status == 0, outcome.stderr
        headers = [request.headers.get("authorization") for request in server.requests]
    assert set(headers) == {"Bearer key-123"}
