"""The examples of the page about the Python API do what it says."""

import re
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path

import pytest

from conda_clone import api
from conda_clone.testing.channels import ChannelBuilder

PAGE = Path(__file__).resolve().parents[2] / "docs" / "reference" / "python-api.md"
BLOCK = re.compile(r"^```(python|output)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the page calls a channel and a folder -> those of this test."""
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="lib", files={"lib/lib.txt": "1"})
    channel.add(name="app", depends=["lib"], files={"bin/app.txt": "2"})
    channel.write()
    monkeypatch.setenv("CONDA_ROOT_PREFIX", str(tmp_path / "root"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    return {"https://channel.example/main": channel.url, "/envs/sci": str(tmp_path / "sci")}


def test_the_examples_print_what_the_page_says(places: dict[str, str]) -> None:
    names: dict[str, object] = {}
    printed: list[str] = []
    shown: list[str] = []
    page = PAGE.read_text("utf-8")
    for example, own in places.items():
        page = page.replace(example, own)
    for kind, text in BLOCK.findall(page):
        if kind == "output":
            shown.append(text)
            continue
        with redirect_stdout(StringIO()) as out:
            exec(compile(text, str(PAGE), "exec"), names)
        printed.append(out.getvalue())
    assert printed == shown


def test_every_name_that_is_needed_is_on_the_page() -> None:
    text = PAGE.read_text("utf-8")
    methods = [name for name in vars(api.Conda) if not name.startswith("_")]
    for_this_program = {"session"}
    names = {*methods, "Transaction", "Solver"} - for_this_program
    assert [name for name in names if name not in text] == []
