"""Users and machines that are not as expected: what is missing, closed, full or read-only."""

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Outcome, Program

CONDA = f"'{sys.executable}' -m conda_clone"
# Where a user stands in a folder that has been deleted.
GONE = 'mkdir "$HOME/gone"; cd "$HOME/gone"; rmdir "$HOME/gone"; '


@pytest.fixture
def conda(tmp_path: Path, isolated: Path) -> Program:
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="a", files={"share/a": "a"})
    channel.write()
    return Program(tmp_path / "root", isolated, channel.url)


Shell = Callable[[str], Outcome]


@pytest.fixture
def shell(conda: Program, tmp_path: Path) -> Shell:
    """Return what runs a line of sh, in which CONDA is the program."""

    def run(line: str) -> Outcome:
        process = subprocess.run(
            ["/bin/sh", "-c", line.replace("CONDA", CONDA)],
            env=conda.environment,
            cwd=tmp_path,
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(process.returncode, process.stdout, process.stderr)

    return run


@pytest.mark.parametrize("closed", ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"])
def test_streams_that_are_closed_change_nothing_but_what_is_seen(
    conda: Program, shell: Shell, closed: str
) -> None:
    assert shell(f"CONDA create --yes -n e a {closed}").status == 0
    assert conda.installed("e") == ["a-1.0-0"]
    outcome = shell(f"CONDA run -n e sh -c 'echo told; echo wrong >&2; exit 3' {closed}")
    assert outcome.status == 3
    assert ("told" in outcome.stdout) == (">&-" not in closed.split())
    outcome = shell(f"CONDA remove -n e nothing {closed}")
    assert outcome.status == 1
    assert ("PackagesNotFoundInPrefixError" in outcome.stderr) == ("2>&-" not in closed)
    assert "Traceback" not in outcome.stderr


@pytest.mark.parametrize(
    "words",
    ["info --json", "list -p PREFIX --json", "config --show --json", "run -p PREFIX true"],
)
def test_a_folder_that_is_gone_stops_nobody_who_does_not_need_it(
    conda: Program, shell: Shell, words: str
) -> None:
    conda.succeed("create", "-n", "e")
    outcome = shell(f"{GONE} CONDA {words.replace('PREFIX', str(conda.prefix('e')))}")
    assert outcome.status == 0, outcome.stderr


def test_a_relative_path_needs_the_folder(shell: Shell) -> None:
    outcome = shell(f"{GONE} CONDA list -p env --json")
    assert (outcome.status, outcome.error) == (1, "WorkingFolderGone")
    assert json.loads(outcome.stdout)["message"].endswith("or give absolute paths.")


@pytest.mark.parametrize(
    "words", ["--version", "--help", "info", "info --json", "config --describe --json", "commands"]
)
def test_output_that_cannot_be_written_is_no_success(shell: Shell, words: str) -> None:
    outcome = shell(f"CONDA {words} >/dev/full")
    assert outcome.status == 1
    assert outcome.stderr.strip() == (
        "OutputLost: The output cannot be written: No space left on device."
    )


def test_an_error_is_told_where_the_document_cannot_be_written(shell: Shell) -> None:
    outcome = shell("CONDA list -n nothing --json >/dev/full")
    assert (outcome.status, outcome.error) == (1, "EnvironmentLocationNotFound")
    outcome = shell("CONDA nonsense --json >/dev/full")
    assert outcome.status == 2
    assert outcome.stderr.count("there is no command `nonsense`") == 1


@pytest.mark.parametrize(
    ("words", "status"), [("info --json", 0), ("list -n nothing", 1), ("nonsense", 2)]
)
def test_the_status_does_not_depend_on_who_listens_to_errors(
    shell: Shell, words: str, status: int
) -> None:
    assert shell(f"CONDA {words} 2>/dev/full").status == status
    assert shell(f"CONDA {words} >/dev/full 2>/dev/full").status == max(status, 1)


@pytest.mark.parametrize(
    ("words", "status", "told"),
    [
        ("--version", 1, ""),
        ("config --describe", 1, ""),
        ("info --json", 1, ""),
        ("list -n nothing", 1, "EnvironmentLocationNotFound"),
        ("list -n nothing --json", 1, "EnvironmentLocationNotFound"),
        ("nonsense", 2, ""),
    ],
)
def test_a_reader_who_has_gone_hears_of_nothing_but_errors(
    conda: Program, words: str, status: int, told: str
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    process = subprocess.run(
        [sys.executable, "-m", "conda_clone", *words.split()],
        env=conda.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    assert process.returncode == status
    assert told in process.stderr
    assert bool(process.stderr) == bool(told or status == 2)
    assert "Exception" not in process.stderr


def test_who_can_write_no_temporary_file_sees_so(
    conda: Program, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As in a container that is read-only."""
    monkeypatch.setattr(tempfile, "tempdir", None)
    monkeypatch.setattr(tempfile, "_candidate_tempdir_list", lambda: ["/proc"])
    assert conda.succeed("info", "--json").document["tmp_dir"] is None
    outcome = conda("create", "--dry-run", "a")
    assert (outcome.status, outcome.error) == (1, "NoTemporaryFolder")
    assert "TMPDIR" in outcome.stderr


def test_modules_of_other_programs_do_not_stand_for_ours(shell: Shell, tmp_path: Path) -> None:
    folder = tmp_path / "theirs"
    folder.mkdir()
    for name in ("json", "argparse", "msgspec"):
        (folder / f"{name}.py").write_text("raise RuntimeError\n")
    outcome = shell(f"PYTHONPATH=':{folder}' CONDA create -n e --dry-run --json a")
    assert outcome.status == 0, outcome.stderr
    assert outcome.document["success"] is True


def test_names_that_the_system_cannot_write_are_named(
    shell: Shell, conda: Program, tmp_path: Path
) -> None:
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="a", files={"share/a": "a"})
    channel.add(name="u", files={"share/\N{SNOWMAN}": "u"})
    channel.write()
    ascii_only = "LC_ALL=C PYTHONUTF8=0 PYTHONCOERCECLOCALE=0"
    outcome = shell(f"{ascii_only} CONDA create --yes -n e --json u")
    assert (outcome.status, outcome.error) == (1, "EncodingError")
    assert "`share/\\u2603` cannot be written" in outcome.document["message"]
    assert "PYTHONUTF8=1" in outcome.document["message"]
    assert not conda.prefix("e").exists()
    assert shell(f"{ascii_only} CONDA create --yes -n e a").status == 0


@pytest.mark.parametrize(
    ("words", "error", "said"),
    [
        ("create --yes -p '{}' a", "CondaValueError", "bytes that are not UTF-8"),
        ("search -c 'b\udcff' a", "EncodingError", "it is not UTF-8"),
    ],
)
def test_what_is_not_text_is_no_bug(
    shell: Shell, tmp_path: Path, words: str, error: str, said: str
) -> None:
    path = f"{tmp_path}/b\udcff"
    outcome = shell(f"CONDA {words.format(path)} --json")
    assert (outcome.status, outcome.error) == (1, error)
    assert said in outcome.document["message"]


def test_a_reader_who_lets_wait_does_not_look_like_a_limit(conda: Program) -> None:
    """A pipe that does not block, as some programs give to those that they start, may be full."""
    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    with suppress(BlockingIOError):
        while True:
            os.write(writing, bytes(1 << 12))
    process = subprocess.run(
        [sys.executable, "-m", "conda_clone", "info"],
        env=conda.environment,
        stdout=writing,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    os.close(writing)
    os.close(reading)
    assert process.returncode == 1
    assert process.stderr.lstrip().startswith("OutputLost: The output cannot be written")
