"""Write docs/reference/plugins.md from the hooks and their examples.

Run it as `python -m tests.docs.plugins_page`.
"""

from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

from conda_clone.plugins.equivalents.names import MODULES
from conda_clone.plugins.hookspec import HOOKS, CondaSpecs, item_type

__all__ = ["PAGE", "plugins_page"]

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "plugins.md"
EXAMPLES = ROOT / "tests" / "plugins"
HEAD = """\
# Plugins

A plugin is a distribution, installed beside this program, with an entry point of the group `conda`:

```toml
[project.entry-points.conda]
my-plugin = "my_package.module"
```

The module (or class, or object) has functions that `hookimpl` marks, named after the hooks below.
Names come from `conda.plugins`, as plugins for conda import them, or from `conda_clone.plugins`;
see [the names](#names-of-conda). How plugins are found, loaded and guarded is told in
[Plugins](../explanation/plugins.md); the [testing kit](testing-plugins.md) is for their authors.

`conda plugins list` shows what is installed. `--no-plugins` before the command,
`CONDA_NO_PLUGINS=1` or `no_plugins: true` switch all of them off, the setting `disabled_plugins`
those that it names.

Every example is a project below `tests/plugins/`, installed and run by the tests. This page is made
from them by `python -m tests.docs.plugins_page`.

"""
NAMES = """\
## Names of conda

Where no real conda can be imported, these names stand for things of ours while plugins are loaded.
A name that is not here is an `ImportError`, which the warning about the plugin quotes.

"""


def plugins_page() -> str:
    """Return the page."""
    return HEAD + "\n".join(_sections()) + NAMES + "\n".join(_names()) + "\n"


def _sections() -> Iterator[str]:
    for hook in HOOKS:
        specification = getattr(CondaSpecs, hook)
        arguments = ", ".join(name for name in specification.__annotations__ if name != "return")
        kind = item_type(hook)
        (example,) = (EXAMPLES / hook.removeprefix("conda_")).glob("*.py")
        named = [field.name for field in fields(kind)] if is_dataclass(kind) else []
        yield f"## {hook}({arguments})\n"
        yield f"{specification.__doc__}\n"
        yield f"Yields `{kind.__name__}`: {', '.join(f'`{name}`' for name in named)}.\n"
        yield f"```python\n{example.read_text('utf-8')}```\n"


def _names() -> Iterator[str]:
    yield "| module | names |"
    yield "|---|---|"
    for module in sorted(MODULES):
        if MODULES[module]:
            yield f"| `{module}` | {', '.join(f'`{name}`' for name in sorted(MODULES[module]))} |"


if __name__ == "__main__":
    PAGE.write_text(plugins_page(), "utf-8")
