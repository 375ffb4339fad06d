"""Which environments a user has: `~/.conda/environments.txt` and the folders for environments.

The file holds one absolute prefix per line. Lines whose environment is gone disappear when the file
is written; a file that cannot be written is left alone, because registration is a convenience.
Writers take turns by a lock, and readers see the old lines or the new ones, never a part.
"""

import os

from conda_clone.core.prefix.builds import is_build
from conda_clone.core.prefix.locate import is_environment
from conda_clone.errors import CondaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

__all__ = ["Registry", "home_directories"]


def home_directories() -> tuple[str, ...]:
    """Return the homes of all users of the machine, for the rule that `Registry` has for root."""
    try:
        import pwd  # Unix only
    except ImportError:
        return ()
    return tuple(dict.fromkeys(entry.pw_dir for entry in pwd.getpwall()))


class Registry:
    """The environments that one user has registered.

    Args:
        environments_txt: The user's own file; the only one that is written.
        homes: For root: the home directories whose files are read instead of the user's own
            (spec/formats.md, section 7); None for everybody else.
    """

    __slots__ = ("_environments_txt", "_homes")

    def __init__(self, environments_txt: str, *, homes: "Sequence[str] | None" = None) -> None:
        self._environments_txt = environments_txt
        self._homes = homes

    def has(self, prefix: str) -> bool:
        """Tell whether `prefix` is registered."""
        return any(prefix in _readable_lines(path) for path in self._files())

    def register(self, prefix: str) -> bool:
        """Add `prefix` to the user's file; return whether it is there afterwards."""
        return self._change(lambda lines: lines if prefix in lines else [*lines, prefix])

    def unregister(self, prefix: str) -> bool:
        """Take `prefix` and vanished environments out; return whether the file is up to date."""
        return self._change(
            lambda lines: [line for line in lines if line != prefix and is_environment(line)]
        )

    def _change(self, change: "Callable[[list[str]], list[str]]") -> bool:
        """Change the lines of the file; return whether they are so now."""
        from conda_clone.gateways.disk.lock import FileLock  # only changes lock and write
        from conda_clone.gateways.disk.write import write_atomically

        try:
            lines = _lines(_text(self._environments_txt))
            if change(lines) == lines:
                return True
            folder, name = os.path.split(self._environments_txt)
            with FileLock(os.path.join(folder, f".{name}.lock")):
                lines = _lines(_text(self._environments_txt))
                changed = "".join(f"{line}\n" for line in change(lines))
                write_atomically(self._environments_txt, changed)
        except (OSError, CondaError):
            return False
        return True

    def list_all(self, envs_dirs: "Iterable[str]", root_prefix: str) -> list[str]:
        """Return the prefixes of all known environments that exist, base first, then sorted."""
        found: set[str] = set()
        for path in self._files():
            found.update(filter(is_environment, _readable_lines(path)))
        for folder in envs_dirs:
            found.update(_environments_in(folder))
        found.discard(root_prefix)
        return [root_prefix, *sorted(found)]

    def _files(self) -> "Iterator[str]":
        if self._homes is None:
            yield self._environments_txt
            return
        for home in self._homes:
            yield os.path.join(home, ".conda", "environments.txt")


def _environments_in(folder: str) -> "Iterator[str]":
    try:
        names = os.listdir(folder)
    except OSError:  # absent or unreadable: nothing to list
        return
    for name in names:
        prefix = os.path.join(folder, name)
        if not is_build(name) and is_environment(prefix):
            yield prefix


def _text(path: str) -> str:
    from conda_clone.gateways.disk.read import read_text  # only commands that list or register

    try:
        return read_text(path)
    except FileNotFoundError:
        return ""


def _lines(text: str) -> list[str]:
    # Paths may hold what else ends lines for Python (U+2028).
    return [line for line in map(str.strip, text.split("\n")) if line]


def _readable_lines(path: str) -> list[str]:
    """Return the lines of a file, or none when it is another user's and closed to us."""
    try:
        return _lines(_text(path))
    except (OSError, CondaError):
        return []
