"""Names of conda that tell settings, know plugins, run programs and write results."""

import os
import sys
from argparse import Namespace
from enum import Enum
from pathlib import Path

import pytest

from conda_clone.config.parameters import Parameter
from conda_clone.errors import CondaError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.plugins.equivalents import channels, commands, exceptions, functions
from conda_clone.plugins.equivalents.answers import PluginAnswers, get_plugin_manager
from conda_clone.plugins.equivalents.configuration import PrimitiveParameter
from conda_clone.plugins.equivalents.constants import DepsModifier, UpdateModifier
from conda_clone.plugins.equivalents.context import (
    Context,
    bind,
    context,
    env_name,
    fresh_context,
    reset_context,
)
from conda_clone.plugins.equivalents.environment import Environment
from conda_clone.plugins.equivalents.solve import Solver
from conda_clone.plugins.manager import Plugins
from conda_clone.plugins.memory import Memory
from conda_clone.testing.plugins import PluginSite
from conda_clone.testing.server import ChannelServer
from tests.support.plugins import add_plugin

pytestmark = pytest.mark.usefixtures("channel")


class TestContext:
    def test_settings_are_changed_for_a_block(self) -> None:
        with context._override("quiet", value=True):
            assert context.quiet
        assert not context.quiet

    def test_variables_are_changed_for_a_block(self) -> None:
        before = dict(os.environ)
        with fresh_context({"CONDA_SUBDIR": "osx-64"}, CONDA_OFFLINE="yes") as fresh:
            assert (fresh.subdir, fresh.offline) == ("osx-64", True)
        assert dict(os.environ) == before
        assert context.subdir == "linux-64"

    def test_arguments_are_changed_by_making_it_again(self, tmp_path: Path) -> None:
        bind(context.configuration, {}, lambda: PluginAnswers(None))
        Context.__init__(context, argparse_args={"prefix": str(tmp_path), "quiet": True})
        assert (context.target_prefix, context.quiet) == (str(tmp_path), True)
        assert context.plugin_manager is not None
        assert Context(argparse_args=Namespace(prefix=str(tmp_path))).target_prefix == str(tmp_path)

    @pytest.mark.parametrize(
        ("given", "level"), [({}, "LOW"), ({"CONDA_PLUGINS_LEVEL": "high"}, "HIGH")]
    )
    def test_settings_of_plugins_are_members_of_their_choices(
        self, monkeypatch: pytest.MonkeyPatch, given: dict[str, str], level: str
    ) -> None:
        class Level(Enum):
            LOW = "low"
            HIGH = "high"

        for name, value in given.items():
            monkeypatch.setenv(name, value)
        reset_context()
        kind = PrimitiveParameter(Level.LOW, element_type=Level)
        row = Parameter("level", kind.kind(), "low", "How much.")
        bind(context.configuration.with_plugin_settings([row]), {})
        assert context.plugins.level is Level[level]

    def test_facts(self) -> None:
        assert "linux-64" in context.known_subdirs
        assert context.arch_name
        assert context.channel_priority.name == "FLEXIBLE"
        assert context.update_modifier is UpdateModifier.UPDATE_SPECS
        assert context.deps_modifier is DepsModifier.NOT_SET
        assert context.channel_alias.base_url == "https://conda.anaconda.org"
        assert [spec.name for spec in context.aggressive_update_packages] == list(
            context.configuration.value("aggressive_update_packages")
        )
        assert context.conda_exe_vars_dict["CONDA_PYTHON_EXE"] == sys.executable
        assert context.collect_all() == context.raw_data
        assert not context.dev
        with pytest.raises(AttributeError):
            _ = Context().plugin_manager


