"""The grammar of package specifications: text to raw field values (spec/formats.md, section 1).

A spec is `[channel[/subdir]:[namespace]:]name[ version[ build]]`, perhaps followed by
`key=value` pairs in brackets, or the URL or path of a package archive. This is the only place that
knows the syntax. Values are texts without secrets.
"""

from conda_clone.models.errors import InvalidMatchSpec
from conda_clone.models.later_pattern import pattern
from conda_clone.models.subdir import is_subdir
from conda_clone.models.url import (
    has_scheme,
    is_package_file,
    package_stem,
    path_to_url,
    redact,
    split_secrets,
)

__all__ = [
    "FIELDS",
    "exact_or_fuzzy_version",
    "normalised_channel",
    "parse_fields",
    "words_of",
]

# Fields that a spec may name in brackets, in the order of the canonical text.
FIELDS = (
    "name",
    "channel",
    "subdir",
    "version",
    "build",
    "build_number",
    "track_features",
    "features",
    "url",
    "md5",
    "sha256",
    "license",
    "license_family",
    "fn",
    "flags",
    "extras",
    "when",
)
# Relics that old texts may carry; they say nothing about which package is meant.
_IGNORED_FIELDS = frozenset({"optional", "target"})

# The form of nearly all dependencies: `name`, `name version` and `name version build`, where the
# version does not begin with `=` and has no parentheses. This path halves the cost of parsing an
# index's dependencies (19,000 texts: 430 ms without, 200 ms with it).
_CLAUSE = r"(?:[<>]=?|!=)?[0-9*][0-9A-Za-z_.*+!-]*"
_PLAIN = pattern(
    rf"([a-z0-9_][a-z0-9_.-]*)(?: ({_CLAUSE}(?:[,|]{_CLAUSE})*)(?: ([0-9A-Za-z_.*+-]+))?)?"
).fullmatch
_NAME_END = pattern(r"[\s=<>!~]")
_PAIR = pattern(
    r"""\s*([A-Za-z_]\w*)\s*=\s*("[^"]*"|'[^']*'|\[[^\[\]]*\]|[^\s,'"\[\]]+)\s*(?:,|(?=\s)|$)"""
)
# Fields with several words, which CEP 44 and 45 write as a list or as one word.
_LISTS = {
    "extras": pattern(r"[a-z0-9_.+-]{1,64}"),
    "flags": pattern(r"[a-z0-9_*]+(?::[a-z0-9_*]+)?"),
}
_ANY_KEY = pattern(r"\s*([A-Za-z_]\w*)\s*=")
_HASH = pattern(r"(?:sha256:)?([0-9a-fA-F]{64})|(?:md5:)?([0-9a-fA-F]{32})")
_NAME = pattern(r"[a-z0-9_.*-]+")
# What the parts of an archive's name consist of; of others, the address has to be enough.
_STEM = pattern(r"[0-9A-Za-z_.+!%{}~()-]+")
_AROUND_COMMA = pattern(r" ?([,|]) ?")
# Behind an operator, and before the `!` of an epoch, which real indexes have as `>=1 !164.3095`.
_INSIDE_CLAUSE = pattern(r"(?<=[=<>!~]) | (?=![0-9])")
# The `=` before a build: something other than an operator on both sides, nothing after a space.
_BUILD_SIGN = pattern(r"(?<=[^=<>!~,|(])=(?=[^=])")


def parse_fields(text: str) -> dict[str, str]:
    """Return the fields that a spec sets, `name` always among them.

    Raises:
        InvalidMatchSpec: The text is not a spec.
    """
    plain = _PLAIN(text)
    if plain is None or is_package_file(text):
        return _parse_any(text)
    name, version, build = plain.groups()
    if version is None:
        return {"name": name}
    if build is None:
        return {"name": name, "version": version}
    return {"name": name, "version": version, "build": build}


def normalised_channel(text: str) -> dict[str, str]:
    """Return `channel` and perhaps `subdir` of a text such as `conda-forge/linux-64`."""
    if has_scheme(text):
        text = split_secrets(text).url
    elif text.startswith(("/", "./", "../", "~")) or text[1:3] == ":\\":
        text = path_to_url(text)
    text = text.rstrip("/")
    fields: dict[str, str] = {}
    head, slash, last = text.rpartition("/")
    if slash and is_subdir(last):
        text = head
        fields["subdir"] = last
    if text not in {"*", ""}:
        fields["channel"] = text
    return fields


