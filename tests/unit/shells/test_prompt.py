import pytest

from conda_clone.shells.prompt import inert, prompt_modifier, with_modifier


@pytest.mark.parametrize(
    ("template", "shown"),
    [
        ("({default_env}) ", "(lab) "),
        ("[{name}] ", "[lab] "),
        ("{prefix}>", "/e/lab>"),
        ("({stacked_env})", "(lab,base)"),
        ("{other} {", "{other} {"),
        ("", ""),
    ],
)
def test_fields_of_the_template(template: str, shown: str) -> None:
    assert (
        prompt_modifier(template, default_env="lab", prefix="/e/lab", stack=["lab", "base"])
        == shown
    )


def test_the_name_of_an_environment_without_one_is_its_last_part() -> None:
    assert prompt_modifier("{name}", default_env="/e/my lab", prefix="/e/my lab", stack=[]) == (
        "my lab"
    )


def test_nothing_in_a_name_means_anything_to_a_shell() -> None:
    assert inert("a$(b)`c`\\d!e%f\n\x1b") == "a_(b)_c__d_e_f__"


def test_a_modifier_takes_the_place_of_the_old_one() -> None:
    assert with_modifier("\\u (a) $ ", "(a) ", "(b) ") == "(b) \\u $ "


def test_a_prompt_that_somebody_else_has_changed_is_only_added_to() -> None:
    assert with_modifier("$ ", "(a) ", "(b) ") == "(b) $ "