class TestAnswers:
    def test_without_plugins_ours_are_told(self) -> None:
        answers = PluginAnswers(None)
        assert answers.get_cached_solver_backend("mine") is Solver
        formats = answers.get_exporter_format_mapping()
        assert formats["yaml"] is not None
        assert formats["yaml"].name == "environment-yaml"
        found = answers.get_environment_exporter_by_format(" Explicit ")
        assert found.name == "explicit"
        assert "__linux" in [each.name for each in answers.get_virtual_package_records()]
        assert "linux" in [each.name for each in answers.get_virtual_packages()]

    def test_plugins_of_the_run_are_asked(self, tmp_path: Path) -> None:
        site = PluginSite(tmp_path / "site")
        add_plugin(
            site,
            "from conda.core.solve import Solver\n"
            "class Mine(Solver): pass\n"
            "@hookimpl\n"
            "def conda_solvers():\n"
            "    yield CondaSolver('mine', Mine)\n"
            "@hookimpl\n"
            "def conda_environment_exporters():\n"
            "    yield CondaEnvironmentExporter('theirs', export=str)\n",
        )
        with site.active():
            plugins = Plugins(print, memory=Memory(None, [str(site.folder)]))
            plugins.bind(context.configuration, {})
            assert plugins.implements("conda_solvers")
            answers = get_plugin_manager()
            assert answers.get_cached_solver_backend("Mine ").__name__ == "Mine"
            assert answers.get_cached_solver_backend("classic") is Solver
            assert answers.get_exporter_format_mapping()["theirs"].export is str
            assert sorted(answers.get_solvers()) == ["classic", "libmamba", "mine", "rattler"]
            assert answers.get_hook_results("request_headers", host="h", path="/") == []
            assert answers.get_subcommands() == answers.get_settings() == {}

    def test_without_plugins_ours_are_known(self) -> None:
        assert "yaml" in get_plugin_manager().get_exporter_format_mapping()

    def test_our_formats_write_environments_of_plugins(self) -> None:
        formats = PluginAnswers(None).get_exporter_format_mapping()
        (lib,) = channels.SubdirData.query_all("lib=1.0")
        environment = Environment(
            platform="linux-64",
            name="e",
            requested_packages=[MatchSpec("lib")],
            explicit_packages=[lib],
        )

        def written(name: str) -> str:
            export = formats[name].multiplatform_export
            assert export is not None
            return export([environment])

        assert "dependencies:\n  - lib\n" in written("yaml")
        assert written("explicit").endswith(f"@EXPLICIT\n{lib.url}#{lib.md5}\n")
        assert f"::lib==1.0={lib.build}" in written("requirements")


