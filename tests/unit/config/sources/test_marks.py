import pytest

from conda_clone.config.sources.marks import marks_in


@pytest.mark.parametrize(
    ("comment", "marks"),
    [
        ("!final", {"final"}),
        (" !final", {"final"}),
        ("!top because of x", {"top"}),
        ("!top #!bottom", {"top", "bottom"}),
        ("!final,!other", set()),
        ("!final, !top", {"final", "top"}),
        (" final", set()),
        ("the final!", set()),
        ("", set()),
    ],
)
def test_words_with_an_exclamation_mark_are_marks(comment: str, marks: set[str]) -> None:
    assert marks_in(comment) == marks
