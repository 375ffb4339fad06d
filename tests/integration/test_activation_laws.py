"""What holds for activation whatever the environments, the values and the nesting are."""

import json
import os
import random
import re
from pathlib import Path

import pytest

from tests.support.shells import SHELLS, Shell, ShellMachine

PREPARED = ("posix", "fish")
NAMES = ("a", "b", "c")
# What shells themselves change from command to command.
VOLATILE = re.compile(
    r"^(?:typeset -\S+ |set )?(?:_|\?|!|status|LINENO|RANDOM|SRANDOM|SECONDS|EPOCH\w*|"
    r"PIPESTATUS|pipestatus|"
    r"BASH_\w*|BASHPID|FUNCNAME|TTYIDLE|epochtime|histcmd|HISTCMD|sysparams|KSH_\w*|\.sh\.\w*|"
    r"history|fish_\w*|version|CMD_DURATION|status_generation|LAST_RETURN_CODE|_status|"
    r"funcstack|funcsourcetrace|funcfiletrace|functrace|errnos|jobstates|OLDPWD)\b.*$",
    re.MULTILINE,
)
EVERYTHING = {
    "bash": "set; alias; set +o; shopt; trap; declare -F",
    "zsh": "set; alias; set +o; trap; print -l ${(ok)functions}",
    "ksh": "set; alias; set +o; trap; typeset +f",
    "mksh": "set; alias; set +o; trap; typeset +f",
    "dash": "set; alias; set +o; trap",
    "ash": "set; alias; set +o; trap",
    "tcsh": "set; env; alias",
    "fish": "set --long; functions --names --all",
    "xonsh": "print(sorted(__xonsh__.env.detype().items()), sorted(aliases))",
}
each_shell = pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)


def three_environments(machine: ShellMachine) -> None:
    machine.environment("a", variables={"FOO": "foo of a", "BAR": "bar"}, script_sets="ACT_ON")
    machine.environment("b", variables={"FOO": "foo of b", "BAZ": "it's $HOME `x`"})
    machine.environment("c")


def nesting(chance: random.Random) -> list[str]:
    """Return a walk that ends where it has begun."""
    lines: list[str] = []
    names: list[str] = []
    for _ in range(chance.randint(1, 6)):
        if names and chance.random() < 0.3:
            lines.append("conda deactivate")
            names.pop()
            continue
        name = chance.choice(NAMES)
        lines.append(f"conda activate {chance.choice(['', '', '--stack '])}{name}")
        if not names or names[-1] != name:
            names.append(name)
    return lines + ["conda deactivate"] * len(names)


def dump(shell: Shell, path: Path) -> str:
    """Return a line that writes down everything a shell knows."""
    commands = EVERYTHING[shell.name]
    if shell.family == "posix":
        return f"{{ {commands}; }} > {path} 2>&1"
    if shell.family == "fish":
        return f"begin; {commands}; end > {path}"
    if shell.family == "csh":
        return f"( {commands} ) >! {path}"
    return (
        commands.replace("print(", f"print(file=open('{path}', 'w'), *[").removesuffix(")") + "])"
    )


