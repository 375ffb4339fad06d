"""What is known of installed plugins from earlier runs, so that few of them are imported.

A plugin says which hooks it implements only when it is imported. A file in the user's cache folder
keeps the answer, together with the files that it depends on; when one of them has changed since, or
changed too recently to tell, the plugin counts as unknown and is imported again. So do all plugins
after anything was installed or removed.

The file is one line of text per fact, because a parser would cost more than it saves. Whatever is
wrong with it, or with writing it, costs time and nothing else.
"""

import os
import sys
import time

from conda_clone.plugins.discovery import InstalledPlugin, find_plugins, plugins_in

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

__all__ = ["Memory", "default_path"]

_HEAD = "conda plugins, 1"
_RACY = 2_000_000_000  # ns; files that are younger may change again without looking different


class Memory:
    """The plugins in some folders, and the hooks of those that were imported before.

    Args:
        path: The file; None remembers nothing.
        folders: The import path.
    """

    def __init__(self, path: str | None, folders: "Iterable[str]") -> None:
        self._path = path
        self._folders = tuple(dict.fromkeys(folder for folder in folders if folder))
        self._hooks: dict[str, frozenset[str]] = {}
        self._files: dict[str, tuple[str, ...]] = {}
        self._changed = False
        self.plugins = self._recall() if path else find_plugins(self._folders)

    def hooks_of(self, plugin: InstalledPlugin) -> frozenset[str] | None:
        """Return the hooks that a plugin implements, or None when that is not known."""
        return self._hooks.get(_key(plugin))

    def remember(
        self, plugin: InstalledPlugin, hooks: "Iterable[str]", files: "Iterable[str]"
    ) -> None:
        """Keep the hooks of a plugin that was imported.

        Args:
            plugin: The plugin.
            hooks: Names of the hooks that it implements.
            files: The files that say so.
        """
        known = frozenset(hooks)
        self._changed = self._changed or self._hooks.get(_key(plugin)) != known
        self._hooks[_key(plugin)] = known
        self._files[_key(plugin)] = tuple(sorted(set(files)))

    def save(self) -> None:
        """Write what was learnt; nothing happens when nothing was, or when it cannot be written."""
        if not (self._changed and self._path):
            return
        self._changed = False
        from conda_clone.errors import CondaError
        from conda_clone.gateways.disk.write import write_atomically

        try:
            write_atomically(self._path, self._text(), mode=0o600, sync=False)
        except CondaError:  # a home that cannot be written
            return

    def _text(self) -> str:
        lines = [_HEAD]
        for folder in self._folders:
            lines.append(f"folder\t{folder}\t{_state(folder)}")
            lines += [
                f"plugin\t{each.name}\t{each.value}\t{each.distribution}\t{each.version}"
                for each in plugins_in(folder)
            ]
        for plugin in self.plugins:
            key = _key(plugin)
            if key in self._hooks:
                states = [part for file in self._files[key] for part in (file, _state(file))]
                hooks = ",".join(sorted(self._hooks[key]))
                lines.append("\t".join(["hooks", key, hooks, *states]))
        return "\n".join(lines) + "\n"

    def _recall(self) -> tuple[InstalledPlugin, ...]:
        facts = _facts(self._path or "")
        folders = [fact[0] for kind, fact in facts if kind == "folder"]
        if folders != list(self._folders) or not all(
            _is_unchanged(*fact) for kind, fact in facts if kind == "folder"
        ):
            found = find_plugins(self._folders)
            # Nothing is written for those who have no plugins. Those who have some may have more
            # hooks than before, if what was installed is what they had missed.
            self._changed = bool(found)
            return found
        found = _first_of_each(InstalledPlugin(*fact) for kind, fact in facts if kind == "plugin")
        present = {_key(plugin) for plugin in found}
        now: dict[str, str] = {}
        for kind, (key, *rest) in facts:
            if kind == "hooks" and key in present:
                self._recall_hooks(key, rest[0], rest[1:], now)
        return found

    def _recall_hooks(
        self, key: str, hooks: str, states: "list[str]", now: "dict[str, str]"
    ) -> None:
        """Believe what is remembered of a plugin if its files are as they were.

        Args:
            key: The plugin.
            hooks: Names of its hooks.
            states: File, its state then, next file, and so on.
            now: File -> its state now; filled here, as plugins have files in common.
        """
        files, then = states[::2], states[1::2]
        for file, state in zip(files, then, strict=False):
            if file not in now:
                now[file] = _state(file)
            if state == "?" or now[file] != state:
                return
        self._hooks[key] = frozenset(filter(None, hooks.split(",")))
        self._files[key] = tuple(files)


def default_path(environ: "Mapping[str, str]", home: str, folders: "Iterable[str]") -> str:
    """Return where the facts of an import path are kept: in the user's folder for caches."""
    if sys.platform == "win32":
        cache = environ.get("LOCALAPPDATA") or os.path.join(home, "AppData", "Local")
    elif sys.platform == "darwin":
        cache = os.path.join(home, "Library", "Caches")
    else:
        cache = environ.get("XDG_CACHE_HOME") or os.path.join(home, ".cache")
    mark = _mark("\0".join((sys.executable, *folders)))
    return os.path.join(cache, "conda-clone", f"plugins-{mark:08x}.txt")


def _mark(text: str) -> int:
    """Return a number that other texts hardly have (FNV-1a); loading zlib takes 0.3 ms."""
    number = 0x811C9DC5
    for byte in text.encode("utf-8", "surrogateescape"):
        number = (number ^ byte) * 0x01000193 & 0xFFFFFFFF
    return number


def _facts(path: str) -> "list[tuple[str, list[str]]]":
    try:
        with open(path, encoding="utf-8", errors="surrogateescape") as file:
            lines = file.read().split("\n")
    except OSError:
        return []
    if lines[0] != _HEAD:
        return []
    facts = []
    sizes = {"folder": 2, "plugin": 4}
    for line in lines[1:-1]:
        kind, *fact = line.split("\t")
        if len(fact) != sizes.get(kind, len(fact)) or len(fact) < sizes["folder"]:
            return []
        facts.append((kind, fact))
    return facts


def _first_of_each(plugins: "Iterable[InstalledPlugin]") -> tuple[InstalledPlugin, ...]:
    """Leave out what an earlier folder has in another version."""
    versions: dict[str, str] = {}
    return tuple(
        each
        for each in plugins
        if versions.setdefault(each.distribution, each.version) == each.version
    )


def _key(plugin: InstalledPlugin) -> str:
    return f"{plugin.provider} {plugin.name} = {plugin.value}"


def _state(path: str) -> str:
    """Return what changes when a file or folder does; "?" when it changed just now."""
    try:
        facts = os.stat(path)
    except OSError:
        return "-"
    if time.time_ns() - facts.st_mtime_ns < _RACY:
        return "?"
    return f"{facts.st_mtime_ns}.{facts.st_size}.{facts.st_ino}"


def _is_unchanged(path: str, state: str) -> bool:
    return state not in {"?", ""} and _state(path) == state
