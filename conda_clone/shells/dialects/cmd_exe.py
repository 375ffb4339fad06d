"""`EnvChange` for cmd.exe, as a batch file."""

from conda_clone.shells.activator import Conventions
from conda_clone.shells.path_list import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.env_change import EnvChange

__all__ = ["CONVENTIONS", "quoted", "render"]

CONVENTIONS = Conventions(".bat", "PROMPT", folder_separator="\\")

# Outside of quotes, a caret takes the meaning from each of these, quotes included.
_SPECIAL = "^&|<>()\"'`,;= !"


def quoted(text: str) -> str:
    """Return a text as the rest of a line of a batch file, where it means itself.

    Quotes would not help: a value that holds one would end them. Line breaks cannot be written
    down in a batch file and become blanks.

    >>> print(quoted('100% "sure" & done'))
    100%%^ ^"sure^"^ ^&^ done
    """
    text = text.replace("\r\n", " ").replace("\n", " ").replace("\r", " ").replace("%", "%%")
    return "".join("^" + char if char in _SPECIAL else char for char in text)


def render(change: "EnvChange") -> str:
    """Return the lines of a batch file."""
    path = []
    if change.path is not None:
        path = [f"@SET PATH={quoted(joined(change.path, CONVENTIONS.path_separator))}"]
    lines = path if change.path_first else []
    lines = [*lines, *_calling(change.deactivate_scripts)]
    lines += [f"@SET {name}=" for name in change.unset]
    if change.prompt is not None:
        lines.append(f"@SET PROMPT={quoted(change.prompt)}")
    lines += path if not change.path_first else []
    lines += [f"@SET {name}={quoted(value)}" for name, value in change.export.items()]
    lines += _calling(change.activate_scripts)
    return "".join(line + "\r\n" for line in lines)


def _calling(scripts: tuple[str, ...]) -> list[str]:
    # A path on Windows holds no quotes; percent signs it may hold.
    return ['@CALL "' + path.replace('"', "").replace("%", "%%") + '"' for path in scripts]
