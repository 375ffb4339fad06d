"""`conda shell.NAME COMMAND`: what the functions of `conda init` call, and what they evaluate.

No argument parser and no session: a shell waits for this whenever it starts.
"""

import os
import sys

from conda_clone.config.activation import activation_settings
from conda_clone.config.configuration import Configuration
from conda_clone.core.prefix.errors import EnvironmentLocationNotFound, EnvironmentNameNotFound
from conda_clone.core.prefix.locate import ROOT_NAMES, absolute, is_environment, prefix_of
from conda_clone.errors import ArgumentError, CondaError
from conda_clone.shells.activator import Activator
from conda_clone.shells.dialects import SHELLS, dialect, prepared_dialect

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conda_clone.config.activation import ActivationSettings
    from conda_clone.shells.env_change import EnvChange

__all__ = ["Answer", "ShellCall", "answer", "program_variables"]

COMMANDS = ("activate", "deactivate", "reactivate", "hook")
_HELP = ("-h", "--help")
_STACK = {"--stack": True, "--no-stack": False}


class ShellCall:
    """A shell that asks, and the tool that it asks.

    Attributes:
        shell: What stands after `shell.`: a name of `SHELLS`, perhaps with `+json`.
        words: A command and its arguments.
        environ: The exported variables of the shell.
        cwd: Its working directory.
        home: The user's home folder.
        executable: Path of the tool's program.
    """

    __slots__ = ("cwd", "environ", "executable", "home", "shell", "words")

    def __init__(
        self,
        shell: str,
        words: "Sequence[str]",
        *,
        environ: "Mapping[str, str]",
        home: str,
        cwd: str,
        executable: str,
    ) -> None:
        self.shell = shell
        self.words = words
        self.environ = environ
        self.cwd = cwd
        self.home = home
        self.executable = executable


def program_variables(executable: str, root_prefix: str) -> dict[str, str]:
    """Return the variables by which scripts find the tool.

    Args:
        executable: Path of the tool's program.
        root_prefix: Path of the base environment.
    """
    return {
        "CONDA_EXE": executable,
        "_CONDA_EXE": executable,
        "CONDA_PYTHON_EXE": _python(),
        "_CONDA_ROOT": root_prefix,
    }


def _python() -> str:
    """Return the interpreter by the name that scripts expect, where it has that."""
    plain = os.path.join(os.path.dirname(sys.executable), "python")
    return plain if os.path.exists(plain) else sys.executable


def _trust_caution(prefix: str, root_prefix: str) -> list[str]:
    """Return a caution for an environment that somebody else can put scripts into."""
    if not hasattr(os, "geteuid"):
        return []
    trusted = {0, os.geteuid()}
    try:
        trusted.add(os.stat(root_prefix).st_uid)
        owner = os.stat(os.path.join(prefix, "conda-meta")).st_uid
    except OSError:
        return []
    if owner in trusted:
        return []
    return [f"`{prefix}` belongs to another user, whose activation scripts run as you."]


class Answer:
    """What a shell gets.

    Attributes:
        text: What it evaluates.
        cautions: What the person in front of it should read.
    """

    __slots__ = ("cautions", "text")

    def __init__(self, text: str, cautions: "Sequence[str]" = ()) -> None:
        self.text = text
        self.cautions = cautions


def answer(call: ShellCall) -> Answer:
    """Return what the shell asked for.

    Raises:
        ArgumentError: The command or its arguments are wrong.
        CondaError: The shell is unknown, or the environment cannot be activated.
    """
    name, plus, form = call.shell.partition("+")
    if name not in SHELLS or (plus and form != "json"):
        raise CondaError(
            f"`{call.shell}` is not a supported shell.",
            hint=f"Supported are {', '.join(sorted(SHELLS))}; `+json` after a name gives JSON.",
        )
    command, *words = call.words or [""]
    if command in _HELP:
        return Answer(_usage(call.shell, "COMMAND"))
    if command not in COMMANDS:
        raise ArgumentError(
            f"`conda shell.{call.shell}` takes {', '.join(COMMANDS)} or commands, not `{command}`."
        )
    if any(word in _HELP for word in words):
        return Answer(_usage(call.shell, command))
    settings = activation_settings(Configuration.load(environ=call.environ, home=call.home))
    if command == "hook":
        _no_more(command, words)
        return Answer(_hook(call, settings, name))
    change = _change(call, settings, name, command, words)
    active = change.export.get("CONDA_PREFIX")
    cautions = [*change.cautions, *(_trust_caution(active, settings.root_prefix) if active else ())]
    prefixes = (call.environ.get("CONDA_PREFIX"), active)
    _prepare(call, settings, name, [prefix for prefix in prefixes if prefix])
    if plus:
        from conda_clone.shells.dialects.json_dialect import document  # json: 5 ms

        return Answer(document(change, dialect(name).CONVENTIONS), cautions)
    return Answer(dialect(name).render(change), cautions)


