"""Shows the tool at work: `python -m conda_clone.testing.demo`.

Packages are made from this machine and served on loopback; the installed `conda` program then
creates, uses, changes and cleans up an environment. Each command is shown as a person would type
it, with its output and its time, and its effect is looked for on disk.

All files, the home that the program sees included, are in one folder that is named at the end. The
process ends with a status other than 0 if anything is not as expected.
"""

import argparse
import json
import os
import shlex
import subprocess
import sys
import tempfile
import textwrap
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from conda_clone.models.subdir import native_subdir
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.machine import (
    DISTRIBUTIONS,
    pack_distribution,
    pack_distributions,
    pack_python,
)
from conda_clone.testing.server import ChannelServer

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["DemoError", "main"]

_CODE = "import ssl, sqlite3, requests, sys; print(sys.prefix)"
_TIMEOUT = 600


class DemoError(Exception):
    """Something is not as the demo expects it."""


def main(arguments: "Sequence[str] | None" = None) -> int:
    """Run the demo; return the exit status."""
    options = _parse(arguments)
    folder = options.directory or Path(tempfile.mkdtemp(prefix="conda-clone-demo-"))
    if folder.exists() and any(folder.iterdir()):
        sys.stderr.write(f"The folder {folder} is not empty. Name another one.\n")
        return 1
    folder.mkdir(parents=True, exist_ok=True)
    before = _settings_of_the_user()
    with ChannelServer() as server:
        demo = _Demo(folder.resolve(), options.conda, server, sys.stdout)
        try:
            _tour(demo, _pack_machine(demo))
            demo.expect(_settings_of_the_user() == before, "Your own settings are untouched.")
        except DemoError as error:
            demo.say(f"\nNot as expected: {error}")
            demo.say(f"All that was made is in {folder}")
            return 1
    demo.say(
        "\nEverything went as expected.\n\n"
        f"The environment lies in   {demo.prefix}\n"
        f"Try it with               {shlex.quote(str(demo.prefix / 'bin' / 'python'))}\n"
        f"Remove all of this with   rm -r {shlex.quote(str(folder))}"
    )
    return 0


def _parse(arguments: "Sequence[str] | None") -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m conda_clone.testing.demo", description=__doc__.partition("\n")[0]
    )
    parser.add_argument(
        "--directory",
        type=Path,
        help="where to put everything; by default a new temporary folder, which stays",
    )
    parser.add_argument(
        "--conda",
        type=Path,
        default=Path(sys.executable).with_name("conda"),
        help="the program to show; by default the one installed for this Python",
    )
    return parser.parse_args(arguments)


@dataclass(frozen=True, slots=True)
class _Demo:
    """The stage: where things are, and how a command is shown."""

    folder: Path
    program: Path
    server: ChannelServer
    out: TextIO

    @property
    def root(self) -> Path:
        return self.folder / "root"

    @property
    def prefix(self) -> Path:
        return self.root / "envs" / "demo"

    @property
    def environ(self) -> "Mapping[str, str]":
        """The variables for the program: nothing in it tells of the user's own conda."""
        kept = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("CONDA_", "XDG_", "PYTHON"))
        }
        return {
            **kept,
            "HOME": str(self.folder / "home"),
            "CONDA_ROOT_PREFIX": str(self.root),
            "NO_PROXY": "127.0.0.1",
            "no_proxy": "127.0.0.1",
        }

    def say(self, text: str) -> None:
        """Show a line at once, so that the order is right when the output goes to a file."""
        self.out.write(f"{text}\n")
        self.out.flush()

    def expect(self, condition: object, sentence: str) -> None:
        """Say that something holds, or end the demo."""
        if not condition:
            raise DemoError(f"this should be true: {sentence}")
        self.say(f"  > {sentence}")

    def conda(self, *arguments: str) -> str:
        """Run the program as `conda`, and return its standard output."""
        return self.run([str(self.program), *arguments], shown=["conda", *arguments])

    def run(self, command: "Sequence[str]", *, shown: "Sequence[str] | None" = None) -> str:
        """Show a command, run it, show what it printed and how long it took."""
        self.say(f"\n$ {shlex.join(shown or command)}")
        start = time.perf_counter()
        try:
            done = subprocess.run(
                command,
                env=self.environ,
                cwd=self.folder,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=_TIMEOUT,
                check=False,
            )
        except OSError as error:
            raise DemoError(f"{command[0]} cannot be started: {error}") from error
        except subprocess.TimeoutExpired as error:
            raise DemoError(f"it was not done after {_TIMEOUT} seconds") from error
        seconds = time.perf_counter() - start
        for text in (done.stdout, done.stderr):
            if text.strip():
                self.say(textwrap.indent(text.strip("\n"), "  "))
        self.say(f"  [{seconds:.2f} s]")
        if done.returncode != 0:
            raise DemoError(f"the command ended with status {done.returncode}")
        return done.stdout

    def installed(self) -> dict[str, str]:
        """Return name and version-build of the installed packages, read from their records."""
        records = [
            json.loads(path.read_bytes()) for path in (self.prefix / "conda-meta").glob("*.json")
        ]
        return {record["name"]: f"{record['version']}-{record['build']}" for record in records}


