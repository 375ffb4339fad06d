"""Near names: what counts as a slip, and that the nearest come first."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.near_names import meant_words, near_names

NAMES = ("numpy", "numba", "scipy", "scikit-learn", "scikit_image", "py-opencv", "libxml2", "zlib")


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("nunpy", "numpy"),  # another letter
        ("numpyy", "numpy"),  # one too many
        ("nupy", "numpy"),  # one too few
        ("nmupy", "numpy"),  # two swapped
        ("scikitlearm", "scikit-learn"),  # two slips in a long name
        ("scikit-image", "scikit_image"),  # another separator
        ("NumPy", "numpy"),
        ("opencv", "py-opencv"),  # without a usual prefix
        ("xml2", "libxml2"),
        ("py-scipy", "scipy"),  # with one
        ("sklearn", "scikit-learn"),  # as it is imported
        ("numpy1.26", "numpy"),  # with a version
    ],
)
def test_a_slip_finds_the_name(slip: str, meant: str) -> None:
    assert near_names(slip, NAMES) == (meant,)


@pytest.mark.parametrize("other", ["nunpi", "pandas", "zl", "x"])
def test_other_names_are_not_near(other: str) -> None:
    assert near_names(other, NAMES) == ()


def test_the_nearest_come_first_and_three_are_enough() -> None:
    names = ("abcdefxx", "abcdef-x", "abcdefx", "abcdefy", "abcdexy")

    assert near_names("abcdefx", names) == ("abcdefx", "abcdef-x", "abcdefxx")


def test_a_beginning_is_meant_where_it_is_not_that_of_many() -> None:
    assert meant_words("sci", NAMES) == ("scipy", "scikit-learn", "scikit_image")
    assert meant_words("SciPy", ["scipy", "scipy-extra"]) == ("scipy",)
    assert meant_words("nump", NAMES) == ("numpy",)
    assert meant_words("sc", NAMES) == ()
    assert meant_words("sci", [*NAMES, "scilab"]) == ()


@given(st.text("abc-", min_size=6, max_size=10), st.integers(0, 5), st.sampled_from("abcx"))
def test_one_slip_is_always_near(name: str, place: int, letter: str) -> None:
    assert near_names(name[:place] + letter + name[place:], [name]) == (name,)
    assert near_names(name[:place] + letter + name[place + 1 :], [name]) == (name,)
    assert near_names(name[:place] + name[place + 1 :], [name]) == (name,)
