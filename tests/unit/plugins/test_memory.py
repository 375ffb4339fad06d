"""What was learnt of plugins is believed as long as nothing that it came from has changed."""

import os
import time
from pathlib import Path

import pytest

from conda_clone.plugins.memory import Memory, default_path
from conda_clone.testing.plugins import PluginSite

HOOKS = ("conda_solvers", "conda_subcommands")


@pytest.fixture
def site(tmp_path: Path) -> PluginSite:
    site = PluginSite(tmp_path / "site")
    site.add("moo", "1.0", {"moo": "1"}, {"moo": "moo"})
    grow_old(site.folder)
    return site


def grow_old(folder: Path) -> None:
    """Let nothing have changed just now, which would make it doubtful."""
    an_hour_ago = time.time() - 3600
    for path in (*folder.rglob("*"), folder):
        os.utime(path, (an_hour_ago, an_hour_ago))


def memory(site: PluginSite) -> Memory:
    return Memory(str(site.folder.parent / "cache" / "memory.txt"), [str(site.folder)])


def learn(site: PluginSite) -> None:
    first = memory(site)
    (plugin,) = first.plugins
    assert first.hooks_of(plugin) is None
    first.remember(plugin, HOOKS, [str(site.folder / "moo.py")])
    first.save()


def known(site: PluginSite) -> frozenset[str] | None:
    again = memory(site)
    (plugin,) = again.plugins
    return again.hooks_of(plugin)


def test_hooks_are_remembered(site: PluginSite) -> None:
    learn(site)
    assert known(site) == frozenset(HOOKS)


def test_a_plugin_without_hooks_is_remembered_as_such(site: PluginSite) -> None:
    first = memory(site)
    first.remember(first.plugins[0], (), [str(site.folder / "moo.py")])
    first.save()
    assert known(site) == frozenset()


def test_a_changed_module_is_unknown_again(site: PluginSite) -> None:
    learn(site)
    (site.folder / "moo.py").write_text("22")
    assert known(site) is None


def test_a_module_that_has_just_changed_is_not_believed(site: PluginSite) -> None:
    (site.folder / "moo.py").touch()
    learn(site)
    assert known(site) is None


def test_another_version_is_unknown(site: PluginSite) -> None:
    learn(site)
    (site.folder / "moo-1.0.dist-info").rename(site.folder / "moo-1.1.dist-info")
    again = memory(site)
    assert [plugin.provider for plugin in again.plugins] == ["moo 1.1"]
    assert again.hooks_of(again.plugins[0]) is None


def test_all_plugins_are_unknown_after_an_installation(site: PluginSite) -> None:
    learn(site)
    site.add("baa", "1.0", {"baa": "1"}, {"baa": "baa"})
    again = memory(site)
    assert {plugin.name: again.hooks_of(plugin) for plugin in again.plugins} == {
        "moo": None,
        "baa": None,
    }


def test_nothing_is_written_where_there_are_no_plugins(tmp_path: Path) -> None:
    empty = PluginSite(tmp_path / "site")
    memory(empty).save()
    assert not (tmp_path / "cache").exists()


@pytest.mark.parametrize("text", ["", "other\n", "conda plugins, 1\nfolder\tx\n", "\0\xff"])
def test_a_memory_that_makes_no_sense_is_forgotten(site: PluginSite, text: str) -> None:
    learn(site)
    (site.folder.parent / "cache" / "memory.txt").write_text(text)
    assert known(site) is None


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(site: PluginSite) -> None:
    (site.folder.parent / "cache").write_text("a file, no folder")
    learn(site)
    assert known(site) is None


def test_the_file_lies_in_the_users_cache_and_belongs_to_one_import_path() -> None:
    one = default_path({"XDG_CACHE_HOME": "/cache"}, "/home/me", ["/a"])
    other = default_path({}, "/home/me", ["/b"])
    assert one.startswith("/cache/conda-clone/plugins-")
    assert os.path.basename(one) != os.path.basename(other)