def exact_or_fuzzy_version(version: str, whole: str) -> str:
    """Return a version constraint in the form that matching wants.

    `==1.2` becomes `1.2`, and a lone `=1.2` becomes `1.2.*`.
    """
    if version.startswith("=="):
        version = version[2:]
        if not version:
            raise InvalidMatchSpec(whole, "there is no version after `==`")
        return version
    if version.startswith("=") and not any(character in version for character in ",|"):
        version = version[1:]
        return f"{version}*" if version and not version.endswith("*") else version
    return version


def _parse_any(text: str) -> dict[str, str]:
    spec = text.strip()
    if not spec:
        return {"name": "*"}
    if spec.endswith("@") and not _NAME_END.search(spec) and "/" not in spec and len(spec) > 1:
        return {"name": "*", "track_features": spec[:-1]}
    spec, digests = _without_comment(spec)
    if is_package_file(spec):
        return {**_archive_fields(spec), **digests}
    spec, bracketed = _split_brackets(spec, text)
    spec = _without_parentheses(spec)
    fields, spec = _split_channel(spec)
    end = _NAME_END.search(spec)
    name, rest = (spec[: end.start()], spec[end.start() :]) if end else (spec, "")
    if rest.strip():
        version, build = _version_and_build(rest.strip(), text)
        if version:
            fields["version"] = version
        if build:
            fields["build"] = build
    bracketed.pop("name", None)
    if "version" in bracketed:
        bracketed["version"] = exact_or_fuzzy_version(bracketed["version"], text)
    if "channel" in bracketed:
        fields.pop("channel", None)
        bracketed = {**normalised_channel(bracketed.pop("channel")), **bracketed}
    fields.update(bracketed)
    fields["name"] = _checked_name(name, text)
    return fields


def _without_comment(spec: str) -> tuple[str, dict[str, str]]:
    """Cut a comment or selector off; a digest behind an archive's address is kept."""
    digests: dict[str, str] = {}
    if "#" in spec:
        spec, _, comment = spec.partition("#")
        spec = spec.strip()
        found = _HASH.fullmatch(comment.strip()) if is_package_file(spec) else None
        if found:
            sha256, md5 = found.groups()
            digests = {"sha256": sha256.lower()} if sha256 else {"md5": md5.lower()}
    if " if " in spec:
        spec = spec.partition(" if ")[0].strip()
    return spec, digests


def _archive_fields(address: str) -> dict[str, str]:
    """Return the fields that an archive's URL or path determines."""
    channel, separator, fn_only = address.rpartition("::")
    if separator and not has_scheme(fn_only):
        address = f"{channel}/{fn_only}"
    url = split_secrets(path_to_url(address)).url
    if any(map(str.isspace, url)):
        raise InvalidMatchSpec(address, "an address has no blanks; `%20` stands for one")
    folder, _, fn = url.rpartition("/")
    fields = {"name": "*", "url": url, "fn": fn}
    parts = package_stem(fn)
    if parts and _STEM.fullmatch("-".join(parts)):
        fields["name"], fields["version"], fields["build"] = parts
        fields["name"] = fields["name"].lower()
    base, _, subdir = folder.rpartition("/")
    if is_subdir(subdir):
        fields["channel"] = base
        fields["subdir"] = subdir
    return fields


def _split_brackets(spec: str, whole: str) -> tuple[str, dict[str, str]]:
    """Cut `[key=value,...]` off the end."""
    start = _opening_bracket(spec)
    if start is None:
        return spec, {}
    content = spec[start + 1 : -1]
    fields: dict[str, str] = {}
    place = 0
    while place < len(content.rstrip()):
        key = _ANY_KEY.match(content, place)
        if key and key.group(1) not in FIELDS and key.group(1) not in _IGNORED_FIELDS:
            raise InvalidMatchSpec(
                whole,
                f"packages cannot be matched on `{key.group(1)}`",
                hint=f"In brackets, use any of: {', '.join(FIELDS[1:])}.",
            )
        found = _PAIR.match(content, place)
        if found is None:
            raise InvalidMatchSpec(
                whole,
                f"`[{content}]` is not a list of `key=value`",
                hint="Put values with spaces, commas or brackets between quotes.",
            )
        name, value = found.groups()
        if name in _LISTS:
            value = words_of(name, value, whole)
        elif value[0] == "[":
            raise InvalidMatchSpec(whole, f"`{name}` does not take a list")
        elif value[0] in "\"'":
            value = value[1:-1].strip()
        if value and name not in _IGNORED_FIELDS:
            fields[name] = redact(value) if name == "url" else value
        place = found.end()
    return spec[:start].strip(), fields


