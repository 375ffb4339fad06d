"""The example plugins below `tests/plugins`, installed for the command lines of a test."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

import pytest

from conda_clone.plugins.hookspec import HOOKS
from conda_clone.testing.plugins import PluginSite

__all__ = ["EXAMPLES", "HOOK_EXAMPLES", "Install", "add_plugin", "install", "installed_examples"]

EXAMPLES = Path(__file__).resolve().parents[1] / "plugins"
HOOK_EXAMPLES = tuple(hook.removeprefix("conda_") for hook in HOOKS)


@contextmanager
def installed_examples(folder: Path, *names: str) -> Iterator[PluginSite]:
    """Install examples, and let commands in this process see them."""
    site = PluginSite(folder)
    for name in names:
        site.install(EXAMPLES / name)
    with site.active():
        yield site


class Install(Protocol):
    """Installs examples until the end of the test."""

    def __call__(self, *names: str) -> PluginSite: ...


@pytest.fixture
def install(tmp_path: Path) -> Iterator[Install]:
    """Return a function that installs examples until the end of the test."""
    with ExitStack() as stack:
        yield lambda *names: stack.enter_context(installed_examples(tmp_path / "site", *names))


def add_plugin(site: PluginSite, source: str, name: str = "own_plugin") -> None:
    """Install a plugin that is one module, with the decorator and the types in scope."""
    head = "from conda.plugins import hookimpl\nfrom conda.plugins.types import *\n"
    site.add(name, "3.1", {name: head + source}, {name: name})
