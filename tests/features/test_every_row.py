"""No row of the feature table that conda answers with yes is without a test named after it."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

FOLDER = Path(__file__).parent
SECTIONS = sorted(path.stem[-1].upper() for path in FOLDER.glob("test_section_?.py"))
_TEST = re.compile(r"^def test_row_(\d+)_", re.MULTILINE)


def rows_of(table: str, section: str) -> Iterator[int]:
    """Yield the numbers of the rows of a section that a version of conda answers with yes."""
    _, _, rest = table.partition(f"## {section}. ")
    for line in rest.partition("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if cells[0].isdigit() and any(answer.startswith("yes") for answer in cells[2:4]):
            yield int(cells[0])


@pytest.mark.shared
@pytest.mark.parametrize("section", SECTIONS)
def test_every_row_has_its_test(shared: Path, section: str) -> None:
    table = (shared / "spec/features.md").read_text("utf-8")
    tests = (FOLDER / f"test_section_{section.lower()}.py").read_text("utf-8")
    tested = {int(number) for number in _TEST.findall(tests)}
    assert sorted(set(rows_of(table, section)) - tested) == []
