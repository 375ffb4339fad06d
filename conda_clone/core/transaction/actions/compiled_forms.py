"""Compiled forms of modules, kept in the package cache for environments with the same Python.

`<pkgs_dir>/.compiled/<package>/<python>/` holds those of one package, made by one interpreter; both
are named with the digests of their archives, so that whatever is replaced has another folder. A
compiled form says when its source was changed and how long it is, both of which links and copies of
the source share, and names it by a relative path, which importing replaces: it serves wherever the
source does. A module without one cannot be compiled.

Modules that have the path of their environment in them, and those that more than one package
brings, are compiled each time. Folders appear complete, by one rename, when the change they came
from has been made; those of other users are not trusted.
"""

import os
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.steps import Module, PackageModules
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.barrier import sync_trees
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.link import copy_file
from conda_clone.gateways.disk.write import make_directories, make_temporary_directory, rename

__all__ = ["keep", "stage_kept"]


def stage_kept(package: PackageModules, folder: str, work: Workplace) -> list[Module]:
    """Stage what a folder keeps of a package; return the modules that have to be compiled."""
    if not folder or not _is_trusted(folder):
        return list(package.modules)
    findings = work.findings(package.dist)
    missing: list[Module] = []
    for module in package.modules:
        if not _can_be_kept(module, work):
            missing.append(module)
            continue
        kept = _kept_path(folder, module)
        try:
            size = os.lstat(kept).st_size
        except FileNotFoundError:  # it cannot be compiled
            continue
        # Not a link: as in conda, each environment has compiled forms of its own.
        work.stage.place(module.compiled, partial(copy_file, kept))
        findings.sizes[module.compiled] = size
        findings.compiled.append(module.compiled)
    return missing


def keep(packages: Sequence[PackageModules], work: Workplace, *, durability: str) -> None:
    """Keep what was compiled of packages in an environment that is complete, and ahead of it.

    Whatever hinders that is no error: the next environment compiles once more.
    """
    ahead = {kept for _, kept in work.made_ahead}
    filled = [
        (_filled(package, work), package.kept) for package in packages if package.kept not in ahead
    ]
    made = [(temporary, kept) for temporary, kept in filled if temporary]
    made += _named(work.made_ahead)
    # What has a name of its own must have its content, too, after a power failure.
    with suppress(CondaError):
        sync_trees([temporary for temporary, _ in made], durability=durability)
        for temporary, kept in made:
            with suppress(CondaError, OSError):  # when another process was faster
                rename(temporary, kept)
    for temporary, _ in made:
        _throw_away(temporary)


def _named(made_ahead: Sequence[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return which folders can be given their names, and make the folders for them."""
    named = []
    for temporary, kept in made_ahead:
        with suppress(CondaError, OSError):
            make_directories(os.path.dirname(kept))
            named.append((temporary, kept))
    return named


def _filled(package: PackageModules, work: Workplace) -> str:
    """Return a folder with copies of what was compiled; nothing where it is not to be kept."""
    if not package.kept or os.path.lexists(package.kept):
        return ""
    if any(module.packaged and module.source in work.owned for module in package.modules):
        return ""  # what is not there counts as what cannot be compiled
    folder = os.path.dirname(package.kept)
    temporary = ""
    try:
        make_directories(folder)
        # Beside all of them, where the cache looks for what killed programs have left.
        temporary = make_temporary_directory(os.path.dirname(folder))
        _fill(temporary, package, work)
    except (CondaError, OSError):
        _throw_away(temporary)
        return ""
    return temporary


def _fill(folder: str, package: PackageModules, work: Workplace) -> None:
    made: set[str] = set()
    compiled = set(work.findings(package.dist).compiled)
    for module in package.modules:
        if module.compiled not in compiled or module.packaged is None:
            continue
        target = _kept_path(folder, module)
        parent = os.path.dirname(target)
        if parent not in made:
            make_directories(parent)
            made.add(parent)
        copy_file(work.path(module.compiled), target)


def _kept_path(folder: str, module: Module) -> str:
    return f"{folder}/{module.packaged}c"


def _can_be_kept(module: Module, work: Workplace) -> bool:
    return module.packaged is not None and module.source not in work.owned


def _is_trusted(folder: str) -> bool:
    """Tell whether a folder is there, and is ours or the administrator's."""
    try:
        owner = os.lstat(folder).st_uid
    except OSError:
        return False
    return not hasattr(os, "geteuid") or owner in {0, os.geteuid()}


def _throw_away(folder: str) -> None:
    if folder and os.path.lexists(folder):
        with suppress(CondaError, OSError):  # the next who brings packages here removes it
            remove_tree(folder)
