import pytest

from conda_clone.config.errors import MultipleKeysError
from conda_clone.config.schema import Node
from conda_clone.config.sources.source import Source


def test_a_setting_is_found_under_any_of_its_names() -> None:
    source = Source("f", {"yes": Node(True), "unknown": Node(1)})
    node = source.get("always_yes")
    assert node is not None
    assert node.value is True
    assert source.get("channels") is None
    assert source.names == ["always_yes", "unknown"]


def test_two_names_of_one_setting_are_refused_even_when_they_agree() -> None:
    source = Source("/x/.condarc", {"yes": Node(True), "always_yes": Node(True)})
    with pytest.raises(MultipleKeysError) as caught:
        source.get("always_yes")
    assert str(caught.value) == (
        "`yes` and `always_yes` are names of one setting, and both are given in /x/.condarc.\n"
        "hint: Keep one of them, preferably `always_yes`."
    )


def test_two_variables_of_one_setting_are_named_as_variables() -> None:
    source = Source("envvars", {"envs_dirs": Node(()), "envs_path": Node(())})
    with pytest.raises(MultipleKeysError) as caught:
        source.get("envs_dirs")
    assert str(caught.value) == (
        "`CONDA_ENVS_DIRS` and `CONDA_ENVS_PATH` are names of one setting, and both are given in "
        "the environment.\nhint: Keep one of them, preferably `CONDA_ENVS_DIRS`."
    )
