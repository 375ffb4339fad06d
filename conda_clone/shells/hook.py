"""The functions that a shell defines when it starts: `scripts/` with the tool's paths filled in."""

import os

from conda_clone.gateways.disk.read import read_text
from conda_clone.shells.dialects import SHELLS, dialect
from conda_clone.shells.prepared import FORMAT

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["hook_text"]

_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "scripts")
_LAST = "conda {}\n"
# Module of a dialect -> the file with its functions, and how they are called with some words.
_FILES = {
    "posix": ("conda.sh", _LAST),
    # An alias is not known yet in the text that defines it.
    "csh": ("hook.csh", 'set __conda_words = ( {} ); source "$__conda_scripts/change.csh";\n'),
    "fish": ("conda.fish", _LAST),
    "xonsh": ("conda.xsh", "_conda_change([{}])\n"),
    "powershell": ("conda.ps1", _LAST),
    "cmd_exe": ("conda.bat", '@CALL "%CONDA_BAT%" {}\n'),
}


def hook_text(shell: str, variables: "Mapping[str, str]", words: "Sequence[str]" = ()) -> str:
    """Return what a shell evaluates to know the `conda` function.

    Args:
        shell: A name of `SHELLS`.
        variables: Where the tool is; each `@NAME@` of the script becomes the quoted value.
        words: A command that the shell starts with, and its arguments.
    """
    module = SHELLS[shell]
    name, last = _FILES[module]
    text = read_text(os.path.join(_FOLDER, name)).replace("@FORMAT@", FORMAT)
    quoted = dialect(shell).quoted
    for variable, value in {**variables, "SCRIPTS": _FOLDER}.items():
        text = text.replace(f"@{variable}@", quoted(value))
    if module == "csh":
        text = "".join(line for line in text.splitlines(keepends=True) if not line.startswith("#"))
    if not words:
        return text
    separator = ", " if module == "xonsh" else " "
    return text + last.format(separator.join(map(quoted, words)))
