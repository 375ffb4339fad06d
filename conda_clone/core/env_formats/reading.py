"""A file that describes an environment -> `EnvironmentFile`, in whichever format it is.

The format is the one that was named, or else follows from the file's name, or else from what it
holds; what nothing recognises is a list. `ENVIRONMENT_YML` and `PACKAGE_LIST` are our formats;
`plugins.builtin` has their names, and the patterns of names of files.
"""

from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.env_formats.environment_yml import parse_environment_yml
from conda_clone.core.env_formats.errors import AmbiguousEnvironmentSpecPlugin, SpecNotFound
from conda_clone.core.env_formats.explicit import is_explicit_list
from conda_clone.core.env_formats.requirements_txt import parse_spec_list
from conda_clone.models.later_pattern import pattern
from conda_clone.models.values import value

__all__ = ["ENVIRONMENT_YML", "PACKAGE_LIST", "FileToRead", "Format", "Reader", "choose_reader"]

_PLATFORM = pattern(r"(?m)^#[ \t]*platform:[ \t]*([\w-]+)[ \t]*$")
_KEY_OF_YAML = pattern(r"(?m)^(?:[ \t]*\{|(?:name|prefix|channels|dependencies|variables)[ \t]*:)")


@value(kw_only=True)
class FileToRead:
    """A description of an environment, wherever it comes from.

    Attributes:
        source: Its path or URL, without secrets, or `-`.
        folder: Absolute path of the folder that relative paths in it start at.
        subdir: The platform that is wanted.
        environ: Values for `${NAME}`.
        text: Returns what it holds.
        path: Returns the path of a file that holds that.
    """

    source: str
    folder: str
    subdir: str
    environ: Mapping[str, str]
    text: Callable[[], str]
    path: Callable[[], str]

    @property
    def name(self) -> str:
        """The last part of the path or URL, without a query; "" for what comes by a pipe."""
        place = self.source.replace("\\", "/").partition("?")[0].partition("#")[0]
        return "" if place == "-" else place.rstrip("/").rpartition("/")[2]


@value(kw_only=True)
class Format:
    """What a format does.

    Attributes:
        recognises: Tells by the content whether a file is in it.
        read: Returns what a file says.
    """

    recognises: Callable[[FileToRead], bool]
    read: Callable[[FileToRead], EnvironmentFile]


@value(kw_only=True)
class Reader:
    """A format under its names.

    Attributes:
        name: What people give to --format.
        aliases: Other names.
        filenames: Patterns of names of files that stand for it, in any case of letters.
        format: What it does.
        is_ours: Whether it is one of this program's, which leave names to those of others.
    """

    name: str
    aliases: tuple[str, ...]
    filenames: tuple[str, ...]
    format: Format
    is_ours: bool = False

    def claims(self, filename: str) -> bool:
        """Tell whether the name of a file stands for the format."""
        folded = filename.lower()
        return any(fnmatchcase(folded, pattern.lower()) for pattern in self.filenames)


def choose_reader(readers: Sequence[Reader], file: FileToRead, form: str | None = None) -> Reader:
    """Return the format that a file is in.

    Args:
        readers: Those there are; the last one takes what no other one does.
        file: The file.
        form: A name of the format; by default it follows from the file.

    Raises:
        SpecNotFound: There is no format of that name.
        AmbiguousEnvironmentSpecPlugin: Several formats of others recognise the file.
    """
    if form is not None:
        return _named(readers, form)
    claiming = [reader for reader in readers if reader.claims(file.name)]
    ours = [reader for reader in claiming if reader.is_ours]
    others = [reader for reader in claiming if not reader.is_ours]
    if len(others) == 1:
        return others[0]
    if not claiming:
        ours = [each for each in readers if each.is_ours and each.format.recognises(file)]
        others = [] if ours else [each for each in readers if not each.is_ours]
    able = [reader for reader in others if reader.format.recognises(file)]
    if len(able) > 1:
        raise AmbiguousEnvironmentSpecPlugin(file.source, [reader.name for reader in able])
    return (*able, *ours, readers[-1])[0]


def _named(readers: Sequence[Reader], form: str) -> Reader:
    wanted = form.lower().strip()
    for reader in readers:
        if wanted in (reader.name, *reader.aliases):
            return reader
    raise SpecNotFound(
        form, sorted(name for each in readers for name in (each.name, *each.aliases))
    )


def _read_yml(file: FileToRead) -> EnvironmentFile:
    return parse_environment_yml(
        file.text(),
        source=file.source,
        folder=file.folder,
        subdir=file.subdir,
        environ=file.environ,
    )


def _is_piped_yml(file: FileToRead) -> bool:
    """Tell whether what comes without a name is YAML: a key of it begins a line."""
    return not file.name and _KEY_OF_YAML.search(file.text()) is not None


def _read_list(file: FileToRead) -> EnvironmentFile:
    text = file.text()
    lines = parse_spec_list(text)
    is_explicit = is_explicit_list(lines)
    return EnvironmentFile(
        source=file.source,
        folder=file.folder,
        archives=lines if is_explicit else (),
        specs=() if is_explicit else lines,
        cautions=_cautions_about_platform(text, file.source, file.subdir),
    )


def _is_piped_explicit_list(file: FileToRead) -> bool:
    return not file.name and is_explicit_list(parse_spec_list(file.text()))


def _cautions_about_platform(text: str, source: str, subdir: str) -> tuple[str, ...]:
    """Warn where the head of a list names another platform than the one it is used for (CEP 23)."""
    found = _PLATFORM.search(text)
    if found is None or found[1] in (subdir, "noarch"):
        return ()
    return (f"`{source}` was written for {found[1]}, and is used for {subdir}.",)


ENVIRONMENT_YML = Format(recognises=_is_piped_yml, read=_read_yml)
PACKAGE_LIST = Format(recognises=_is_piped_explicit_list, read=_read_list)
