"""Actions of plugins around a transaction: they belong to it, and are taken back with it."""

from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program
from tests.support.plugins import Install, add_plugin
from tests.support.transactions import snapshot


def test_an_action_can_be_against_the_change(
    conda: Program, install: Install, tmp_path: Path
) -> None:
    install("pre_transaction_actions")
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="evil")
    channel.write()
    outcome = conda("create", "-y", "-n", "e", "-O", "-c", channel.url, "evil")
    assert outcome.error == "CondaVerificationError"
    assert "`evil` is in it" in outcome.stderr
    assert not conda.prefix("e").exists()


@pytest.mark.parametrize(
    ("error", "name"), [("CondaError('enough')", "CondaError"), ("KeyError(7)", "CondaError")]
)
def test_an_action_that_fails_is_told(
    conda: Program, install: Install, error: str, name: str
) -> None:
    add_plugin(
        install(),
        "from conda.core.path_actions import Action\n"
        "from conda.exceptions import CondaError\n"
        "class Fails(Action):\n"
        f"    def execute(self): raise {error}\n"
        "@hookimpl\n"
        "def conda_pre_transaction_actions():\n"
        "    yield CondaPreTransactionAction(name='fails', action=Fails)\n",
    )
    assert conda("create", "-y", "-n", "e", "data").error == name
    assert not conda.prefix("e").exists()


ACTIONS = """
import os
from conda.core.path_actions import Action
class Marks(Action):
    def execute(self): open(self.target_prefix + "-begun", "w").close()
    def reverse(self): os.rename(self.target_prefix + "-begun", self.target_prefix + "-taken-back")
class Fails(Action):
    def execute(self): raise ValueError(f"{len(os.listdir(self.target_prefix))} entries")
"""
LAST = """
@hookimpl
def conda_post_transaction_actions():
    yield CondaPostTransactionAction(name="1-marks", action=Marks)
    yield CondaPostTransactionAction(name="2-fails", action=Fails)
"""


def test_an_action_that_fails_last_undoes_a_new_environment(
    conda: Program, install: Install
) -> None:
    add_plugin(install(), ACTIONS + LAST)
    outcome = conda("create", "-y", "-n", "e", "data")
    assert outcome.status == 1
    assert "The action `2-fails` (own_plugin 3.1) has failed: ValueError: 2 entries" in (
        outcome.stderr
    )
    assert sorted(path.name for path in conda.envs.iterdir()) == ["e-taken-back"]
    environments = conda.succeed("env", "list", "--json").document["envs"]
    assert str(conda.prefix("e")) not in environments


def test_an_action_that_fails_last_undoes_a_change(conda: Program, install: Install) -> None:
    conda.succeed("create", "-y", "-n", "e", "lib=1.0")
    before = snapshot(conda.prefix("e"))
    add_plugin(install(), ACTIONS + LAST)
    for words in (("install", "lib=1.1", "data"), ("remove", "lib"), ("remove", "--all")):
        assert conda(words[0], "-y", "-n", "e", *words[1:]).status == 1
        assert snapshot(conda.prefix("e")) == before


def test_nothing_is_taken_back_where_a_setting_lets_failed_changes_stay(
    conda: Program, install: Install
) -> None:
    own = "    yield CondaPreTransactionAction(name='0-marks', action=Marks)\n"
    add_plugin(
        install(), ACTIONS + LAST + "@hookimpl\ndef conda_pre_transaction_actions():\n" + own
    )
    outcome = conda("create", "-y", "-n", "e", "data", env={"CONDA_ROLLBACK_ENABLED": "false"})
    assert outcome.status == 1
    assert f"`{conda.prefix('e')}` stays changed: `rollback_enabled` is false." in outcome.stderr
    assert conda.installed("e") == ["data-1.0-0"]
    assert sorted(path.name for path in conda.envs.iterdir()) == ["e", "e-begun"]


def test_what_an_action_cannot_take_back_is_told(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        ACTIONS
        + LAST
        + "del Marks.execute\n"  # so that there is nothing to take back
        + "@hookimpl\n"
        "def conda_pre_transaction_actions():\n"
        "    yield CondaPreTransactionAction(name='0-marks', action=Marks)\n",
    )
    outcome = conda("create", "-y", "-n", "e", "data", "--json")
    assert [error["message"].partition(": ")[0] for error in outcome.document["errors"]] == [
        "The action `2-fails` (own_plugin 3.1) has failed",
        "The action `1-marks` (own_plugin 3.1) cannot be taken back",
        "The action `0-marks` (own_plugin 3.1) cannot be taken back",
    ]
    assert not conda.prefix("e").exists()


def test_an_interruption_at_the_end_undoes_the_change(conda: Program, install: Install) -> None:
    add_plugin(
        install(),
        ACTIONS
        + LAST
        + "def interrupted(self): raise KeyboardInterrupt\n"
        + "def stuck(self): raise ValueError('stuck')\n"
        + "Fails.execute, Fails.reverse = interrupted, stuck\n",
    )
    outcome = conda("create", "-y", "-n", "e", "data")
    assert outcome.status == 1
    assert "The action `2-fails` (own_plugin 3.1) cannot be taken back: ValueError: stuck." in (
        outcome.stderr
    )
    assert [path.name for path in conda.envs.iterdir()] == ["e-taken-back"]


def test_tidying_up_undoes_nothing_any_more(conda: Program, install: Install) -> None:
    add_plugin(
        install(), ACTIONS + LAST + "Fails.execute, Fails.cleanup = Action.execute, Fails.execute"
    )
    outcome = conda.succeed("create", "-y", "-n", "e", "data")
    assert "The action `2-fails` (own_plugin 3.1) has failed" in outcome.stderr
    assert conda.installed("e") == ["data-1.0-0"]


def test_a_question_of_an_action_that_fails_stops_the_change(
    conda: Program, install: Install
) -> None:
    add_plugin(install(), ACTIONS + LAST + "Fails.verify = lambda self: self.nothing_of_that_name")
    outcome = conda("create", "-y", "-n", "e", "data")
    assert "has failed: AttributeError" in outcome.stderr
    assert not conda.envs.exists()
