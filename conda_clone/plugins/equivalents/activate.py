"""`conda.activate`: what makes the code that a shell evaluates, one class per family of shells."""

import os
import sys
from collections.abc import Sequence

from conda_clone.config.search_path import home_folder, working_folder
from conda_clone.core.prefix.locate import environment_name
from conda_clone.plugins.equivalents.context import context
from conda_clone.shells.main import ShellCall, answer

__all__ = [
    "CmdExeActivator",
    "CshActivator",
    "FishActivator",
    "PosixActivator",
    "PowerShellActivator",
    "XonshActivator",
    "activator_map",
]


class _Activator:
    """Makes the code for one command of a shell, such as `activate PREFIX`."""

    shell = "posix"
    script_extension = ".sh"

    def __init__(self, arguments: Sequence[str] | None = None) -> None:
        self._arguments = tuple(arguments or ())

    def execute(self) -> str:
        """Return the code.

        Raises:
            CondaError: There is no such command or environment.
        """
        return self._answer(*self._arguments)

    def _default_env(self, prefix: str) -> str:
        """Return what the prompt calls an environment; plugins that make prompts ask for it."""
        paths = context.configuration.path_settings()
        return environment_name(prefix, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)

    def _prompt_modifier(self, prefix: str, conda_default_env: str) -> str:
        """Return what comes before the prompt."""
        if not context.changeps1:
            return ""
        text: str = context.env_prompt.format(
            default_env=conda_default_env,
            name=os.path.basename(prefix),
            prefix=prefix,
            stacked_env="",
        )
        return text

    def hook(self, auto_activate_base: bool | None = None) -> str:  # noqa: ARG002, FBT001 - the public interface
        """Return the code that makes the function `conda`."""
        return self._answer("hook")

    def _answer(self, *arguments: str) -> str:
        call = ShellCall(
            self.shell,
            arguments,
            environ=os.environ,
            home=home_folder(),
            cwd=working_folder(os.environ),
            executable=os.path.join(os.path.dirname(sys.executable), "conda"),
        )
        return answer(call).text


class PosixActivator(_Activator):
    """For sh, bash, dash, ksh and zsh."""


class CshActivator(_Activator):
    """For csh and tcsh."""

    shell = "csh"
    script_extension = ".csh"


class FishActivator(_Activator):
    """For fish."""

    shell = "fish"
    script_extension = ".fish"


class PowerShellActivator(_Activator):
    """For PowerShell."""

    shell = "powershell"
    script_extension = ".ps1"


class XonshActivator(_Activator):
    """For xonsh."""

    shell = "xonsh"
    script_extension = ".xsh"


class CmdExeActivator(_Activator):
    """For cmd.exe."""

    shell = "cmd.exe"
    script_extension = ".bat"


activator_map = {
    "posix": PosixActivator,
    "ash": PosixActivator,
    "bash": PosixActivator,
    "dash": PosixActivator,
    "zsh": PosixActivator,
    "csh": CshActivator,
    "tcsh": CshActivator,
    "xonsh": XonshActivator,
    "cmd.exe": CmdExeActivator,
    "fish": FishActivator,
    "powershell": PowerShellActivator,
}
