"""All settings as the text of a configuration file in which each of them is a comment."""

from conda_clone.config.parameters import GROUPS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    from conda_clone.config.parameters import Parameter

__all__ = ["default_in_yaml", "template"]

_HEAD = """\
# Settings of conda. Those that you take the `#` away from count; `conda config --show-sources` says
# where a setting comes from, `conda config --describe NAME` tells more about it.
"""


def template(plugin_rows: "Collection[Parameter]" = ()) -> str:
    """Return the text: groups, and in them descriptions and defaults; those of plugins last."""
    parts = [_HEAD]
    of_plugins = {"Plugins": tuple(plugin_rows)} if plugin_rows else {}
    for group, members in {**GROUPS, **of_plugins}.items():
        parts.append(f"\n# {'-' * len(group)}\n# {group}\n# {'-' * len(group)}\n")
        parts += [_entry(parameter) for parameter in members if not parameter.is_hidden]
    return "".join(parts)


def default_in_yaml(parameter: "Parameter") -> list[str]:
    """Return the lines that would give a setting its default."""
    from io import StringIO

    from ruamel.yaml import YAML  # 23 ms

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = False
    default = parameter.default
    outer, _, inner = parameter.name.partition(".")
    value = [*default] if isinstance(default, tuple) else default
    text = StringIO()
    yaml.dump({outer: {inner: value} if inner else value}, text)
    return text.getvalue().splitlines()


def _entry(parameter: "Parameter") -> str:
    names = f" Also called {', '.join(parameter.aliases)}." if parameter.aliases else ""
    lines = [f"{parameter.description}{names}", f"Expected is {parameter.kind.expected}."]
    lines += default_in_yaml(parameter)
    return "\n" + "".join(f"# {line}\n" for line in lines)
