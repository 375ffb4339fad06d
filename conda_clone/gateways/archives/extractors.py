"""The ways to extract archives, by the ends of their names: ours, and those that plugins add.

They are known to the whole process, because the name of a file has one meaning in it.
"""

import os
from collections.abc import Callable

from conda_clone.gateways.archives.arriving_file import ArrivingFile
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.archives.extract import Extracted, extract_archive
from conda_clone.models.url import add_package_extension

__all__ = ["add_extractor", "extract_package"]

_EXTRACTORS: dict[str, Callable[[str, str], object]] = {
    ".conda": extract_archive,
    ".tar.bz2": extract_archive,
}


def add_extractor(extension: str, extract: Callable[[str, str], object]) -> None:
    """Let archives whose names end so be extracted by a function of path and folder."""
    _EXTRACTORS[extension] = extract
    add_package_extension(extension)


def extract_package(
    path: str, destination: str, *, alone: bool = True, arriving: ArrivingFile | None = None
) -> Extracted | None:
    """Write the content of a package archive into a folder, which is made if it is not there.

    Args:
        path: The archive.
        destination: The folder.
        alone: Whether one archive may keep several cores busy.
        arriving: What is to become the archive, if it is still being downloaded.

    Returns:
        What was written; None where a function was added for the format, which does not tell.

    Raises:
        InvalidArchiveError: The archive is damaged or would do harm, or an added way fails.
        NoSpaceLeftError: The disk is full.
        NotWritableError: The destination cannot be written.
    """
    extract = next((_EXTRACTORS[end] for end in _EXTRACTORS if path.endswith(end)), extract_archive)
    if extract is extract_archive:
        return extract_archive(path, destination, alone=alone, arriving=arriving)
    if arriving is not None:
        arriving.seek(0, os.SEEK_END)  # added functions want all of it
    try:
        extract(path, destination)
    except Exception as error:
        raise InvalidArchiveError(path, f"{type(error).__name__}: {error}") from error
    return None
