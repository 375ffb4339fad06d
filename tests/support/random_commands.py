"""Commands at random, as processes that are killed at random, on real packages.

The matrices kill at every call of commands that were thought of; this thinks of none. Each step
makes a random change twice: undisturbed, to know where it leads, and again from the same state with
a signal at a random moment. The next command may be killed too. What is left in the end must be the
state before, the one after, or one between two changes of a command, in every file.

    python -m tests.support.random_commands --seed 1 --steps 100
"""

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.command_matrices import State, differences, state_of
from tests.support.crash_cases import copy_by_links

__all__ = ["main", "random_commands"]

_SIGNALS = (signal.SIGKILL, signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT)
_OURS = f"{os.sep}conda_clone{os.sep}"  # in the paths of our modules
_NAMES = ("e", "f", "g")
_OWN = ("lib", "app", "app=1", "app=2", "scripted", "pure", "pure=1", "folder", "folder=1")
_REAL = (
    "openssl=1.1.1h",
    "openssl",
    "ncurses=6.2",
    "ncurses",
    "readline",
    "sqlite=3.33",
    "sqlite",
    "tk",
    "xz",
    "ca-certificates",
    "libffi",
    "zlib",
    "clobber-1",
    "clobber-2",
    "clobber-3",
    "clobber-directory-upgrade=0.1",
    "clobber-directory-upgrade",
)


def random_commands(
    root: Path,
    *,
    seed: int,
    steps: int,
    reader: Callable[[Path], None] | None = None,
    real: Path | None = None,
) -> Iterator[int]:
    """Make random changes, some of them killed; yield once per change that held.

    Args:
        root: A folder to be made.
        seed: Of the chance.
        steps: How many changes.
        reader: Reads every environment that is left, as another program would.
        real: The folder of real packages, if it is at hand.
    """
    walk = _Walk(root, random.Random(seed), reader, real)
    for number in range(steps):
        walk.step(number)
        yield number


