"""Formats of plugins: chosen by name, file name or content, wherever the file comes from."""

import json
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.plugins import Install, add_plugin

WISHES = "wish list\ndata\nlib=1.1\n"
WISHED = ["data-1.0-0", "lib-1.1-0", "zlib-1.0-0"]


@pytest.mark.parametrize("name", ["packages.wish", "packages.wish?download=1", "told-by-content"])
def test_a_file_at_an_address_can_be_in_the_format_of_a_plugin(
    conda: Program, install: Install, tmp_path: Path, name: str
) -> None:
    install("environment_specifiers")
    (tmp_path / "files").mkdir()
    (tmp_path / "files" / name.partition("?")[0]).write_text(WISHES)
    with ChannelServer() as server:
        server.mount("files", tmp_path / "files")
        conda.succeed("env", "create", "-n", "e", "--file", server.url(f"files/{name}"))
    assert conda.installed("e") == WISHED


@pytest.mark.parametrize("options", [(), ("--format", "wishes")])
def test_standard_input_can_be_in_the_format_of_a_plugin(
    conda: Program, install: Install, options: tuple[str, ...]
) -> None:
    install("environment_specifiers")
    conda.succeed("create", "-y", "-n", "e", *options, "--file", "-", stdin=WISHES)
    assert conda.installed("e") == WISHED


def test_standard_input_that_is_ours_stays_ours(conda: Program, install: Install) -> None:
    install("environment_specifiers")
    conda.succeed("env", "create", "-n", "e", "--file", "-", stdin="dependencies: [zlib]")
    conda.succeed("create", "-y", "-n", "f", "--file", "-", stdin="zlib\n")
    assert conda.installed("e") == conda.installed("f") == ["zlib-1.0-0"]


@pytest.mark.parametrize("end", ["", "..", "secrets.wish"])
def test_a_file_at_an_address_that_a_plugin_cannot_read_is_told_by_its_address(
    conda: Program, install: Install, end: str
) -> None:
    add_plugin(
        install(),
        "class Fails(EnvironmentSpecBase):\n"
        "    def __init__(self, path): pass\n"
        "    def can_handle(self): return True\n"
        "    @property\n"
        "    def env(self): raise ValueError('too old')\n"
        "@hookimpl\n"
        "def conda_environment_specifiers():\n"
        "    yield CondaEnvironmentSpecifier(name='fails', environment_spec=Fails)\n",
    )
    with ChannelServer() as server:
        address = server.url(f"t/tk-secret/{end}")
        server.fail("*", status=200, body=b"?")
        outcome = conda("create", "-y", "-n", "e", "--file", address)
    assert outcome.error == "PluginError"
    assert "cannot be read as `fails` (own_plugin 3.1): too old" in outcome.stderr
    assert "tk-secret" not in outcome.stderr
    assert f"`{server.url(end)}`" in outcome.stderr


def test_a_file_that_two_plugins_can_read_needs_a_format(
    conda: Program, install: Install, tmp_path: Path
) -> None:
    site = install("environment_specifiers")
    add_plugin(
        site,
        "from example_environment_specifiers import WishList\n"
        "@hookimpl\n"
        "def conda_environment_specifiers():\n"
        "    yield CondaEnvironmentSpecifier(name='second', environment_spec=WishList)\n",
    )
    path = tmp_path / "unknown"
    path.write_text("wish list\ndata\n")
    outcome = conda("env", "create", "-n", "e", "--file", path)
    assert outcome.error == "AmbiguousEnvironmentSpecPlugin"
    conda.succeed("env", "create", "-n", "e", "--file", path, "--format", "second")
    assert conda.installed("e") == ["data-1.0-0"]


def test_a_format_that_fails_names_its_plugin(
    conda: Program, install: Install, tmp_path: Path
) -> None:
    add_plugin(
        install(),
        "class Bad(EnvironmentSpecBase):\n"
        "    def __init__(self, filename): pass\n"
        "    @property\n"
        "    def env(self): raise KeyError('x')\n"
        "def export(environment): raise KeyError('y')\n"
        "@hookimpl\n"
        "def conda_environment_specifiers():\n"
        "    yield CondaEnvironmentSpecifier(\n"
        "        name='bad', environment_spec=Bad, default_filenames=('*.bad',))\n"
        "@hookimpl\n"
        "def conda_environment_exporters():\n"
        "    yield CondaEnvironmentExporter(name='bad', export=export)\n",
    )
    conda.succeed("create", "-y", "-n", "e", "data")
    (tmp_path / "x.bad").write_text("")
    assert "own_plugin 3.1" in conda("env", "create", "--file", tmp_path / "x.bad").stderr
    assert "own_plugin 3.1" in conda("export", "-n", "e", "--format", "bad").stderr
    several = conda("export", "-n", "e", "--format", "bad", "--platform", "osx-64",
                    "--platform", "linux-64", "--from-history")  # fmt: skip
    assert "for one platform" in several.stderr
    assert conda("export", "-n", "e", "--format", "worse").status == 2


