"""Plugins are loaded when they are needed, told apart by name, and switched off when they fail."""

import json
import os
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import conda_clone
from conda_clone.errors import CondaError
from conda_clone.plugins.errors import PluginError
from conda_clone.plugins.hookspec import HOOKS
from conda_clone.plugins.manager import Plugins
from conda_clone.plugins.memory import Memory
from conda_clone.testing.plugins import PluginSite
from tests.support.plugins import EXAMPLES

REPOSITORY = Path(conda_clone.__file__).parents[1]
COMMAND = """
from conda.plugins import hookimpl
from conda.plugins.types import CondaSubcommand

@hookimpl
def conda_subcommands():
    yield CondaSubcommand(name="{name}", summary="", action=print)
"""


class Loaded:
    """A manager on a site of its own, and what it has warned of."""

    def __init__(self, site: PluginSite) -> None:
        self.site = site
        self.warnings: list[str] = []

    def manager(self, *, enabled: bool = True) -> Plugins:
        memory = Memory(None, [str(self.site.folder)])
        return Plugins(self.warnings.append, enabled=enabled, memory=memory)

    def add(self, name: str, source: str) -> None:
        self.site.add(f"{name}-dist", "1.0", {name: source}, {name: name})


@pytest.fixture
def loaded(tmp_path: Path) -> Iterator[Loaded]:
    site = PluginSite(tmp_path / "site")
    with site.active():
        yield Loaded(site)


def test_items_are_sorted_and_their_names_in_lower_case(loaded: Loaded) -> None:
    loaded.add("plugin_b", COMMAND.format(name=" Beta "))
    loaded.add("plugin_a", COMMAND.format(name="alpha"))
    names = [item.name for item in loaded.manager().items("conda_subcommands")]
    assert names == ["alpha", "beta"]


def test_a_name_that_two_plugins_have_names_both(loaded: Loaded) -> None:
    loaded.add("plugin_a", COMMAND.format(name="same"))
    loaded.add("plugin_b", COMMAND.format(name="same"))
    with pytest.raises(PluginError) as caught:
        loaded.manager().items("conda_subcommands")
    assert "`same` comes from plugin_a_dist 1.0 and from plugin_b_dist 1.0" in str(caught.value)


def test_a_name_of_ours_is_taken(loaded: Loaded) -> None:
    loaded.add(
        "plugin_a",
        "from conda.plugins import hookimpl\n"
        "from conda.plugins.types import CondaVirtualPackage\n"
        "@hookimpl\n"
        "def conda_virtual_packages():\n"
        "    yield CondaVirtualPackage(name='linux', version='1')\n",
    )
    with pytest.raises(PluginError, match="`linux` comes from conda-clone itself and from"):
        loaded.manager().items("conda_virtual_packages")


def test_two_entry_points_for_one_module_are_one_plugin(loaded: Loaded) -> None:
    source = COMMAND.format(name="once")
    loaded.site.add("twice", "1", {"plugin_t": source}, {"one": "plugin_t", "two": "plugin_t"})
    assert len(loaded.manager().items("conda_subcommands")) == 1
    assert "`plugin_t`, which `two` names, is registered already" in loaded.warnings[0]


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("import no_such_module", "ModuleNotFoundError: No module named 'no_such_module'"),
        ("raise SystemExit(3)", "SystemExit: 3"),
        ("from conda.plugins import unheard_of", "cannot import name 'unheard_of'"),
        (
            "from conda.plugins import hookimpl\n@hookimpl\ndef conda_solvers(surplus): ...",
            "PluginValidationError",
        ),
    ],
)
def test_a_plugin_that_cannot_be_loaded_is_named_and_off(
    loaded: Loaded, source: str, reason: str
) -> None:
    loaded.add("plugin_bad", source)
    loaded.add("plugin_good", COMMAND.format(name="good"))
    manager = loaded.manager()
    assert [item.name for item in manager.items("conda_subcommands")] == ["good"]
    (warning,) = loaded.warnings
    assert warning.startswith("The plugin `plugin_bad` (plugin_bad_dist 1.0) cannot be loaded")
    assert reason in warning
    assert list(manager.failures) == ["plugin_bad"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ("raise RuntimeError('no')", "RuntimeError: no"),
        ("return [42]", "an item is a int and no CondaSubcommand"),
        ("yield CondaSubcommand(name=7, summary='', action=print)", "is no text: 7"),
    ],
)
def test_a_hook_that_fails_switches_its_plugin_off(loaded: Loaded, body: str, reason: str) -> None:
    head = COMMAND.rpartition("    ")[0]
    loaded.add("plugin_bad", f"{head}    {body}\n")
    manager = loaded.manager()
    try:
        assert manager.items("conda_subcommands") == []
    except PluginError as error:
        loaded.warnings.append(str(error))
    assert reason in loaded.warnings[0]


def test_what_a_plugin_says_on_purpose_is_no_failure(loaded: Loaded) -> None:
    loaded.add("plugin_a", COMMAND.format(name="a"))
    manager = loaded.manager()
    (each,) = manager.contributions("conda_subcommands")

    def refuse() -> None:
        raise CondaError("Accept the terms first.")

    with pytest.raises(CondaError, match="terms"):
        manager.guarded(each.plugin, "conda_subcommands", refuse)
    assert manager.failures == {}


