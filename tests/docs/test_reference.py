"""The reference pages say what the code says; `python -m tests.docs.reference` writes them."""

from conda_clone.config.parameters import PARAMETERS
from tests.docs.reference import REFERENCE, condarc_page


def test_the_page_of_settings_is_up_to_date() -> None:
    text = (REFERENCE / "condarc.md").read_text("utf-8")
    assert text == condarc_page()
    assert all(f"\n### {name}\n" in text for name in PARAMETERS)
