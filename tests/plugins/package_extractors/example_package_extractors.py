"""Extracts archives that are plain folders in a zip file, called `.zipkg`."""

from zipfile import ZipFile

from conda.plugins import hookimpl
from conda.plugins.types import CondaPackageExtractor


def extract(source, destination):
    with ZipFile(source) as archive:
        archive.extractall(destination)


@hookimpl
def conda_package_extractors():
    yield CondaPackageExtractor(name="zipkg", extensions=[".zipkg"], extract=extract)
