"""`conda clean`: remove what can be had again."""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial

from conda_clone.cli import options
from conda_clone.cli.output.tables import human_size
from conda_clone.errors import ArgumentError, DryRunExit
from conda_clone.operations import clean
from conda_clone.operations.environments import known_prefixes, recover_environment
from conda_clone.operations.locks import alone_with_caches
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    group = parser.add_argument_group("what to remove")
    group.add_argument(
        "-a",
        "--all",
        action="store_true",
        help="Indexes, unused packages, archives, temporary files and logs.",
    )
    group.add_argument("-i", "--index-cache", action="store_true", help="Cached indexes.")
    group.add_argument(
        "-p",
        "--packages",
        action="store_true",
        help="Extracted packages that no environment shares files with.",
    )
    group.add_argument("-t", "--tarballs", action="store_true", help="Package archives.")
    group.add_argument(
        "-f",
        "--force-pkgs-dirs",
        action="store_true",
        help="Whole package caches, in use or not; environments with soft links break.",
    )
    group.add_argument(
        "-c",
        "--tempfiles",
        nargs="*",
        metavar="PATH",
        help="What interrupted deletions left below these paths.",
    )
    group.add_argument("-l", "--logfiles", action="store_true", help="Log files.")
    options.add_prompt_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Remove the categories one after the other.

    Raises:
        ArgumentError: No category was named.
        LockError: Others use the package caches for too long.
        DryRunExit: Everything has been shown.
    """
    cleaner = _Cleaner(session)
    caches = session.paths.pkgs_dirs
    if args.force_pkgs_dirs:
        cleaner.remove_paths(
            "pkgs_dirs", "package cache(s)", partial(clean.find_package_caches, caches)
        )
    else:
        _remove_categories(args, cleaner, caches)
    if not cleaner.done:
        raise ArgumentError(
            "Nothing was named that should be removed.", hint="See `conda clean --help`."
        )
    session.console.document({"success": True, **cleaner.done})
    if session.output.dry_run and not session.console.json:
        raise DryRunExit
    return 0


def _remove_categories(
    args: argparse.Namespace, cleaner: "_Cleaner", caches: Sequence[str]
) -> None:
    if args.tarballs or args.all:
        cleaner.remove_leftovers("tarballs", "tarball(s)", partial(clean.find_archives, caches))
    if args.index_cache or args.all:
        folders = partial(clean.find_index_caches, caches)
        cleaner.remove_paths("index_cache", "index cache(s)", folders)
    if args.packages or args.all:
        cleaner.remove_leftovers(
            "packages",
            "package(s)",
            lambda: clean.find_unused_packages(caches, cleaner.environments()),
        )
        cleaner.remove_silently(partial(clean.find_spare_compiled, caches))
    if args.tempfiles is not None or args.all:
        files = partial(clean.find_tempfiles, args.tempfiles or [sys.prefix])
        cleaner.remove_paths("tempfiles", "tempfile(s)", files)
    if args.logfiles or args.all:
        cleaner.remove_paths("logfiles", "logfile(s)", partial(clean.find_logfiles, caches))


class _Cleaner:
    """Shows, asks and removes, category by category; `done` is the JSON document."""

    def __init__(self, session: Session) -> None:
        self.done: dict[str, object] = {}
        self._session = session

    def environments(self) -> list[str]:
        """Return the environments that there are now, as they are to be.

        One that is half-way needs packages that its records do not name.
        """
        prefixes = known_prefixes(self._session)
        for prefix in prefixes:
            recover_environment(self._session, prefix)
        return prefixes

    def remove_leftovers(self, key: str, what: str, find: Callable[[], clean.Leftovers]) -> None:
        """Remove things in package caches."""
        found = find()
        self.done[key] = {
            "pkgs_dirs": {cache: list(names) for cache, names in found.sizes.items()},
            "pkg_sizes": found.sizes,
            "total_size": found.total_size,
            "warnings": list(found.warnings),
        }
        for warning in found.warnings:
            self._session.console.note(f"WARNING: {warning}")
        size = f" ({human_size(found.total_size)})"
        if self._agrees(found.paths, what, size=size, unused="unused "):
            self._delete(found.paths, lambda: find().paths)

    def remove_paths(self, key: str, what: str, find: Callable[[], list[str]]) -> None:
        """Remove files or folders."""
        paths = find()
        self.done[key] = {"files": paths} if key == "index_cache" else paths
        if self._agrees(paths, what, unused="unused " if key == "pkgs_dirs" else ""):
            self._delete(paths, find)

    def remove_silently(self, find: Callable[[], list[str]]) -> None:
        """Remove what belonged to things that have been removed."""
        paths = find()
        if paths and not self._session.output.dry_run:
            self._delete(paths, find)

    def _agrees(self, paths: list[str], what: str, *, size: str = "", unused: str = "") -> bool:
        """Show what there is to remove; return whether it is to go."""
        console, output = self._session.console, self._session.output
        count, told = len(paths), f"{len(paths)}{size} {what}"  # as scripts know it
        if console.width is not None:
            what = what.replace("(s)", "" if count == 1 else "s")
            told = f"{count} {what}{size}"
        if not paths:
            console.print(f"There are no {unused}{what} to remove.")
            return False
        console.print(f"Will remove {told}.")
        if output.verbosity > 0:
            console.print("\n".join(f"  - {path}" for path in sorted(paths)))
        if output.dry_run:
            return False
        return output.always_yes or console.confirm("Proceed")

    def _delete(self, paths: list[str], find: Callable[[], list[str]]) -> None:
        """Delete what nobody has begun to use since it was shown."""
        with alone_with_caches(self._session):
            warnings = clean.delete(clean.still_there(paths, find()))
        for warning in warnings:
            self._session.console.note(f"WARNING: {warning}")
