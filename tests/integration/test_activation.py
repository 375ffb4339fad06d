"""Activation in real shells: the same scenarios, with the same outcome, in each of them.

Every scenario runs twice: once the program is asked for every change, once nothing but what has
been prepared may be used, with the program taken away.
"""

import json
import os
from pathlib import Path

import pytest

from tests.support.shells import PROMPT, SHELLS, Shell, ShellMachine, Snapshot

PREPARED = ("posix", "fish")
# Where the tool is does not change.
CONSTANT = {"CONDA_EXE", "CONDA_PYTHON_EXE", "CONDA_ROOT_PREFIX"}


@pytest.fixture
def machine(request: pytest.FixtureRequest, tmp_path: Path) -> ShellMachine:
    """Return a machine with three environments: `a` sets variables, `b` one of them, `c` none."""
    shell, _ = request.param
    made = ShellMachine(shell, tmp_path / "m")
    made.environment("a", variables={"FOO": "foo of a", "BAR": "bar"}, script_sets="ACT_ON")
    made.environment("b", variables={"FOO": "foo of b"})
    made.environment("c")
    return made


def both_ways(machine: ShellMachine, way: str, lines: list[str]) -> list[Snapshot]:
    """Run a scenario with the program at every step, or with what a first run has prepared."""
    changes = ("conda activate", "conda deactivate", "conda reactivate")
    if way == "program":
        forgetful = [
            step
            for line in lines
            for step in (["forget", line] if line.startswith(changes) else [line])
        ]
        return machine.run(forgetful)
    every = [f"conda activate {name}" for name in ("a", "b", "c", "base")]
    return machine.run([*every, *["conda deactivate"] * len(every), "alone", *lines])


every_way = pytest.mark.parametrize(
    ("machine", "way"),
    [
        pytest.param((shell, way), way, id=f"{shell.name}-{way}")
        for shell in SHELLS
        for way in ("program", "prepared")
        if way == "program" or shell.family in PREPARED
    ],
    indirect=["machine"],
)


def state(snapshot: Snapshot) -> dict[str, str]:
    """Return what activation may change, without PATH and the variables that say where conda is."""
    return {
        name: value
        for name, value in snapshot.variables.items()
        if name in {"FOO", "BAR", "ACT_ON"}
        or (name.startswith(("CONDA_", "__CONDA")) and name not in CONSTANT)
    }


@every_way
def test_activate_switch_and_back(machine: ShellMachine, way: str) -> None:
    a, b = machine.root / "envs" / "a", machine.root / "envs" / "b"
    condabin = str(machine.root / "condabin")

    before, in_a, in_b, again, after = both_ways(
        machine,
        way,
        [
            "snapshot",
            "conda activate a",
            "snapshot",
            "conda activate b",
            "snapshot",
            "conda deactivate",
            "snapshot",
            "conda deactivate",
            "snapshot",
        ],
    )

    assert state(before) == {"CONDA_SHLVL": "0"}
    assert before.path == [condabin, "/usr/bin", "/bin"]
    assert before.prompt == PROMPT
    assert state(in_a) == {
        "CONDA_SHLVL": "1",
        "CONDA_PREFIX": str(a),
        "CONDA_DEFAULT_ENV": "a",
        "CONDA_PROMPT_MODIFIER": "(a) ",
        "FOO": "foo of a",
        "BAR": "bar",
        "ACT_ON": "on",
    }
    assert in_a.path == [f"{a}/bin", condabin, "/usr/bin", "/bin"]
    assert in_a.prompt == f"(a) {PROMPT}"
    # What `a` has set does not leak into `b`.
    assert state(in_b) == {
        "CONDA_SHLVL": "2",
        "CONDA_PREFIX": str(b),
        "CONDA_PREFIX_1": str(a),
        "CONDA_DEFAULT_ENV": "b",
        "CONDA_PROMPT_MODIFIER": "(b) ",
        "FOO": "foo of b",
    }
    assert in_b.path == [f"{b}/bin", condabin, "/usr/bin", "/bin"]
    assert in_b.prompt == f"(b) {PROMPT}"
    assert (again.variables, again.prompt) == (in_a.variables, in_a.prompt)
    assert (after.variables, after.prompt) == (before.variables, before.prompt)


@every_way
def test_stacked_environments_are_on_path_together(machine: ShellMachine, way: str) -> None:
    a, b = machine.root / "envs" / "a", machine.root / "envs" / "b"

    in_a, stacked, again, after = both_ways(
        machine,
        way,
        [
            "conda activate a",
            "snapshot",
            "conda activate --stack b",
            "snapshot",
            "conda deactivate",
            "snapshot",
            "conda deactivate",
            "snapshot",
        ],
    )

    assert stacked.path[:2] == [f"{b}/bin", f"{a}/bin"]
    assert stacked.variables["CONDA_STACKED_2"] == "true"
    assert stacked.variables["ACT_ON"] == "on"
    assert stacked.variables["BAR"] == "bar"
    assert stacked.variables["FOO"] == "foo of b"
    assert (again.variables, again.prompt) == (in_a.variables, in_a.prompt)
    assert state(after) == {"CONDA_SHLVL": "0"}


