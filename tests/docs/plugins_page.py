"""Write the pages about plugins from the hooks, their types, their examples and their tests.

Run it as `python -m tests.docs.plugins_page`.
"""

import ast
import inspect
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path

from conda_clone.plugins.builtin import builtin_items
from conda_clone.plugins.equivalents.names import MODULES
from conda_clone.plugins.hookspec import HOOKS, CondaSpecs, item_type

__all__ = ["EXAMPLES", "HOOK_PAGES", "PAGE", "hook_page", "installing_tests", "plugins_page"]

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "reference" / "plugins.md"
HOOK_PAGES = ROOT / "docs" / "reference" / "hooks"
EXAMPLES = ROOT / "tests" / "plugins"
_TESTS = (
    "tests/features/test_section_g.py",
    "tests/integration/test_plugin_actions.py",
    "tests/integration/test_plugin_formats.py",
    "tests/integration/test_plugins.py",
)
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

## Hooks

Each has a page with a complete example: a project below `tests/plugins/`, which the tests install
and run. This page and those are made by `python -m tests.docs.plugins_page`.

"""
NAMES = """\

## Names of conda

Where no real conda can be imported, these names stand for things of ours while plugins are loaded.
A name that is not here is an `ImportError`, which the warning about the plugin quotes.

"""
_ATTRIBUTE = re.compile(r"^ {4}(\w+): (.*(?:\n {8}.*)*)", re.MULTILINE)


def plugins_page() -> str:
    """Return the page about all of them."""
    return HEAD + "\n".join(_hooks()) + "\n" + NAMES + "\n".join(_names()) + "\n"


def hook_page(hook: str) -> str:
    """Return the page about one hook."""
    specification = getattr(CondaSpecs, hook)
    arguments = ", ".join(name for name in specification.__annotations__ if name != "return")
    parts = [f"# {hook}({arguments})", inspect.getdoc(specification) or "", *_item(hook)]
    own = [f"`{name}`" for row in builtin_items(hook) for name in row.names]
    if own:
        parts.append(f"Built in, so that these names are taken: {', '.join(own)}.")
    example = example_of(hook)
    folder = example.parent.relative_to(ROOT).as_posix()
    parts.append(
        f"## Example\n\nThe project `{folder}`, which these tests install and run:\n"
        f"{_listed(installing_tests(hook))}."
    )
    parts.append(f"```toml\n{(example.parent / 'pyproject.toml').read_text('utf-8')}```")
    parts.append(f"```python\n{example.read_text('utf-8')}```")
    return "\n\n".join(parts) + "\n"


def example_of(hook: str) -> Path:
    """Return the module of a hook's example."""
    (found,) = (EXAMPLES / hook.removeprefix("conda_")).glob("*.py")
    return found


def installing_tests(hook: str) -> list[str]:
    """Return the names of the tests that install the example of a hook."""
    name = hook.removeprefix("conda_")
    return [
        node.name
        for path in _TESTS
        for node in ast.parse((ROOT / path).read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef) and name in _installed_by(node)
    ]


def _installed_by(test: ast.FunctionDef) -> set[object]:
    """Return what a test gives to the fixture `install`."""
    return {
        argument.value
        for node in ast.walk(test)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id == "install"
        for argument in node.args
        if isinstance(argument, ast.Constant)
    }


def _item(hook: str) -> Iterator[str]:
    kind = item_type(hook)
    told: dict[str, str] = {}
    for each in reversed(kind.__mro__):
        for name, text in _ATTRIBUTE.findall(_attributes(each)):
            told[name] = " ".join(text.split())
    rows = [
        f"| `{field.name}` | {_default(field.default)} | {told[field.name]} |"
        for field in (fields(kind) if is_dataclass(kind) else ())
    ]
    summary = (kind.__doc__ or "").partition("\n")[0]
    yield f"## Yields `{kind.__name__}`\n\n{summary}"
    yield "\n".join(["| field | default | |", "|---|---|---|", *rows])


def _attributes(kind: type[object]) -> str:
    text = inspect.cleandoc(kind.__doc__ or "").partition("Attributes:\n")[2]
    return text.partition("\n\n")[0]


def _default(value: object) -> str:
    if value is None or isinstance(value, tuple):
        return f"`{value!r}`"
    return f"`{value}`" if isinstance(value, str) else ""


def _listed(names: list[str]) -> str:
    return ",\n".join(f"`{name}`" for name in names)


def _hooks() -> Iterator[str]:
    yield "| hook | yields | since conda | | tested by |"
    yield "|---|---|---|---|---|"
    for hook in HOOKS:
        text = inspect.getdoc(getattr(CondaSpecs, hook)) or ""
        since = text.rpartition("Since conda ")[2].rstrip(".")
        summary = text.partition("\n")[0]
        name = f"[`{hook}`](hooks/{hook}.md)"
        tests = " ".join(f"`{test}`" for test in installing_tests(hook))
        yield f"| {name} | `{item_type(hook).__name__}` | {since} | {summary} | {tests} |"


def _names() -> Iterator[str]:
    yield "| module | names |"
    yield "|---|---|"
    for module in sorted(MODULES):
        if MODULES[module]:
            yield f"| `{module}` | {', '.join(f'`{name}`' for name in sorted(MODULES[module]))} |"


if __name__ == "__main__":
    PAGE.write_text(plugins_page(), "utf-8")
    HOOK_PAGES.mkdir(exist_ok=True)
    for each_hook in HOOKS:
        (HOOK_PAGES / f"{each_hook}.md").write_text(hook_page(each_hook), "utf-8")
