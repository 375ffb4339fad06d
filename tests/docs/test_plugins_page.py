"""The page about plugins is made from what the tests run, and its names exist."""

import pytest

from conda_clone.plugins.equivalents.names import MODULES
from conda_clone.plugins.hookspec import HOOKS
from conda_clone.plugins.import_hook import resolve
from tests.docs.plugins_page import EXAMPLES, PAGE, plugins_page


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == plugins_page()


def test_every_hook_has_an_example() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if (path / "pyproject.toml").exists()}
    assert {hook.removeprefix("conda_") for hook in HOOKS} <= folders


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_name_stands_for_something(module: str) -> None:
    homes = [home for home in MODULES[module].values() if not home.startswith(".conda")]
    assert all(resolve(home) is not None or home.endswith("NULL") for home in homes)
