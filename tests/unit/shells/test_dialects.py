"""What activation looks like in each language; shells that cannot run here are held to the text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conda_clone.shells.dialects import SHELLS, cmd_exe, dialect, powershell
from conda_clone.shells.env_change import EnvChange

CHANGE = EnvChange(
    path=["/e/bin", "/usr/bin"],
    unset=["OLD"],
    prompt="(e) $ ",
    export={"CONDA_PREFIX": "/e", "NAME": "it's"},
    deactivate_scripts=["/o/off"],
    activate_scripts=["/e/on"],
)
QUOTES = "'\u2018\u2019\u201a\u201b"
# A bare carriage return cannot be written into a script that has line ends of its own.
LINE_TEXT = st.text(st.characters(exclude_characters="\0\r\n", exclude_categories=["Cs"]))


def test_the_order_is_old_scripts_then_variables_then_new_scripts() -> None:
    assert dialect("posix").render(CHANGE).splitlines() == [
        ". '/o/off'",
        "export OLD='' PATH='/e/bin:/usr/bin' CONDA_PREFIX='/e' NAME='it'\\''s'; unset OLD",
        "PS1='(e) $ '",
        ". '/e/on'",
    ]


def test_powershell() -> None:
    assert dialect("powershell").render(CHANGE).splitlines() == [
        ". '/o/off'",
        "$Env:OLD = $null",
        "$Env:PATH = '/e/bin:/usr/bin'",
        "$Env:CONDA_PREFIX = '/e'",
        "$Env:NAME = 'it''s'",
        ". '/e/on'",
    ]


def test_cmd_exe() -> None:
    assert dialect("cmd.exe").render(CHANGE) == (
        '@CALL "/o/off"\r\n'
        "@SET OLD=\r\n"
        "@SET PROMPT=^(e^)^ $^ \r\n"
        "@SET PATH=/e/bin:/usr/bin\r\n"
        "@SET CONDA_PREFIX=/e\r\n"
        "@SET NAME=it^'s\r\n"
        '@CALL "/e/on"\r\n'
    )


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_a_deactivation_sets_path_before_the_scripts_of_the_environment_run(shell: str) -> None:
    change = EnvChange(path=["/usr/bin"], path_first=True, deactivate_scripts=["/o/off"])
    text = dialect(shell).render(change)
    assert text.index("PATH") < text.index("/o/off")


@pytest.mark.parametrize("shell", sorted(SHELLS))
def test_no_change_is_no_text(shell: str) -> None:
    assert dialect(shell).render(EnvChange()) == ""


@given(LINE_TEXT)
def test_powershell_reads_a_literal_back(text: str) -> None:
    """A quote of any kind that PowerShell knows ends a literal, unless there are two of it."""
    literal = powershell.quoted(text)
    inside = literal.removeprefix("'").removesuffix("'")
    assert len(inside) == len(literal) - 2
    assert re.sub(f"([{QUOTES}])\\1", r"\1", inside) == text
    assert not re.search(f"[{QUOTES}]", re.sub(f"([{QUOTES}])\\1", "", inside))


def cmd_reads(line: str) -> str:
    """Return what cmd.exe makes of the rest of a SET line: carets and percent signs go."""
    line = line.replace("%%", "%")
    return re.sub(r"\^(.)", r"\1", line)


@given(LINE_TEXT)
def test_cmd_exe_reads_a_value_back(text: str) -> None:
    """A caret takes the meaning from the character behind it (`set /?`)."""
    value = cmd_exe.quoted(text)
    assert cmd_reads(value) == text or "^" in text
    assert not re.search(r"(?<!\^)[&|<>]", value.replace("^^", ""))


def test_cmd_exe_has_no_line_breaks_in_values() -> None:
    assert cmd_exe.quoted("a\r\nb\nc") == "a^ b^ c"
