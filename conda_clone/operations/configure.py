"""Show settings, and change the files that hold them."""

import os

from conda_clone.config.edit import Change, Edited, edit
from conda_clone.config.errors import ConfigurationLoadError, FileProblem
from conda_clone.config.parameters import PARAMETERS, canonical_name
from conda_clone.config.search_path import user_condarc
from conda_clone.config.sources.condarc import parse_condarc
from conda_clone.gateways.disk.errors import EncodingError, ParseError
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_atomically

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from conda_clone.config.configuration import Configuration

__all__ = [
    "Written",
    "change_file",
    "file_of_prefix",
    "file_of_system",
    "file_of_user",
    "read_file",
]


class Written:
    """What one file says.

    Attributes:
        values: Name of setting -> value; a key of a map is named `name.key`.
        unknown: Names that were asked for, and that are no settings.
    """

    __slots__ = ("unknown", "values")

    def __init__(self, values: dict[str, object], unknown: tuple[str, ...]) -> None:
        self.values = values
        self.unknown = unknown


def file_of_user(configuration: "Configuration") -> str:
    """Return the file that is changed unless another one is named."""
    return user_condarc(configuration.home)


def file_of_system(configuration: "Configuration") -> str:
    """Return the file of the base environment, which counts for all its users."""
    return os.path.join(configuration.root_prefix, ".condarc")


def file_of_prefix(prefix: str) -> str:
    """Return the file of an environment."""
    return os.path.join(prefix, ".condarc")


def change_file(configuration: "Configuration", path: str, changes: "Sequence[Change]") -> Edited:
    """Make all changes in a file, or none; a file that is not there starts as the system's.

    Raises:
        ConfigurationLoadError: The file is not understood.
        CondaKeyError: A setting is unknown, not there, or cannot be changed this way.
        CondaValueError: A value makes no sense.
        NotWritableError: The file cannot be written.
    """
    old = _content(configuration, path)
    edited = edit(old, changes, path)
    if edited.text != old or not os.path.exists(path):
        write_atomically(path, edited.text)
    return edited


def read_file(configuration: "Configuration", path: str, keys: "Sequence[str]") -> Written:
    """Return what a file says about settings, or about all that it has.

    Args:
        configuration: Tells where the system's file is, which stands for one that is not there.
        path: The file.
        keys: Names, or `name.key` for one key of a map; empty for all.

    Raises:
        ConfigurationLoadError: The file is not understood, or has a setting twice.
    """
    source = parse_condarc(path, _content(configuration, path))
    if isinstance(source, FileProblem):
        raise ConfigurationLoadError(str(source), hint="Repair the file.", path=path)
    given = {name: source.get(name) for name in source.names}
    present = {name: node.plain() for name, node in given.items() if node is not None}
    values: dict[str, object] = {}
    unknown = []
    for key in keys or sorted(name for name in present if name in PARAMETERS):
        written, _, sub_key = key.partition(".")
        name = canonical_name(written)
        if name is None:
            unknown.append(key)
        elif not sub_key:
            values |= {name: present[name]} if name in present else {}
        elif isinstance(present.get(name), dict) and sub_key in present[name]:
            values[f"{name}.{sub_key}"] = present[name][sub_key]
    return Written(values, tuple(unknown))


def _content(configuration: "Configuration", path: str) -> str:
    """Return the text of a file, line ends as they are."""
    for candidate in (path, file_of_system(configuration)):
        try:
            return read_bytes(candidate).decode("utf-8-sig")
        except FileNotFoundError:
            continue
        except UnicodeDecodeError as error:
            raise EncodingError(candidate, error.reason) from error
        except OSError as error:
            raise ParseError(candidate, error.strerror or "it cannot be read") from error
    return ""
