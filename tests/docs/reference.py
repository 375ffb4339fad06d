"""Write the pages of docs/reference that come from the code: `python -m tests.docs.reference`."""

import textwrap
from pathlib import Path

from conda_clone.config.parameters import GROUPS, Parameter
from conda_clone.config.schema import ListOf, MapOf
from conda_clone.config.template import default_in_yaml

__all__ = ["condarc_page"]

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
CONDARC_HEAD = """\
# Settings

Every setting that a `.condarc` file can have. `conda config --describe NAME` tells the same in a
terminal; where they are read from, and how several sources are merged, is told in
[Configuration](../explanation/configuration.md).

Each can also be given by an environment variable, `CONDA_` and its name in capitals, maps excepted.
This page is made from the table of settings by `python -m tests.docs.reference`.
"""


def condarc_page() -> str:
    """Return the page about settings."""
    parts = [CONDARC_HEAD]
    for group, members in GROUPS.items():
        parts.append(f"\n## {group}\n")
        parts += [_setting(parameter) for parameter in members]
    return "".join(parts)


def _setting(parameter: Parameter) -> str:
    kind = parameter.kind
    facts = [f"Expected: {kind.expected}."]
    if isinstance(kind, ListOf) and not isinstance(kind.element, MapOf) and kind.separator != ",":
        facts.append(f"In the variable, `{kind.separator}` stands between items.")
    if parameter.aliases:
        facts.append(f"Also called {', '.join(f'`{alias}`' for alias in parameter.aliases)}.")
    if parameter.expands:
        facts.append("`~` and variables are expanded.")
    if parameter.is_own:
        facts.append("conda does not have it.")
    if parameter.is_idle:
        facts.append("Accepted, but nothing reads it so far.")
    default = "\n".join(default_in_yaml(parameter))
    return (
        f"\n### {parameter.name}\n\n{parameter.description}\n{_wrapped(' '.join(facts))}\n\n"
        f"```yaml\n{default}\n```\n"
    )


def _wrapped(text: str) -> str:
    return "\n" + textwrap.fill(text, 120, break_long_words=False, break_on_hyphens=False)


if __name__ == "__main__":
    (REFERENCE / "condarc.md").write_text(condarc_page(), encoding="utf-8")
