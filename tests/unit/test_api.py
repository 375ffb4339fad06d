"""The stable API costs nothing until a name is asked for, and then only that name."""

import json
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from conda_clone import api
from conda_clone.models.channel import ChannelConfig

PROBE = """
import json, sys
before = set(sys.modules)
import conda_clone.api as api
at_first = [name for name in sys.modules if name not in before and "conda_clone" in name]
api.VersionOrder("1.2")
then = [name for name in sys.modules if name not in before and "conda_clone" in name]
print(json.dumps([at_first, then]))
"""


def test_names_are_loaded_when_they_are_asked_for() -> None:
    process = subprocess.run(
        [sys.executable, "-c", PROBE], capture_output=True, text=True, check=True
    )
    at_first, then = json.loads(process.stdout)
    assert set(at_first) <= {"conda_clone", "conda_clone.api"}
    assert "conda_clone.models.version" in then
    assert {name for name in then if "." in name.removeprefix("conda_clone.")} <= {
        "conda_clone.models.errors",
        "conda_clone.models.later_pattern",
        "conda_clone.models.subdir",
        "conda_clone.models.url",
        "conda_clone.models.version",
        "conda_clone.models.version_key",
    }


def test_commands_have_settings_of_their_own_side_by_side(tmp_path: Path) -> None:
    def base(name: str) -> str:
        folder = str(tmp_path / name)
        result = api.run_command("info", "--base", environ={"CONDA_ROOT_PREFIX": folder})
        assert (result.stderr, result.code) == ("", 0)
        return result.stdout

    with ThreadPoolExecutor() as pool:
        assert list(pool.map(base, ("one", "two"))) == [
            f"{tmp_path / 'one'}\n",
            f"{tmp_path / 'two'}\n",
        ]


def test_a_command_that_fails_returns_its_status_and_its_words() -> None:
    result = api.run_command("list", "-n", "nowhere")
    assert (result.stdout, result.code) == ("", 1)
    assert "EnvironmentLocationNotFound" in result.stderr


def test_two_configurations_live_side_by_side(tmp_path: Path) -> None:
    for name in ("one", "two", "one"):
        config = ChannelConfig(channel_alias=f"https://{name}.example")
        assert api.Channel.from_text("main", config).base_url == f"https://{name}.example/main"
        assert api.PrefixData(str(tmp_path / name), config).records() == {}
