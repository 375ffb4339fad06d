"""Compare a score of recorded command lines with the list of those answered differently on purpose.

Run as `python -m tests.support.golden_deviations SCORE.json`, with what `score.py --json` wrote.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

LIST = Path(__file__).parents[1] / "golden" / "deviations.toml"
_TEXT = "text"  # the aspect that nobody asks for


def entries() -> list[dict[str, str]]:
    """Return the listed deviations of commands: patterns of ids, with reasons."""
    listed: list[dict[str, str]] = tomllib.loads(LIST.read_text("utf-8"))["commands"]
    return listed


def explained_by(entry: Mapping[str, str], ids: Iterable[str]) -> set[str]:
    """Return the recordings that an entry is about."""
    pattern = re.compile(entry["id"])
    return {recording for recording in ids if pattern.fullmatch(recording)}


def compared(
    score: Mapping[str, Sequence[str]], listed: Sequence[Mapping[str, str]]
) -> tuple[list[str], list[str]]:
    """Return the recordings that differ without a reason, and those that agree in spite of one.

    Args:
        score: By recording, the aspects in which it differs.
        listed: The entries.
    """
    differing = {recording for recording, aspects in score.items() if {*aspects} - {_TEXT}}
    explained = {each for entry in listed for each in explained_by(entry, score)}
    return sorted(differing - explained), sorted(explained - differing)


def main(arguments: Sequence[str]) -> int:
    """Write what the list lacks and what it need not have; succeed if that is nothing."""
    score = json.loads(Path(arguments[0]).read_text("utf-8"))
    unexplained, needless = compared(score, entries())
    for recording in unexplained:
        sys.stdout.write(f"{recording} differs, and no reason is given\n")
    for recording in needless:
        sys.stdout.write(f"{recording} agrees, and has a reason not to\n")
    return 1 if unexplained or needless else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
