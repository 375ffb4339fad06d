"""`conda_clone.api`: configurations side by side, solves, and changes that are made or refused."""

import ast
import os
import signal
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

import conda_clone
from conda_clone.api import Conda, CondaError, MatchSpec, PrefixRecord, UpdateModifier
from conda_clone.core.transaction.errors import EnvironmentChangedError
from conda_clone.models.events import Caution, Event, StageStarted
from conda_clone.testing.channels import ChannelBuilder

PACKAGE = Path(conda_clone.__file__).parent


class Listener:
    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        self.events.append(event)


def channel_with(folder: Path, version: str, subdir: str = "linux-64") -> str:
    """Return the address of a channel in which everything has one version."""
    channel = ChannelBuilder(folder, subdir=subdir)
    channel.add(name="lib", version=version, files={"lib/lib.txt": version})
    channel.add(name="app", version=version, depends=[f"lib {version}"])
    channel.write()
    return channel.url


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., Conda]:
    """Return a function that makes a configuration with a channel and folders of its own."""

    def make_one(name: str = "one", **settings: object) -> Conda:
        folder = tmp_path / name
        version = {"one": "1.0", "two": "2.0"}[name]
        subdir = {"one": "linux-64", "two": "osx-arm64"}[name]
        return Conda(
            settings={
                "channels": [channel_with(folder / "channel", version, subdir)],
                "pkgs_dirs": [str(folder / "pkgs")],
                "root_prefix": str(folder / "root"),
                "subdir": subdir,
                **settings,
            },
            environ={"PATH": os.environ["PATH"]},
            home=str(folder / "home"),
            reads_files=False,
        )

    return make_one


def installed(conda: Conda, prefix: Path) -> dict[str, str]:
    records = conda.prefix_data(str(prefix)).records()
    return {name: f"{record.version} {record.subdir}" for name, record in records.items()}