@every_way
def test_what_an_environment_hides_comes_back(machine: ShellMachine, way: str) -> None:
    export = machine.shell.export
    lines = [export("BAR", "mine"), "conda activate c", "snapshot", "conda activate a", "snapshot"]
    lines += ["conda activate b", "snapshot", "conda deactivate", "conda deactivate", "snapshot"]

    before, in_a, in_b, after = both_ways(machine, way, lines)

    assert before.variables["BAR"] == "mine"
    assert in_a.variables["BAR"] == "bar"
    assert in_b.variables["BAR"] == "mine"
    assert (after.variables, after.prompt) == (before.variables, before.prompt)


@every_way
def test_activating_the_active_environment_brings_it_up_to_date(
    machine: ShellMachine, way: str
) -> None:
    first, second = both_ways(
        machine, way, ["conda activate a", "snapshot", "conda activate a", "snapshot"]
    )

    assert (first.variables, first.prompt) == (second.variables, second.prompt)


@every_way
def test_a_path_names_an_environment_too(machine: ShellMachine, way: str) -> None:
    elsewhere = machine.environment("", prefix=machine.folder / "else" / "where")
    machine.run([f"conda activate {elsewhere}"])

    inside, after = both_ways(
        machine, way, [f"conda activate {elsewhere}", "snapshot", "conda deactivate", "snapshot"]
    )

    assert inside.variables["CONDA_PREFIX"] == str(elsewhere)
    assert inside.variables["CONDA_DEFAULT_ENV"] == str(elsewhere)
    assert inside.prompt == f"({elsewhere}) {PROMPT}"
    assert state(after) == {"CONDA_SHLVL": "0"}


@every_way
def test_without_a_name_base_is_activated(machine: ShellMachine, way: str) -> None:
    (machine.root / "conda-meta").mkdir()

    [inside] = both_ways(machine, way, ["conda activate", "snapshot"])

    assert inside.variables["CONDA_PREFIX"] == str(machine.root)
    assert inside.variables["CONDA_DEFAULT_ENV"] == "base"


@every_way
def test_deactivating_nothing_changes_nothing(machine: ShellMachine, way: str) -> None:
    before, after = both_ways(machine, way, ["snapshot", "conda deactivate", "snapshot"])

    assert (after.variables, after.prompt) == (before.variables, before.prompt)
    assert after.status == 0


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
def test_an_unknown_environment_leaves_the_shell_as_it_is(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    machine.environment("a")

    before, after = machine.run(
        ["conda activate a", "snapshot", shell.failing("conda activate nowhere"), "snapshot"]
    )

    assert after.status == 1
    assert (after.variables, after.prompt) == (before.variables, before.prompt)
    assert "EnvironmentNameNotFound" in machine.stderr


@every_way
def test_entries_of_path_keep_their_place(machine: ShellMachine, way: str) -> None:
    machine.variables["PATH"] = "/usr/bin:/with space:/bin"

    before, inside, after = both_ways(
        machine, way, ["snapshot", "conda activate c", "snapshot", "conda deactivate", "snapshot"]
    )

    assert inside.path[1:] == before.path
    assert after.path == before.path


@pytest.mark.parametrize("way", ["program", "prepared"])
@pytest.mark.parametrize(
    "shell", [shell for shell in SHELLS if shell.is_posix], ids=lambda shell: shell.name
)
@pytest.mark.parametrize("options", ["set -eu", "set -f", "IFS=a/", "alias cd=false ls=false"])
def test_options_of_the_shell_do_no_harm(
    shell: Shell, options: str, way: str, tmp_path: Path
) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    for name in "abc":
        machine.environment(name, variables={"FOO": name})

    inside, after = both_ways(
        machine,
        way,
        [
            options,
            "conda activate a",
            "conda activate b",
            "snapshot",
            "conda deactivate",
            "conda deactivate",
            "snapshot",
        ],
    )

    assert inside.variables["FOO"] == "b"
    assert state(after) == {"CONDA_SHLVL": "0"}


@pytest.mark.parametrize(
    "shell", [s for s in SHELLS if s.family in PREPARED], ids=lambda shell: shell.name
)
def test_what_has_been_prepared_is_not_used_when_it_is_out_of_date(
    shell: Shell, tmp_path: Path
) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    prefix = machine.environment("a", variables={"FOO": "old"})
    state_file = prefix / "conda-meta" / "state"
    machine.run(["conda activate a", "conda deactivate", "conda activate a"])
    state_file.write_text(json.dumps({"env_vars": {"FOO": "new"}}))
    # Some shells see whole seconds only.
    os.utime(state_file, (state_file.stat().st_mtime + 1,) * 2)

    [inside] = machine.run(["conda activate a", "snapshot"])

    assert inside.variables["FOO"] == "new"


@pytest.mark.parametrize(
    "shell", [s for s in SHELLS if s.family in PREPARED], ids=lambda shell: shell.name
)
def test_a_change_of_the_settings_counts_at_once(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    machine.environment("a")
    machine.run(["conda activate a", "conda deactivate", "conda activate a"])
    (machine.home / ".condarc").write_text("env_prompt: '<{default_env}> '\n")

    [inside] = machine.run(["conda activate a", "snapshot"])

    assert inside.prompt == f"<a> {PROMPT}"


@pytest.mark.skipif(os.name == "nt" or os.geteuid() != 0, reason="only root gives files away")
def test_an_environment_of_somebody_else_is_pointed_out(tmp_path: Path) -> None:
    machine = ShellMachine(SHELLS[0], tmp_path / "m")
    prefix = machine.environment("a")
    os.chown(prefix / "conda-meta", 12345, -1)

    machine.run(["conda activate a"])

    assert "belongs to another user" in machine.stderr
