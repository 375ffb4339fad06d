from importlib import import_module

import pytest

from conda_clone.cli.registry import COMMANDS, Command, find_command


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_has_its_module(command: Command) -> None:
    module = import_module(command.module)
    assert callable(module.configure)
    assert callable(module.execute)


def test_words_are_unique_and_sorted() -> None:
    words = [word for command in COMMANDS for word in (command.name, *command.aliases)]
    assert len(words) == len(set(words))
    assert [command.name for command in COMMANDS] == sorted(command.name for command in COMMANDS)


def test_an_alias_means_its_command() -> None:
    found = find_command("upgrade")
    assert found is not None
    assert found.name == "update"


def test_an_unknown_word_means_nothing() -> None:
    assert find_command("nonsense") is None
