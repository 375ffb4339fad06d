"""Our formats of environment files, without an invocation."""

from conda_clone.core.env_formats import writing
from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.env_formats.reading import FileToRead, choose_reader
from conda_clone.operations import plugin_seams

__all__ = ["OWN_EXPORTERS", "OWN_READERS", "exporter_named", "read_text"]

OWN_EXPORTERS = plugin_seams.exporters(None)
OWN_READERS = plugin_seams.readers(None)


def exporter_named(name: str) -> writing.Exporter:
    """Return one of our formats to write."""
    return writing.exporter_named(name, OWN_EXPORTERS)


def read_text(text: str, source: str = "e.yml", form: str | None = None) -> EnvironmentFile:
    """Read a text as a file of that name, or as one of a format."""
    file = FileToRead(
        source=source,
        folder="/w",
        subdir="linux-64",
        environ={},
        text=lambda: text,
        path=lambda: source,
    )
    return choose_reader(OWN_READERS, file, form).format.read(file)