def _pack_machine(demo: _Demo) -> ChannelBuilder:
    """Make the channel, and the settings that name it as the only one."""
    start = time.perf_counter()
    channel = ChannelBuilder(demo.folder / "channel", subdir=native_subdir())
    python = pack_python(channel)
    absent = pack_distributions(channel, DISTRIBUTIONS)
    channel.write()
    packages = [package for fns in channel.packages.values() for package in fns.values()]
    size = sum(package.path.stat().st_size for package in packages) / 1e6
    demo.server.mount("machine", channel.root)
    demo.say(
        f"Packed this machine's Python {python.record['version']} and {len(packages) - 1} "
        f"distributions as conda packages, {size:.0f} MB, in {time.perf_counter() - start:.1f} s."
    )
    for reason in absent.values():
        demo.say(f"Left out: {reason}.")
    demo.say(f"They are served as the channel {demo.server.url('machine')}")
    (demo.folder / "home").mkdir()
    demo.root.mkdir()
    (demo.root / ".condarc").write_text(f"channels: [{demo.server.url('machine')}]\n")
    demo.say(f"Settings, packages and environments are below {demo.root}")
    return channel


def _tour(demo: _Demo, channel: ChannelBuilder) -> None:
    """Do what a person does with environments."""
    demo.conda("create", "--yes", "--name", "demo", "python", "requests")
    demo.expect({"python", "requests", "urllib3"} <= set(demo.installed()), "It is installed.")

    answer = demo.conda("run", "--name", "demo", "python", "-c", _CODE)
    demo.expect(answer.strip() == str(demo.prefix), "Code runs in the environment.")
    python = str(demo.prefix / "bin" / "python")
    answer = demo.run([python, "-I", "-c", _CODE])
    demo.expect(answer.strip() == str(demo.prefix), "So it does without the tool.")

    demo.conda("install", "--yes", "--name", "demo", "tqdm", "pycosat")
    versions = demo.installed()
    demo.expect({"tqdm", "pycosat"} <= set(versions), "They are installed.")
    answer = demo.run([str(demo.prefix / "bin" / "tqdm"), "--version"])
    demo.expect(answer.strip() == versions["tqdm"].partition("-")[0], "Its command works.")
    demo.run([python, "-c", "import pycosat; print(pycosat.solve([[1, -2], [2]]))"])

    listed = demo.conda("list", "--name", "demo")
    demo.expect(all(name in listed for name in versions), "All packages are listed.")

    rebuilt = pack_distribution(channel, "tqdm", build_number=1)
    channel.write()
    demo.say(f"\nThe channel gets a newer build of tqdm: {rebuilt.fn}")
    demo.conda("update", "--yes", "--name", "demo", "--all")
    expected = {**versions, "tqdm": versions["tqdm"].replace("py_0", "py_1")}
    demo.expect(demo.installed() == expected, "tqdm is updated, and nothing else.")

    plan = demo.conda("install", "--name", "demo", "--dry-run", "ruamel.yaml")
    demo.expect("ruamel.yaml" in plan, "The plan is shown.")
    demo.expect(demo.installed() == expected, "Nothing has changed.")

    demo.conda("remove", "--yes", "--name", "demo", "tqdm")
    demo.expect(demo.installed().keys() == expected.keys() - {"tqdm"}, "tqdm is removed.")
    demo.expect(not list(demo.prefix.rglob("tqdm*")), "No file of it is left.")

    listed = demo.conda("env", "list")
    demo.expect(str(demo.prefix) in listed, "The environment is listed.")


def _settings_of_the_user() -> dict[str, float]:
    """Return the times of the files in the real home that the program must not touch."""
    home = Path.home()
    paths = [home / ".condarc", *(home / ".conda").glob("*"), *(home / ".config/conda").glob("*")]
    return {str(path): path.stat().st_mtime for path in paths if path.exists()}


if __name__ == "__main__":
    raise SystemExit(main())
