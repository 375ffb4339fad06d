"""`EnvChange` for PowerShell."""

from conda_clone.shells.activator import Conventions
from conda_clone.shells.path_list import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.env_change import EnvChange

__all__ = ["CONVENTIONS", "quoted", "render"]

# PowerShell draws its prompt by a function, which asks for CONDA_PROMPT_MODIFIER.
CONVENTIONS = Conventions(".ps1", None)

# PowerShell takes typographic quotes for quotes; doubled, each stands for itself.
_QUOTES = "'\u2018\u2019\u201a\u201b"


def quoted(text: str) -> str:
    """Return a text as one literal.

    >>> print(quoted("it's $HOME"))
    'it''s $HOME'
    """
    return "'" + "".join(char * 2 if char in _QUOTES else char for char in text) + "'"


def render(change: "EnvChange") -> str:
    """Return statements for `Invoke-Expression`."""
    path = []
    if change.path is not None:
        path = [f"$Env:PATH = {quoted(joined(change.path, CONVENTIONS.path_separator))}"]
    lines = path if change.path_first else []
    lines = [*lines, *_sourcing(change.deactivate_scripts)]
    lines += [f"$Env:{name} = $null" for name in change.unset]
    lines += path if not change.path_first else []
    lines += [f"$Env:{name} = {quoted(value)}" for name, value in change.export.items()]
    lines += _sourcing(change.activate_scripts)
    return "".join(line + "\n" for line in lines)


def _sourcing(scripts: tuple[str, ...]) -> list[str]:
    return [f". {quoted(path)}" for path in scripts]
