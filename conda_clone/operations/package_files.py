"""Which package a file belongs to, and the files that belong to none."""

import os

from conda_clone.core.prefix.locate import is_environment, is_same_place
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.errors import CondaValueError, CondaVerificationError
from conda_clone.gateways.archives.bundle import write_bundle
from conda_clone.gateways.disk.delete import remove_empty_parents, remove_file
from conda_clone.models.subdir import native_subdir
from conda_clone.operations.clone import survey
from conda_clone.operations.list_packages import packages_of_pip
from conda_clone.operations.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.models.records import PrefixRecord

__all__ = ["bundle", "delete_untracked", "owners_of", "untracked_files"]


def owners_of(session: Session, path: str) -> "list[PrefixRecord]":
    """Return the packages that a file belongs to; the environment is found by its place.

    Raises:
        CondaVerificationError: It is in no environment.
    """
    full = os.path.abspath(os.path.join(session.cwd, path))
    prefix = os.path.dirname(full)
    while not is_environment(prefix):
        parent = os.path.dirname(prefix)
        if parent == prefix:
            raise CondaVerificationError(
                f"could not determine conda prefix from: {path}",
                hint="Name a file inside of an environment.",
            )
        prefix = parent
    relative = os.path.relpath(full, prefix).replace(os.sep, "/")
    records = PrefixData(prefix, session.channels.config, with_paths=False).records()
    of_pip = packages_of_pip(session, prefix, records, with_files=True)
    return [record for record in (*records.values(), *of_pip) if relative in record.files]


def untracked_files(session: Session, prefix: str) -> tuple[str, ...]:
    """Return the files of an environment that belong to no package, relative to it, sorted.

    Raises:
        CorruptedEnvironmentError: A record cannot be understood, so that its files are not known.
    """
    return survey(session, prefix).untracked


def delete_untracked(session: Session, prefix: str) -> tuple[str, ...]:
    """Delete the files of an environment that belong to no package, and return what is gone.

    Raises:
        CondaValueError: It is the base environment.
        NotWritableError: One of them cannot be deleted.
    """
    if is_same_place(prefix, session.paths.root_prefix):
        raise CondaValueError(
            "In the base environment, files of no package are those of conda itself, too.",
            hint="List them with --untracked, and delete those that are yours.",
        )
    files = untracked_files(session, prefix)
    for name in files:
        path = os.path.join(prefix, name)
        remove_file(path)
        remove_empty_parents(path, prefix)
    return files


def bundle(session: Session, prefix: str, *, name: str, version: str, build: str) -> str:
    """Pack the files that belong to no package into a package, and return the archive's path.

    Raises:
        NotWritableError: The working folder cannot be written.
    """
    path = os.path.join(session.cwd, f"{name}-{version}-{build}.tar.bz2")
    index: dict[str, object] = {
        "name": name,
        "version": version,
        "build": build,
        "build_number": int(build) if build.isdigit() else 0,
        "subdir": native_subdir(),
        "depends": [],
    }
    write_bundle(path, prefix, untracked_files(session, prefix), index)
    return path