class TestSideBySide:
    def test_two_configurations_in_threads_that_take_turns(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        before = dict(os.environ), os.getcwd(), signal.getsignal(signal.SIGINT)
        both = {"one": make("one"), "two": make("two")}
        turns = threading.Barrier(2)

        def work(name: str) -> list[dict[str, str]]:
            states = []
            prefix = tmp_path / f"env-{name}"
            for specs_to_add, specs_to_remove in ((["lib"], []), (["app"], []), ([], ["app"])):
                turns.wait()
                solver = both[name].solver(str(prefix), specs_to_add, specs_to_remove)
                turns.wait()
                transaction = solver.solve_for_transaction()
                turns.wait()
                transaction.execute()
                states.append(installed(both[name], prefix))
            return states

        with ThreadPoolExecutor(2) as pool:
            found = dict(zip(both, pool.map(work, both), strict=True))
        for name, what in (("one", "1.0 linux-64"), ("two", "2.0 osx-arm64")):
            assert found[name] == [{"lib": what}, {"app": what, "lib": what}, {"lib": what}]
            caches = both[name].package_caches()
            cached = [record.version for cache in caches for record in cache.records()]
            assert set(cached) == {what.partition(" ")[0]}
        assert (dict(os.environ), os.getcwd(), signal.getsignal(signal.SIGINT)) == before

    def test_two_threads_share_one_configuration_and_its_cache(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda = make()
        prefixes = [tmp_path / f"e{number}" for number in range(4)]

        def create(prefix: Path) -> dict[str, str]:
            conda.solver(str(prefix), ["app"]).solve_for_transaction().execute()
            return installed(conda, prefix)

        with ThreadPoolExecutor(4) as pool:
            states = list(pool.map(create, prefixes))
        assert states == [{"app": "1.0 linux-64", "lib": "1.0 linux-64"}] * 4

    def test_variables_and_files_of_this_process_can_be_left_out(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        (tmp_path / ".condarc").write_text("channel_alias: https://file.example\n")
        monkeypatch.setenv("CONDA_ADD_PIP_AS_PYTHON_DEPENDENCY", "no")
        value = Conda(home=str(tmp_path)).configuration.value
        assert value("channel_alias") == "https://file.example"
        assert value("add_pip_as_python_dependency") is False
        apart = Conda(environ={}, home=str(tmp_path), reads_files=False).configuration.value
        assert apart("channel_alias") != "https://file.example"
        assert apart("add_pip_as_python_dependency") is True

    def test_a_setting_that_there_is_not_is_refused(self) -> None:
        with pytest.raises(CondaError, match="no such setting") as caught:
            Conda(settings={"chanels": []})
        assert caught.value.hint == "Did you mean `channels`?"
        only = Conda(settings={"channels": ["a"], "override_channels": True}, environ={})
        assert only.configuration.value("channels") == ("a",)

    def test_a_value_that_a_setting_cannot_have_is_refused(self) -> None:
        conda = Conda(settings={"offline": "perhaps"}, environ={}, reads_files=False)
        with pytest.raises(CondaError, match="offline"):
            conda.configuration.value("offline")

    def test_what_a_process_shares_is_known(self) -> None:
        """Caches of pure functions aside: locks, and what plugins need one of."""
        shared = {
            "gateways/archives/extractors.py: _EXTRACTORS",
            "gateways/disk/held_file.py: _observed",
            "gateways/disk/lock.py: _answering",
            "gateways/disk/lock.py: _holders",
            "models/url.py: _EXTENSIONS",
            "plugins/equivalents/context.py: context",
        }
        found = set()
        for path in PACKAGE.rglob("*.py"):
            tree = ast.parse(path.read_text("utf-8"))
            assert not [node for node in ast.walk(tree) if isinstance(node, ast.Global)], path
            for name in _changed_at_module_level(tree):
                found.add(f"{path.relative_to(PACKAGE).as_posix()}: {name}")
        assert found | {"plugins/equivalents/context.py: context"} == shared


_CHANGING = {"add", "append", "clear", "discard", "extend", "pop", "remove", "setdefault", "update"}


def _changed_at_module_level(tree: ast.Module) -> set[str]:
    """Return names of a module that functions of it change in place."""
    names = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    changed = set()
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        names_here = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
        own = {node.id for node in names_here if isinstance(node.ctx, ast.Store)} | {
            argument.arg for argument in ast.walk(function) if isinstance(argument, ast.arg)
        }
        for node in ast.walk(function):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                if node.func.attr not in _CHANGING:
                    continue
                holder: ast.expr = node.func.value
            elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
                holder = node.value
            else:
                continue
            if isinstance(holder, ast.Name) and holder.id in names - own:
                changed.add(holder.id)
    return changed


class TestSolver:
    def test_the_answer_in_three_forms(self, make: Callable[..., Conda], tmp_path: Path) -> None:
        conda, prefix = make(), str(tmp_path / "e")
        conda.solver(prefix, ["lib"]).solve_for_transaction().execute()
        solver = conda.solver(prefix, [MatchSpec("app")])
        assert [record.name for record in solver.solve_final_state()] == ["lib", "app"]
        assert [record.name for record in solver.solve_for_diff().link] == ["app"]
        transaction = solver.solve_for_transaction()
        assert [record.name for record in transaction.to_fetch] == ["app"]
        transaction.fetch()
        assert not conda.solver(prefix, ["app"]).solve_for_transaction().to_fetch

    def test_what_is_there_already_is_nothing_to_do(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda, prefix = make(), str(tmp_path / "e")
        conda.solver(prefix, ["lib"]).solve_for_transaction().execute()
        options = {"update_modifier": UpdateModifier.SPECS_SATISFIED_SKIP_SOLVE}
        transaction = conda.solver(prefix, ["lib"], **options).solve_for_transaction()  # type: ignore[arg-type] # mypy does not unpack a dict into a TypedDict
        assert transaction.nothing_to_do
        history = (tmp_path / "e/conda-meta/history").read_text()
        transaction.execute()
        assert (tmp_path / "e/conda-meta/history").read_text() == history

    def test_channels_for_one_solve(self, make: Callable[..., Conda], tmp_path: Path) -> None:
        conda = make()
        other = conda.channel(channel_with(tmp_path / "other", "3.0"))
        final = conda.solver(str(tmp_path / "e"), ["lib"], channels=[other]).solve_final_state()
        assert [record.version for record in final] == ["3.0"]
        assert [record.version for record in conda.query("lib", [other])] == ["3.0"]

    def test_queries_look_into_the_whole_index(self, make: Callable[..., Conda]) -> None:
        conda = make(repodata_fns=["current_repodata.json", "repodata.json"])
        (channel,) = conda.configuration.value("channels")
        folder = Path(channel.removeprefix("file://")) / "linux-64"
        index = (folder / "repodata.json").read_text()
        (folder / "current_repodata.json").write_text(index.replace('"lib-1.0', '"newer-1.0'))
        assert [record.name for record in conda.query("lib")] == ["lib"]
        assert "lib" in conda.subdir_data(channel).names()

    def test_to_packages_of_ones_own_choice(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda, prefix = make(), str(tmp_path / "e")
        conda.solver(prefix, ["app"]).solve_for_transaction().execute()
        solver = conda.solver(prefix, ["lib"])
        solver.transaction_to(conda.query("lib")).execute()
        assert installed(conda, Path(prefix)) == {"lib": "1.0 linux-64"}

    def test_adding_and_removing_are_two_things(self, make: Callable[..., Conda]) -> None:
        with pytest.raises(CondaError, match="either adds or removes"):
            make().solver("/nowhere", ["a"], ["b"])

    def test_a_solver_of_a_plugin_that_settings_name_is_left_out(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda = make(solver="chatty")
        assert conda.solver(str(tmp_path / "e"), ["lib"]).solve_final_state()
        same = Conda(configuration=conda.configuration)
        assert same.configuration is conda.configuration

    def test_what_happens_is_reported(self, tmp_path: Path) -> None:
        listener = Listener()
        conda = Conda(
            settings={
                "channels": [channel_with(tmp_path / "c", "1.0")],
                "pkgs_dirs": [str(tmp_path / "pkgs")],
                "root_prefix": str(tmp_path / "root"),
                "subdir": "linux-64",
            },
            environ={},
            home=str(tmp_path),
            reporter=listener,
        )
        conda.solver(str(tmp_path / "e"), ["lib"]).solve_for_transaction().execute()
        stages = [event.stage for event in listener.events if isinstance(event, StageStarted)]
        assert stages[0].startswith("Collecting package metadata")
        assert stages[-1] == "Executing transaction"
        assert not [event for event in listener.events if isinstance(event, Caution)]


class TestTransaction:
    def test_an_environment_that_was_changed_meanwhile_is_left_alone(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda, prefix = make(), str(tmp_path / "e")
        conda.solver(prefix, ["lib"]).solve_for_transaction().execute()
        late = conda.solver(prefix, [], ["lib"]).solve_for_transaction()
        conda.solver(prefix, ["app"]).solve_for_transaction().execute()
        with pytest.raises(EnvironmentChangedError):
            late.execute()
        assert sorted(installed(conda, Path(prefix))) == ["app", "lib"]

    def test_an_environment_that_was_taken_away_meanwhile_is_not_made_anew(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda, prefix = make(), tmp_path / "e"
        conda.solver(str(prefix), ["lib"]).solve_for_transaction().execute()
        late = conda.solver(str(prefix), ["app"]).solve_for_transaction()
        prefix.rename(tmp_path / "elsewhere")
        with pytest.raises(EnvironmentChangedError):
            late.execute()
        assert not prefix.exists()

    def test_an_environment_for_another_platform_remembers_it(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda, prefix = make("two"), tmp_path / "e"
        conda.solver(str(prefix), ["lib"]).solve_for_transaction().execute()
        assert (prefix / ".condarc").read_text() == "subdir: osx-arm64\n"

    def test_records_are_those_of_the_environment(
        self, make: Callable[..., Conda], tmp_path: Path
    ) -> None:
        conda, prefix = make(), str(tmp_path / "e")
        conda.solver(prefix, ["lib"]).solve_for_transaction().execute()
        record = conda.prefix_data(prefix).get("lib")
        assert isinstance(record, PrefixRecord)
        assert record.files == ("lib/lib.txt",)
