"""The conflicts that docs/how-to/understand-conflicts.md prints are what is printed."""

import re
from pathlib import Path

import pytest

from conda_clone.cli.output.error_report import error_text
from conda_clone.config.settings import ChannelPriority, SolveSettings
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.planning.solver import Solver
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.recorded_solves import MACHINE, recordings, snapshot_index

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "understand-conflicts.md"
EXAMPLE = re.compile(
    r"<!-- (\S+) (\S+) -->\n```\n\$ conda create -n \w+ ([^\n]*)\n(.*?)```", re.DOTALL
)


def examples() -> list[tuple[str, str, list[str], str]]:
    """Return index, name of the recorded problem, specs and printed text of each."""
    found = EXAMPLE.findall(PAGE.read_text(encoding="utf-8"))
    return [(index, name, words.split(), text) for index, name, words, text in found]


@pytest.mark.shared
@pytest.mark.parametrize(("snapshot", "name", "words", "text"), examples())
def test_the_page_prints_what_is_printed(
    shared: Path, snapshot: str, name: str, words: list[str], text: str
) -> None:
    index = snapshot_index(shared, snapshot)
    recording = next(each for each in recordings(shared, snapshot, index) if each.name == name)
    specs = tuple([MatchSpec(word) for word in words])
    assert tuple([root.spec for root in recording.problem.roots]) == specs

    with pytest.raises(UnsatisfiableError) as caught:
        Solver(
            EnvironmentRequest(verb=Verb.CREATE, prefix="/p", specs_to_add=specs),
            EnvironmentState(virtual_packages=MACHINE),
            index,
            SolveSettings(channel_priority=ChannelPriority.STRICT),
        ).solve_for_diff()

    assert error_text(caught.value) == text


def test_the_page_has_three_examples() -> None:
    assert len(examples()) == 3
