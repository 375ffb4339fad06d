import os
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.journal import (
    Change,
    Journal,
    Kind,
    fingerprint,
    read_journal,
)

JOURNAL = Journal(
    "0a1b2c3d",
    (
        Change(Kind.MOVE, "a", "a.conda-saved", (1, 2, 3)),
        Change(Kind.REPLACE, "b/\udcff", "1", (4, 5, 6), 7),
        Change(Kind.PUT, "c", inode=8),
    ),
    durability="none",
    undecided=True,
    created=True,
)


def written(folder: Path, journal: Journal = JOURNAL) -> Path:
    area = Area(str(folder))
    os.makedirs(area.folder, exist_ok=True)
    journal.write(area)
    return Path(area.journal)


def test_a_journal_is_read_as_it_was_written(tmp_path: Path) -> None:
    assert read_journal(str(written(tmp_path))) == JOURNAL


def test_without_a_file_nothing_is_decided(tmp_path: Path) -> None:
    assert read_journal(str(tmp_path / "journal")) is None


@given(data=st.data())
def test_a_journal_that_is_changed_anywhere_decides_nothing(
    tmp_path_factory: "object", data: st.DataObject
) -> None:
    path = written(Path(str(tmp_path_factory.mktemp("j"))))  # type: ignore[attr-defined]
    content = bytearray(path.read_bytes())
    end = len(content) - 1  # the last byte ends the line
    start = data.draw(st.integers(0, end - 1))
    length = data.draw(st.integers(1, 20))
    mutant = content[:start] + data.draw(st.binary(max_size=20)) + content[start + length :]
    path.write_bytes(mutant)
    found = read_journal(str(path))
    assert found is None or found == JOURNAL


def test_a_journal_of_another_version_decides_nothing(tmp_path: Path) -> None:
    import hashlib

    text = path_text = written(tmp_path).read_bytes().partition(b"\n")[0]
    text = path_text.replace(b'"version":1', b'"version":2')
    path = tmp_path / "other"
    path.write_bytes(text + b"\n" + hashlib.sha256(text).hexdigest().encode() + b"\n")
    assert read_journal(str(path)) is None


def test_a_changed_file_has_another_fingerprint(tmp_path: Path) -> None:
    path = tmp_path / "file"
    assert fingerprint(str(path)) is None
    path.write_text("1")
    before = fingerprint(str(path))
    path.write_text("22")
    assert fingerprint(str(path)) != before


def test_compiled_modules_do_not_change_a_folder(tmp_path: Path) -> None:
    (tmp_path / "pkg").mkdir()
    (tmp_path / "pkg/a.py").write_text("x")
    before = fingerprint(str(tmp_path))
    (tmp_path / "pkg/__pycache__").mkdir()
    (tmp_path / "pkg/__pycache__/a.pyc").write_text("y")
    assert fingerprint(str(tmp_path)) == before
    (tmp_path / "pkg/mine").write_text("z")
    assert fingerprint(str(tmp_path)) != before
