"""Field values to text: the canonical form and the form of conda-build recipes."""

import re

from conda_clone.models.match_spec.parse import FIELDS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["canonical_text", "conda_build_text"]

_NEEDS_QUOTES = re.compile(r"[,= '\"\[\]\s<>!~|^$()]")
_PLAIN = re.compile(r"[=<>!~,|^$()\s*]")


def canonical_text(fields: "Mapping[str, str]") -> str:
    """Return the shortest text that parses back to the same fields.

    The address and the file name of an archive are left out when channel, subdir, version and build
    say the same.
    """
    brackets: dict[str, str] = {}
    text = _channel_prefix(fields, brackets) + fields["name"]
    version, build = fields.get("version", "*"), fields.get("build", "*")
    inline_version = _inline_version(version)
    if inline_version is None:
        brackets["version"] = version
    else:
        text += inline_version
    if build != "*":
        if inline_version and inline_version.startswith("==") and _is_exact_build(build):
            text += f"={build}"
        else:
            brackets["build"] = build
    for field in FIELDS[5:]:
        if field in fields and not ("url" in fields and field in {"url", "fn"}):
            brackets[field] = fields[field]
    if "url" in fields and not {"channel", "version", "build"} <= fields.keys():
        brackets["url"] = fields["url"]
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
    return f"{channel}/{subdir}::" if subdir else f"{channel}::"


def _inline_version(version: str) -> str | None:
    """Return the version with its sign, or None when it must go into brackets."""
    if version == "*":
        return ""
    if not _PLAIN.search(version):
        return f"=={version}"
    if version.endswith("*") and not _PLAIN.search(version.replace("*", "")):
        return f"={version[:-1].removesuffix('.')}"
    if version[:2] in {"!=", "~="} and not re.search(r"[,|\s()^$]", version):
        return version
    return None


def _is_exact_build(build: str) -> bool:
    return not any(character in build for character in "*^$=[]")


def _bracketed(field: str, value: str) -> str:
    return f"[{value}]" if field in {"extras", "flags"} else _quoted(value)


def _quoted(value: str) -> str:
    if not _NEEDS_QUOTES.search(value):
        return value
    return f'"{value}"' if "'" in value else f"'{value}'"
