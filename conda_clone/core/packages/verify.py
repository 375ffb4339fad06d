"""Compare archives and extracted packages with what their records say."""

import os

from conda_clone.errors import CondaVerificationError
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.disk.read import file_digest, read_json
from conda_clone.models.records import PackageRecord
from conda_clone.models.url import package_extensions

__all__ = ["archive_matches", "archive_stem", "verify_extracted"]


def archive_matches(path: str, record: PackageRecord) -> bool | None:
    """Return whether a file is the archive of the record; None when the record cannot tell.

    The size is compared first, because it costs nothing; then sha256, or else md5.
    """
    if not os.path.isfile(path):
        return False
    if record.size is not None and os.path.getsize(path) != record.size:
        return False
    if record.sha256:
        return file_digest(path, "sha256") == record.sha256.lower()
    if record.md5:
        return file_digest(path, "md5") == record.md5.lower()
    return None


def archive_stem(record: PackageRecord) -> str:
    """Return the name of the folder that the record's archive is extracted to.

    Raises:
        CondaVerificationError: The name of the file would lead to another place, which indexes
            have been used for (CVE-2026-53956).
    """
    fn = record.fn
    for extension in package_extensions():
        stem = fn.removesuffix(extension)
        if stem != fn and stem.strip(". ") and not stem.startswith(".") and _is_plain(stem):
            return stem
    raise CondaVerificationError(
        f"`{fn}` is not the name of a package archive.",
        hint="Tell those who publish the channel.",
        package=record.dist_name,
        url=record.url,
    )


def verify_extracted(folder: str, record: PackageRecord) -> dict[str, object]:
    """Return the content of an extracted package's `info/index.json`, if it is of the record.

    Raises:
        CondaVerificationError: There is none, or it names another package.
    """
    path = os.path.join(folder, "info", "index.json")
    try:
        index = read_json(path)
    except (OSError, ParseError) as error:
        raise _unreadable(record) from error
    if not isinstance(index, dict):
        raise _unreadable(record)
    found = tuple(index.get(key, "") for key in ("name", "version", "build"))
    if found != (record.name, record.version, record.build):
        inside = "-".join(map(str, found))
        raise CondaVerificationError(
            f"The archive of `{record.dist_name}` holds the package `{inside}`.",
            hint="The file was renamed, or its channel has a wrong index.",
            package=record.dist_name,
            found=inside,
            url=record.url,
        )
    return index


def _is_plain(name: str) -> bool:
    return not any(letter in "/\\:\0" for letter in name)


def _unreadable(record: PackageRecord) -> CondaVerificationError:
    return CondaVerificationError(
        f"The archive of `{record.dist_name}` has no readable `info/index.json`.",
        hint="Tell those who publish the package.",
        package=record.dist_name,
        url=record.url,
    )
