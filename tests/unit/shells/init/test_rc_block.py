"""The managed block in a profile's text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.shells.init.rc_block import POWERSHELL_MARKS, block, with_block, without_block

NEW = block([". /root/conda.sh"])
OTHER = "# >>> conda initialize >>>\n# by another program\nold\n# <<< conda initialize <<<\n"
profiles = st.lists(st.sampled_from(["export A=1", "# note", "", "  x\ty", "ä"]), max_size=6).map(
    "\n".join
)


@given(profiles)
def test_taking_the_block_out_gives_the_profile_back(text: str) -> None:
    assert without_block(with_block(text, NEW)) == text


@given(profiles, profiles)
def test_what_is_around_the_block_stays(before: str, after: str) -> None:
    text = f"{before}\n{OTHER}{after}"
    assert with_block(text, NEW) == f"{before}\n{NEW}{after}"


@given(profiles)
def test_a_second_time_changes_nothing(text: str) -> None:
    once = with_block(text, NEW)
    assert with_block(once, NEW) == once


def test_line_ends_of_windows_stay() -> None:
    text = with_block("a\r\n", NEW)
    assert text == "a\r\n\r\n" + NEW.replace("\n", "\r\n")
    assert without_block(text) == "a\r\n"


def test_blocks_that_were_copied_become_one() -> None:
    assert with_block(f"a\n{OTHER}b\n{OTHER}", NEW) == f"a\n{NEW}b\n"


@pytest.mark.parametrize(
    "line",
    [
        'export PATH="/home/me/anaconda3/bin:$PATH"  # added by Anaconda3 4.3.0 installer',
        ". /opt/conda/etc/profile.d/conda.sh",
        "source '/opt/conda/etc/profile.d/conda.csh'",
    ],
)
def test_lines_of_old_installers_rest_while_the_block_is_there(line: str) -> None:
    text = f"a\n{line}\nb\n"
    prepared = with_block(text, NEW)
    assert f"\n# {line}  # commented out by conda initialize\n" in prepared
    assert without_block(prepared) == text


def test_powershell_has_regions() -> None:
    new = block(["x"], POWERSHELL_MARKS)
    assert new.startswith("#region conda initialize\n")
    assert without_block(with_block("a\n", new, POWERSHELL_MARKS), POWERSHELL_MARKS) == "a\n"
