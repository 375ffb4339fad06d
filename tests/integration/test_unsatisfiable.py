"""Requests without a solution: not found, conflicting, or there somewhere else."""

from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Outcome, Program


@pytest.fixture
def world(conda: Program, tmp_path: Path) -> Program:
    """Return the program with a channel of two platforms, and one that is only configured."""
    main = ChannelBuilder(tmp_path / "main")
    for version in ("1.0", "2.0"):
        main.add(name="numpy", version=version)
    main.add(name="tool", depends=["numpy 1.*"])
    main.add(name="broken", depends=["special >=1"])
    main.add(name="both", depends=["special >=1", "numpy 1.*"])
    main.add(name="old", depends=["numpy 0.9"])
    main.add(name="gpu", depends=["__cuda >=12"])
    main.add(name="for-mac", subdir="osx-64")
    main.write()
    extra = ChannelBuilder(tmp_path / "extra")
    extra.add(name="special", version="1.5")
    extra.write()
    conda.root.mkdir()
    (conda.root / ".condarc").write_text(f"custom_channels:\n  extra: file://{tmp_path}\n")
    conda.environment["CONDA_CHANNELS"] = main.url
    return conda


def failure(world: Program, *words: str) -> Outcome:
    outcome = world("create", "-n", "x", "--dry-run", *words)
    assert outcome.status == 1
    return outcome


def hint(world: Program, *words: str) -> str:
    return failure(world, *words).stderr.rpartition("hint: ")[2].strip()


@pytest.mark.parametrize(
    ("word", "told"),
    [
        ("numpi", "Check the spelling of `numpi`: there is `numpy`."),
        (
            "numpy=3",
            "Ask for `numpy=2.0` instead of `numpy=3`: there is `numpy` 2.0 and 1.0.",
        ),
        ("for-mac", "Choose another platform: `for-mac` exists for osx-64 (--platform)."),
        ("special", "Add a channel that has `special`: `extra` (for example -c extra)."),
        (
            "nothing-like-this",
            "Check names and versions with `conda search`, or add a channel with -c.",
        ),
        ("gpu", "Set CONDA_OVERRIDE_CUDA if this is for a machine that has __cuda as needed."),
    ],
)
def test_what_is_not_found_is_told_apart(world: Program, word: str, told: str) -> None:
    assert hint(world, word) == told
    assert failure(world, word).error == "PackagesNotFoundInChannelsError"


def test_the_channels_of_the_configuration_are_known_when_others_are_searched(
    world: Program, tmp_path: Path
) -> None:
    other = f"file://{tmp_path / 'extra'}"

    told = hint(world, "--override-channels", "-c", other, "tool")

    assert told.startswith(
        f"Add a channel that has `tool`: `{world.environment['CONDA_CHANNELS']}`"
    )


def test_what_the_channel_of_a_dependency_is_called(world: Program) -> None:
    assert hint(world, "broken") == (
        "Add a channel that has `special>=1`: `extra` (for example -c extra)."
    )
    assert hint(world, "both", "numpy=2").splitlines()[1:] == [
        "  - add a channel that has `special>=1`: `extra` (for example -c extra)",
        "  - leave out `both`: the rest can be had",
    ]


def test_nobody_is_told_to_ask_for_what_only_packages_need(world: Program) -> None:
    outcome = failure(world, "old")

    assert "needs `numpy 0.9`, but the channels only have 2.0 and 1.0" in outcome.stderr
    assert outcome.stderr.rpartition("hint: ")[2].strip() == (
        "Add a channel that has `numpy 0.9` (-c CHANNEL)."
    )


def test_what_the_machine_lacks_is_not_looked_for_in_channels(world: Program) -> None:
    assert "This machine lacks what packages need:\n\n  - __cuda" in failure(world, "gpu").stderr


def test_looking_elsewhere_needs_no_network(world: Program) -> None:
    told = hint(world, "--offline", "-c", "https://nowhere.invalid/channel", "numpi")
    assert told == "Check the spelling of `numpi`: there is `numpy`."


def test_a_conflict_is_explained_and_every_remedy_works(world: Program) -> None:
    outcome = failure(world, "tool", "numpy=2")

    assert outcome.stderr.strip().splitlines() == [
        "UnsatisfiableError: The requirements cannot be met together:",
        "  - `tool` is requested",
        "    - tool 1.0 needs `numpy 1.*`",
        "  - `numpy=2` is requested",
        "No `numpy` suits them all: `numpy=2` takes 2.0, tool takes 1.0.",
        "hint: Any of these may help:",
        "  - leave out `tool`: the rest can be had",
        "  - ask for `numpy=1.0` instead of `numpy=2`",
    ]
    world.succeed("create", "-n", "x", "--dry-run", "tool", "numpy=1.0")
    world.succeed("create", "-n", "x", "--dry-run", "numpy=2")


def test_programs_get_the_graph(world: Program) -> None:
    document = failure(world, "tool", "numpy=2", "--json").document

    assert document["unsatisfiable"] == [["tool", "numpy=1"], ["numpy=2"]]
    assert document["guidance"]["hint_codes"] == ["leave_out", "loosen_spec"]
    conflict = document["guidance"]["conflict"]
    assert [node["id"] for node in conflict["nodes"]] == [
        "wish tool",
        "package tool",
        "wish numpy=2",
        "package numpy",
    ]
    assert [(edge["from"], edge["to"], edge["candidates"]) for edge in conflict["edges"]] == [
        ("wish tool", "package tool", ["tool-1.0-0"]),
        ("wish numpy=2", "package numpy", ["numpy-2.0-0"]),
        ("package tool", "package numpy", ["numpy-1.0-0"]),
    ]


def test_programs_are_told_what_is_known_of_missing_packages(world: Program) -> None:
    document = failure(world, "numpi", "for-mac", "--json").document

    assert document["packages"] == ["numpi", "for-mac"]
    assert document["guidance"]["hint_codes"] == ["near_names", "other_platform"]
