"""Run a program inside an environment, as if the environment were activated first."""

import os

from conda_clone.core.prefix.locate import environment_name
from conda_clone.core.prefix.state_file import environment_variables
from conda_clone.errors import ArgumentError
from conda_clone.gateways.processes import run_passthrough
from conda_clone.operations.session import Session

__all__ = ["ActivatedProgram", "prepare_program", "run_program"]


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
    environ = activated_environment(session, prefix)
    if os.name == "nt":
        import shutil  # knows PATHEXT

        found = shutil.which(words[0], path=environ["PATH"]) or words[0]
        return ActivatedProgram([found, *words[1:]], environ, "")
    scripts = activation_scripts(prefix)
    program = _find(words[0], environ["PATH"])
    if program is not None and not scripts and not trace:  # no shell has anything to do
        return ActivatedProgram([program, *words[1:]], environ, "")
    # conda runs activation scripts with bash where there is one, and packages rely on it
    shell = _find("bash", environ["PATH"]) or "/bin/sh"
    script = _script(scripts, trace=trace)
    return ActivatedProgram([shell, "-c", script, "conda-run", *words], environ, script)


def run_program(program: ActivatedProgram, *, cwd: str | None) -> int:
    """Start the program on this process' own streams; return its exit status.

    Raises:
        ArgumentError: `cwd` is not a folder.
    """
    if cwd is not None and not os.path.isdir(cwd):
        raise ArgumentError(f"`{cwd}` is not a folder.", hint="Give another one to --cwd.")
    return run_passthrough(program.argv, env=program.environ, cwd=cwd)


def activated_environment(session: Session, prefix: str) -> dict[str, str]:
    """Return the variables of this process as they are inside the environment at `prefix`."""
    paths = session.paths
    environ = dict(session.environment)
    level = _number(environ.get("CONDA_SHLVL"))
    former = environ.get("CONDA_PREFIX")
    entries = [entry for entry in environ.get("PATH", os.defpath).split(os.pathsep) if entry]
    if former:
        gone = set(executable_folders(former))
        entries = [entry for entry in entries if entry not in gone]
        environ[f"CONDA_PREFIX_{level}"] = former
    inside = executable_folders(prefix)
    environ["PATH"] = os.pathsep.join([*inside, *(e for e in entries if e not in inside)])
    environ["CONDA_PREFIX"] = prefix
    environ["CONDA_SHLVL"] = str(level + 1)
    name = environment_name(prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
    if name == prefix and os.path.basename(os.path.dirname(prefix)) == "envs":
        name = os.path.basename(prefix)
    environ["CONDA_DEFAULT_ENV"] = name
    environ["CONDA_PROMPT_MODIFIER"] = f"({name}) "
    environ.update(environment_variables(prefix))
    return environ


def executable_folders(prefix: str) -> list[str]:
    """Return the folders of an environment that go to the front of PATH."""
    if os.name != "nt":
        return [os.path.join(prefix, "bin")]
    library = os.path.join(prefix, "Library")
    return [
        prefix,
        os.path.join(library, "mingw-w64", "bin"),
        os.path.join(library, "usr", "bin"),
        os.path.join(library, "bin"),
        os.path.join(prefix, "Scripts"),
        os.path.join(prefix, "bin"),
    ]


def activation_scripts(prefix: str) -> list[str]:
    """Return the activation scripts that packages have put there, in the order to source them."""
    folder = os.path.join(prefix, "etc", "conda", "activate.d")
    try:
        names = sorted(os.listdir(folder))
    except OSError:  # most environments have none
        return []
    return [os.path.join(folder, name) for name in names if name.endswith(".sh")]


def _find(program: str, path: str) -> str | None:
    """Return the program's path, as a shell finds it; importing `shutil` for it takes 8 ms."""
    if os.sep in program:
        return None  # relative to the working folder of the program: a shell resolves it there
    for folder in path.split(os.pathsep):
        candidate = os.path.join(folder, program)
        if folder and os.path.isfile(candidate) and os.access(candidate, os.X_OK):
            return candidate
    return None


def _script(scripts: list[str], *, trace: bool) -> str:
    """Return the text for `sh -c`; the program's words are its positional parameters.

    The shell turns into the program, so that signals reach it and its status is not translated;
    only what is part of the shell itself (`echo`, `ulimit`) runs inside it.
    """
    import shlex  # only where there is a shell

    lines = ["set -x"] if trace else []
    lines += [f". {shlex.quote(path)}" for path in scripts]
    lines += ['case "$(command -v -- "$1")" in', '*/*) exec "$@" ;;', '*) "$@" ;;', "esac"]
    return "\n".join(lines)


def _number(text: str | None) -> int:
    try:
        return max(0, int(text or 0))
    except ValueError:
        return 0
