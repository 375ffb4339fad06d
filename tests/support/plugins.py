"""The example plugins below `tests/plugins`, installed for the command lines of a test."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from conda_clone.plugins.hookspec import HOOKS
from conda_clone.testing.plugins import PluginSite

__all__ = ["EXAMPLES", "HOOK_EXAMPLES", "installed_examples"]

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
