"""Read what packages of the cache say about their files."""

import os

from conda_clone.errors import CondaVerificationError
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.models.errors import InvalidPackageMetadata
from conda_clone.models.package_files import PackageContents, read_contents
from conda_clone.models.records import PackageCacheRecord

__all__ = ["read_package"]


def read_package(record: PackageCacheRecord) -> PackageContents:
    """Return what an extracted package says about its files.

    Raises:
        CondaVerificationError: It is not in the package cache.
        InvalidPackageMetadata: It says nothing, or nothing readable, or names harmful paths.
    """
    folder = record.extracted_package_dir
    if not os.path.isdir(folder):
        raise CondaVerificationError(
            f"The package `{record.dist_str}` is not in the package cache at `{folder}`.",
            path=folder,
        )

    def read(name: str) -> bytes | None:
        try:
            return read_bytes(f"{folder}/{name}")
        except FileNotFoundError:
            return _listing(folder) if name == "info/files" else None
        except OSError as error:  # a folder, perhaps, or links in a circle
            reason = f"it cannot be read ({error.strerror})"
            raise InvalidPackageMetadata(name, reason) from error

    return read_contents(read)


def _listing(folder: str) -> bytes:
    """Return what `info/files` of an extracted package would say; hand-made packages have none."""
    found: list[str] = []
    for parent, folders, names in os.walk(folder):
        if parent == folder and "info" in folders:
            folders.remove("info")
        names += [name for name in folders if os.path.islink(os.path.join(parent, name))]
        found += (os.path.relpath(os.path.join(parent, name), folder) for name in names)
    return "".join(f"{path}\n" for path in sorted(found)).replace(os.sep, "/").encode()
