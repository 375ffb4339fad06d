"""Many packages are extracted by processes; what goes wrong there is told as it is elsewhere."""

import sys
from pathlib import Path

import pytest

from conda_clone.core.packages import extraction
from conda_clone.core.packages.extraction import Extraction
from conda_clone.errors import CondaError
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.forked_process import cores
from conda_clone.testing.packages import build_package
from tests.support.python_programs import output_of

PROGRAM = """
import os, sys
from conda_clone.core.packages import extraction as module
from conda_clone.errors import CondaError
archive, folder, sizes = sys.argv[1:]
asked, here = [], []
def checkpoint():
    asked.append(1)
    if sys.stdin.readline():
        raise InterruptedError
extraction = module.Extraction(eval(sizes), checkpoint)
print(extraction._workers is not None)
extract = module.extract_checked
def noted(*arguments):
    here.append(1)
    extract(*arguments)
module.extract_checked = noted
os.mkdir(folder)
try:
    extraction.extract(archive, folder)
except (CondaError, InterruptedError) as error:
    print(type(error).__name__)
print(len(asked), len(here))
extraction.stop()
extraction.close()
"""


def outcome(archive: Path, folder: Path, said: str = "", sizes: str = "[1] * 8") -> list[str]:
    return output_of(PROGRAM, archive, folder, sizes, said=said)


@pytest.fixture
def archive(tmp_path: Path) -> Path:
    return build_package(tmp_path / "archives", name="a", files={"share/a": "text"}).path


needs_cores = pytest.mark.skipif(
    sys.platform != "linux" or cores() == 1, reason="needs two cores of Linux"
)


@needs_cores
def test_a_process_extracts(archive: Path, tmp_path: Path) -> None:
    assert outcome(archive, tmp_path / "out") == ["True", "0 0"]
    assert (tmp_path / "out/share/a").read_text() == "text"


@needs_cores
@pytest.mark.parametrize("sizes", ["[1, 5 << 20]", "[None]"])
def test_a_large_package_has_a_process_that_can_have_another(
    archive: Path, tmp_path: Path, sizes: str
) -> None:
    assert outcome(archive, tmp_path / "out", sizes=sizes) == ["True", "0 0"]
    assert (tmp_path / "out/share/a").read_text() == "text"


@needs_cores
def test_a_few_small_packages_need_no_process(archive: Path, tmp_path: Path) -> None:
    assert outcome(archive, tmp_path / "out", sizes="[1] * 7") == ["False", "0 1"]


@needs_cores
def test_what_fails_is_done_again_here(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-100])
    found = outcome(archive, tmp_path / "out")
    assert found == ["True", "InvalidArchiveError", "1 1"]


@needs_cores
def test_what_nobody_wants_any_more_is_not_done_again(archive: Path, tmp_path: Path) -> None:
    archive.write_bytes(archive.read_bytes()[:-100])
    found = outcome(archive, tmp_path / "out", said="stop\n")
    assert found == ["True", "InterruptedError", "1 0"]


def test_a_few_packages_are_extracted_here(archive: Path, tmp_path: Path) -> None:
    few = Extraction([1] * 7, lambda: None)
    few.extract(str(archive), str(tmp_path / "out"))
    assert (tmp_path / "out/share/a").read_text() == "text"
    archive.write_bytes(b"")
    with pytest.raises(CondaError) as caught:
        few.extract(str(archive), str(tmp_path / "other"))
    assert caught.type is InvalidArchiveError
    few.stop()
    few.close()


def test_one_core_needs_no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(extraction, "can_fork", lambda: True)
    monkeypatch.setattr(extraction, "cores", lambda: 1)
    assert Extraction([1] * 100, lambda: None)._workers is None


def test_who_extracts_as_much_as_there_are_cores_is_busy(
    archive: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An archive is extracted while an archive is extracted."""
    monkeypatch.setattr(extraction, "cores", lambda: 2)
    here = Extraction([1], lambda: None)
    told: list[bool] = []

    def extract(path: str, folder: str) -> None:
        told.append(here.is_busy)
        if folder.endswith("outer"):
            here.extract(path, str(tmp_path / "inner"))

    monkeypatch.setattr(extraction, "extract_checked", extract)
    here.extract(str(archive), str(tmp_path / "outer"))
    assert [*told, here.is_busy] == [False, True, False]
