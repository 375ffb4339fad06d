"""`EnvChange` for sh and its relatives: ash, bash, dash, ksh and zsh."""

from conda_clone.shells.activator import Conventions
from conda_clone.shells.path_list import joined

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.env_change import EnvChange

__all__ = ["CONVENTIONS", "quoted", "render"]

CONVENTIONS = Conventions(".sh", "PS1")


def quoted(text: str) -> str:
    r"""Return a text as one word that means itself.

    >>> print(quoted("it's $HOME"))
    'it'\''s $HOME'
    """
    return "'" + text.replace("'", "'\\''") + "'"


def render(change: "EnvChange") -> str:
    """Return lines for `eval`.

    What belongs together is one line, which shells read as a whole. The prompt has its own, for
    programs that leave lines with `PS1=` out to keep theirs.
    """
    leaving = _sourcing(change.deactivate_scripts)
    gone = [name for name in change.unset if name not in change.export]
    # Emptied first: `set -u` of a script that still asks for one does not end the shell then.
    sets = [f"{name}=''" for name in gone]
    if change.path is not None:
        path = f"PATH={quoted(joined(change.path, CONVENTIONS.path_separator))}"
        if leaving and change.path_first:
            leaving.insert(0, f"export {path}")
        else:
            sets.append(path)
    sets += [f"{name}={quoted(value)}" for name, value in change.export.items()]
    commands = [" ".join(["export", *sets])] if sets else []
    if gone:
        commands.append(" ".join(["unset", *gone]))
    lines = [*leaving, "; ".join(commands)]
    if change.prompt is not None:
        lines.append(f"PS1={quoted(change.prompt)}")
    lines += _sourcing(change.activate_scripts)
    return "".join(line + "\n" for line in lines if line)


def _sourcing(scripts: tuple[str, ...]) -> list[str]:
    return [f". {quoted(path)}" for path in scripts]
