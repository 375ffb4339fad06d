"""Which files `conda init` changes, and what is to stand in them; data, nothing is written here."""

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from conda_clone.shells.dialects import dialect
from conda_clone.shells.hook import hook_text
from conda_clone.shells.init.rc_block import (
    BLOCK_MARKS,
    POWERSHELL_MARKS,
    Marks,
    block,
    with_block,
    without_block,
)

__all__ = [
    "FileChange",
    "InitPlan",
    "InitWish",
    "Place",
    "plan_init",
    "shells_of_platform",
    "usual_shells",
]

_UNIX = ("bash", "fish", "tcsh", "xonsh", "zsh", "powershell")
_WINDOWS = ("bash", "cmd.exe", "fish", "powershell", "tcsh", "xonsh", "zsh")


@dataclass(frozen=True, slots=True, kw_only=True)
class InitWish:
    """What `conda init` was asked for.

    Attributes:
        shells: Names of shells; none means the usual ones of the platform.
        user: Change the user's own profiles.
        system: Change the profiles of all users.
        reverse: Take the block out.
        condabin: Only put the folder with the program on PATH.
    """

    shells: tuple[str, ...] = ()
    user: bool = True
    system: bool = False
    reverse: bool = False
    condabin: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where shells and the tool are.

    Attributes:
        root_prefix: The base environment.
        home: The user's home folder.
        environ: Environment variables.
        program: The variables by which scripts find the tool.
        powershell_profiles: Profiles of the PowerShells that were found, for the scope asked for.
        platform: Name of the platform, as `sys.platform` has it.
    """

    root_prefix: str
    home: str
    environ: Mapping[str, str]
    program: Mapping[str, str]
    powershell_profiles: tuple[str, ...] = ()
    platform: str = sys.platform


class FileChange:
    """What becomes of one file.

    Attributes:
        path: The file.
        change: From its present text, "" when it does not exist, to the new one.
        executable: It is a program.
    """

    __slots__ = ("change", "executable", "path")

    def __init__(
        self, path: str, change: Callable[[str], str], *, executable: bool = False
    ) -> None:
        self.path = path
        self.change = change
        self.executable = executable


class InitPlan:
    """Everything that `conda init` changes.

    Attributes:
        files: Files, launchers first.
        autorun: What cmd.exe is to run when it starts, "" to take it away, None to leave it alone.
        system: The registry of all users is meant.
    """

    __slots__ = ("autorun", "files", "system")

    def __init__(
        self, files: Sequence[FileChange], *, autorun: str | None = None, system: bool = False
    ) -> None:
        self.files = tuple(files)
        self.autorun = autorun
        self.system = system


def shells_of_platform(*, windows: bool = os.name == "nt") -> tuple[str, ...]:
    """Return the names that `conda init` takes."""
    return _WINDOWS if windows else _UNIX


def usual_shells(platform: str = sys.platform) -> tuple[str, ...]:
    """Return the shells that are meant when none is named."""
    return ("cmd.exe", "powershell") if platform == "win32" else ("bash",)


def plan_init(wish: InitWish, place: Place) -> InitPlan:
    """Return what is to be done."""
    shells = wish.shells or usual_shells(place.platform)
    files = [] if wish.reverse else _launchers(place)
    for shell in shells:
        files += _profiles(wish, place, shell)
    autorun = None
    if "cmd.exe" in shells:
        hook = os.path.join(place.root_prefix, "condabin", "conda_hook.bat")
        autorun = "" if wish.reverse else f'if exist "{hook}" "{hook}"'
    return InitPlan(files, autorun=autorun, system=wish.system)


def _launchers(place: Place) -> list[FileChange]:
    """Return the files below the base environment that shells read."""
    root, program = place.root_prefix, place.program

    def change(path: tuple[str, ...], text: str, *, executable: bool = False) -> FileChange:
        return FileChange(os.path.join(root, *path), lambda _: text, executable=executable)

    exe = program["CONDA_EXE"]
    files = [
        change(
            ("condabin", "conda"),
            f'#!/bin/sh\nexec {dialect("posix").quoted(exe)} "$@"\n',
            executable=True,
        ),
        change(("etc", "profile.d", "conda.sh"), hook_text("posix", program)),
        change(("etc", "profile.d", "conda.csh"), hook_text("csh", program)),
        change(("etc", "fish", "conf.d", "conda.fish"), hook_text("fish", program)),
        change(("shell", "condabin", "conda-hook.ps1"), hook_text("powershell", program)),
    ]
    if place.platform == "win32":
        files += [
            change(("condabin", "conda.bat"), _batch(exe)),
            change(("condabin", "conda_hook.bat"), hook_text("cmd.exe", program)),
        ]
    return files


def _batch(exe: str) -> str:
    """Return the program that cmd.exe runs as `conda`: a change of the shell is CALLed."""
    exe = exe.replace("%", "%%")
    return "\r\n".join(
        [
            '@IF "%~1"=="activate" GOTO change',
            '@IF "%~1"=="deactivate" GOTO change',
            '@IF "%~1"=="reactivate" GOTO change',
            f'@"{exe}" %*',
            "@IF ERRORLEVEL 1 EXIT /B %ERRORLEVEL%",
            *[
                f'@IF "%~1"=="{name}" IF DEFINED CONDA_PREFIX GOTO renew'
                for name in ("install", "update", "upgrade", "remove", "uninstall")
            ],
            "@GOTO :EOF",
            ":renew",
            '@CALL "%~f0" reactivate',
            "@GOTO :EOF",
            ":change",
            '@SET "__CONDA_FILE=%TEMP%\\conda-%RANDOM%-%RANDOM%.bat"',
            f'@"{exe}" shell.cmd.exe %* > "%__CONDA_FILE%"',
            '@IF ERRORLEVEL 1 (DEL "%__CONDA_FILE%" & SET "__CONDA_FILE=" & EXIT /B 1)',
            '@CALL "%__CONDA_FILE%"',
            '@DEL "%__CONDA_FILE%"',
            '@SET "__CONDA_FILE="',
            "",
        ]
    )


def _profiles(wish: InitWish, place: Place, shell: str) -> list[FileChange]:
    """Return the profiles of one shell, with the block put in or taken out."""
    marks = POWERSHELL_MARKS if shell == "powershell" else BLOCK_MARKS
    paths: list[str] = []
    if shell == "powershell":
        paths += place.powershell_profiles
    elif shell != "cmd.exe":
        paths += [_user_profile(place, shell)] if wish.user else []
        paths += [_system_profile(place, shell)] if wish.system else []
    lines = _path_lines(place, shell) if wish.condabin else _lines(place, shell)
    new = block(lines, marks)
    return [FileChange(path, _edit(new, marks, reverse=wish.reverse)) for path in paths]


def _edit(new: str, marks: Marks, *, reverse: bool) -> Callable[[str], str]:
    if reverse:
        return lambda text: without_block(text, marks)
    return lambda text: with_block(text, new, marks)


def _user_profile(place: Place, shell: str) -> str:
    environ, home = place.environ, place.home
    if shell == "bash":
        return os.path.join(
            home, ".bashrc" if place.platform.startswith("linux") else ".bash_profile"
        )
    if shell == "zsh":
        return os.path.join(environ.get("ZDOTDIR") or home, ".zshrc")
    if shell == "fish":
        config = environ.get("XDG_CONFIG_HOME") or os.path.join(home, ".config")
        return os.path.join(config, "fish", "config.fish")
    return os.path.join(home, ".tcshrc" if shell == "tcsh" else ".xonshrc")


def _system_profile(place: Place, shell: str) -> str:
    if shell == "xonsh" and place.platform == "win32":
        folder = place.environ.get("ALLUSERSPROFILE", "C:\\ProgramData")
        return os.path.join(folder, "xonsh", "xonshrc")
    return {
        "bash": "/etc/profile.d/conda.sh",
        "zsh": "/etc/zsh/zshrc" if os.path.isdir("/etc/zsh") else "/etc/zshrc",
        "fish": "/etc/fish/conf.d/conda.fish",
        "tcsh": "/etc/profile.d/conda.csh",
        "xonsh": "/etc/xonshrc",
    }[shell]


def _path_lines(place: Place, shell: str) -> list[str]:
    """Return what puts the program on PATH, and does nothing else."""
    folder = dialect(shell).quoted(os.path.join(place.root_prefix, "condabin"))
    return {
        "fish": [f"contains -- {folder} $PATH; or set -gxp PATH {folder}"],
        "tcsh": [f"setenv PATH {folder}:$PATH:q"],
        "xonsh": [f"$PATH.insert(0, {folder})"],
        "powershell": [f"$Env:PATH = {folder} + [IO.Path]::PathSeparator + $Env:PATH"],
    }.get(shell, [f"export PATH={folder}${{PATH:+:$PATH}}"])


def _lines(place: Place, shell: str) -> list[str]:
    """Return what defines the `conda` function and activates an environment."""
    quoted = dialect(shell).quoted
    root = place.root_prefix
    exe = quoted(place.program["CONDA_EXE"])
    if shell == "fish":
        script = quoted(os.path.join(root, "etc", "fish", "conf.d", "conda.fish"))
        return [f"if test -r {script}", f"    source {script}", "    __conda_begin", "end"]
    if shell == "tcsh":
        return [f'if ( -x {exe} ) eval "`{exe} shell.tcsh hook`"']
    if shell == "xonsh":
        return [
            "import os.path as _conda_path",
            f"if _conda_path.exists({exe}):",
            f'    execx($(@({exe}) shell.xonsh hook), "exec", __xonsh__.ctx, filename="conda")',
            "del _conda_path",
        ]
    if shell == "powershell":
        return [
            f"if (Test-Path -LiteralPath {exe}) {{",
            f"    (& {exe} 'shell.powershell' 'hook') | Out-String | Invoke-Expression",
            "}",
        ]
    script = quoted(os.path.join(root, "etc", "profile.d", "conda.sh"))
    return [f"if [ -r {script} ]; then", f"    . {script}", "    __conda_begin", "fi"]
