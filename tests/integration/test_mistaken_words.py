"""What is no package and no program, but an environment, or nearly a program: hints say so."""

import pytest

from tests.support.cli import Program


@pytest.fixture
def sci(conda: Program) -> Program:
    conda.succeed("create", "-y", "-n", "sci", "app")
    return conda


@pytest.mark.parametrize(
    ("words", "meant"),
    [
        (["list", "sci"], "`sci` is an environment: `conda list -n sci`."),
        (["remove", "sci"], "`sci` is an environment: `conda env remove -n sci`."),
        (["run", "sci", "app"], "`sci` is an environment: `conda run -n sci PROGRAM`."),
        (["run", "-n", "sci", "ap"], "did you mean `app`?"),
        (["update", "-n", "sci", "data"], "`conda install data` adds it."),
        (["update", "-n", "sci", "conda"], "update it in the way it was installed."),
        (["create", "sci"], "other words are packages."),
        (["env", "create"], "Name another one with -f FILE"),
    ],
)
def test_a_hint_says_what_was_meant(sci: Program, words: list[str], meant: str) -> None:
    outcome = sci(*words)
    assert outcome.status != 0
    assert meant in " ".join(outcome.stderr.split())


@pytest.mark.parametrize(
    "words",
    [
        ["list", "-n", "sci", "sci"],  # which environment was said
        ["list", "science"],
        ["run", "-n", "sci", "nothing-like-it"],
    ],
)
def test_nothing_is_said_where_nothing_is_known(sci: Program, words: list[str]) -> None:
    error = sci(*words).stderr
    assert "is an environment" not in error
    assert "did you mean" not in error


def test_a_program_that_ends_like_a_missing_one_is_left_alone(
    sci: Program,
) -> None:
    outcome = sci("run", "-n", "sci", "sh", "-c", "exit 127")
    assert outcome.status == 127
    assert "hint" not in outcome.stderr