def words_of(field: str, value: str, whole: str) -> str:
    """Return the words of a list, each once, with commas between them.

    Raises:
        InvalidMatchSpec: One of them cannot be a word of that field.
    """
    if value[0] == "[":
        value = value[1:-1]
    elif value[0] in "\"'":
        value = value[1:-1].strip().removeprefix("[").removesuffix("]")
    words = [word.strip().strip("\"'").strip() for word in value.split(",")]
    wrong = [word for word in words if not _LISTS[field].fullmatch(word)]
    if wrong:
        raise InvalidMatchSpec(whole, f"`{wrong[0]}` cannot be one of the `{field}` of a package")
    return ",".join(dict.fromkeys(words))


def _opening_bracket(spec: str) -> int | None:
    """Return the place of the bracket that the last character closes."""
    if not spec.endswith("]"):
        return None
    start, depth, quote = 0, 0, ""
    for place, character in enumerate(spec):
        if quote:
            quote = "" if character == quote else quote
        elif character in "\"'" and depth:
            quote = character
        elif character == "[":
            start = start if depth else place
            depth += 1
        elif character == "]" and depth:
            depth -= 1
    return start if depth == 0 and not quote and spec[start] == "[" else None


def _without_parentheses(spec: str) -> str:
    """Drop the oldest way to write options, `name (optional)` or `name(...)`.

    Parentheses that group version constraints stay: they follow `,`, `|` or an opening one, or
    stand after a space and begin with an operator or a digit.
    """
    start = spec.find("(")
    if start < 1 or not spec.endswith(")"):
        return spec
    before, inner = spec[:start], spec[start + 1 :].lstrip()
    groups_versions = before.rstrip()[-1] in ",|=" or (
        before[-1].isspace() and inner[:1] in tuple("=<>!~(0123456789")
    )
    return spec if groups_versions else before.strip()


def _split_channel(spec: str) -> tuple[dict[str, str], str]:
    parts = spec.rsplit(":", 2)
    has_channel = len(parts) == 3  # noqa: PLR2004 - channel, namespace, rest
    fields = normalised_channel(parts[0].strip()) if has_channel else {}
    return fields, parts[-1].strip()


def _version_and_build(rest: str, whole: str) -> tuple[str, str | None]:
    """Split what follows the name, an operator glued to its operand first."""
    # Runs of blanks first: looking around each of them would take the square of their length.
    rest = " ".join(rest.split())
    rest = _INSIDE_CLAUSE.sub("", _AROUND_COMMA.sub(r"\1", rest))
    signs = list(_BUILD_SIGN.finditer(rest))
    build: str | None = None
    if signs and not rest[: signs[-1].start()].count(" "):
        place = signs[-1].start()
        version, build = rest[:place], rest[place + 1 :]
    else:
        version, *others = rest.split(None, 1)
        if others:
            build = others[0].lstrip("=")
    is_single = version.startswith("=") and not version.startswith("==")
    if build and is_single and not any(character in version for character in ",|"):
        return version[1:], build
    return exact_or_fuzzy_version(version, whole), build


def _checked_name(name: str, whole: str) -> str:
    lowered = name.lower()
    if not lowered:
        raise InvalidMatchSpec(whole, "it does not begin with the name of a package")
    if lowered.startswith("^") and lowered.endswith("$"):
        return name
    if not _NAME.fullmatch(lowered):
        raise InvalidMatchSpec(
            whole,
            f"`{redact(name)}` is not the name of a package",
            hint="Names consist of letters, digits and `_ . -`; `*` stands for any of them.",
        )
    return lowered
