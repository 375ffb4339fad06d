"""Run a program inside an environment, as if the environment were activated first."""

import os
from collections.abc import Mapping

from conda_clone.config.activation import activation_settings
from conda_clone.errors import ArgumentError
from conda_clone.gateways.processes import run_passthrough
from conda_clone.operations.session import Session
from conda_clone.shells.activator import Activator, Conventions
from conda_clone.shells.env_change import EnvChange

__all__ = [
    "ActivatedProgram",
    "activated_environment",
    "near_programs",
    "prepare_program",
    "run_program",
]


class ActivatedProgram:
    """A program, ready to be started.

    Attributes:
        argv: What is started: the program, or a shell that sources activation scripts and then
            becomes the program.
        environ: Its environment variables.
        script: The text that the shell runs, or "" when there is no shell.
    """

    __slots__ = ("argv", "environ", "script")

    def __init__(self, argv: list[str], environ: dict[str, str], script: str) -> None:
        self.argv = argv
        self.environ = environ
        self.script = script


def prepare_program(
    session: Session, prefix: str, words: list[str], *, trace: bool = False
) -> ActivatedProgram:
    """Return how to start `words` inside the environment at `prefix`.

    Args:
        session: The invocation.
        prefix: The environment.
        words: The program and its arguments; passed on untouched.
        trace: Let the shell show what it does.

    Raises:
        ArgumentError: There is no program to run.
    """
    if not words:
        raise ArgumentError(
            "There is no program to run.", hint="Name one: `conda run -n NAME PROGRAM ...`."
        )
    change = _activation(session, prefix)
    environ = _changed(session.environment, change)
    if os.name == "nt":
        import shutil  # knows PATHEXT

        found = shutil.which(words[0], path=environ["PATH"]) or words[0]
        return ActivatedProgram([found, *words[1:]], environ, "")
    program = _find(words[0], environ["PATH"])
    has_scripts = change.activate_scripts or change.deactivate_scripts
    if program is not None and not has_scripts and not trace:  # no shell has anything to do
        return ActivatedProgram([program, *words[1:]], environ, "")
    # conda runs activation scripts with bash where there is one, and packages rely on it
    shell = _find("bash", environ["PATH"]) or "/bin/sh"
    script = _script(change, environ, trace=trace)
    if change.deactivate_scripts:  # which see the variables of the environment that is left
        environ = dict(session.environment)
    return ActivatedProgram([shell, "-c", script, "conda-run", *words], environ, script)


def run_program(program: ActivatedProgram, *, cwd: str | None) -> int:
    """Start the program on this process' own streams; return its exit status.

    Raises:
        ArgumentError: `cwd` is not a folder.
    """
    if cwd is not None and not os.path.isdir(cwd):
        raise ArgumentError(f"`{cwd}` is not a folder.", hint="Give another one to --cwd.")
    return run_passthrough(program.argv, env=program.environ, cwd=cwd)


def near_programs(prefix: str, word: str) -> tuple[str, ...]:
    """Return programs of an environment that may have been meant by a word."""
    from conda_clone.gateways.disk.read import list_directory  # only on mistakes
    from conda_clone.models.near_names import meant_words

    names = list_directory(os.path.join(prefix, "Scripts" if os.name == "nt" else "bin"))
    return () if word in names else meant_words(word, names)


def activated_environment(session: Session, prefix: str) -> dict[str, str]:
    """Return the variables of this process as they are inside the environment at `prefix`."""
    return _changed(session.environment, _activation(session, prefix))


def _activation(session: Session, prefix: str) -> EnvChange:
    """Return what activation would change."""
    environ = dict(session.environment)
    if not environ.get("CONDA_SHLVL", "").isdecimal():
        environ["CONDA_SHLVL"] = "1" if environ.get("CONDA_PREFIX") else "0"
    settings = activation_settings(session.configuration)
    return Activator(environ, settings, Conventions(".sh", None), {}).activate(prefix)


def _changed(environ: Mapping[str, str], change: EnvChange) -> dict[str, str]:
    """Return the variables as they are after a change."""
    after = {name: value for name, value in environ.items() if name not in change.unset}
    after.update(change.export)
    if change.path is not None:
        after["PATH"] = os.pathsep.join(change.path)
    return after


def _find(program: str, path: str) -> str | None:
    """Return the program's path, as a shell finds it; importing `shutil` for it takes 8 ms."""
    if os.sep in program:
        return None  # relative to the working folder of the program: a shell resolves it there
    for folder in path.split(os.pathsep):
        candidate = os.path.join(folder, program)
        if folder and os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


def _script(change: EnvChange, environ: Mapping[str, str], *, trace: bool) -> str:
    """Return the text for `sh -c`; the program's words are its positional parameters.

    The shell turns into the program, so that signals reach it and its status is not translated;
    only what is part of the shell itself (`echo`, `ulimit`) runs inside it.
    """
    import shlex  # only where there is a shell

    lines = ["set -x"] if trace else []
    if change.deactivate_scripts:
        lines += [f". {shlex.quote(path)}" for path in change.deactivate_scripts]
        lines += [f"unset {name}" for name in change.unset]
        names = (*change.export, "PATH")
        lines += [f"export {name}={shlex.quote(environ[name])}" for name in names]
    lines += [f". {shlex.quote(path)}" for path in change.activate_scripts]
    lines += ['case "$(command -v -- "$1")" in', '*/*) exec "$@" ;;', '*) "$@" ;;', "esac"]
    return "\n".join(lines)
