"""Field values to text: the canonical form and the form of conda-build recipes."""

import re

from conda_clone.models.later_pattern import pattern
from conda_clone.models.match_spec.parse import FIELDS
from conda_clone.models.subdir import is_subdir
from conda_clone.models.url import is_package_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["canonical_text", "conda_build_text"]

_NEEDS_QUOTES = pattern(r"[,= '\"\[\]\s<>!~|^$()]")
_SIMPLE = re.compile(r"[0-9A-Za-z_.+!-]+").fullmatch


def canonical_text(fields: "Mapping[str, str]") -> str:
    """Return the shortest text that parses back to the same fields.

    The address and the file name of an archive are left out when channel, subdir, version and build
    say which one it is; such a text stands for the package, wherever it comes from.
    """
    brackets: dict[str, str] = {}
    start = _channel_prefix(fields, brackets) + fields["name"]
    version, build = fields.get("version", "*"), fields.get("build", "*")
    inline = _inline(version, build)
    if inline is None or is_package_file(start + inline):
        inline = _inline_version(version)
        if inline is None or is_package_file(start + inline):
            inline = ""
            brackets["version"] = version
        if build != "*":
            brackets["build"] = build
    for field in FIELDS[5:]:
        if field in fields and not ("url" in fields and field in {"url", "fn"}):
            brackets[field] = fields[field]
    if "url" in fields and not {"channel", "version", "build"} <= fields.keys():
        brackets["url"] = fields["url"]
        if "fn" in fields:
            brackets["fn"] = fields["fn"]
    text = start + inline
    if brackets:
        pairs = [f"{key}={_bracketed(key, value)}" for key, value in brackets.items()]
        text += "[" + ",".join(pairs) + "]"
    return text


def conda_build_text(fields: "Mapping[str, str]") -> str:
    """Return `name version build`, as recipes and indexes write it."""
    version, build = fields.get("version"), fields.get("build")
    if build and build != "*":
        return f"{fields['name']} {version or '*'} {build}"
    return f"{fields['name']} {version}" if version and version != "*" else fields["name"]


def _channel_prefix(fields: "Mapping[str, str]", brackets: dict[str, str]) -> str:
    channel, subdir = fields.get("channel"), fields.get("subdir")
    if channel is None:
        if subdir is not None:
            brackets["subdir"] = subdir
        return ""
    if subdir is not None and not is_subdir(subdir):
        brackets["subdir"] = subdir
        subdir = None
    return f"{channel}/{subdir}::" if subdir else f"{channel}::"


def _inline(version: str, build: str) -> str | None:
    """Return version and build with their signs, or None when one must go into brackets."""
    inline = _inline_version(version)
    if build == "*" or inline is None:
        return inline
    is_plain = all(map(_SIMPLE, build.split(" ")))
    return f"{inline}={build}" if inline.startswith("==") and is_plain else None


def _inline_version(version: str) -> str | None:
    """Return the version with its sign, or None when it must go into brackets."""
    if version == "*":
        return ""
    if _SIMPLE(version):
        return f"=={version}"
    # `=1.2` stands for `1.2.*`, and `=1.*.3` for `1.*.3*`.
    ending = ".*" if version.endswith(".*") else "*"
    body = version.removesuffix(ending)
    plain = body if ending == ".*" else body.replace("*", "")
    if body != version and body[-1:] not in {"", ".", "*"} and _SIMPLE(plain):
        return f"={body}"
    if version[:2] in {"!=", "~="} and _SIMPLE(version[2:].replace("*", "")):
        return version
    return None


def _bracketed(field: str, value: str) -> str:
    return f"[{value}]" if field in {"extras", "flags"} else _quoted(value)


def _quoted(value: str) -> str:
    if not _NEEDS_QUOTES.search(value):
        return value
    return f'"{value}"' if "'" in value else f"'{value}'"
