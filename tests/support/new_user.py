"""What somebody does on the first day: commands, answers and mistakes, at a terminal.

`STEPS` are tried by tests in pseudo-terminals of several widths. To look at them as they are in a
real terminal (`tmux` is needed), a screen each:

    python -m tests.support.new_user --columns 80 FOLDER
"""

import argparse
import os
import random
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer

__all__ = ["SLOW_PACKAGE", "STEPS", "Step", "build_channel", "environment_of", "main"]

SLOW_PACKAGE = "*/scipy-*"

_MEBIBYTE = 1 << 20
_PROMPT = "$ "
_LONGEST = 120.0  # seconds


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the session.

    Attributes:
        title: What it is about, as a name of a file.
        command: What is typed.
        waits_for: What is waited for before anything else is typed, or "".
        types: What is typed then: an answer, or `Ctrl-C`.
        status: With what the command ends.
        shows: What must be on the screen.
    """

    title: str
    command: str
    waits_for: str = ""
    types: str = ""
    status: int = 0
    shows: tuple[str, ...] = ()


STEPS = (
    Step("help", "conda", shows=("commands:", "install")),
    Step(
        "create",
        "conda create -n sci python=3.12 numpy",
        "Proceed ([y]/n)?",
        "Enter",
        shows=("conda activate sci",),
    ),
    Step("create-empty", "conda create -n later", "Proceed", "y", shows=("Done in",)),
    Step("install", "conda install -n sci pandas", "Proceed", "y"),
    Step("install-again", "conda install -n sci pandas", shows=("All requested packages",)),
    Step("list", "conda list -n sci", shows=("numpy", "2.1.3")),
    Step("search", "conda search numpy", shows=("1.26.4", "2.1.3")),
    Step("search-info", "conda search 'numpy>=2' --info", shows=("dependencies",)),
    Step("search-nothing", "conda search nunpy", status=1, shows=("numpy",)),
    Step("conflict", "conda install -n sci old-reader", status=1, shows=("python",)),
    Step("missing-dependency", "conda install -n sci lonely", status=1, shows=("gone-library",)),
    Step("misspelt-package", "conda install -n sci pandsa", status=1, shows=("pandas",)),
    Step("misspelt-command", "conda isntall -n sci pandas", status=2, shows=("install",)),
    Step("misspelt-option", "conda install --chanel x pandas", status=2, shows=("--channel",)),
    Step("misspelt-environment", "conda list -n sic", status=1, shows=("sci",)),
    Step("misspelt-setting", "conda config --set chanels x", status=1, shows=("channels",)),
    Step("no-name", "conda create numpy", status=2, shows=("-n",)),
    Step(
        "interrupted-question",
        "conda install -n sci scipy",
        "Proceed",
        "Ctrl-C",
        shows=("Operation aborted",),
    ),
    Step(
        "interrupted-download",
        "conda install -y -n sci scipy",
        " of 12.0 MB",
        "Ctrl-C",
        status=1,
        shows=("Operation aborted",),
    ),
    Step("refused", "conda install -n sci scipy", "Proceed", "n", shows=("Exiting",)),
    Step("update", "conda update -n sci --all", shows=("All requested packages",)),
    Step("downgrade", "conda install -n sci numpy=1", "Proceed", "y"),
    Step("revisions", "conda list -n sci --revisions", shows=("(rev 2)", "{2.1.3")),
    Step("undo", "conda install -n sci --revision 1", "Proceed", "y"),
    Step("remove", "conda remove -n sci numpy", "Proceed", "y"),
    Step("environments", "conda env list", shows=("sci",)),
    Step("info", "conda info", shows=("platform",)),
    Step("checks", "conda doctor --list", shows=("altered-files",)),
    Step("health", "conda doctor -n sci", shows=("No package has",)),
    Step("explained-settings", "conda config --describe", shows=("channel_priority",)),
    Step("unused", "conda clean --all --dry-run", shows=(" tarballs (", "no logfiles")),
    Step("run", "conda run -n sci python --version", shows=("3.12",)),
    Step("remove-environment", "conda env remove -y -n sci"),
    Step("no-environment", "conda install -n sci numpy", status=1, shows=("conda create",)),
)


def build_channel(folder: Path) -> ChannelBuilder:
    """Build a channel like a public one, a few packages large, some of them not small."""
    channel = ChannelBuilder(folder)
    noise = random.Random(1)  # what cannot be compressed

    def add(name: str, version: str, build: str, *depends: str, size: int = 20_000) -> None:
        channel.add(
            name=name,
            version=version,
            build=build,
            depends=depends,
            files={f"share/{name}/data": noise.randbytes(size)},
        )

    add("ca-certificates", "2024.8.30", "hbcca054_0", size=150_000)
    add("libgcc", "14.2.0", "h77fa898_1", "_libgcc_mutex 0.1 conda_forge", size=800_000)
    add("_libgcc_mutex", "0.1", "conda_forge", size=100)
    add("openssl", "3.4.0", "hb9d3cd8_0", "ca-certificates", "libgcc >=13", size=2_900_000)
    for version, build in (("3.9.20", "h13acc7a_1_cpython"), ("3.12.7", "hc5c86c4_0_cpython")):
        channel.add(
            name="python",
            version=version,
            build=build,
            depends=["openssl >=3.3", "libgcc >=13", "tzdata"],
            files={
                "bin/python": f"#!/bin/sh\necho Python {version}\n",
                "share/python": noise.randbytes(3 * _MEBIBYTE),
            },
            executables=["bin/python"],
        )
    add("pip", "24.3.1", "pyh8b19718_0", "python >=3.8", size=700_000)
    add("tzdata", "2024b", "hc8b5060_0", size=120_000)
    for version in ("1.26.4", "2.1.3"):
        for python, build in (("3.9", "py39h474f0d3_0"), ("3.12", "py312h58c1407_0")):
            add(
                *("numpy", version, build, f"python >={python},<{python}.99a0", "libgcc >=13"),
                size=1_500_000,
            )
    add("pandas", "2.2.3", "py312hf9745cd_1", "numpy >=1.19", "python >=3.12,<3.13.0a0")
    add("scipy", "1.14.1", "py312h62794b6_1", "numpy >=1.23", size=12 * _MEBIBYTE)
    add("old-reader", "0.4.1", "py39_0", "python >=3.9,<3.10.0a0", "numpy <2")
    add("lonely", "1.0", "0", "gone-library >=4")
    channel.write()
    return channel


def environment_of(root: Path, channel: str) -> dict[str, str]:
    """Return the variables of somebody who has nothing but the program and one channel."""
    home = root / "home"
    home.mkdir(parents=True, exist_ok=True)
    return {
        "HOME": str(home),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "TERM": "xterm-256color",
        "CONDA_ROOT_PREFIX": str(root / "conda"),
        "CONDA_CHANNELS": channel,
        "CONDA_SUBDIR": "linux-64",
        "no_proxy": "127.0.0.1",
    }


def main() -> int:
    """Write the screens of all steps, as tmux shows them, into a folder."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--columns", type=int, default=80)
    parser.add_argument("folder", type=Path)
    options = parser.parse_args()
    options.folder.mkdir(parents=True, exist_ok=True)
    root = Path(tempfile.mkdtemp(prefix="new-user-"))
    try:
        with ChannelServer() as server:
            server.mount("main", build_channel(root / "channel").root)
            server.fail(SLOW_PACKAGE, rate=4 * _MEBIBYTE)
            _Tmux(root, options.columns, environment_of(root, server.url("main"))).show(
                options.folder
            )
    finally:
        shutil.rmtree(root)
    return 0


