"""The pages about plugins are made from what the tests run, and the names on them exist."""

import pytest

from conda_clone.plugins.equivalents.names import MODULES
from conda_clone.plugins.hookspec import HOOKS
from conda_clone.plugins.import_hook import resolve
from tests.docs.plugins_page import (
    EXAMPLES,
    HOOK_PAGES,
    PAGE,
    hook_page,
    installing_tests,
    plugins_page,
)


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text("utf-8") == plugins_page()


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_has_a_page_that_is_up_to_date(hook: str) -> None:
    assert (HOOK_PAGES / f"{hook}.md").read_text("utf-8") == hook_page(hook)


def test_there_are_no_other_pages_of_hooks() -> None:
    assert {path.stem for path in HOOK_PAGES.iterdir()} == set(HOOKS)


@pytest.mark.parametrize("hook", HOOKS)
def test_the_example_of_every_page_is_installed_by_a_test_of_its_row(hook: str) -> None:
    assert [name for name in installing_tests(hook) if name.startswith("test_row_")]


def test_every_hook_has_an_example() -> None:
    folders = {path.name for path in EXAMPLES.iterdir() if (path / "pyproject.toml").exists()}
    assert {hook.removeprefix("conda_") for hook in HOOKS} <= folders


@pytest.mark.parametrize("module", sorted(MODULES))
def test_every_name_stands_for_something(module: str) -> None:
    homes = [home for home in MODULES[module].values() if not home.startswith(".conda")]
    assert all(resolve(home) is not None or home.endswith("NULL") for home in homes)