def test_without_plugins_nothing_is_loaded(loaded: Loaded) -> None:
    loaded.add("plugin_a", "raise SystemExit")
    manager = loaded.manager(enabled=False)
    assert not any(map(manager.implements, HOOKS))
    assert loaded.warnings == []


def test_all_hooks_can_be_in_one_plugin(loaded: Loaded) -> None:
    for name in (hook.removeprefix("conda_") for hook in HOOKS):
        (example,) = (EXAMPLES / name).glob("*.py")
        loaded.site.add(f"lib-{name}", "1", {example.stem: example.read_text()}, {})
    loaded.site.install(EXAMPLES / "everything")
    manager = loaded.manager()
    (plugin,) = manager.installed
    assert manager.hooks_of(plugin) == frozenset(HOOKS)
    arguments: dict[str, dict[str, Any]] = {
        "conda_session_headers": {"host": "127.0.0.1"},
        "conda_request_headers": {"host": "h", "path": "/repodata.json"},
        "conda_error_hints": {"error": ValueError()},
    }
    counts = {hook: len(manager.items(hook, **arguments.get(hook, {}))) for hook in HOOKS}
    assert counts.pop("conda_error_hints") == 0
    assert min(counts.values()) == 1
    assert loaded.warnings == []


@pytest.mark.parametrize("hook", HOOKS)
def test_every_hook_may_fail(loaded: Loaded, hook: str) -> None:
    loaded.site.install(EXAMPLES / "failing")
    manager = loaded.manager()
    arguments: dict[str, dict[str, Any]] = {
        "conda_session_headers": {"host": "h"},
        "conda_request_headers": {"host": "h", "path": "/"},
        "conda_error_hints": {"error": ValueError()},
    }
    assert manager.items(hook, **arguments.get(hook, {})) == []
    (warning,) = loaded.warnings
    assert f"failed in `{hook}` and is off for this run" in warning
    assert f"{hook.removeprefix('conda_')} fails on purpose" in warning


PROBE = """
import json, sys
bare = set(sys.modules)
from conda_clone.cli.main import main
status = main(json.loads(sys.argv.pop()))
print("\\0" + json.dumps([status, sorted(set(sys.modules) - bare)]))
"""


def imported(site: PluginSite, home: Path, *words: str) -> tuple[set[str], str]:
    # The checkout itself is no folder of the import path: whoever measures the tests writes there.
    program = home / "program"
    program.mkdir(exist_ok=True)
    if not (program / "conda_clone").exists():
        (program / "conda_clone").symlink_to(REPOSITORY / "conda_clone")
        os.utime(program, (1e9, 1e9))
    folders = (site.folder, program, sysconfig.get_path("purelib"))
    process = subprocess.run(
        [sys.executable, "-S", "-c", PROBE, json.dumps(words)],
        env={
            "PYTHONPATH": os.pathsep.join(map(str, folders)),
            "PATH": os.environ["PATH"],
            "HOME": str(home),
            # Python's own cache would be a change of the folder that is too young to be believed.
            "PYTHONDONTWRITEBYTECODE": "1",
        },
        capture_output=True,
        text=True,
        check=True,
    )
    text, _, report = process.stdout.rpartition("\0")
    return set(json.loads(report)[1]), text


def test_fifty_plugins_with_a_command_each_are_not_imported(tmp_path: Path) -> None:
    site = PluginSite(tmp_path / "site")
    for number in range(50):
        name = f"plugin_{number:02}"
        site.add(f"dist-{name}", "1.0", {name: COMMAND.format(name=f"word{number}")}, {name: name})
    for path in (*site.folder.rglob("*"), site.folder):
        os.utime(path, (1e9, 1e9))
    first, _ = imported(site, tmp_path, "info", "--base")
    assert "plugin_07" in first  # nobody knew what it has
    again, _ = imported(site, tmp_path, "info", "--base")
    assert {name for name in again if name.startswith("plugin_")} == set()
    assert {"pluggy", "conda", "conda_clone.plugins.types"} & again == set()
    used, text = imported(site, tmp_path, "word7", "it works")
    assert "plugin_07" in used
    assert text == "('it works',)\n"


def test_without_plugins_nothing_of_the_machinery_is_imported(tmp_path: Path) -> None:
    modules, _ = imported(PluginSite(tmp_path / "site"), tmp_path, "info", "--base")
    ours = {name for name in modules if name.startswith("conda_clone.plugins")}
    assert ours == {
        "conda_clone.plugins",
        "conda_clone.plugins.builtin",
        "conda_clone.plugins.discovery",
        "conda_clone.plugins.manager",
        "conda_clone.plugins.memory",
    }
    assert not {"pluggy", "importlib.metadata", "conda"} & modules


def test_what_conda_would_have_brought_is_named(loaded: Loaded) -> None:
    loaded.add("needy", "import frozendict_of_nobody")
    loaded.add("usual", "raise ModuleNotFoundError('No module named x', name='boltons')")
    loaded.manager().implements("conda_settings")
    first, second = loaded.warnings
    assert first.endswith("ModuleNotFoundError: No module named 'frozendict_of_nobody'")
    assert second.endswith("(conda needs `boltons` itself; install it beside the plugin)")