class TestCommands:
    def test_programs_are_run(self, tmp_path: Path) -> None:
        code = "import sys; print(sys.stdin.read()); sys.exit(3)"
        response = commands.subprocess_call(
            [sys.executable, "-c", code], path=str(tmp_path), stdin="in", raise_on_error=False
        )
        assert (response.stdout.strip(), response.rc) == ("in", 3)
        with pytest.raises(CondaError, match="status 3"):
            commands.subprocess_call([sys.executable, "-c", code])
        assert commands.subprocess_call("true", capture_output=False).rc == 0

    def test_programs_are_run_in_an_activated_environment(self, tmp_path: Path) -> None:
        (tmp_path / "e" / "conda-meta").mkdir(parents=True)
        (tmp_path / "e" / "conda-meta" / "history").touch()
        script, words = commands.wrap_subprocess_call(
            str(tmp_path), str(tmp_path / "e"), False, False, ["printenv", "CONDA_PREFIX"]
        )
        response = commands.subprocess_call(words)
        Path(script).unlink()
        assert response.stdout == f"{tmp_path / 'e'}\n"

    def test_command_lines_are_run(self, tmp_path: Path) -> None:
        prefix = str(tmp_path / "e")
        Solver(prefix, (), (), ["lib=1.0"]).solve_for_transaction().execute()
        args = Namespace(
            prefix=prefix,
            cwd=str(tmp_path),
            no_capture_output=True,
            executable_call=["touch", "ran"],
        )
        assert commands.execute_run(args) == 0
        assert (tmp_path / "ran").exists()
        Context.__init__(context, argparse_args={"prefix": prefix})
        assert commands.execute_run(Namespace(executable_call=["true"]), None) == 0
        (tmp_path / "e/lib/lib.txt").unlink()
        assert commands.reinstall_packages(Namespace(prefix=prefix), ["lib=1.0"]) == 0
        assert (tmp_path / "e/lib/lib.txt").exists()

    def test_what_a_command_line_writes_is_returned(self, tmp_path: Path) -> None:
        prefix = str(tmp_path / "e")
        Solver(prefix, (), (), ["lib=1.0"]).solve_for_transaction().execute()
        listing, errors, status = commands.run_command(
            commands.Commands.LIST, "-p", prefix, "--export"
        )
        assert (listing.splitlines()[-1], errors, status) == ("lib=1.0=0", "", 0)
        assert commands.run_command("list", ["-p", str(tmp_path / "nowhere")])[2] == 1

    def test_results_are_written(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        commands.stdout_json_success(path=Path("/p"))
        assert '"success": true' in capsys.readouterr().out
        commands.print_activate("my env")
        assert "conda activate 'my env'" in capsys.readouterr().out
        with context._override("quiet", value=True):
            commands.print_activate("e")
        assert capsys.readouterr().out == ""
        assert not commands.is_active_prefix("/p")
        monkeypatch.setenv("CONDA_PREFIX", "/p")
        assert commands.is_active_prefix("/p")

    def test_errors_become_statuses(self, capsys: pytest.CaptureFixture[str]) -> None:
        def fail(text: str) -> None:
            raise CondaError(text)

        assert commands.conda_exception_handler(lambda: 4) == 4
        assert commands.conda_exception_handler(lambda: None) == 0
        assert commands.conda_exception_handler(fail, "too late") == 1
        assert "CondaError: too late" in capsys.readouterr().err

    def test_what_is_deprecated_stays_as_it_is(self) -> None:
        @commands.deprecated("1", "2")
        def function() -> int:
            return 1

        commands.deprecated.topic("1", "2", topic="x")
        assert function() == 1

    def test_files_are_locked(self, tmp_path: Path) -> None:
        with open(tmp_path / "lock", "wb") as file, commands.lock(file.fileno()):
            held = commands.subprocess_call(
                [sys.executable, "-c", _TRY_LOCK, str(tmp_path / "lock")], raise_on_error=False
            )
        assert held.rc == 1


_TRY_LOCK = """
import fcntl, sys
with open(sys.argv[1], "r+b") as file:
    try:
        fcntl.lockf(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 21)
    except OSError:
        sys.exit(1)
"""


class TestFunctions:
    def test_environments_are_listed_by_name(self, tmp_path: Path) -> None:
        prefix = tmp_path / "root" / "envs" / "e"
        Solver(str(prefix), (), (), ["lib"]).solve_for_transaction().execute()
        assert env_name(str(prefix)) == "e"
        assert env_name(None) is None
        elsewhere = tmp_path / "elsewhere"
        prefix.rename(elsewhere)
        functions.register_env(elsewhere)
        assert str(elsewhere) in functions.list_all_known_prefixes()

    def test_errors_are_made_as_conda_makes_them(self) -> None:
        many = exceptions.TooManyArgumentsError(1, 3, ["b", "c"], "Give one.")
        assert str(many) == "3 arguments are given where 1 are taken. Give one."
        assert str(exceptions.CommandNotFoundError("moo")) == "There is no command `conda moo`."
        assert isinstance(exceptions.CondaOSError("Full."), OSError)

    def test_paths(self) -> None:
        assert functions.get_python_short_path("3.12") == "bin/python3.12"
        assert functions.get_python_short_path() == "bin/python"
        assert functions.win_path_to_unix("C:\\a;D:/b") == "/c/a:/d/b"
        assert functions.strip_pkg_extension("/p/a-1-0.tar.bz2") == ("/p/a-1-0", ".tar.bz2")
        assert functions.strip_pkg_extension("/p/a") == ("/p/a", None)

    def test_downloads_must_be_what_they_are_said_to_be(self, tmp_path: Path) -> None:
        (tmp_path / "main" / "note.txt").write_text("Note")
        with ChannelServer() as server:
            server.mount("main", tmp_path / "main")
            url = server.url("main/note.txt")
            functions.download(url, tmp_path / "copy.txt", md5="3b0649c72650c313a357338dcdfb64ec")
            with pytest.raises(CondaError):
                functions.download(url, tmp_path / "other.txt", sha256="0" * 64)
        assert (tmp_path / "copy.txt").read_text() == "Note"
        assert not (tmp_path / "other.txt").exists()
