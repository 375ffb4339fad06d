"""Names of conda that solve, change environments, read channels and run programs."""

from pathlib import Path
from typing import Any

import pytest

from conda_clone.errors import CondaError
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.installed_files import LinkInfo
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.plugins.equivalents import channels, link, models
from conda_clone.plugins.equivalents.aliases import LinkType, add_names
from conda_clone.plugins.equivalents.constants import DepsModifier, UpdateModifier
from conda_clone.plugins.equivalents.context import (
    context,
)
from conda_clone.plugins.equivalents.solve import Solver
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.records import record

pytestmark = pytest.mark.usefixtures("channel")


def names(records: Any) -> list[str]:
    return [each.dist_name for each in records]


class TestSolver:
    def test_our_solver_answers_in_three_forms(self, tmp_path: Path) -> None:
        prefix = str(tmp_path / "e")
        solver = Solver(prefix, context.channels, context.subdirs, [MatchSpec("app=1.0")])
        assert names(solver.solve_final_state()) == ["lib-1.0-0", "app-1.0-0"]
        unlink, linked = solver.solve_for_diff()
        assert (unlink, names(linked)) == ((), ["lib-1.0-0", "app-1.0-0"])
        transaction = solver.solve_for_transaction()
        assert not transaction.nothing_to_do
        transaction.download_and_extract()
        transaction.prepare()
        transaction.verify()
        transaction.execute()
        assert sorted(models.PrefixData(prefix).map_records()) == ["app", "lib"]

    def test_what_a_plugin_overrides_counts_for_all_three(self, tmp_path: Path) -> None:
        class OldestOnly(Solver):
            def solve_final_state(self, *_: Any, **__: Any) -> Any:
                return channels.SubdirData.query_all("lib=1.0")

        solver = OldestOnly(str(tmp_path / "e"), (), (), ["lib"])
        solver.solve_for_transaction().execute()
        assert names(models.PrefixData(tmp_path / "e").iter_records()) == ["lib-1.0-0"]
        history = (tmp_path / "e/conda-meta/history").read_text()
        assert "# update specs: ['lib']" in history

    def test_modifiers_are_those_of_conda(self, tmp_path: Path) -> None:
        prefix = str(tmp_path / "e")
        only = Solver(prefix, (), (), ["app"]).solve_final_state(
            UpdateModifier.UPDATE_SPECS, DepsModifier.NO_DEPS, ignore_pinned=True
        )
        assert names(only) == ["app-2.0-0"]

    def test_packages_are_linked_anew_and_removed(
        self, tmp_path: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        prefix = str(tmp_path / "e")
        Solver(prefix, (), (), ["app"]).solve_for_transaction().execute()
        again = Solver(prefix, (), (), ["app"])
        assert again.solve_for_transaction().nothing_to_do
        unlink, linked = again.solve_for_diff(force_reinstall=True)
        assert (names(unlink), names(linked)) == (["app-2.0-0"], ["app-2.0-0"])
        removal = Solver(prefix, (), (), (), [MatchSpec("app")]).solve_for_transaction()
        removal.print_transaction_summary()
        shown = capsys.readouterr().out.splitlines()
        assert shown[4:] == ["  - app-2.0-0", "  - lib-2.0-0"]
        removal.execute()
        assert models.PrefixData(prefix).map_records() == {}

    def test_what_cannot_be_is_an_error(self, tmp_path: Path) -> None:
        with pytest.raises(CondaError):
            Solver(str(tmp_path / "e"), (), (), ["app=1.0", "lib=2.0"]).solve_for_diff()

    def test_platforms_can_be_others(self, tmp_path: Path) -> None:
        with pytest.raises(CondaError, match="app"):
            Solver(str(tmp_path / "e"), (), ("osx-64", "noarch"), ["app"]).solve_for_diff()


class TestExplicit:
    def test_archives_become_records_and_are_installed(
        self, tmp_path: Path, channel: ChannelBuilder
    ) -> None:
        lines = ["# a list", "@EXPLICIT", f"{channel.url}/linux-64/lib-1.0-0.conda"]
        records = link.get_package_records_from_explicit(lines)
        assert names(records) == ["lib-1.0-0"]
        link.install_explicit_packages(records, str(tmp_path / "e"), ["lib=1.0"])
        data = models.PrefixData(tmp_path / "e")
        assert data.get("lib").version == "1.0"


class TestChannels:
    def test_a_folder_of_a_channel_is_asked(self, channel: ChannelBuilder) -> None:
        data = channels.SubdirData(models.channel_of(f"{channel.url}/linux-64"))
        assert names(data.query("app >=2")) == ["app-2.0-0"]
        (found,) = data.query(MatchSpec("lib=1.0"))
        assert data.query(found) == (found,)
        assert len(list(data.reload().iter_records())) == 4
        assert data.url_w_subdir == f"{channel.url}/linux-64"
        assert channels.SubdirData._cache_ == {}

    def test_all_channels_are_asked(self, channel: ChannelBuilder) -> None:
        found = channels.SubdirData.query_all("lib", [channel.url], ["linux-64"])
        assert names(found) == names(channels.SubdirData.query_all(MatchSpec("lib")))
        assert len(found) == 2

    def test_the_index_can_be_had_as_a_file(self, channel: ChannelBuilder, tmp_path: Path) -> None:
        local, facts = channels.SubdirData(f"{channel.url}/linux-64").repo_fetch.fetch_latest_path()
        assert (local, facts) == (channel.root / "linux-64" / "repodata.json", {})
        with ChannelServer() as server:
            server.mount("main", channel.root)
            data = channels.SubdirData(f"{server.url('main')}/linux-64")
            path, facts = data.repo_fetch.fetch_latest_path()
        assert path.read_bytes() == local.read_bytes()
        assert facts["url"] == f"{server.url('main')}/linux-64/repodata.json"
        assert path.is_relative_to(tmp_path / "pkgs")

    def test_an_index_is_a_mapping_of_records(self, tmp_path: Path) -> None:
        Solver(str(tmp_path / "e"), (), (), ["lib=1.0"]).solve_for_transaction().execute()
        index = channels.Index(prefix=str(tmp_path / "e"))
        assert sorted(names(index)) == ["app-1.0-0", "app-2.0-0", "lib-1.0-0", "lib-2.0-0"]
        assert len(index) == 4
        (app,) = channels.SubdirData.query_all("app=1.0")
        assert index[app] is app or index[app] == app
        assert "__linux" in [each.name for each in channels.get_index(unknown=None)]

    def test_a_reduced_index_has_what_specs_may_need(self) -> None:
        index = channels.Index(platform="linux-64")
        assert sorted(names(index.get_reduced_index(["lib"]))) == ["lib-1.0-0", "lib-2.0-0"]
        assert len(index.get_reduced_index([MatchSpec("app")])) == 4
        assert {each.name for each in index.system_packages} >= {"__linux", "__unix"}


class TestNamesOnOurClasses:
    @pytest.fixture(autouse=True)
    def names_are_there(self) -> None:
        add_names()
        add_names()

    def test_specs(self) -> None:
        spec: Any = MatchSpec("conda-forge::python>=3.12")
        assert spec.get_exact_value("name") == "python"
        assert spec.get_exact_value("version") is None
        assert spec.get_raw_value("version") == ">=3.12"
        assert not spec.is_name_only_spec
        assert MatchSpec("python").is_name_only
        assert spec.original_spec_str == spec.dist_str() == str(spec)
        assert spec.conda_build_form() == "python >=3.12"
        assert "version" in spec.FIELD_NAMES
        assert (spec.optional, spec.target) == (False, None)

    def test_records(self) -> None:
        one: Any = record("a", "1.0", "h_0")
        assert one.dist_str() == one.dist_str
        assert one.spec == "a=1.0=h_0"
        assert one.spec_no_build == "a=1.0"
        assert one.namekey == "global:a"
        assert one.build_string == "h_0"
        assert one.schannel == one.channel.canonical_name
        assert one.record_id() == f"{one.channel_name}/{one.subdir}::a-1.0-h_0"
        assert one.to_match_spec().match(one)
        assert one.to_simple_match_spec().match(one)
        assert one.to_filename() == "a-1.0-h_0.conda"
        assert one.quad[:3] == ("a", "1.0", "h_0")
        assert not one.is_unmanageable

    def test_links_have_kinds_with_names(self) -> None:
        info: Any = LinkInfo("/pkgs/a", 1)
        assert (info.type, str(info.type)) == (LinkType.hardlink, "hardlink")
        info.type = 3
        assert info.type is LinkType.copy

    def test_graphs(self) -> None:
        a, b = record("a", depends=["b"]), record("b")
        graph: Any = PrefixGraph([a, b])
        assert list(graph.graph.items()) == [(b, set()), (a, {b})]
        asked: Any = PrefixGraph([a, b], [MatchSpec("a"), MatchSpec("b")])
        assert asked.remove_youngest_descendant_nodes_with_specs() == (a,)
        assert list(asked.graph) == [b]

    def test_channels(self) -> None:
        config = ChannelConfig(channel_alias="https://h", subdir="linux-64")
        one: Any = Channel.from_text("https://user:pw@h/a/osx-64", config)
        assert one.subdir == "osx-64"
        assert one.url() == "https://h/a/osx-64"
        assert one.url(with_credentials=True) == "https://user:pw@h/a/osx-64"

    def test_histories(self, tmp_path: Path) -> None:
        from conda_clone.core.prefix.history import History

        history: Any = History(str(tmp_path))
        history.write_changes(set(), {"main/linux-64::lib-1.0-0"})
        history.write_specs(update_specs=["lib=1.0"])
        again: Any = History(str(tmp_path))
        assert {name: str(spec) for name, spec in again.get_requested_specs_map().items()} == {
            "lib": "lib=1.0"
        }


class TestAddresses:
    def test_channels_have_addresses_in_an_order(self) -> None:
        names = ["https://h/a", "https://me:pw@h/b", "https://h/a"]
        assert channels.all_channel_urls(names, ["noarch"]) == [
            "https://h/a/noarch",
            "https://me:pw@h/b/noarch",
        ]
        assert channels.prioritize_channels(names, with_credentials=False) == {
            "https://h/a/linux-64": ("https://h/a", 0),
            "https://h/a/noarch": ("https://h/a", 0),
            "https://h/b/linux-64": ("https://h/b", 1),
            "https://h/b/noarch": ("https://h/b", 1),
        }


class TestModels:
    def test_environments_have_the_methods_of_conda(self, tmp_path: Path) -> None:
        data = models.PrefixData(tmp_path / "e")
        assert not data.is_environment()
        assert not data.exists()
        Solver(str(tmp_path / "e"), (), (), ["lib=1.0"]).solve_for_transaction().execute()
        data = models.PrefixData(tmp_path / "e")
        assert data.is_environment()
        assert data.exists()
        assert data.name == str(tmp_path / "e")
        assert data.get("nothing", None) is None
        with pytest.raises(KeyError):
            data.get("nothing")
        assert list(data._prefix_records) == ["lib"]
        models.PackageCacheData.clear()

    def test_packages_are_brought_into_a_cache(self, channel: ChannelBuilder) -> None:
        (found,) = channels.SubdirData.query_all("lib=1.0")
        wished = MatchSpec(f"{channel.url}/linux-64/app-1.0-0.conda")
        fetch: Any = models.ProgressiveFetchExtract
        fetch([found, wished]).execute()
        cached = models.PackageCacheData.get_all_extracted_entries()
        assert sorted(names(cached)) == ["app-1.0-0", "lib-1.0-0"]
        assert names(models.PackageCacheData.query_all(wished)) == ["app-1.0-0"]
        assert names(models.PackageCacheData.query_all("lib")) == ["lib-1.0-0"]
        assert names(models.PackageCacheData.query_all(found)) == ["lib-1.0-0"]

    def test_packages_of_pip_are_records(self, tmp_path: Path) -> None:
        Solver(str(tmp_path / "e"), (), (), ["lib=1.0"]).solve_for_transaction().execute()
        assert models.PrefixData(tmp_path / "e", interoperability=True).get_python_packages() == []

    def test_records_come_from_positions_and_objects(self) -> None:
        make: Any = models.PackageRecord
        assert make("a", "1", "h_0", 0).dist_name == "a-1-h_0"
        installed: Any = models.PrefixRecord
        made = installed.from_objects(
            make("a", "1", "h_0", 0), files=["x"], link={"source": "/s", "type": 1}
        )
        assert (made.name, made.files) == ("a", ("x",))

    @pytest.mark.parametrize(
        ("text", "name", "number"),
        [
            ("a-b-1.0-h_3", "a-b", 3),
            ("https://h/main/linux-64/a-b-1.0-h_3.conda", "a-b", 3),
            ("main::a-b-1.0-h", "a-b", 0),
        ],
    )
    def test_identities_come_from_texts(self, text: str, name: str, number: int) -> None:
        make: Any = models.Dist
        dist = make(text)
        assert (dist.name, dist.version, dist.build_number) == (name, "1.0", number)
        assert make(dist) is dist
