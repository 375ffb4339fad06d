"""`env update --prune` ends in the state of the file: variables and packages of pip, too."""

import json
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program

SITE = "lib/python3.12/site-packages"
# Does with `-m pip uninstall -y NAMES` what pip does, and installs nothing.
PYTHON = f"""\
#!/bin/sh
prefix=$(cd "$(dirname "$0")/.." && pwd)
[ "$3" = uninstall ] || exit 0
shift 4
for name in "$@"; do
    [ "$name" = stuck ] && exit 3
    rm -r "$prefix/{SITE}/$name-1.0.dist-info"
done
"""


@pytest.fixture
def env(conda: Program, tmp_path: Path) -> Program:
    """Return the program with an environment `e` that has packages of pip and variables."""
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(
        name="python",
        version="3.12.1",
        files={"bin/python": PYTHON, f"{SITE}/README": "x"},
        executables=["bin/python"],
    )
    channel.add(name="pip", version="24.0", files={"share/pip": ""})
    channel.add(
        name="with-variable",
        files={
            "etc/conda/env_vars.d/v.json": '{"SHADOWED": "of the package"}',
            f"{SITE}/replaced-0.9.dist-info/METADATA": "Name: replaced\nVersion: 0.9\n",
        },
    )
    channel.write()
    conda.environment["CONDA_CHANNELS"] = channel.url
    conda.succeed("create", "-y", "-n", "e", "python", "with-variable")
    variables = ("env", "config", "vars")
    conda.succeed(*variables, "set", "-n", "e", "KEPT=1", "GONE=2", "SHADOWED=3", "MASKED=4")
    conda.succeed(*variables, "unset", "-n", "e", "MASKED")
    for name, requires in {
        "asked-for": ["needed", "optional; extra == 'more'"],
        "needed": ["asked-for", "not-installed"],
        "optional": [],
        "extra": [],
        "setuptools": [],
        "replaced": [],
    }.items():
        info = conda.prefix("e") / SITE / f"{name}-1.0.dist-info"
        info.mkdir()
        lines = [f"Name: {name}", "Version: 1.0", *(f"Requires-Dist: {each}" for each in requires)]
        (info / "METADATA").write_text("\n".join(lines) + "\n")
    return conda


def of_pip(env: Program) -> set[str]:
    rows = env.succeed("list", "-n", "e", "--json").document
    return {row["name"] for row in rows if row["channel"] == "pypi"}


def update(env: Program, folder: Path, *pip: str, words: tuple[str, ...] = ()) -> str:
    file = folder / "environment.yml"
    part = f", {{pip: [{', '.join(map(json.dumps, pip))}]}}" if pip else ""
    file.write_text(
        f"name: e\ndependencies: [python, pip, with-variable{part}]\nvariables: {{KEPT: 5}}\n"
    )
    outcome = env.succeed("env", "update", "--prune", "-f", file, *words)
    return outcome.stdout + outcome.stderr


def test_variables_are_those_of_the_file_and_of_packages(env: Program, tmp_path: Path) -> None:
    told = update(env, tmp_path)
    listed = env.succeed("env", "config", "vars", "list", "-n", "e", "--json").document
    assert listed == {"KEPT": "5", "SHADOWED": "of the package"}
    assert "GONE, SHADOWED." in told
    assert "Not set" not in update(env, tmp_path)


def test_packages_of_pip_are_those_of_the_file_and_what_they_need(
    env: Program, tmp_path: Path
) -> None:
    update(env, tmp_path, "--index-url https://host/simple", "asked_for>=1  # why", "# words")
    assert of_pip(env) == {"asked-for", "needed", "optional", "replaced", "setuptools"}
    update(env, tmp_path)
    assert of_pip(env) == {"replaced", "setuptools"}


def test_without_prune_or_with_a_dry_run_all_stay(env: Program, tmp_path: Path) -> None:
    before = of_pip(env)
    update(env, tmp_path, words=("--dry-run", "--json"))
    assert of_pip(env) == before


def test_lines_that_lead_elsewhere_keep_all(env: Program, tmp_path: Path) -> None:
    before = of_pip(env)
    assert "asked-for, extra, needed, optional" in update(env, tmp_path, "-r more.txt")
    assert of_pip(env) == before


def test_pip_that_fails_is_told(env: Program, tmp_path: Path) -> None:
    (env.prefix("e") / SITE / "stuck-1.0.dist-info").mkdir()
    file = tmp_path / "environment.yml"
    file.write_text("name: e\ndependencies: [python, pip]\n")
    outcome = env("env", "update", "--prune", "-f", file)
    assert (outcome.status, outcome.error) == (1, "CondaEnvException")
