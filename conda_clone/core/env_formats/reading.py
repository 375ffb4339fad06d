"""Text of a file -> `EnvironmentFile`, in whichever format it is.

The format is the one that was named, or else follows from the file's name: `.yml`, `.yaml` and
`.json` are YAML (JSON is YAML, too); everything else is a list, explicit or of specs. What comes
by a pipe is YAML if a key of it begins a line.
"""

import re
from collections.abc import Mapping

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.env_formats.environment_yml import parse_environment_yml
from conda_clone.core.env_formats.errors import SpecNotFound
from conda_clone.core.env_formats.explicit import is_explicit_list
from conda_clone.core.env_formats.requirements_txt import parse_spec_list

__all__ = ["FORMATS", "is_environment_yml", "parse_environment_file"]

_YAML = "environment.yml"
_LIST = "requirements"
FORMATS = {
    "environment.yml": _YAML,
    "environment-yaml": _YAML,
    "environment-json": _YAML,
    "cep-24": _YAML,
    "yaml": _YAML,
    "yml": _YAML,
    "json": _YAML,
    "explicit": _LIST,
    "requirements": _LIST,
    "requirements.txt": _LIST,
    "reqs": _LIST,
    "txt": _LIST,
}
"""Name that people give to --format -> how such a file is read."""

_PLATFORM = re.compile(r"(?m)^#[ \t]*platform:[ \t]*([\w-]+)[ \t]*$")
_KEY_OF_YAML = re.compile(
    r"(?m)^(?:[ \t]*\{|(?:name|prefix|channels|dependencies|variables)[ \t]*:)"
)
_YAML_ENDINGS = (".yml", ".yaml", ".json")


def parse_environment_file(
    text: str,
    *,
    source: str,
    folder: str,
    subdir: str,
    environ: Mapping[str, str],
    form: str | None = None,
) -> EnvironmentFile:
    """Read a file that describes an environment.

    Args:
        text: What it holds.
        source: Its path or URL, or `-`.
        folder: Absolute path of the folder that relative paths start at.
        subdir: The platform that selectors are for.
        environ: Values for `${NAME}`.
        form: A name of `FORMATS`; by default it follows from `source`.

    Raises:
        SpecNotFound: There is no such format.
        EnvironmentFileInvalid: The file is not in its format; all problems are in the error.
    """
    if form is not None and form not in FORMATS:
        raise SpecNotFound(form, sorted(FORMATS))
    if form is None:
        is_yaml = source.partition("?")[0].lower().endswith(_YAML_ENDINGS)
        if source == "-":  # a pipe has no name
            is_yaml = is_environment_yml(text)
        form = _YAML if is_yaml else _LIST
    if FORMATS[form] == _YAML:
        return parse_environment_yml(
            text, source=source, folder=folder, subdir=subdir, environ=environ
        )
    lines = parse_spec_list(text)
    is_explicit = is_explicit_list(lines)
    return EnvironmentFile(
        source=source,
        folder=folder,
        archives=lines if is_explicit else (),
        specs=() if is_explicit else lines,
        cautions=_cautions_about_platform(text, source, subdir),
    )


def is_environment_yml(text: str) -> bool:
    """Tell whether a text without a name is YAML about an environment: a key begins a line."""
    return _KEY_OF_YAML.search(text) is not None


def _cautions_about_platform(text: str, source: str, subdir: str) -> tuple[str, ...]:
    """Warn where the head of a list names another platform than the one it is used for (CEP 23)."""
    found = _PLATFORM.search(text)
    if found is None or found[1] in (subdir, "noarch"):
        return ()
    return (f"`{source}` was written for {found[1]}, and is used for {subdir}.",)
