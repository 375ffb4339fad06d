"""The fixtures work in somebody else's tests, as the documentation shows them."""

import os
import subprocess
import sys
from pathlib import Path

import conda_clone

REPOSITORY = Path(conda_clone.__file__).parents[1]
EXAMPLE = '''
def test_a_package_is_installed(conda_channel, conda_program):
    conda_channel.add(name="hello", files={"share/hello.txt": "Hello"})
    conda_channel.write()
    conda_program.succeed("create", "-y", "-n", "e", "hello")
    assert conda_program.installed("e") == ["hello-1.0-0"]
    assert conda_program.as_process("list", "-n", "e").stdout.count("hello") == 1


def test_environments_come_and_go(conda_channel, conda_environment):
    conda_channel.add(name="hello", files={"share/hello.txt": "Hello"})
    conda_channel.write()
    assert (conda_environment("hello") / "share/hello.txt").read_text() == "Hello"
    assert conda_environment().name == "environment-1"


def test_the_channel_is_served(channel_server, conda_program):
    conda_program.succeed("create", "-y", "-n", "e", "-O", "-c", channel_server.url("main"))
    assert conda_program("search", "-O", "-c", channel_server.url("main"), "hello").status == 1
    assert channel_server.paths("main/*/repodata*")


def test_a_plugin_adds_a_command(plugin_site, conda_program):
    source = """
from conda.plugins import hookimpl
from conda.plugins.types import CondaSubcommand

@hookimpl
def conda_subcommands():
    yield CondaSubcommand(name="moo", summary="Moo.", action=lambda words: print("Moo!"))
"""
    plugin_site.add("moo", "1.0", {"moo": source}, {"moo": "moo"})
    assert conda_program.succeed("moo").stdout == "Moo!\\n"


def test_channels_have_notices(channel_notices, conda_program):
    channel_notices("Hear, hear.")
    assert "Hear, hear." in conda_program.succeed("notices").stdout
'''


def test_the_fixtures_are_those_of_the_documentation(tmp_path: Path) -> None:
    (tmp_path / "test_example.py").write_text(EXAMPLE)
    process = subprocess.run(
        [
            *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider"),
            *("-p", "conda_clone.testing.pytest_plugin", "--rootdir", str(tmp_path), str(tmp_path)),
        ],
        env={
            "PATH": os.environ["PATH"],
            "HOME": str(tmp_path),
            "PYTHONPATH": str(REPOSITORY),
            # Loaded by name above; an installed checkout would load it a second time.
            "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
        },
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert process.returncode == 0, process.stdout + process.stderr
    assert "5 passed" in process.stdout
