"""Options of older versions that scripts still pass."""

import pytest

from tests.support.cli import Program


@pytest.mark.parametrize(
    "words",
    [
        ("create", "-y", "-n", "e", "--unknown", "--force-pscheck", "--mkdir", "data"),
        ("install", "-y", "-n", "there", "--unknown", "--prune", "data"),
        ("update", "-y", "-n", "there", "--prune", "--all"),
        ("remove", "-y", "-n", "there", "--dev", "--prune", "zlib"),
    ],
)
def test_options_without_effect_are_accepted_with_a_note(
    conda: Program, words: tuple[str, ...]
) -> None:
    conda.succeed("create", "-y", "-n", "there", "zlib")
    outcome = conda.succeed(*words, "--json")
    assert outcome.document["success"] is True
    noted = [line for line in outcome.stderr.splitlines() if line.startswith("NOTE: ")]
    obsolete = {"--unknown", "--force-pscheck", "--mkdir", "--prune", "--dev"}
    assert noted == [f"NOTE: {word} has no effect any more." for word in words if word in obsolete]
    assert "--unknown" not in conda.succeed(words[0], "--help").stdout


def test_an_environment_can_be_made_by_installing_into_it(conda: Program) -> None:
    assert conda("install", "-y", "-n", "new", "data").error == "EnvironmentLocationNotFound"
    conda.succeed("install", "-y", "-n", "new", "--mkdir", "data")
    conda.succeed("install", "-y", "-n", "new", "--mkdir", "zlib")
    assert conda.installed("new") == ["data-1.0-0", "zlib-1.0-0"]


def test_force_replaces_what_has_the_new_name(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "old", "data")
    conda.succeed("create", "-y", "-n", "other", "zlib")
    conda.succeed("rename", "-n", "old", "other", "--force")
    assert conda.installed("other") == ["data-1.0-0"]