@each_shell
def test_a_nesting_leaves_everything_as_it_was(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    three_environments(machine)
    chance = random.Random(7)
    dumps = tmp_path / "dumps"
    dumps.mkdir()
    count = 200 if shell.family in PREPARED else 12
    lines = [shell.export("BAZ", "mine")]
    lines += [line for name in NAMES for line in (f"conda activate {name}", "conda deactivate")]
    lines.append(dump(shell, dumps / "before"))
    for number in range(count):
        lines += [*nesting(chance), dump(shell, dumps / str(number))]

    machine.run(lines, timeout=300)

    assert machine.stderr == "" or "replaces your variables" in machine.stderr
    before = VOLATILE.sub("", (dumps / "before").read_text(errors="replace"))
    assert "CONDA_SHLVL" in before
    for number in range(count):
        after = VOLATILE.sub("", (dumps / str(number)).read_text(errors="replace"))
        assert after == before, number


@pytest.mark.parametrize(
    "shell", [s for s in SHELLS if s.family in PREPARED], ids=lambda shell: shell.name
)
def test_what_is_prepared_does_what_the_program_does(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    three_environments(machine)
    chance = random.Random(11)
    walk = [line for _ in range(5) for line in nesting(chance)]
    lines = [step for line in walk for step in (line, "snapshot")]
    by_the_program = machine.run([step for line in lines for step in ("forget", line)])
    every = [f"conda activate {name}" for name in NAMES]

    prepared = machine.run([*every, *["conda deactivate"] * len(every), "alone", *lines])

    assert len(prepared) == len(walk)
    for line, ours, theirs in zip(walk, prepared, by_the_program, strict=True):
        expected = {**theirs.variables, "CONDA_EXE": "/nowhere/conda"}
        assert (ours.variables, ours.prompt) == (expected, theirs.prompt), line


ALPHABET = [
    *"'\"`$\\!%^&|;<>(){}[]*?~#=,: \t",
    *"aZ0_-.+@/",
    "\n",
    "ä",
    "\u2019",
    "😀",
    "$(touch canary)",
    "`touch canary`",
    "'; touch canary; '",
    '"; touch canary; "',
    "%PATH%",
    "!!",
    "\\n",
]


def hostile(chance: random.Random, *, longest: int) -> str:
    return "".join(chance.choice(ALPHABET) for _ in range(chance.randint(1, longest)))


@each_shell
def test_values_arrive_as_they_are_and_never_run(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    chance = random.Random(3)
    lines: list[str] = []
    wanted: list[dict[str, str]] = []
    for number in range(10):
        values = {f"V{n}": hostile(chance, longest=12) for n in range(500)}
        if shell.name == "xonsh":  # it takes values with colons for lists of folders
            values = {name: value.replace(":", ";") for name, value in values.items()}
        values["LONG"] = "x'" * 32_000
        machine.environment(f"e{number}", variables=values)
        lines += [f"conda activate e{number}", "snapshot", "conda deactivate", "snapshot"]
        wanted.append(values)

    snapshots = machine.run(lines, timeout=300)

    for values, inside, after in zip(wanted, snapshots[::2], snapshots[1::2], strict=True):
        assert {name: inside.variables.get(name) for name in values} == values
        assert not set(values) & set(after.variables)
    assert not list(machine.folder.rglob("canary"))


@pytest.mark.parametrize(
    "shell", [s for s in SHELLS if s.family in PREPARED], ids=lambda shell: shell.name
)
def test_prepared_values_arrive_as_they_are(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    chance = random.Random(5)
    values = {f"V{number}": hostile(chance, longest=12) for number in range(500)}
    machine.environment("a", variables=values)

    [inside, after] = machine.run(
        [
            *["conda activate a", "conda deactivate", "alone"],
            *["conda activate a", "snapshot", "conda deactivate", "snapshot"],
        ]
    )

    assert {name: inside.variables.get(name) for name in values} == values
    assert not set(values) & set(after.variables)
    assert not list(machine.folder.rglob("canary"))


@each_shell
def test_names_never_run(shell: Shell, tmp_path: Path) -> None:
    machine = ShellMachine(shell, tmp_path / "m")
    names = [
        "it's",
        'say "hi"',
        "$(touch canary)",
        "`touch canary`",
        "a;touch canary",
        "50%",
        "wow!",
        "tab\there",
        "back\\slash",
        "{b}",
        "ünï",
    ]
    for number, name in enumerate(names):
        prefix = machine.environment("", prefix=machine.folder / "odd" / "envs" / name)
        assert prefix.is_dir()
        machine.variables[f"TARGET{number}"] = str(prefix)
    lines = []
    for number in range(len(names)):
        wanted = {
            "posix": f'"$TARGET{number}"',
            "csh": f'"$TARGET{number}:q"',
            "fish": f'"$TARGET{number}"',
            "xonsh": f"@($TARGET{number})",
        }[shell.family]
        lines += [f"conda activate {wanted}", "snapshot"]

    snapshots = machine.run(lines)

    assert [s.variables["CONDA_PREFIX"] for s in snapshots] == [
        machine.variables[f"TARGET{number}"] for number in range(len(names))
    ]
    # What the prompt shows holds nothing that a shell would look at.
    for snapshot in snapshots:
        assert not set(snapshot.variables["CONDA_PROMPT_MODIFIER"]) & set("$`\\!%\"'")
    assert not list(machine.folder.rglob("canary"))
    assert not Path("canary").exists()


def test_a_variable_with_an_impossible_name_is_left_out(tmp_path: Path) -> None:
    machine = ShellMachine(SHELLS[0], tmp_path / "m")
    prefix = machine.environment("a", variables={"GOOD": "1"})
    state = {"env_vars": {"GOOD": "1", "x;touch canary": "2", "$(touch canary)": "3", "": "4"}}
    (prefix / "conda-meta" / "state").write_text(json.dumps(state))

    [inside] = machine.run(["conda activate a", "snapshot"])

    assert inside.variables["GOOD"] == "1"
    assert "has a variable that no shell can set" in machine.stderr
    assert not list(machine.folder.rglob("canary"))


@pytest.mark.skipif(os.name == "nt", reason="needs a POSIX shell")
def test_activation_from_what_is_prepared_starts_no_process(tmp_path: Path) -> None:
    machine = ShellMachine(SHELLS[0], tmp_path / "m")
    three_environments(machine)
    machine.run(["conda activate a", "conda activate b", "conda deactivate"])
    # No program can be found, and none may be started.
    lines = ["alone", "PATH=/nowhere", "ulimit -u 1 2>/dev/null", "conda activate a"]
    lines += ["conda activate b", "conda deactivate", "echo $CONDA_DEFAULT_ENV:$CONDA_SHLVL"]

    machine.run(lines)

    assert machine.stdout.splitlines()[-1] == "a:1"
