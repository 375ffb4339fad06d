"""Whole commands, crashed or disturbed at every call: removing, renaming, cloning, updating.

The matrices of `crash_matrices` crash one transaction. A command does more: it locks, may make
several changes one after the other, registers environments and deletes them. Here all calls of the
command count, and what is looked at are all environments of the user.

What may be left is the state before, the one after, or one between two changes of which the command
is made up; in each, every environment is whole.
"""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.crash_cases import copy_by_links
from tests.support.faults import Fault, Tree, run_forked
from tests.support.transactions import snapshot

__all__ = [
    "COMMANDS",
    "Command",
    "CommandCase",
    "State",
    "build_channel",
    "differences",
    "disturbed_commands",
    "killed_commands",
    "state_of",
]

State = dict[str, Tree]
"""What there is of each environment that is there, by its name."""

_TIMES = re.compile(rb"(?m)^(==> \d{4}-\d\d-\d\d \d\d:\d\d:\d\d <==|# cmd: .*)$")
_LINK_TYPE = re.compile(rb'"type": ?\d+')
_FILE = """\
name: e
dependencies: [app=2, scripted]
variables: {ANSWER: "42"}
"""


@dataclass(frozen=True)
class Command:
    """A command, and what may be left of it.

    Attributes:
        words: What is typed; `{file}` stands for a description of the environment `e`.
        packages: What the environment `e` holds beforehand.
        other: What the environment `f` holds beforehand, if it is there.
        between: The state that may be left as well, made of those before and after.
        on_the_way: A command that leads to such a state.
    """

    words: tuple[str, ...]
    packages: tuple[str, ...] = ("app=1",)
    other: tuple[str, ...] = ()
    between: Callable[[State, State], State] | None = None
    on_the_way: tuple[str, ...] = ()


def _both(old: State, new: State) -> State:
    """Return the state in which the new environment is there, and the old one still as well."""
    return {**old, **new}


def _without_variables(_: State, new: State) -> State:
    """Return the state in which the packages have changed, and no variable has been added."""
    packages = {path: found for path, found in new["e"].items() if path != "conda-meta/state"}
    return {"e": packages}


_ALL = ("remove", "-n", "e", "--all", "-y")
COMMANDS = {
    "remove --all": Command(_ALL),
    "env remove": Command(("env", "remove", "-n", "e", "-y")),
    "remove --all with scripts": Command(
        _ALL, packages=("app=1", "scripted"), on_the_way=(*_ALL, "--keep-env")
    ),
    "rename": Command(("rename", "-n", "e", "f", "-y"), between=_both),
    "rename over an environment": Command(
        ("rename", "-n", "e", "f", "-y"), other=("lib",), between=_both
    ),
    "clone": Command(("create", "--clone", "e", "-n", "f", "-y")),
    "create over an environment": Command(("create", "-n", "e", "-y", "lib", "scripted")),
    "env update": Command(("env", "update", "-n", "e", "-f", "{file}"), between=_without_variables),
    "env update --prune": Command(
        ("env", "update", "-n", "e", "-f", "{file}", "--prune"),
        packages=("app=1", "more"),
        between=_without_variables,
    ),
    "update": Command(("update", "-n", "e", "-y", "app")),
    "install --revision": Command(("install", "-n", "e", "--revision", "0", "-y")),
}


