from pathlib import Path

import pytest

from conda_clone.core.prefix.errors import CorruptedEnvironmentError
from conda_clone.core.prefix.state_file import (
    environment_variables,
    frozen_reason,
    pinned_specs,
)


@pytest.fixture
def prefix(tmp_path: Path) -> Path:
    (tmp_path / "conda-meta").mkdir()
    (tmp_path / "etc" / "conda" / "env_vars.d").mkdir(parents=True)
    return tmp_path


def test_without_files_nothing_is_special(tmp_path: Path) -> None:
    assert pinned_specs(str(tmp_path)) == ()
    assert frozen_reason(str(tmp_path)) is None
    assert environment_variables(str(tmp_path)) == {}


def test_pins_are_lines_without_comments(prefix: Path) -> None:
    (prefix / "conda-meta" / "pinned").write_text("# why\npython 3.11.*\n\n  numpy <2 \n")
    assert pinned_specs(str(prefix)) == ("python 3.11.*", "numpy <2")


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", ""),
        ("\n", ""),
        ('{"message": "keep out"}', "keep out"),
        ("{}", ""),
        ('{"message":1}', ""),
    ],
)
def test_the_frozen_marker_may_give_a_reason(prefix: Path, content: str, reason: str) -> None:
    (prefix / "conda-meta" / "frozen").write_text(content)
    assert frozen_reason(str(prefix)) == reason


@pytest.mark.parametrize("content", ["nonsense", "[]"])
def test_a_frozen_marker_that_is_no_object_is_damage(prefix: Path, content: str) -> None:
    (prefix / "conda-meta" / "frozen").write_text(content)
    with pytest.raises(CorruptedEnvironmentError) as caught:
        frozen_reason(str(prefix))
    assert caught.value.details["corrupted_file"] == str(prefix / "conda-meta" / "frozen")


def test_a_user_has_the_last_word_on_variables(prefix: Path) -> None:
    folder = prefix / "etc" / "conda" / "env_vars.d"
    (folder / "b.json").write_text('{"A": "from b", "B": "b", "N": 3}')
    (folder / "a.json").write_text('{"A": "from a", "PATH": "/evil"}')
    (folder / "readme.txt").write_text("no JSON")
    (prefix / "conda-meta" / "state").write_text('{"env_vars": {"B": "***unset***", "C": "c"}}')
    assert environment_variables(str(prefix)) == {"A": "from b", "N": "3", "C": "c"}


def test_a_state_without_variables_sets_none(prefix: Path) -> None:
    (prefix / "conda-meta" / "state").write_text('{"version": 1}')
    assert environment_variables(str(prefix)) == {}
