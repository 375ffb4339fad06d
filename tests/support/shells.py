"""Real shells: write one scenario in the language of each, run it, and look at what came of it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pytest

__all__ = ["SHELLS", "Shell", "ShellMachine", "Snapshot", "found"]

# Writes its environment variables, the prompt and the status of the command before it.
_RECORDER = """
import json, os, sys
with open(sys.argv[1], "a", encoding="utf-8", errors="surrogateescape") as stream:
    variables = dict(os.environ)
    for changing in ("_", "LAST_RETURN_CODE"):
        variables.pop(changing, None)
    stream.write(json.dumps([variables, sys.argv[2], sys.argv[3]]) + "\\n")
"""
PROMPT = "$ "


@dataclass(frozen=True, slots=True)
class Snapshot:
    """A shell at one moment.

    Attributes:
        variables: The variables that it exports.
        prompt: What its prompt begins with.
        status: The exit status of the last command.
    """

    variables: dict[str, str]
    prompt: str
    status: int

    @property
    def path(self) -> list[str]:
        """The entries of PATH."""
        return self.variables["PATH"].split(":")


@dataclass(frozen=True, slots=True)
class Shell:
    """One shell and its language.

    Attributes:
        name: What it is called here.
        argv: How to let it run a script; its own profiles stay unread.
        family: The name in `conda shell.NAME`.
        suffix: How the names of its activation scripts end.
    """

    name: str
    argv: tuple[str, ...]
    family: str
    suffix: str

    @property
    def is_posix(self) -> bool:
        """Tell whether it reads the language of sh."""
        return self.family == "posix"

    def hook(self, program: str) -> str:
        """Return what defines the `conda` function."""
        return {
            "posix": f'eval "$({program} shell.posix hook)"',
            "csh": f'eval "`{program} shell.csh hook`"',
            "fish": f"{program} shell.fish hook | source",
            "xonsh": f'execx($({program} shell.xonsh hook), "exec", __xonsh__.ctx)',
        }[self.family]

    def export(self, name: str, value: str) -> str:
        """Return what gives an exported variable a value without anything special in it."""
        return {
            "posix": f"export {name}='{value}'",
            "csh": f"setenv {name} '{value}'",
            "fish": f"set -gx {name} '{value}'",
            "xonsh": f"${name} = '{value}'",
        }[self.family]

    def unset(self, name: str) -> str:
        """Return what takes a variable away."""
        return {
            "posix": f"unset {name}",
            "csh": f"unsetenv {name}",
            "fish": f"set -e {name}",
            "xonsh": f"del ${name}",
        }[self.family]

    def set_prompt(self) -> str:
        """Return what gives the shell the prompt of the tests."""
        return {
            "posix": f"PS1='{PROMPT}'",
            "csh": f"set prompt='{PROMPT}'",
            "fish": f"function fish_prompt; printf '%s' '{PROMPT}'; end",
            "xonsh": "pass",
        }[self.family]

    def record(self, recorder: str) -> str:
        """Return what takes a snapshot."""
        return {
            "posix": f'_status=$?; {recorder} "$PS1" "$_status"',
            "csh": f'set _status=$status; {recorder} "$prompt:q" "$_status"',
            "fish": f"set -g _status $status; {recorder} (fish_prompt) $_status",
            "xonsh": (
                f'{recorder} @(__xonsh__.env.get("CONDA_PROMPT_MODIFIER", "") + "{PROMPT}") '
                "@($LAST_RETURN_CODE)"
            ),
        }[self.family]

    def failing(self, command: str) -> str:
        """Return a command that may fail without an end of the script."""
        return f"$LAST_RETURN_CODE = !({command}).returncode" if self.family == "xonsh" else command

    def activation_script(self, variable: str) -> dict[str, str]:
        """Return the text of a package's script for activation, and of that for deactivation."""
        if self.name == "xonsh":  # it lets bash read them
            return SHELLS[0].activation_script(variable)
        return {
            "activate": self.export(variable, "on") + "\n",
            "deactivate": self.unset(variable) + "\n",
        }


_POSIX = ("posix", ".sh")
SHELLS = (
    Shell("bash", ("bash", "--norc", "--noprofile"), *_POSIX),
    Shell("dash", ("dash",), *_POSIX),
    Shell("ash", ("busybox", "ash"), *_POSIX),
    Shell("zsh", ("zsh", "-f"), *_POSIX),
    Shell("ksh", ("ksh",), *_POSIX),
    Shell("mksh", ("mksh",), *_POSIX),
    Shell("tcsh", ("tcsh", "-f"), "csh", ".csh"),
    Shell("fish", ("fish", "--no-config"), "fish", ".fish"),
    Shell("xonsh", ("xonsh", "--no-rc"), "xonsh", ".sh"),
)


