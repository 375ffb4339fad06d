"""The part of the prompt that names the active environment.

Shells run the text of a prompt through their own language every time they show it: command
substitutions, percent signs and backslashes mean something there. Whatever comes from an
environment's name is therefore shown without the characters that any shell could take for its own.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["prompt_modifier", "with_modifier"]

_ACTIVE = frozenset("$`\\!%^\"'#*?;&|<>{}[]")
_FIRST_PRINTABLE = " "
_DELETE = "\x7f"


def prompt_modifier(template: str, *, default_env: str, prefix: str, stack: "Sequence[str]") -> str:
    """Return what an environment puts before the prompt.

    Args:
        template: The setting `env_prompt`; `{default_env}`, `{stacked_env}`, `{prefix}` and
            `{name}` in it are replaced, everything else is the user's own and kept.
        default_env: Name of the environment, or its path.
        prefix: Its path.
        stack: Names of this environment and of those it is stacked on, the innermost first.
    """
    name = default_env.replace("\\", "/").rpartition("/")[2]
    for field, value in (
        ("default_env", default_env),
        ("stacked_env", ",".join(stack)),
        ("prefix", prefix),
        ("name", name),
    ):
        template = template.replace("{" + field + "}", inert(value))
    return template


def with_modifier(prompt: str, old: str, new: str) -> str:
    """Return a prompt in which the old modifier has made way for the new one."""
    if old:
        before, found, after = prompt.partition(old)
        if found:
            prompt = before + after
    return new + prompt


def inert(text: str) -> str:
    """Return a text in which no shell finds anything to do."""
    return "".join(
        "_" if char in _ACTIVE or char < _FIRST_PRINTABLE or char == _DELETE else char
        for char in text
    )
