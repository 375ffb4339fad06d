"""The list of recorded command lines that are answered differently: exact, short, with reasons.

`nox -s golden` replays the recordings and holds the result against the list.
"""

import json
from collections import Counter
from pathlib import Path

import pytest

from tests.support.golden_deviations import compared, entries, explained_by, main

MOST = 0.03  # of all recordings


@pytest.fixture
def recordings(shared: Path) -> set[str]:
    return {
        json.loads(line)["id"]
        for file in (shared / "golden" / "expected").glob("*.jsonl")
        for line in file.read_text("utf-8").splitlines()
    }


def test_every_entry_has_a_reason() -> None:
    assert [entry["id"] for entry in entries() if len(entry["reason"].split()) < 5] == []


@pytest.mark.shared
def test_every_entry_is_about_recordings_that_no_other_is_about(recordings: set[str]) -> None:
    assert [entry["id"] for entry in entries() if not explained_by(entry, recordings)] == []
    explained = Counter(each for entry in entries() for each in explained_by(entry, recordings))
    assert [recording for recording, count in explained.items() if count > 1] == []
    assert len(explained) <= MOST * len(recordings)


def test_what_the_list_lacks_and_what_it_need_not_have_is_told(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    listed = [{"id": "a/(x|y)", "reason": ""}]
    score = {"a/x": ["data"], "a/y": ["text"], "a/z": ["rc", "text"], "b": []}
    assert compared(score, listed) == (["a/z"], ["a/y"])
    file = tmp_path / "score.json"
    file.write_text(json.dumps({"new/one": ["rc"]}))
    assert main([str(file)]) == 1
    assert capsys.readouterr().out == "new/one differs, and no reason is given\n"
    file.write_text("{}")
    assert main([str(file)]) == 0
