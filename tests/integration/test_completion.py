"""What shells complete, read off the parsers and off the disk."""

import subprocess
from pathlib import Path

from tests.support.cli import Program
from tests.support.shells import SHELLS, ShellMachine, found

BY_NAME = {shell.name: shell for shell in SHELLS}


def words(conda: Program, *typed: str) -> list[str]:
    """Return what can stand in the place of the last word."""
    outcome = conda.succeed("completion", "--words", *typed)
    return [line.split("\t")[0] for line in outcome.stdout.splitlines() if line.strip()]


def test_commands(conda: Program) -> None:
    assert words(conda, "up") == ["update", "upgrade"]
    assert {"activate", "create", "uninstall"} <= set(words(conda, ""))


def test_options_of_a_command(conda: Program) -> None:
    assert words(conda, "create", "--dry") == ["--dry-run"]
    assert words(conda, "create", "--no-def") == ["--no-default-packages"]


def test_subcommands(conda: Program) -> None:
    assert words(conda, "env", "config", "vars", "") == ["list", "set", "unset"]


def test_values_of_an_option(conda: Program) -> None:
    assert words(conda, "search", "-c", "") == [conda.channel]
    assert words(conda, "create", "--solver", "l") == ["libmamba"]
    assert words(conda, "config", "--set", "channel_p") == ["channel_priority"]
    assert words(conda, "config", "--set", "channel_priority", "c") == []
    assert words(conda, "create", "--file", "") == [":files"]


def test_environments(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "lab", "--offline")

    assert words(conda, "install", "-n", "l") == ["lab"]
    assert words(conda, "activate", "l") == [":files", "lab"]
    assert "lab" in words(conda, "list", "--name", "")


def test_installed_packages(conda: Program) -> None:
    metadata = conda.envs / "lab" / "conda-meta"
    metadata.mkdir(parents=True)
    for name in ("history", "my-tool-1.0-h_1.json", "zlib-1.3-0.json", "odd.json"):
        (metadata / name).touch()

    assert words(conda, "remove", "-n", "lab", "") == ["my-tool", "zlib"]
    assert words(conda, "update", "--name", "lab", "my") == ["my-tool"]


def test_an_unknown_command_has_nothing_to_offer(conda: Program) -> None:
    assert words(conda, "nonsense", "") == []


def test_bash(tmp_path: Path) -> None:
    machine = ShellMachine(BY_NAME["bash"], tmp_path / "m")
    machine.environment("lab")

    machine.run(
        [
            f'eval "$({machine.program} completion bash)"',
            "COMP_WORDS=(conda install --na); COMP_CWORD=2",
            '__conda_complete; echo "${COMPREPLY[@]}"',
            "COMP_WORDS=(conda activate la); COMP_CWORD=2",
            '__conda_complete; echo "${COMPREPLY[@]}"',
        ]
    )

    assert machine.stdout.splitlines() == ["--name", "lab"]


def test_fish(tmp_path: Path) -> None:
    machine = ShellMachine(BY_NAME["fish"], tmp_path / "m")
    machine.environment("lab")

    machine.run(
        [
            f"{machine.program} completion fish | source",
            "complete -C 'conda activate la'",
            "complete -C 'conda install --na'",
        ]
    )

    assert [line.split("\t")[0] for line in machine.stdout.splitlines()] == ["lab", "--name"]


def test_zsh_takes_the_script(tmp_path: Path, conda: Program) -> None:
    script = tmp_path / "completion.zsh"
    script.write_text(conda.succeed("completion", "zsh").stdout)

    completed = subprocess.run(
        [found(BY_NAME["zsh"]), "-f", "-c", f"source {script}; echo $_comps[conda]"],
        capture_output=True,
        text=True,
        check=False,
    )

    assert completed.stdout.strip() == "__conda_complete"


def test_an_unknown_shell_is_wrong_usage(conda: Program) -> None:
    assert conda("completion", "nope").status == 2


def test_the_hook_loads_completion_when_a_key_asks_for_it(tmp_path: Path) -> None:
    machine = ShellMachine(BY_NAME["bash"], tmp_path / "m")
    completed = subprocess.run(
        [
            found(machine.shell),
            *["--norc", "-i", "-c"],
            "\n".join(
                [
                    f'eval "$({machine.program} shell.bash hook)"',
                    "complete -p conda",
                    "COMP_WORDS=(conda inf); COMP_CWORD=1; __conda_complete; echo ${COMPREPLY[@]}",
                ]
            ),
        ],
        env=machine.start_variables(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert completed.stdout.splitlines() == ["complete -F __conda_complete conda", "info"]


def test_xonsh_loads_the_command_as_an_extension(tmp_path: Path) -> None:
    machine = ShellMachine(BY_NAME["xonsh"], tmp_path / "m")
    machine.environment("lab")
    completed = subprocess.run(
        [
            found(machine.shell),
            *["--no-rc", "-c"],
            "xontrib load conda\nconda activate lab\nprint($CONDA_DEFAULT_ENV)",
        ],
        env=machine.start_variables(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert completed.stdout.strip() == "lab", completed.stderr
