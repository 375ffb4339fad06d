import io

import pytest

from conda_clone.cli.output.prompts import ask_yes_or_no


def ask(answers: str, *, default: bool = True) -> tuple[bool, str]:
    output = io.StringIO()
    agreed = ask_yes_or_no("Proceed", default=default, answers=io.StringIO(answers), output=output)
    return agreed, output.getvalue()


@pytest.mark.parametrize(
    ("answer", "agreed"),
    [("y\n", True), ("YES\n", True), (" n \n", False), ("No\n", False), ("n", False)],
)
def test_yes_and_no_in_any_case(answer: str, agreed: bool) -> None:
    assert ask(answer)[0] is agreed


@pytest.mark.parametrize("default", [True, False])
@pytest.mark.parametrize("answer", ["\n", ""])
def test_nothing_is_the_default(answer: str, default: bool) -> None:
    assert ask(answer, default=default)[0] is default


def test_the_default_is_shown() -> None:
    assert ask("y\n") == (True, "Proceed ([y]/n)? ")
    assert ask("y\n", default=False) == (True, "Proceed (y/[n])? ")


def test_anything_else_is_asked_again() -> None:
    agreed, shown = ask("what\nn\n")
    assert not agreed
    assert shown == "Proceed ([y]/n)? Invalid choice: what\nProceed ([y]/n)? "


def test_the_end_of_input_ends_the_question() -> None:
    assert ask("what") == (True, "Proceed ([y]/n)? \nInvalid choice: what\n")
