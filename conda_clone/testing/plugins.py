"""Installs plugins into a folder of the import path, as an installer would, in a millisecond.

`PluginSite` takes projects as their authors write them: a folder with `pyproject.toml` and modules
beside it. Only what a plugin needs is written: the modules, and a `.dist-info` with metadata and
entry points; nothing is built.
"""

import importlib
import shutil
import sys
import tomllib
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["PluginSite"]


class PluginSite:
    """A folder with installed plugins.

    >>> import pathlib, tempfile
    >>> folder = tempfile.TemporaryDirectory()
    >>> site = PluginSite(pathlib.Path(folder.name))
    >>> site.add("shout", "1.0", {"shout": "WORDS = 1"}, {"shout": "shout"})
    >>> sorted(path.name for path in site.folder.iterdir())
    ['shout-1.0.dist-info', 'shout.py']
    >>> folder.cleanup()
    """

    def __init__(self, folder: "Path") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)

    def install(self, project: "Path") -> None:
        """Install the project in a folder: its `pyproject.toml`, and its modules."""
        metadata = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
        for path in project.iterdir():
            if path.is_dir() and (path / "__init__.py").exists():
                shutil.copytree(path, self.folder / path.name)
            elif path.suffix == ".py":
                shutil.copyfile(path, self.folder / path.name)
        entry_points = metadata.get("entry-points", {}).get("conda", {})
        self._describe(metadata["name"], metadata["version"], entry_points)

    def add(
        self,
        distribution: str,
        version: str,
        modules: dict[str, str],
        entry_points: dict[str, str],
    ) -> None:
        """Install a distribution that is made up on the spot.

        Args:
            distribution: Its name.
            version: Its version.
            modules: Name of module -> source.
            entry_points: Those of the group `conda`.
        """
        for name, source in modules.items():
            (self.folder / f"{name}.py").write_text(source, "utf-8")
        self._describe(distribution, version, entry_points)

    @contextmanager
    def active(self) -> "Iterator[None]":
        """Let commands that run in this process see the plugins; afterwards none is loaded."""
        before = set(sys.modules)
        finders = list(sys.meta_path)
        sys.path.insert(0, str(self.folder))
        importlib.invalidate_caches()
        try:
            yield
        finally:
            sys.path.remove(str(self.folder))
            sys.meta_path[:] = finders
            for name in set(sys.modules) - before:
                file = getattr(sys.modules[name], "__file__", None) or ""
                if file.startswith(str(self.folder)) or name.partition(".")[0] == "conda":
                    del sys.modules[name]

    def _describe(self, distribution: str, version: str, entry_points: dict[str, str]) -> None:
        name = distribution.replace("-", "_")
        folder = self.folder / f"{name}-{version}.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(
            f"Metadata-Version: 2.1\nName: {distribution}\nVersion: {version}\n", "utf-8"
        )
        lines = [f"{key} = {value}\n" for key, value in entry_points.items()]
        (folder / "entry_points.txt").write_text("".join(["[conda]\n", *lines]), "utf-8")
