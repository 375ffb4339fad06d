"""`EnvChange` for fish."""

from conda_clone.shells.activator import Conventions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.env_change import EnvChange

__all__ = ["CONVENTIONS", "quoted", "render"]

# fish draws its prompt by a function, which asks for CONDA_PROMPT_MODIFIER.
CONVENTIONS = Conventions(".fish", None)


def quoted(text: str) -> str:
    r"""Return a text as one word that means itself.

    >>> print(quoted("it's C:\\"))
    'it\'s C:\\'
    """
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


def render(change: "EnvChange") -> str:
    """Return commands for `source`."""
    path = []
    if change.path is not None:
        path = [" ".join(["set -gx PATH", *map(quoted, change.path)])]
    lines = path if change.path_first else []
    lines = [*lines, *_sourcing(change.deactivate_scripts)]
    lines += [f"set -e {name}; or true" for name in change.unset]
    lines += path if not change.path_first else []
    lines += [f"set -gx {name} {quoted(value)}" for name, value in change.export.items()]
    lines += _sourcing(change.activate_scripts)
    return "".join(line + ";\n" for line in lines)


def _sourcing(scripts: tuple[str, ...]) -> list[str]:
    return [f"source {quoted(path)}" for path in scripts]
