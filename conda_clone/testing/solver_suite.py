"""`SolverSuite`: what every solver of a plugin has to get right, as tests that it runs on itself.

Derive a class from it in a test module, and give it the name of the solver; the plugin must be
installed where the tests run:

```python
from conda_clone.testing.solver_suite import SolverSuite

class TestMySolver(SolverSuite):
    solver = "mine"
```

Each test builds a channel, runs command lines with `--solver NAME`, and looks at what would be, or
was, installed. Nothing else is asked of a solver than what conda promises of all of them.
"""

from typing import TYPE_CHECKING, Any

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.program import Program

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["SolverSuite", "Universe"]

_DIST_PARTS = 3


class Universe:
    """Channels of small packages, and environments made from them by one solver."""

    def __init__(self, folder: "Path", solver: str) -> None:
        self._folder = folder
        self._solver = solver
        self._channels: dict[str, ChannelBuilder] = {}
        self.program = Program(folder / "root", folder / "home", "")
        (folder / "home").mkdir()

    def offer(
        self,
        packages: dict[str, list[str]],
        *,
        channel: str = "main",
        constrains: dict[str, list[str]] | None = None,
        subdir: str = "linux-64",
    ) -> None:
        """Add packages to a channel.

        Args:
            packages: `name-version-build` -> dependencies; builds end with their number.
            channel: The channel; those that were named earlier come first.
            constrains: `name-version-build` -> constraints.
            subdir: The platform that the packages are for.
        """
        if channel not in self._channels:
            self._channels[channel] = ChannelBuilder(self._folder / channel)
        builder = self._channels[channel]
        for dist, depends in packages.items():
            name, version, build = dist.rsplit("-", _DIST_PARTS - 1)
            builder.add(
                name=name,
                version=version,
                build=build,
                build_number=int(build.rpartition("_")[2]),
                depends=depends,
                constrains=(constrains or {}).get(dist, []),
                subdir=subdir,
                files={f"share/{name}.txt": dist},
            )
        builder.write()

    def run(self, *words: str) -> list[str]:
        """Run a command on environment `e` and return what is in it afterwards, sorted."""
        self.program.succeed(*words, "-y", "-n", "e", *self._options())
        return self.program.installed("e")

    def preview(self, *words: str) -> dict[str, Any]:
        """Return what a command says that it would do."""
        dry = ("--dry-run", "--json", "-n", "e")
        document: dict[str, Any] = self.program.succeed(*words, *dry, *self._options()).document
        return document

    def fail(self, *words: str) -> str:
        """Run a command that cannot succeed, and return the name of the error."""
        outcome = self.program(*words, "-y", "-n", "e", "--json", *self._options())
        assert outcome.status == 1, outcome.stdout
        return outcome.error

    def _options(self) -> list[str]:
        channels = [word for each in self._channels.values() for word in ("-c", each.url)]
        return ["--solver", self._solver, "-O", *channels]