class CommandCase:
    """One command on the environments of one user, which can be run again and again.

    Args:
        root: A folder to be made.
        command: What is run.
        reader: Reads every environment that is left, as another program would.

    Attributes:
        calls: How many changes of the disk the command makes.
    """

    def __init__(
        self, root: Path, command: Command, reader: Callable[[Path], None] | None = None
    ) -> None:
        root.mkdir(parents=True)
        self._reader = reader
        self._program = Program(root / "root", root / "home", build_channel(root / "channel").url)
        description = root / "environment.yml"
        description.write_text(_FILE)
        self._words = [word.format(file=description) for word in command.words]
        self._master = root / "master"
        self._set_up(command)
        self._old = self._state()
        self._allowed = [self._old]
        if command.on_the_way:
            self._program.succeed(*command.on_the_way)
            self._allowed.append(self._state())
            self.reset()
        self.calls = run_forked(self.run, Fault()).calls
        self._new = self._state()
        assert self._new != self._old
        self._allowed.append(self._new)
        if command.between is not None:
            self._allowed.append(command.between(self._old, self._new))
        self.reset()

    def _set_up(self, command: Command) -> None:
        program = self._program
        program.succeed("create", "-n", "e", "-y", "lib")
        program.succeed("install", "-n", "e", "-y", *command.packages)
        if command.other:
            program.succeed("create", "-n", "f", "-y", *command.other)
        (program.prefix("e") / "share/mine").write_text(f"mine, in {program.prefix('e')}\n")
        # Everything is in the cache: what is crashed are changes of environments.
        program.succeed("create", "-n", "warm", "-y", "app=2", "scripted", "more")
        shutil.rmtree(program.prefix("warm"))
        copy_by_links(program.envs, self._master)

    def run(self) -> None:
        """Run the command; it must succeed, or end with an error of its own."""
        outcome = self._program(*self._words)
        assert outcome.status in (0, 1), outcome.stderr
        assert "Traceback" not in outcome.stderr, outcome.stderr
        if outcome.status:
            os._exit(3)  # what `run_forked` calls refused

    def reset(self) -> None:
        """Bring the old environments back."""
        shutil.rmtree(self._program.envs)
        copy_by_links(self._master, self._program.envs)

    def crash(self, fault: Fault, *, needs_recovery: bool = True) -> None:
        """Crash the command; the next ones find whole environments and are not in each other's way.

        Args:
            fault: What goes wrong.
            needs_recovery: Whether a next command may have something to finish.
        """
        outcome = run_forked(self.run, fault)
        if not needs_recovery and not outcome.finished:  # else tidying up may be what failed
            self._check(self._state(), fault)
        listed = self._program.succeed("env", "list", "--json").document["envs"]
        ours = {name for path in listed if (name := self._name(path)) is not None}
        there = {name for name in os.listdir(self._program.envs) if not name.startswith(".")}
        assert ours == there, f"{fault}: listed are {sorted(ours)}, there are {sorted(there)}"
        for name in there:
            self._program.succeed("list", "-n", name, "--json")
            if self._reader is not None:
                self._reader(self._program.prefix(name))
        state = self._state()
        self._check(state, fault)
        if outcome.finished:
            assert state == self._new, f"{fault}: it said that it had succeeded"
        self._sweep(fault)
        self.reset()

    def _check(self, state: State, fault: Fault) -> None:
        if state not in self._allowed:
            raise AssertionError(f"{fault}: {differences(state, self._old, self._new)}")

    def _sweep(self, fault: Fault) -> None:
        """Create what has left hidden folders behind: nothing is in the way, and they are gone."""
        for hidden in [name for name in os.listdir(self._program.envs) if name.startswith(".")]:
            name = hidden.split(".")[1]
            self._program.succeed("create", "-n", name, "-y", "lib")
        left = [name for name in os.listdir(self._program.envs) if name.startswith(".")]
        assert not left, f"{fault}: {left}"

    def _state(self) -> State:
        return state_of(self._program.envs)

    def _name(self, path: str) -> str | None:
        """Return the name of an environment, if it is not of somebody else on this machine."""
        folder, name = os.path.split(path)
        return name if Path(folder) == self._program.envs else None


def killed_commands(case: CommandCase, how: str = "kill", *, every: int = 1) -> Iterator[int]:
    """C1, C2: a command dies before each of its calls.

    Args:
        case: The command.
        how: As `Fault` has it.
        every: One call of so many is tried.
    """
    for number in range(1, case.calls + 1, every):
        case.crash(Fault(number, how))
        yield number


def disturbed_commands(
    case: CommandCase, code: int, *, forever: bool = False, every: int = 1
) -> Iterator[int]:
    """F1, F3, F4: each call of a command fails; no next command is needed to be whole again.

    Args:
        case: The command.
        code: Number of the error.
        forever: Every later call that needs room fails as well.
        every: One call of so many is tried.
    """
    for number in range(1, case.calls + 1, every):
        case.crash(Fault(number, code, forever), needs_recovery=False)
        yield number


def state_of(envs: Path) -> State:
    """Return what there is of all environments in a folder."""
    return {
        name: _timeless(snapshot(envs / name))
        for name in sorted(os.listdir(envs))
        if not name.startswith(".")
    }


def differences(state: State, old: State, new: State) -> str:
    """Say how a state differs from those that it could be."""
    lines = [f"environments {sorted(state)}, before {sorted(old)}, after {sorted(new)}"]
    for label, other in (("before", old), ("after", new)):
        for name in sorted(state.keys() & other.keys()):
            left, right = state[name], other[name]
            paths = sorted(
                path for path in left.keys() | right.keys() if left.get(path) != right.get(path)
            )
            lines.append(f"{name} differs from {label} in {paths}")
    return "; ".join(lines)


def build_channel(folder: Path) -> ChannelBuilder:
    """Build packages of every kind that leaves or comes in its own way."""
    channel = ChannelBuilder(folder)
    channel.add(name="lib", files={"share/lib/a": "a", "share/lib/deep/b": "b"})
    for version in ("1.0", "2.0"):
        channel.add(
            name="app",
            version=version,
            depends=["lib"],
            files={"bin/app": f"#!/old/prefix/sh\n{version}\n", f"share/app/{version}": version},
            prefix_files={"bin/app": "text"},
            placeholder="/old/prefix",
            links={"bin/link": "app"},
        )
    channel.add(name="more", files={"share/more/a": "a", "etc/more": "more"})
    scripts = {"post-link": "true\n", "pre-unlink": "true\n"}
    channel.add(name="scripted", files={"share/scripted": "s"}, link_scripts=scripts)
    channel.write()
    return channel


def _timeless(found: Tree) -> Tree:
    """Leave out when and by which command a history was written, and whether files are copies.

    Where trying a link fails, files are copied; nothing else differs.
    """

    def picture(path: str, content: bytes) -> bytes:
        if path == "conda-meta/history":
            return _TIMES.sub(b"", content)
        is_record = path.startswith("conda-meta/") and path.endswith(".json")
        return _LINK_TYPE.sub(b"", content) if is_record else content

    return {
        path: (kind, mode, picture(path, content)) for path, (kind, mode, content) in found.items()
    }