LOCKS = """
import json
from conda.base.context import context
from conda.exceptions import CondaError, PluginError
from conda.models.environment import Environment
from conda.models.records import PackageRecord
class Lock(EnvironmentSpecBase):
    def __init__(self, path):
        with open(path) as file:
            self.text = file.read()
    def can_handle(self):
        if "lock of packages" not in self.text:
            raise (PluginError if "zlib" in self.text else CondaError)("is none")
        return True
    @property
    def document(self): return json.loads(self.text.partition("\\n")[2])
    @property
    def available_platforms(self): return sorted(self.document)
    def env_for(self, platform):
        entries = self.document[platform]
        if not entries:
            raise CondaError("There is nothing for " + platform)
        records = [PackageRecord(entry) for entry in entries]
        return Environment(platform=platform, name="locked", explicit_packages=records)
    @property
    def env(self): raise CondaError("The file is for other platforms.")
class Silent(EnvironmentSpecBase):
    detection_supported = False
    def __init__(self, path): raise ValueError("was asked")
def export(environments):
    entries = {
        each.platform: [
            {"name": record.name, "version": record.version, "build": record.build,
             "url": record.url, "sha256": record.sha256}
            for record in each.explicit_packages
        ]
        for each in environments
    }
    if len(entries) > 2:
        raise CondaError("Two platforms are enough.")
    return "lock of packages\\n" + json.dumps(entries)
@hookimpl
def conda_environment_specifiers():
    yield CondaEnvironmentSpecifier("locks", Lock)
    yield CondaEnvironmentSpecifier("silent", Silent)
@hookimpl
def conda_environment_exporters():
    yield CondaEnvironmentExporter("locks", ("mylock",), ("my.lock",), multiplatform_export=export)
"""


@pytest.fixture
def locks(install: Install) -> None:
    """Install a plugin with a format that says exactly what is installed on each platform."""
    add_plugin(install(), LOCKS)


@pytest.mark.usefixtures("locks")
class TestLocks:
    def test_what_was_written_is_installed_again(self, conda: Program, tmp_path: Path) -> None:
        conda.succeed("create", "-y", "-n", "e", "data", "lib=1.0")
        conda.succeed("export", "-n", "e", "--file", tmp_path / "my.lock")
        text = (tmp_path / "my.lock").read_text()
        assert list(json.loads(text.partition("\n")[2])) == ["linux-64"]
        conda.succeed("env", "create", "--file", tmp_path / "my.lock")
        assert conda.installed("locked") == conda.installed("e")

    def test_several_platforms_are_in_one_file(self, conda: Program) -> None:
        conda.succeed("create", "-y", "-n", "e", "data")
        platforms = ("--platform", "linux-64", "--platform", "osx-64")
        words = ("export", "-n", "e", "--format", "mylock", "--from-history", *platforms)
        document = json.loads(conda.succeed(*words).stdout.partition("\n")[2])
        assert list(document) == ["linux-64", "osx-64"]
        outcome = conda(*words, "--platform", "win-64")
        assert "Two platforms are enough." in outcome.stderr
        assert "own_plugin" not in outcome.stderr

    def test_the_platform_that_is_wanted_counts(
        self, conda: Program, tmp_path: Path, small_channel: ChannelBuilder
    ) -> None:
        (archive,) = small_channel.root.glob("*/data-1.0-0.*")
        entry = {"name": "data", "version": "1.0", "build": "0", "url": archive.as_uri()}
        path = tmp_path / "unknown"
        path.write_text("lock of packages\n" + json.dumps({"linux-64": [entry], "osx-64": []}))
        conda.succeed("create", "-y", "-n", "e", "--file", path)
        assert conda.installed("e") == ["data-1.0-0"]
        for platform, told in (("osx-64", "nothing for osx-64"), ("win-64", "other platforms")):
            outcome = conda("create", "-y", "-n", "f", "--file", path, "--platform", platform)
            assert (outcome.status, outcome.error) == (1, "CondaError")
            assert told in outcome.stderr

    def test_who_does_not_know_a_file_is_not_asked_for_it(
        self, conda: Program, tmp_path: Path
    ) -> None:
        path = tmp_path / "unknown"
        for name in ("data", "zlib"):
            path.write_text(f"{name}\n")
            conda.succeed("create", "-y", "-n", name[:3], "--file", path)
        assert conda.installed("zli") == ["zlib-1.0-0"]
        outcome = conda("create", "-y", "-n", "f", "--file", path, "--format", "silent")
        assert "was asked" in outcome.stderr
