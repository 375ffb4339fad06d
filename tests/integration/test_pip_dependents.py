"""Changes of conda's packages tell what they mean for those that pip has installed."""

from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from tests.support.cli import Program

METADATA = """\
Name: flask
Version: 1.0
Requires-Dist: click>=8
Requires-Dist: Jinja2 ; python_version >= "3"
Requires-Dist: old ; python_version < "3"
Requires-Dist: extra-thing ; extra == "more"
Requires-Dist: !not a requirement!
"""


def site(version: str) -> str:
    return f"lib/python{version}/site-packages"


@pytest.fixture
def env(conda: Program, tmp_path: Path) -> Program:
    """Return the program with an environment `e` in which pip has installed flask."""
    channel = ChannelBuilder(tmp_path / "channel")
    channel.add(name="pip", files={"share/pip": "x"})
    for version in ("3.11", "3.12"):
        channel.add(name="python", version=f"{version}.1", files={f"{site(version)}/README": "x"})
    channel.add(name="python", version="3.12.2", files={f"{site('3.12')}/README": "x"})
    for name, distribution in (("click", "click"), ("jinja", "Jinja2"), ("old", "old")):
        info = f"{site('3.12')}/{distribution}-9.dist-info"
        channel.add(name=name, files={f"{info}/METADATA": f"Name: {distribution}\nVersion: 9\n"})
    channel.write()
    conda.environment["CONDA_CHANNELS"] = channel.url
    conda.succeed("create", "-y", "-n", "e", "python=3.12.1", "click", "jinja", "old")
    flask = conda.prefix("e") / site("3.12") / "flask-1.0.dist-info"
    flask.mkdir()
    (flask / "METADATA").write_text(METADATA)
    (flask / "RECORD").write_text("flask/__init__.py,,\nflask-1.0.dist-info/METADATA,,\n")
    return conda


def test_a_package_that_pip_s_need_goes_with_a_warning(env: Program) -> None:
    outcome = env.succeed("remove", "-n", "e", "click", "jinja", "old", "--dry-run", "-y")
    assert "`flask`, which pip has installed, needs `click`, which goes." in outcome.stderr
    assert "`flask`, which pip has installed, needs `jinja`, which goes." in outcome.stderr
    assert "`old`" not in outcome.stderr
    assert "flask" not in env.succeed("remove", "-n", "e", "old", "-y").stderr


def test_what_pip_provides_itself_is_not_missed(env: Program) -> None:
    info = env.prefix("e") / site("3.12") / "click-10.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Name: click\nVersion: 10\n")
    assert "flask" not in env.succeed("remove", "-n", "e", "click", "-y").stderr


def test_another_python_does_not_see_packages_of_the_old_one(env: Program) -> None:
    newer = env.succeed("install", "-n", "e", "python=3.12.2", "--dry-run", "-y")
    assert "flask" not in newer.stderr
    other = env.succeed("install", "-n", "e", "python=3.11", "--dry-run", "-y")
    assert "Python 3.11.1 does not see" in other.stderr
    gone = env.succeed("remove", "-n", "e", "python", "--dry-run", "-y")
    assert "Python goes, but not what pip has installed for it: `flask`." in gone.stderr
    assert "flask" not in env.succeed("remove", "-n", "e", "--all", "-y").stderr


def test_what_only_pip_knows_is_not_removed_but_explained(env: Program) -> None:
    outcome = env("remove", "-y", "-n", "e", "flask")
    assert (outcome.status, outcome.error) == (1, "PackagesNotFoundInPrefixError")
    assert f"conda run -p {env.prefix('e')} python -m pip uninstall flask" in outcome.stderr
    assert "pip uninstall" not in env("remove", "-y", "-n", "e", "nothing").stderr


def test_what_pip_has_replaced_is_listed_as_what_it_is(env: Program) -> None:
    def click() -> tuple[str, str]:
        (row,) = env.succeed("list", "-n", "e", "--json", "--full-name", "click").document
        return row["version"], row["channel"]

    info = env.prefix("e") / site("3.12")
    (info / "click-10.dist-info").mkdir()
    (info / "click-10.dist-info/METADATA").write_text("Name: click\nVersion: 10\n")
    assert click() == ("1.0", "channel")
    (info / "click-9.dist-info/METADATA").unlink()
    assert click() == ("10", "pypi")


def test_files_of_pip_have_an_owner_and_a_size(env: Program) -> None:
    metadata = env.prefix("e") / site("3.12") / "flask-1.0.dist-info/METADATA"
    found = env.succeed("package", "--which", metadata, "--json").document
    assert found == {str(metadata): ["pypi/pypi::flask-1.0-pypi_0"]}
    rows = env.succeed("list", "-n", "e", "flask", "--size", "--json").document
    assert [row["size"] for row in rows] == [len(METADATA)]
