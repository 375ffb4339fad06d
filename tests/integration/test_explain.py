"""--explain: what is not at its newest, and what holds it."""

from tests.support.cli import Program


def test_a_plan_is_followed_by_what_holds_packages_back(conda: Program) -> None:
    outcome = conda.succeed("create", "-n", "e", "-y", "app=1.0", "--explain")

    told = outcome.stdout.partition("These packages are not at their newest:\n\n")[2]
    assert told.partition("\n\n")[0].splitlines() == [
        "  app 1.0 (newest: 2.0)",
        "    `app=1.0` is requested",
        "  lib 1.2 (newest: 2.0)",
        "    app 1.0 goes with `lib >=1.0,<2`, and `app=1.0` binds app",
    ]
    assert conda.installed("e") == ["app-1.0-0", "lib-1.2-0", "zlib-1.0-0"]


def test_a_dry_run_for_programs_has_it_too(conda: Program) -> None:
    words = ("create", "-n", "e", "--dry-run", "--json", "app", "lib<2")
    outcome = conda.succeed(*words, "--explain")

    held = {each["name"]: each for each in outcome.document["held_back"]}
    assert sorted(held) == ["app", "lib"]
    assert (held["app"]["version"], held["app"]["newest"]) == ("1.1", "2.0")
    assert [each["kind"] for each in held["app"]["reasons"]] == ["needs"]
    assert "held_back" not in conda.succeed(*words).document


def test_what_changes_nothing_is_explained(conda: Program) -> None:
    conda.succeed("create", "-n", "e", "-y", "app=1.0")

    outcome = conda.succeed("install", "-n", "e", "app=1.0", "--explain")
    assert "All requested packages already installed." in outcome.stdout
    assert "`app=1.0` is requested" in outcome.stdout
    document = conda.succeed("update", "-n", "e", "zlib", "--explain", "--json").document
    assert [each["name"] for each in document["held_back"]] == ["app", "lib"]


def test_everything_at_its_newest_is_said(conda: Program) -> None:
    outcome = conda.succeed("create", "-n", "e", "--dry-run", "data", "--explain")

    assert "Every package is at its newest." in outcome.stdout


def test_nothing_is_explained_where_nothing_is_chosen(conda: Program) -> None:
    outcome = conda.succeed("create", "-n", "e", "--dry-run", "app", "--no-deps", "--explain")

    assert "at its newest" not in outcome.stdout
