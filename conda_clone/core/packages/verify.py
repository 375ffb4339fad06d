"""Compare archives and extracted packages with what their records say."""

import os
from collections.abc import Mapping

from conda_clone.errors import CondaVerificationError, harmless
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.disk.read import file_digest, read_json
from conda_clone.models.record_json import record_from_repodata, record_to_json
from conda_clone.models.records import PackageRecord
from conda_clone.models.url import package_extensions

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.gateways.archives.extract import Extracted
    from conda_clone.gateways.archives.file_writer import Written

__all__ = [
    "archive_matches",
    "archive_stem",
    "described_anew",
    "verify_extracted",
    "verify_files",
]

_SEPARATORS = frozenset("/\\:\0")  # of some system


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


def described_anew(record: PackageRecord, path: str) -> PackageRecord:
    """Return the record of an archive with the size and the digests that the file has now."""
    entry = record_to_json(record)
    entry["size"] = os.path.getsize(path)
    entry |= {kind: file_digest(path, kind) for kind in ("md5", "sha256")}
    return record_from_repodata(
        entry,
        fn=record.fn,
        channel=record.channel,
        subdir=record.subdir,
        base_url=record.url.rpartition("/")[0],
    )


def archive_stem(record: PackageRecord) -> str:
    """Return the name of the folder that the record's archive is extracted to.

    Raises:
        CondaVerificationError: The name of the file, or of the package, would lead to another
            place, which indexes have been used for (CVE-2026-53956).
    """
    fn = record.fn
    if not _is_plain(record.dist_name):  # it becomes the name of the record in environments
        raise CondaVerificationError(
            f"`{record.dist_name}` is not the name, version and build of a package.",
            hint="Tell those who publish the channel.",
            package=record.dist_name,
            url=record.url,
        )
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
        inside = harmless("-".join(map(str, found)))
        raise CondaVerificationError(
            f"The archive of `{record.dist_name}` holds the package `{inside}`.",
            hint="The file was renamed, or its channel has a wrong index.",
            package=record.dist_name,
            found=inside,
            url=record.url,
        )
    return index


def verify_files(archive: str, folder: str, extracted: "Extracted") -> None:
    """Compare what was written with what `info/paths.json` says of it.

    The digests were made while writing, so that this reads nothing but sparse files again. A file
    that nobody lists is no error: it never gets into an environment. Nor is a link that became a
    file, as converters between the formats made them. Packages of old have no such list.

    Raises:
        CondaVerificationError: A listed file is missing or differs, or is listed in two ways.
    """
    try:
        listing = read_json(os.path.join(folder, "info", "paths.json"))
    except (OSError, ParseError):  # what is there and cannot be read is told on linking
        return
    entries = listing.get("paths") if isinstance(listing, dict) else None
    seen: dict[str, object] = {}
    for entry in entries if isinstance(entries, list) else ():
        path = entry.get("_path") if isinstance(entry, dict) else None
        if not isinstance(path, str):  # told when the package is to be linked
            continue
        if seen.setdefault(path, entry) != entry:
            raise _untrue(archive, path, "is listed in two ways")
        if (reason := _difference(path, entry, folder, extracted)) is not None:
            raise _untrue(archive, path, reason)


def _difference(
    path: str, entry: Mapping[str, object], folder: str, extracted: "Extracted"
) -> str | None:
    """Return how a file differs from its entry in the list, or None."""
    kind = entry.get("path_type", "hardlink")
    written = extracted.written.get(path)
    if kind == "directory":
        return None
    if kind == "softlink":
        return None if path in extracted.links or written else "is listed, and not in it"
    if path in extracted.links:
        return "is a symbolic link, and listed as a file"
    if written is None:
        written = _sparse(path, folder, extracted)
    if written is None:
        return "is listed, and not in it"
    digest, size = written
    if entry.get("size_in_bytes") not in (None, size):
        return "has another size"
    stated = entry.get("sha256")
    if isinstance(stated, str) and stated and stated.lower() != digest.hex():
        return "has another content"
    return None


def _sparse(path: str, folder: str, extracted: "Extracted") -> "Written | None":
    """Read a file that was written with holes; None if none was."""
    if path not in extracted.sparse:
        return None
    full = os.path.join(folder, path)
    return bytes.fromhex(file_digest(full, "sha256")), os.path.getsize(full)


def _untrue(archive: str, path: str, reason: str) -> CondaVerificationError:
    path = harmless(path)
    return CondaVerificationError(
        f"The package archive `{archive}` is not what its list of files says: `{path}` {reason}.",
        hint="Remove the file, so that it is downloaded again; if that does not help, tell those "
        "who publish the package.",
        path=archive,
        file=path,
    )


def _is_plain(name: str) -> bool:
    return _SEPARATORS.isdisjoint(name)


def _unreadable(record: PackageRecord) -> CondaVerificationError:
    return CondaVerificationError(
        f"The archive of `{record.dist_name}` has no readable `info/index.json`.",
        hint="Tell those who publish the package.",
        package=record.dist_name,
        url=record.url,
    )