def found(shell: Shell) -> str:
    """Return the path of a shell's program, or skip the test by the shell's name."""
    # xonsh comes from PyPI and is beside the interpreter.
    places = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    path = shutil.which(shell.argv[0], path=places)
    if path is None:
        pytest.skip(f"{shell.name} is not installed")
    return path


@dataclass
class ShellMachine:
    """A home, a base environment and a program, for one shell.

    Attributes:
        shell: The shell.
        folder: Everything lies below it.
        variables: Environment variables that the shell starts with, beside the usual ones.
    """

    shell: Shell
    folder: Path
    variables: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for path in (self.home, self.root / "envs"):
            path.mkdir(parents=True)
        self._recorder = self.folder / "recorder.py"
        self._recorder.write_text(_RECORDER)
        self.program = self.script("conda", f'exec {sys.executable} -P -m conda_clone "$@"')
        self._forget = self.script(
            "forget", f"find '{self.folder}' -name 'activation.*' -type f -exec rm {{}} +"
        )

    @property
    def home(self) -> Path:
        """The user's home folder."""
        return self.folder / "home"

    @property
    def root(self) -> Path:
        """The base environment."""
        return self.folder / "root"

    def script(self, name: str, text: str) -> Path:
        """Write a program for sh, and return its path."""
        path = self.folder / "programs" / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(f"#!/bin/sh\n{text}\n")
        path.chmod(0o755)
        return path

    def environment(
        self,
        name: str,
        *,
        variables: Mapping[str, str] | None = None,
        script_sets: str = "",
        prefix: Path | None = None,
    ) -> Path:
        """Make an environment by hand, and return its prefix.

        Args:
            name: Its name below `envs` of the base environment.
            variables: The variables that it sets.
            script_sets: A variable that a package's activation script sets to `on`.
            prefix: Where it lies, when it has no name.
        """
        prefix = prefix or self.root / "envs" / name
        (prefix / "conda-meta").mkdir(parents=True)
        (prefix / "conda-meta" / "history").touch()
        (prefix / "bin").mkdir()
        if variables is not None:
            state = json.dumps({"env_vars": variables})
            (prefix / "conda-meta" / "state").write_text(state)
        if script_sets:
            for kind, text in self.shell.activation_script(script_sets).items():
                path = prefix / "etc" / "conda" / f"{kind}.d" / f"it{self.shell.suffix}"
                path.parent.mkdir(parents=True)
                path.write_text(text)
        return prefix

    def run(self, lines: Sequence[str], *, timeout: float = 60) -> list[Snapshot]:
        """Run a script, and return what its `snapshot` lines have seen.

        Every line is one of the shell's language; `snapshot` takes a snapshot, `forget` removes all
        that has been prepared, `alone` takes the program away.
        """
        record = self.folder / "record"
        record.unlink(missing_ok=True)
        text = "\n".join(self._line(line, record) for line in ["start", *lines]) + "\n"
        source = self.folder / "scenario"
        source.write_text(text, encoding="utf-8", errors="surrogateescape")
        completed = subprocess.run(
            [found(self.shell), *self.shell.argv[1:], str(source)],
            env=self.start_variables(),
            cwd=self.home,
            capture_output=True,
            text=True,
            errors="replace",
            timeout=timeout,
            check=False,
        )
        self.stdout, self.stderr, self.status = (
            completed.stdout,
            completed.stderr,
            completed.returncode,
        )
        if not record.exists():
            return []
        rows = [json.loads(line) for line in record.read_text(encoding="utf-8").splitlines()]
        return [Snapshot(variables, prompt, int(status)) for variables, prompt, status in rows]

    def start_variables(self) -> dict[str, str]:
        """Return the environment variables that the shell starts with."""
        return {
            "HOME": str(self.home),
            "PATH": "/usr/bin:/bin",
            "CONDA_ROOT_PREFIX": str(self.root),
            "PYTHONPATH": os.pathsep.join(filter(None, sys.path)),
            "PYTHONDONTWRITEBYTECODE": "1",
            "XDG_DATA_HOME": str(self.home / "data"),
            "LANG": "C.UTF-8",
            **self.variables,
        }

    def _line(self, line: str, record: Path) -> str:
        if line == "start":
            return "\n".join([self.shell.set_prompt(), self.shell.hook(str(self.program))])
        if line == "snapshot":
            recorder = f"{sys.executable} -S {self._recorder} {record}"
            return self.shell.record(recorder)
        if line == "forget":
            return str(self._forget)
        if line == "alone":
            return self.shell.export("CONDA_EXE", "/nowhere/conda")
        return line
