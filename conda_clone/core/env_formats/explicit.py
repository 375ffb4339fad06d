"""Explicit lists: URLs or paths of package archives, in no need of a solver (CEP 23)."""

import os
import re
from collections.abc import Mapping

from conda_clone.errors import CondaValueError
from conda_clone.models.later_pattern import pattern
from conda_clone.models.url import is_package_file, path_to_url
from conda_clone.models.values import value

__all__ = [
    "EXPLICIT_MARKER",
    "ExplicitPackage",
    "is_explicit_list",
    "names_package_file",
    "parse_explicit",
]

EXPLICIT_MARKER = "@EXPLICIT"
_DIGEST = pattern(r"#(?:(?:md5:)?(?P<md5>[0-9a-fA-F]{32})|(?:sha256:)?(?P<sha>[0-9a-fA-F]{64}))$")


@value(kw_only=True)
class ExplicitPackage:
    """One archive to install.

    Attributes:
        url: Where it lies; credentials and tokens included.
        md5: Digest to check, if the list gives one.
        sha256: Digest to check, if the list gives one.
    """

    url: str
    md5: str | None = None
    sha256: str | None = None


def is_explicit_list(lines: tuple[str, ...]) -> bool:
    """Tell whether a list of specs is an explicit one; the marker may stand anywhere."""
    return EXPLICIT_MARKER in lines


def names_package_file(text: str) -> bool:
    """Tell whether a spec on the command line names an archive by URL or path."""
    return is_package_file(text.partition("#")[0])


def parse_explicit(
    lines: tuple[str, ...], *, cwd: str, environ: Mapping[str, str]
) -> tuple[ExplicitPackage, ...]:
    """Read the archives that an explicit list names.

    Args:
        lines: The list without comments; the marker line may be among them.
        cwd: The folder that relative paths start at.
        environ: Values for `$NAME` and `~`.

    Raises:
        CondaValueError: A line is neither a URL nor the path of an archive.
    """
    return tuple(_parse(line, cwd, environ) for line in lines if line != EXPLICIT_MARKER)


def _parse(line: str, cwd: str, environ: Mapping[str, str]) -> ExplicitPackage:
    found = _DIGEST.search(line)
    place = line[: found.start()] if found else line
    if not is_package_file(place):
        raise CondaValueError(
            f"`{line}` in an explicit list is neither the URL nor the path of a package.",
            hint="Lines end in .conda or .tar.bz2, optionally followed by #MD5 or #sha256:DIGEST.",
        )
    if "://" not in place:
        place = path_to_url(os.path.normpath(os.path.join(cwd, _expand(place, environ))))
    digests = found.groupdict() if found else {}
    md5, sha256 = digests.get("md5"), digests.get("sha")
    return ExplicitPackage(
        url=place, md5=md5.lower() if md5 else None, sha256=sha256.lower() if sha256 else None
    )


def _expand(path: str, environ: Mapping[str, str]) -> str:
    if path.startswith("~"):
        path = environ.get("HOME", "~") + path[1:]
    return re.sub(r"\$(?:\{(\w+)\}|(\w+))", lambda m: environ.get(m[1] or m[2], m[0]), path)