def _usage(shell: str, command: str) -> str:
    arguments = " [--stack | --no-stack] [NAME | PATH]" if command == "activate" else ""
    return (
        f"usage: conda shell.{shell} {command}{arguments}\n\n"
        f"Prints code for the shell to evaluate; `conda init` sets it up. COMMAND is one of\n"
        f"{', '.join(COMMANDS)} and commands.\n"
    )


def _hook(call: ShellCall, settings: "ActivationSettings", name: str) -> str:
    from conda_clone.shells.hook import hook_text  # reads a file

    start = _start(call, settings)
    _prepare(call, settings, name)
    words: tuple[str, ...] = ()
    if call.environ.get("CONDA_PREFIX"):
        words = ("reactivate",)  # a shell inside of another one stays where that one is
    elif start and is_environment(start):  # a fresh installation has no base environment yet
        words = ("activate", settings.default_activation_env)
    return hook_text(name, program_variables(call.executable, settings.root_prefix), words)


def _start(call: ShellCall, settings: "ActivationSettings") -> str:
    """Return the prefix that new shells start in, or ""."""
    if not settings.auto_activate:
        return ""
    return _prefix(settings.default_activation_env, call.cwd, settings)


def _prepare(
    call: ShellCall, settings: "ActivationSettings", name: str, prefixes: "Iterable[str]" = ()
) -> None:
    """Let the shell do without the program next time."""
    language = prepared_dialect(name)
    if language is None:
        return
    from conda_clone.shells.prepared import prepare_environment, prepare_settings

    suffix = dialect(name).CONVENTIONS.script_suffix
    for prefix in dict.fromkeys(prefixes):
        prepare_environment(language, prefix, suffix, settings)
    prepare_settings(language, settings, call.environ, call.home, start=_start(call, settings))


def _change(
    call: ShellCall, settings: "ActivationSettings", name: str, command: str, words: list[str]
) -> "EnvChange":
    activator = Activator(
        call.environ,
        settings,
        dialect(name).CONVENTIONS,
        program_variables(call.executable, settings.root_prefix),
        refresh="+" not in call.shell,
    )
    if command == "activate":
        target, stack = _target(words)
        wanted = settings.default_activation_env if target is None else target
        prefix = _existing(wanted, call.cwd, settings)
        return activator.activate(prefix, stack=stack)
    _no_more(command, words)
    return activator.deactivate() if command == "deactivate" else activator.reactivate()


def _target(words: "Sequence[str]") -> tuple[str | None, bool | None]:
    """Read the arguments of `activate`."""
    options = [word for word in words if word.startswith("-")]
    unknown = [word for word in options if word not in _STACK]
    if unknown:
        raise ArgumentError(f"`activate` has no option {unknown[0]}.")
    if len(set(options)) > 1:
        raise ArgumentError("--stack and --no-stack contradict each other.")
    names = [word for word in words if not word.startswith("-")]
    if len(names) > 1:
        raise ArgumentError(f"`activate` takes one environment, not {len(names)}.")
    return (names[0] if names and names[0] else None), _STACK[options[0]] if options else None


def _no_more(command: str, words: "Sequence[str]") -> None:
    if words:
        raise ArgumentError(f"`{command}` takes no arguments, but got `{' '.join(words)}`.")


def _prefix(wanted: str, cwd: str, settings: "ActivationSettings") -> str:
    if "/" in wanted or "\\" in wanted or wanted.startswith(("~", ".")):
        return absolute(wanted, cwd)
    return prefix_of(wanted, envs_dirs=settings.envs_dirs, root_prefix=settings.root_prefix)


def _existing(wanted: str, cwd: str, settings: "ActivationSettings") -> str:
    """Return the prefix of an environment that is there; base always is."""
    prefix = _prefix(wanted, cwd, settings)
    is_root = wanted in ROOT_NAMES or prefix == settings.root_prefix
    if is_root or os.path.isdir(os.path.join(prefix, "conda-meta")):
        return prefix
    if os.path.isabs(prefix) and prefix == absolute(wanted, cwd):
        raise EnvironmentLocationNotFound(prefix)
    raise EnvironmentNameNotFound(wanted)
