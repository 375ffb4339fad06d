"""Completion in shells: a function that asks the program what can follow the typed words."""

import os

from conda_clone.gateways.disk.read import read_text
from conda_clone.shells.dialects import dialect

__all__ = ["SHELLS", "completion_script"]

SHELLS = ("bash", "fish", "zsh")
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")


def completion_script(shell: str, executable: str) -> str:
    """Return what a shell evaluates to complete `conda`.

    Args:
        shell: A name of `SHELLS`.
        executable: Path of the tool's program.
    """
    text = read_text(os.path.join(_FOLDER, f"completion.{shell}"))
    return text.replace("@CONDA_EXE@", dialect(shell).quoted(executable))
