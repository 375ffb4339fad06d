"""Whoever is killed while changing settings leaves the old file or the new one, and no obstacle."""

import shutil
from pathlib import Path

import pytest

from conda_clone.config.configuration import Configuration
from conda_clone.config.edit import Change
from conda_clone.operations.configure import change_file
from tests.support.faults import Fault, run_forked

OLD = "# mine\nchannels:\n  - a  # first\nquiet: true\n"
NEW = "# mine\nchannels:\n  - a  # first\n  - b\nquiet: true\n"
APPEND = [Change("append", "channels", "b")]
APPEND_ONCE_MORE = [Change("append", "channels", "c")]


@pytest.mark.parametrize("how", ["kill", "torn", "power"])
@pytest.mark.parametrize("name", [".condarc", ".conda/condarc.d/team.yml"])
def test_a_change_of_settings_that_is_killed_anywhere_is_made_or_not(
    tmp_path: Path, name: str, how: str
) -> None:
    home = tmp_path / "home"
    path = home / name

    def load() -> Configuration:
        return Configuration.load(environ={}, home=str(home))

    def start_again() -> None:
        shutil.rmtree(home, ignore_errors=True)
        path.parent.mkdir(parents=True)
        path.write_text(OLD, "utf-8")

    def append() -> None:
        change_file(load(), str(path), APPEND)

    start_again()
    calls = run_forked(append, Fault()).calls
    assert path.read_text("utf-8") == NEW
    for number in range(1, calls + 1):
        start_again()
        assert run_forked(append, Fault(number, how)).killed
        assert path.read_text("utf-8") in (OLD, NEW), f"call {number}"
        (source,) = (each for each in load().sources if each.name not in ("envvars", "cmd_line"))
        assert source.name == str(path)  # what the killed process has left behind is no settings
        change_file(load(), str(path), APPEND_ONCE_MORE)
        assert load().value("channels")[-1] == "c"
        assert load().problems == ()
    assert calls > 5