class _Tmux:
    """A session of tmux with a shell in it, on a server of its own."""

    def __init__(self, root: Path, columns: int, environment: dict[str, str]) -> None:
        self._columns = columns
        self._call = ("tmux", "-S", str(root / "tmux"), "-f", os.devnull)
        size = ("-x", str(columns), "-y", "60")
        shell = ("env", "-i", *(f"{name}={text}" for name, text in environment.items()))
        self._do(
            *("new-session", "-d", *size),
            shlex.join([*shell, f"PS1={_PROMPT}", "bash", "--norc", "--noprofile"]),
        )
        self._do("set-option", "-g", "history-limit", "10000")
        self._wait_for_prompt()

    def show(self, folder: Path) -> None:
        """Do every step, and keep its screen."""
        for number, step in enumerate(STEPS, 1):
            self._do("send-keys", "-R")
            self._do("clear-history")
            self._do("send-keys", step.command, "Enter")
            name = f"{self._columns}-{number:02}-{step.title}"
            if step.waits_for:
                (folder / f"{name}-before.txt").write_text(self._wait_for(step.waits_for))
                keys = {"Ctrl-C": ["C-c"], "Enter": ["Enter"]}
                self._do("send-keys", *keys.get(step.types, [step.types, "Enter"]))
            (folder / f"{name}.txt").write_text(self._wait_for_prompt())
        self._do("kill-server")

    def _wait_for_prompt(self) -> str:
        """Return the screen of a command that has ended."""
        return self._wait_until(lambda screen: screen.endswith(_PROMPT.rstrip()))

    def _wait_for(self, text: str) -> str:
        """Return the screen that has the text."""
        return self._wait_until(lambda screen: text in screen)

    def _wait_until(self, is_right: Callable[[str], bool]) -> str:
        end = time.monotonic() + _LONGEST
        screen = ""
        while time.monotonic() < end:
            time.sleep(0.1)
            screen = self._do("capture-pane", "-p", "-S", "-").rstrip()
            if is_right(screen):
                return f"{screen}\n"
        raise TimeoutError(screen)

    def _do(self, *words: str) -> str:
        done = subprocess.run([*self._call, *words], capture_output=True, check=True, text=True)
        return done.stdout


if __name__ == "__main__":
    raise SystemExit(main())
