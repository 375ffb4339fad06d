"""`conda config` with settings that plugins declare."""

import io
from datetime import UTC, datetime
from pathlib import Path

import pytest

from conda_clone.cli.commands.config import execute
from conda_clone.cli.output.console import HumanConsole
from conda_clone.cli.parser import parse
from conda_clone.config.configuration import Configuration
from conda_clone.config.parameters import Parameter
from conda_clone.config.schema import Scalar
from conda_clone.errors import ArgumentError
from conda_clone.operations.session import Session

LEVEL = Parameter("level", Scalar("int"), 1, "How much to do.", aliases=("depth",))


def config(home: Path, *words: str, verbosity: int = 0) -> str:
    output = io.StringIO()
    arguments = {"verbosity": verbosity} if verbosity else {}
    plain = Configuration.load(environ={}, home=str(home), arguments=arguments)
    session = Session(
        plain.with_plugin_settings([LEVEL]),
        HumanConsole(output, output, io.StringIO(), quiet=False),
        environment={},
        clock=lambda: datetime(2026, 1, 31, tzinfo=UTC),
    )
    invocation = parse(["config", *words])
    assert invocation is not None
    assert execute(invocation.args, session) == 0
    return output.getvalue()


def test_they_are_shown_and_described_by_their_whole_name(tmp_path: Path) -> None:
    config(tmp_path, "--set", "plugins.level", "3")
    assert (tmp_path / ".condarc").read_text("utf-8") == "plugins:\n  level: 3\n"
    assert config(tmp_path, "--show", "plugins.depth") == "plugins.level: 3\n"
    condarc = tmp_path / ".condarc"
    assert config(tmp_path, "--show", "plugins.level", verbosity=1) == (
        f"plugins.level: 3  # {condarc}, line 2\n"
    )
    assert config(tmp_path, "--get", "plugins.level") == "--set plugins.level 3\n"
    assert config(tmp_path, "--describe", "plugins.level").splitlines() == [
        "",
        "plugins.level",
        "  How much to do.",
        "  Expected is a whole number.",
        "  Also called plugins.depth.",
        "  In the environment: CONDA_PLUGINS_LEVEL.",
        "  By default:",
        "    plugins:",
        "      level: 1",
    ]
    assert config(tmp_path, "--describe").splitlines()[-11:-7] == [
        "Plugins",
        "=======",
        "",
        "plugins.level",
    ]


def test_a_name_that_no_plugin_declares_is_refused_with_the_nearest(tmp_path: Path) -> None:
    with pytest.raises(ArgumentError, match=r"Did you mean `plugins\.level`"):
        config(tmp_path, "--show", "plugins.levle")