class _Walk:
    """The environments of one user, and how they came about."""

    def __init__(
        self,
        root: Path,
        chance: random.Random,
        reader: Callable[[Path], None] | None,
        real: Path | None,
    ) -> None:
        root.mkdir(parents=True)
        self._root = root
        self._chance = chance
        self._reader = reader
        self._program = Program(root / "root", root / "home", _channel(root / "channel").url)
        self._specs: tuple[str, ...] = _OWN
        if real is not None:
            folders = (real / name for name in ("anaconda-2021", "both-formats", "clobber"))
            channels = [self._program.channel, *(folder.as_uri() for folder in folders)]
            self._program.environment["CONDA_CHANNELS"] = ",".join(channels)
            self._specs += _REAL
        self._program.envs.mkdir(parents=True)
        self._master = root / "master"

    def step(self, number: int) -> None:
        """Make one change."""
        words = self._words()
        label = f"step {number}, conda {' '.join(words)}"
        shutil.rmtree(self._master, ignore_errors=True)
        copy_by_links(self._program.envs, self._master)
        old = self._state()
        start = time.monotonic()
        outcome = self._program.as_process(*words)
        lasted = time.monotonic() - start
        assert "Traceback" not in outcome.stderr, f"{label}: {outcome.stderr}"
        new = self._state()
        if outcome.status:
            assert new == old, f"{label} failed: {differences(new, old, old)}"
        shutil.rmtree(self._program.envs)
        copy_by_links(self._master, self._program.envs)
        if self._chance.random() < 0.3:
            shutil.rmtree(self._program.pkgs, ignore_errors=True)
            lasted *= 2
        told = [self._kill(words, self._chance.uniform(0.1, lasted))]
        while self._chance.random() < 0.3:
            told.append(self._kill(["list", "-n", words[words.index("-n") + 1]], 0.4))
        self._look(label, told, old, new)

    def _look(self, label: str, told: list[str], old: State, new: State) -> None:
        for name in sorted(os.listdir(self._program.envs)):
            if not name.startswith("."):
                outcome = self._program.as_process("list", "-n", name, "--json")
                assert "Traceback" not in outcome.stderr, f"{label}: {outcome.stderr}"
                told.append(outcome.stderr)
        state = self._state()
        allowed = (old, new, {**old, **new}, *self._between(old, new))
        if state not in allowed:
            raise AssertionError(f"{label}, {told}: {differences(state, old, new)}")
        for name in state:
            if self._reader is not None:
                self._reader(self._program.prefix(name))

    def _between(self, old: State, new: State) -> Iterator[State]:
        """Yield states in which an environment has lost its packages, but is there still."""
        for name in old.keys() - new.keys():
            found = self._state().get(name, {})
            if not any(path.endswith(".json") for path in found):
                yield {**old, name: found}

    def _kill(self, words: list[str], delay: float) -> str:
        """Run a command, and send it a signal after so many seconds; return what it said."""
        process = subprocess.Popen(
            [sys.executable, "-m", "conda_clone", *words],
            env=self._program.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        time.sleep(delay)
        process.send_signal(self._chance.choice(_SIGNALS))
        _, stderr = process.communicate(timeout=120)
        # Ctrl-C within the first milliseconds is heard by the interpreter, before it knows of us.
        assert "Traceback" not in stderr or _OURS not in stderr, f"{words}: {stderr}"
        return stderr

    def _words(self) -> list[str]:
        """Return a command that has something to do."""
        there = sorted(name for name in os.listdir(self._program.envs) if not name.startswith("."))
        absent = [name for name in _NAMES if name not in there]
        chance = self._chance
        specs = chance.sample(self._specs, chance.randint(1, 4))
        if not there or (absent and chance.random() < 0.15):
            return ["create", "-n", absent[0], "-y", *specs]
        name = chance.choice(there)
        choices: list[list[str]] = [
            *[["install", "-n", name, "-y", *specs]] * 6,
            *[["remove", "-n", name, "-y", self._installed(name)]] * 3,
            ["update", "-n", name, "-y", "--all"],
            ["install", "-n", name, "-y", "--revision", str(chance.randint(0, 3))],
            ["create", "-n", name, "-y", *specs],
            ["remove", "-n", name, "-y", "--all"],
            ["env", "config", "vars", "set", "-n", name, f"ANSWER={chance.random()}"],
        ]
        if absent:
            choices.append(["create", "-n", absent[0], "-y", "--clone", name])
            choices.append(["rename", "-n", name, absent[0], "-y"])
        return chance.choice(choices)

    def _installed(self, name: str) -> str:
        records = sorted((self._program.prefix(name) / "conda-meta").glob("*.json"))
        return self._chance.choice(records).name.rsplit("-", 2)[0] if records else "nothing"

    def _state(self) -> State:
        return state_of(self._program.envs)


def _channel(folder: Path) -> ChannelBuilder:
    """Build packages of the kinds that the real ones do not have: scripts, Python, its modules."""
    channel = ChannelBuilder(folder)
    channel.add(name="lib", files={f"share/lib/{number}": "x" for number in range(40)})
    executable = "bin/python3.11"
    channel.add(
        name="python",
        version="3.11.7",
        files={executable: f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'},
        executables=[executable],
    )
    scripts = {"post-link": "sleep 0.05\n", "pre-unlink": "sleep 0.05\n"}
    for version in ("1.0", "2.0"):
        files = {f"bin/app{number}": f"#!/old/prefix/sh\n{version}\n" for number in range(20)}
        channel.add(
            name="app",
            version=version,
            depends=["lib"],
            files=files,
            prefix_files=dict.fromkeys(files, "text"),
            placeholder="/old/prefix",
            links={"bin/link": "app1"},
        )
        channel.add(
            name="pure",
            version=version,
            noarch="python",
            depends=["python"],
            files={f"site-packages/pure/m{number}.py": version for number in range(30)},
            entry_points=["pure = pure:main"],
        )
        channel.add(name="scripted", version=version, link_scripts=scripts)
    channel.add(name="folder", version="1.0", files={"share/folder": "a file"})
    channel.add(name="folder", version="2.0", files={"share/folder/deep/a": "in a folder"})
    channel.write()
    return channel


def main() -> int:
    """Walk for as long as the arguments say; return the exit status."""
    parser = argparse.ArgumentParser(description=__doc__, allow_abbrev=False)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--steps", type=int, default=100)
    parser.add_argument("--real", type=Path, help="folder of real packages")
    args = parser.parse_args()
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        walk = random_commands(
            Path(name) / "walk", seed=args.seed, steps=args.steps, real=args.real
        )
        count = sum(1 for _ in walk)
    sys.stdout.write(f"{count:,} changes held\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
