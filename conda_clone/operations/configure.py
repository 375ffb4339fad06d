"""Show settings, and change the files that hold them."""

import os
from codecs import BOM_UTF8
from contextlib import contextmanager, suppress

from conda_clone.config.edit import Change, Edited, edit, merge
from conda_clone.config.errors import ConfigurationLoadError, FileProblem, combine
from conda_clone.config.parameters import PARAMETERS, canonical_name
from conda_clone.config.search_path import user_condarc
from conda_clone.config.sources.condarc import parse_condarc, read_condarc
from conda_clone.config.template import template
from conda_clone.config.validate import errors_of_sources, errors_of_values, unknown_keys
from conda_clone.errors import CondaError, NotWritableError
from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.disk.errors import EncodingError, ParseError
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.models.url import redact_urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from conda_clone.config.configuration import Configuration
    from conda_clone.config.validate import UnknownKey

__all__ = [
    "Findings",
    "Written",
    "change_file",
    "file_of_prefix",
    "file_of_system",
    "file_of_user",
    "merge_into_file",
    "read_file",
    "validate",
    "validate_file",
    "write_template",
]

_PRIVATE = 0o600
_OF_OTHERS = 0o077


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


class Findings:
    """Everything that is wrong with settings.

    Attributes:
        error: What makes them unusable, all of it; None if nothing does.
        warnings: What is strange, and does no harm.
    """

    __slots__ = ("error", "warnings")

    def __init__(
        self, errors: "Sequence[CondaError]", unknown: "Sequence[UnknownKey]" = ()
    ) -> None:
        self.error = combine(errors) if errors else None
        self.warnings = tuple([str(each) for each in unknown])


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
    with _locked(path):
        old = _content(configuration, path)
        edited = edit(old, changes, path, configuration.parameters)
        _replace(path, old, edited.text)
    return Edited(edited.text, edited.warnings + _exposed(path, old, edited.text))


def merge_into_file(configuration: "Configuration", path: str, addition: str) -> tuple[str, ...]:
    """Put the settings of a text in YAML into a file, and return what is to be warned of.

    Raises:
        ParseError: The addition is no map in YAML.
        ConfigurationLoadError: The file is not understood; or a value is none that its setting can
            have.
        CondaMultiError: Several values are of that kind.
        NotWritableError: The file cannot be written.
    """
    source = parse_condarc("<stdin>", addition)
    if isinstance(source, FileProblem):
        raise ParseError(f"<stdin>{source.place}", source.reason)
    errors = errors_of_sources([source], configuration.parameters)
    if errors:
        raise combine(errors)
    with _locked(path):
        old = _content(configuration, path)
        new = merge(old, addition, path)
        _replace(path, old, new)
    unknown = unknown_keys([source], configuration.plugin_rows)
    return tuple([str(each) for each in unknown]) + _exposed(path, old, new)


def write_template(configuration: "Configuration", path: str) -> None:
    """Write all settings into a file, as comments with their defaults.

    Raises:
        CondaError: There is something in the file.
        NotWritableError: The file cannot be written.
    """
    with _locked(path):
        if os.path.exists(path) and read_bytes(path).strip():
            raise CondaError(
                f"The file `{path}` holds settings, and is kept.",
                hint="Name another file with --file; `conda config --describe` shows all settings.",
            )
        write_atomically(path, template(configuration.plugin_rows.values()))


def validate(configuration: "Configuration") -> Findings:
    """Look for everything that is wrong in all sources."""
    errors: list[CondaError] = [_load_error(problem) for problem in configuration.problems]
    wrong_values = errors_of_sources(configuration.sources, configuration.parameters)
    errors += wrong_values or errors_of_values(configuration)
    return Findings(errors, unknown_keys(configuration.sources, configuration.plugin_rows))


def validate_file(configuration: "Configuration", path: str) -> Findings:
    """Look for everything that is wrong in one file."""
    source = read_condarc(path)
    if isinstance(source, FileProblem):
        return Findings([_load_error(source)])
    errors = errors_of_sources([source], configuration.parameters)
    return Findings(errors, unknown_keys([source], configuration.plugin_rows))


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
        raise _load_error(source)
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


def _load_error(problem: FileProblem) -> ConfigurationLoadError:
    return ConfigurationLoadError(
        f"The configuration file `{problem.path}`{problem.place} cannot be used: {problem.reason}.",
        hint="Repair the file with an editor.",
        path=problem.path,
    )


@contextmanager
def _locked(path: str) -> "Iterator[None]":
    """Keep others from changing a file meanwhile: what they have read must not get out of date.

    The lock is a file beside it, which goes again: people keep settings in repositories.

    Raises:
        NotWritableError: The folder of the file cannot be written.
    """
    from conda_clone.gateways.disk.lock import FileLock  # 4 ms, and showing needs none

    folder, name = os.path.split(os.path.realpath(path))
    lock_path = os.path.join(folder, f".{name.lstrip('.')}.lock")
    lock = FileLock(lock_path)
    try:
        lock.acquire()
    except NotWritableError as error:
        raise NotWritableError(path, "no file can be made beside it") from error
    try:
        yield
    finally:
        # While it is ours: whoever waits sees that the file is another one, and tries again.
        # Windows cannot remove what is open, and keeps it.
        if os.name != "nt":
            with suppress(CondaError, OSError):
                remove_file(lock_path)
        lock.release()


def _replace(path: str, old: str, new: str) -> None:
    """Write a file if it is to change; a mark of its encoding at its start stays.

    A new one that has credentials in it is for nobody else; an old one keeps its permissions.
    """
    if not os.path.exists(path):
        write_atomically(path, new, mode=_PRIVATE if redact_urls(new) != new else None)
    elif new != old:
        mark = BOM_UTF8 if read_bytes(path).startswith(BOM_UTF8) else b""
        write_atomically(path, mark + new.encode())


def _exposed(path: str, old: str, new: str) -> tuple[str, ...]:
    """Return a warning if a file got its first credentials, and others can read it."""
    if os.name == "nt" or redact_urls(new) == new or redact_urls(old) != old:
        return ()
    if not os.stat(path).st_mode & _OF_OTHERS:
        return ()
    return (f"Others can read `{path}`, which has credentials in it now: `chmod 600 {path}`",)


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
