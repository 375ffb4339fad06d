"""What docs/how-to/configure-machines.md prints is what is printed, command by command."""

import re
import shlex
from pathlib import Path

from tests.support.cli import Program

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how-to" / "configure-machines.md"
BLOCK = re.compile(r"^```(?:yaml (?P<path>\S+))?\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


def run(conda: Program, line: str) -> str:
    """Run a line as a shell would; return what a person sees, blank lines at the ends apart."""
    words = shlex.split(line)
    env = {}
    while "=" in words[0]:
        name, _, value = words.pop(0).partition("=")
        env[name] = value
    assert words[0] == "conda"
    outcome = conda(*words[1:], env=env)
    return (outcome.stderr + outcome.stdout).strip("\n")


def test_the_page_prints_what_is_printed(tmp_path: Path, isolated: Path) -> None:
    root = tmp_path / "root"
    (root / "conda-meta").mkdir(parents=True)
    conda = Program(root, isolated, "")
    del conda.environment["CONDA_CHANNELS"]
    places = {"/opt/conda": str(root), "/home/me": str(isolated)}
    commands = 0
    for block in BLOCK.finditer(PAGE.read_text("utf-8")):
        path, text = block["path"], block["text"]
        if path:
            folder, name = path.rsplit("/", 1)
            Path(places[folder], name).write_text(text, "utf-8")
            continue
        for shown in re.split(r"^\$ ", text, flags=re.MULTILINE)[1:]:
            line, _, expected = shown.partition("\n")
            told = run(conda, line)
            for name, place in places.items():
                told = told.replace(place, name)
            assert told == expected.strip("\n"), line
            commands += 1
    assert commands == 13
