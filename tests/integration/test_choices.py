"""Options that say which of the fitting versions are chosen: --strategy and --exclude-newer."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program


def milliseconds(day: str) -> int:
    return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.fixture
def dated(conda: Program, tmp_path: Path) -> Program:
    """Return the program on a channel whose packages have times of publication."""
    channel = ChannelBuilder(tmp_path / "dated")
    for version, day in (("1.0", "2025-01-01"), ("2.0", "2025-06-01"), ("3.0", "2026-01-01")):
        for name, depends in (("tool", ["base-lib >=1.0"]), ("base-lib", [])):
            built = channel.add(name=name, version=version, depends=depends)
            channel.amend(built, timestamp=milliseconds(day))
    channel.write()
    conda.environment["CONDA_CHANNELS"] = channel.url
    return conda


def chosen(conda: Program, *words: str, env: dict[str, str] | None = None) -> list[str]:
    outcome = conda.succeed("create", "-n", "x", "--dry-run", "--json", *words, env=env)
    return sorted(record["dist_name"] for record in outcome.document["actions"]["LINK"])


def test_without_a_wish_everything_is_new(dated: Program) -> None:
    assert chosen(dated, "tool") == ["base-lib-3.0-0", "tool-3.0-0"]


def test_the_lowest_strategy_takes_the_oldest_of_all(dated: Program) -> None:
    assert chosen(dated, "tool", "--strategy", "lowest") == ["base-lib-1.0-0", "tool-1.0-0"]
    assert chosen(dated, "tool>1", "--strategy=lowest") == ["base-lib-1.0-0", "tool-2.0-0"]


def test_the_lowest_direct_strategy_takes_the_oldest_of_what_is_named(dated: Program) -> None:
    assert chosen(dated, "tool", "--strategy=lowest-direct") == ["base-lib-3.0-0", "tool-1.0-0"]


def test_a_past_day_does_not_know_later_packages(dated: Program) -> None:
    assert chosen(dated, "tool", "--exclude-newer", "2025-06-01") == [
        "base-lib-2.0-0",
        "tool-2.0-0",
    ]


def test_limits_are_settings_too(dated: Program) -> None:
    dated.root.mkdir()
    (dated.root / ".condarc").write_text(
        "exclude_newer: 2025-01-31\nexclude_newer_package:\n  base-lib: 2025-12-31\n"
    )
    assert chosen(dated, "tool") == ["base-lib-2.0-0", "tool-1.0-0"]
    assert chosen(dated, "tool", env={"CONDA_SOLVER_STRATEGY": "lowest"}) == [
        "base-lib-1.0-0",
        "tool-1.0-0",
    ]


def test_what_a_limit_has_left_out_is_named(dated: Program) -> None:
    outcome = dated("create", "-n", "x", "--dry-run", "tool=3.0", "--exclude-newer", "2025-06-01")
    assert outcome.status == 1
    assert "PackagesNotFoundInChannelsError" in outcome.stderr
    assert "`exclude_newer` leaves out packages of `tool`" in outcome.stderr


def test_a_limit_that_is_none_is_refused(dated: Program) -> None:
    outcome = dated("create", "-n", "x", "--dry-run", "tool", "--exclude-newer", "tomorrow")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
