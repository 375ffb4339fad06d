"""`EnvChange` for csh and tcsh."""

from conda_clone.shells.activator import Conventions
from conda_clone.shells.path_list import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.env_change import EnvChange

__all__ = ["CONVENTIONS", "quoted", "render"]

CONVENTIONS = Conventions(".csh", "prompt")


def quoted(text: str) -> str:
    r"""Return a text as one word that means itself.

    An exclamation mark recalls history and a line break ends a word even between quotes, unless a
    backslash is before them.

    >>> print(quoted("it's new!"))
    'it'\''s new\!'
    """
    text = text.replace("'", "'\\''").replace("!", "\\!").replace("\n", "\\\n")
    return "'" + text + "'"


def render(change: "EnvChange") -> str:
    """Return statements for `source`."""
    path = []
    if change.path is not None:
        path = [f"setenv PATH {quoted(joined(change.path, CONVENTIONS.path_separator))}"]
    lines = path if change.path_first else []
    lines = [*lines, *_sourcing(change.deactivate_scripts)]
    lines += [f"unsetenv {name}" for name in change.unset]
    if change.prompt is not None:
        lines.append(f"set prompt={quoted(change.prompt)}")
    lines += path if not change.path_first else []
    lines += [f"setenv {name} {quoted(value)}" for name, value in change.export.items()]
    lines += _sourcing(change.activate_scripts)
    return "".join(line + ";\n" for line in lines)


def _sourcing(scripts: tuple[str, ...]) -> list[str]:
    return [f"source {quoted(path)}" for path in scripts]