class SolverSuite:
    """Tests of one solver.

    Attributes:
        solver: Its name.
    """

    solver: str

    @pytest.fixture
    def universe(self, tmp_path: "Path") -> Universe:
        """Return channels without packages, and no environment."""
        return Universe(tmp_path, self.solver)

    def test_the_newest_version_and_highest_build_number_win(self, universe: Universe) -> None:
        """`a` alone means its newest version, and of that the last build."""
        universe.offer({"a-1.9-0": [], "a-1.10-h_0": [], "a-1.10-h_1": []})
        assert universe.run("create", "a") == ["a-1.10-h_1"]

    def test_dependencies_come_along(self, universe: Universe) -> None:
        """So do those of dependencies."""
        universe.offer({"a-1-0": ["b >=1"], "b-1-0": ["c"], "c-1-0": [], "d-1-0": []})
        assert universe.run("create", "a") == ["a-1-0", "b-1-0", "c-1-0"]

    def test_a_shared_dependency_has_a_version_that_fits_all(self, universe: Universe) -> None:
        """The newest `c` is out of reach, because `b` does not want it."""
        universe.offer({"a-1-0": ["c"], "b-1-0": ["c <2"], "c-1-0": [], "c-1.5-0": [], "c-2-0": []})
        assert universe.run("create", "a", "b") == ["a-1-0", "b-1-0", "c-1.5-0"]

    def test_an_older_version_is_taken_where_the_newest_has_no_solution(
        self, universe: Universe
    ) -> None:
        """`a` 2 needs what nobody has."""
        universe.offer({"a-1-0": ["b"], "a-2-0": ["nowhere"], "b-1-0": []})
        assert universe.run("create", "a") == ["a-1-0", "b-1-0"]

    def test_what_is_named_matters_more_than_its_dependencies(self, universe: Universe) -> None:
        """The newest `a` needs an old `b`."""
        universe.offer({"a-1-0": ["b"], "a-2-0": ["b <2"], "b-1-0": [], "b-2-0": []})
        assert universe.run("create", "a") == ["a-2-0", "b-1-0"]

    def test_constraints_hold_for_packages_that_are_there(self, universe: Universe) -> None:
        """They pull nothing in, and keep the wrong version out."""
        universe.offer({"a-1-0": [], "b-1-0": [], "b-2-0": []}, constrains={"a-1-0": ["b <2"]})
        assert universe.run("create", "a") == ["a-1-0"]
        assert universe.run("create", "a", "b") == ["a-1-0", "b-1-0"]

    def test_builds_can_be_chosen(self, universe: Universe) -> None:
        """By their names, as by any other field."""
        universe.offer({"a-1-cpu_0": [], "a-1-gpu_1": []})
        assert universe.run("create", "a=1=cpu*") == ["a-1-cpu_0"]

    def test_virtual_packages_count(self, universe: Universe) -> None:
        """What the machine does not have cannot be installed for."""
        universe.offer({"a-1-0": ["__glibc >=2"], "a-2-0": ["__glibc >=99"]})
        assert universe.run("create", "a") == ["a-1-0"]

    def test_wishes_that_contradict_each_other_are_an_error(self, universe: Universe) -> None:
        """No environment comes of it."""
        universe.offer({"a-1-0": ["c <2"], "b-1-0": ["c >=2"], "c-1-0": [], "c-2-0": []})
        assert universe.fail("create", "a", "b")
        assert not universe.program.prefix("e").exists()

    def test_what_no_channel_has_is_an_error(self, universe: Universe) -> None:
        """So is a version that nobody has."""
        universe.offer({"a-1-0": []})
        assert universe.fail("create", "b")
        assert universe.fail("create", "a >=2")

    def test_the_first_channel_wins(self, universe: Universe) -> None:
        """Even over a newer version, with strict priority."""
        universe.offer({"a-1-0": []})
        universe.offer({"a-2-0": [], "b-1-0": ["a"]}, channel="other")
        assert universe.run("create", "--strict-channel-priority", "b") == ["a-1-0", "b-1-0"]

    def test_what_is_installed_stays(self, universe: Universe) -> None:
        """Installing one package is no reason to update another."""
        universe.offer({"a-1-0": [], "b-1-0": []})
        universe.run("create", "a")
        universe.offer({"a-2-0": []})
        assert universe.run("install", "b") == ["a-1-0", "b-1-0"]

    def test_wishes_of_old_are_kept(self, universe: Universe) -> None:
        """`a` below 2 was asked for, so a `b` that needs another one must not come."""
        universe.offer({"a-1-0": [], "a-2-0": [], "b-1-0": ["a <2"], "b-2-0": ["a >=2"]})
        universe.run("create", "a<2")
        assert universe.run("install", "b") == ["a-1-0", "b-1-0"]

    def test_updates_bring_the_newest(self, universe: Universe) -> None:
        """Of what is named, or of everything."""
        universe.offer({"a-1-0": ["b"], "b-1-0": []})
        universe.run("create", "a")
        universe.offer({"a-2-0": ["b"], "b-2-0": []})
        assert universe.run("update", "--all") == ["a-2-0", "b-2-0"]

    def test_removing_takes_what_depends_on_it(self, universe: Universe) -> None:
        """What has nothing to do with it stays."""
        universe.offer({"a-1-0": ["b"], "b-1-0": [], "c-1-0": []})
        universe.run("create", "a", "c")
        assert universe.run("remove", "b") == ["c-1-0"]

    def test_a_pin_of_the_environment_holds(self, universe: Universe) -> None:
        """For dependencies as well, and not for who says so."""
        universe.offer({"a-1-0": ["b"], "b-1-0": [], "b-2-0": []})
        universe.run("create")
        pinned = universe.program.prefix("e") / "conda-meta" / "pinned"
        pinned.write_text("b <2\n")
        assert universe.run("install", "a") == ["a-1-0", "b-1-0"]
        assert universe.run("update", "--no-pin", "b") == ["a-1-0", "b-2-0"]

    def test_an_update_of_one_package_is_about_that_one(self, universe: Universe) -> None:
        """Another one may stay as it is."""
        universe.offer({"a-1-0": [], "b-1-0": []})
        universe.run("create", "a", "b")
        universe.offer({"a-2-0": [], "b-2-0": []})
        assert "a-2-0" in universe.run("update", "a")

    def test_an_older_version_is_installed_if_it_is_asked_for(self, universe: Universe) -> None:
        """What depends on the newer one follows."""
        universe.offer({"a-1-0": ["b ==1"], "a-2-0": ["b ==2"], "b-1-0": [], "b-2-0": []})
        universe.run("create", "a")
        assert universe.run("install", "a=1") == ["a-1-0", "b-1-0"]

    def test_what_is_not_needed_any_more_goes_with_its_last_dependent(
        self, universe: Universe
    ) -> None:
        """A dependency that was never asked for does not outlive who needed it."""
        universe.offer({"a-1-0": ["b"], "b-1-0": [], "c-1-0": []})
        universe.run("create", "a", "c")
        assert universe.run("remove", "a") == ["c-1-0"]

    def test_dependencies_can_be_left_out(self, universe: Universe) -> None:
        """`--no-deps` installs what is named, and `--only-deps` the rest."""
        universe.offer({"a-1-0": ["b"], "b-1-0": []})
        assert universe.run("create", "--no-deps", "a") == ["a-1-0"]
        assert universe.run("create", "--only-deps", "a") == ["b-1-0"]

    def test_packages_for_any_platform_are_as_good(self, universe: Universe) -> None:
        """A newer one of them wins over an older one of the platform."""
        universe.offer({"a-1-0": []})
        universe.offer({"a-2-0": []}, subdir="noarch")
        assert universe.run("create", "a") == ["a-2-0"]

    def test_a_dry_run_changes_nothing(self, universe: Universe) -> None:
        """And says what would be."""
        universe.offer({"a-1-0": []})
        document = universe.preview("create", "a")
        assert [record["name"] for record in document["actions"]["LINK"]] == ["a"]
        assert not universe.program.prefix("e").exists()
