"""The reference pages say what the code says; `nox -s reference` writes them."""

from conda_clone.cli.registry import COMMANDS
from conda_clone.config.parameters import PARAMETERS
from tests.docs.reference import REFERENCE, commands_page, condarc_page


def test_the_page_of_settings_is_up_to_date() -> None:
    text = (REFERENCE / "condarc.md").read_text("utf-8")
    assert text == condarc_page()
    assert all(f"\n### {name}\n" in text for name in PARAMETERS)


def test_the_page_of_commands_is_up_to_date() -> None:
    text = (REFERENCE / "commands.md").read_text("utf-8")
    assert text == commands_page()
    assert all(f"\n## conda {command.name}\n" in text for command in COMMANDS)


def test_every_option_is_described() -> None:
    undescribed = [line for line in commands_page().splitlines() if line.startswith("- ")]
    assert [line for line in undescribed if ": " not in line] == []


def test_the_readme_names_every_command() -> None:
    readme = (REFERENCE.parents[1] / "README.md").read_text("utf-8")
    assert [command.name for command in COMMANDS if f"`{command.name}`" not in readme] == []
