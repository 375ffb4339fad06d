"""Body of an index -> which package names it has, and where their entries lie in it.

Nothing is decoded but the keys and the names: an entry is a span of bytes of the body, from the
opening quote of its key to the end of its value, so that the spans of one name, joined by commas
within braces, are a JSON object again. Opening a name then costs that name alone.

Rules (spec/formats.md, section 4): a `.conda` hides the `.tar.bz2` of the same stem, whose digest
and size it has as `legacy_bz2_md5` and `legacy_bz2_size`, if the index does not say that itself;
what `removed` lists is left out; entries for another platform folder are left out. Of the newer
section `v3` (CEP 48) the `.conda` archives count, which it lists without their ending, and go
before older entries of the same stem; wheels and other kinds of archive, which we cannot install,
stay out.
"""

import json
import re
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from operator import add

from conda_clone.core.channels.errors import CondaUpgradeError
from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.whole_msgspec import msgspec
from conda_clone.models.url import redact

__all__ = ["HIDDEN", "NEWEST_VERSION", "Layout", "archive_folder", "parse"]

HIDDEN = 1 << 31  # in the length of a span: the entry says something about another, and no more
NEWEST_VERSION = 2  # `repodata_version`; 2 adds `base_url` (CEP 15)

_CONDA = ".conda"
_TAR_BZ2 = ".tar.bz2"
_LEGACY = b'"legacy_bz2_md5"'
_SECTIONS = frozenset({"info", "packages", "packages.conda", "removed", "repodata_version", "v3"})
_WEB = ("http", "https")
_WHITE = rb"[ \t\r\n]*"
_KEY = re.compile(
    rb"([ \t\r\n,]*)(\"(?:[^\"\\]|\\.)*\")(" + _WHITE + rb":" + _WHITE + rb")", re.DOTALL
)
# Keys that occur twice make the quick walk lose its place; nobody has more than a handful.
_MAX_SEARCHES = 1000
_HINT = (
    "The file is damaged, or something between here and the server (a login page, a proxy) "
    "answered in its place. Try again, or open the address in a browser."
)


class _Info(msgspec.Struct):
    base_url: str | None = None


class _Identity(msgspec.Struct, gc=False):
    name: str
    subdir: str | None = None


_TOP = msgspec.json.Decoder(dict[str, msgspec.Raw])
_SECTION = msgspec.json.Decoder(dict[str, msgspec.Raw] | None)
_INFO = msgspec.json.Decoder(_Info | None)
_NAMES = msgspec.json.Decoder(list[str] | None)
_VERSION = msgspec.json.Decoder(int | None)
_IDENTITY = msgspec.json.Decoder(_Identity)
_IDENTITIES = msgspec.json.Decoder(dict[str, _Identity])
_NULL = msgspec.Raw(b"null")
_MEMBER = len(b'"":')


@dataclass(frozen=True, slots=True)
class Layout:
    """What an index holds, by name.

    Attributes:
        names: Package name to the spans of its entries: start and length, in turn. (Not pairs:
            so many tuples cost as much time in the garbage collector as everything else here.)
        base_url: Folder of the archives, without trailing slash and secrets.
        ignored: How many entries were broken or for another platform.
    """

    names: Mapping[str, list[int]]
    base_url: str
    ignored: int = 0


def parse(
    body: bytes, *, source: str, subdir_url: str, subdir: str, use_only_tar_bz2: bool = False
) -> Layout:
    """Find the entries in the body of an index.

    Args:
        body: JSON text, as UTF-8.
        source: Where it comes from, for messages; without secrets.
        subdir_url: Address of the platform folder, without secrets and trailing slash.
        subdir: Name of the platform folder.
        use_only_tar_bz2: Whether `.conda` archives do not count.

    Raises:
        ParseError: The text is not an index.
        CondaUpgradeError: It is in a later format.
    """
    try:
        return _parse(body, source, subdir_url, subdir, use_only_tar_bz2=use_only_tar_bz2)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise ParseError(source, f"it is not an index ({error})", hint=_HINT) from error


def _parse(
    body: bytes, source: str, subdir_url: str, subdir: str, *, use_only_tar_bz2: bool
) -> Layout:
    top = _TOP.decode(body)
    if top and _SECTIONS.isdisjoint(top):
        raise ParseError(source, "it has nothing that an index has", hint=_HINT)
    version = _VERSION.decode(top.get("repodata_version", _NULL)) or 1
    if version > NEWEST_VERSION:
        raise CondaUpgradeError(source, version, NEWEST_VERSION)
    info = _INFO.decode(top.get("info", _NULL)) or _Info()
    skipped = set(_NAMES.decode(top.get("removed", _NULL)) or ())
    starts = {key: start for key, _, start, _ in _places(body, body.find(b"{"), top)}
    finder = _Finder(body, subdir)
    newer = _SECTION.decode(top.get("v3", _NULL)) or {}
    if newer and not use_only_tar_bz2:
        skipped |= finder.add_newer(newer, starts["v3"], skipped)
    conda = top.get("packages.conda", _NULL)
    if conda != _NULL and not use_only_tar_bz2:
        files = finder.add(conda, starts["packages.conda"], skipped)
        finder.hidden = {fn.removesuffix(_CONDA) + _TAR_BZ2 for fn in files if fn not in skipped}
    packages = top.get("packages", _NULL)
    if packages != _NULL:
        finder.add(packages, starts["packages"], skipped)
    base_url = archive_folder(info.base_url, subdir_url, source)
    return Layout(finder.names, base_url, finder.ignored)


class _Finder:
    """Collects the spans of entries, section after section.

    Attributes:
        names: Package name to spans.
        ignored: How many entries were left out.
        hidden: Files that others hide: noted as `HIDDEN`, or left out where the index tells what
            these files were.
    """

    def __init__(self, body: bytes, subdir: str) -> None:
        self.names: defaultdict[str, list[int]] = defaultdict(list)
        self.ignored = 0
        self.hidden: set[str] = set()
        self._body = body
        self._subdir = subdir

    def add(self, section: msgspec.Raw, start: int, skipped: set[str]) -> Iterable[str]:
        """Note the entries of the section that starts there, but for the skipped files.

        Returns:
            The files of the section.
        """
        entries = _SECTION.decode(section) or {}
        # Looking for the key takes 75 ms in 178 MB, and most channels have each archive once.
        if not self.hidden.isdisjoint(entries) and _LEGACY in self._body:
            skipped |= self.hidden
        sizes = _compact_sizes(section, entries)
        if sizes is not None:
            del entries  # as large as what comes next
            with suppress(msgspec.DecodeError, UnicodeDecodeError):
                identities = _IDENTITIES.decode(section)
                self._add_compact(identities, sizes, start, skipped)
                return identities
            entries = _SECTION.decode(section) or {}
        found = 0
        for fn, key_start, _, value_end in _places(self._body, start, entries):
            found += 1
            if fn in skipped:
                continue
            name = self._name_of(entries[fn])
            if name is None:
                self.ignored += 1
            else:
                size = value_end - key_start
                self.names[name] += (key_start, size | HIDDEN if fn in self.hidden else size)
        self.ignored += len(entries) - found
        return entries

    def _add_compact(
        self,
        identities: Mapping[str, _Identity],
        sizes: Sequence[int],
        start: int,
        skipped: set[str],
    ) -> None:
        """Note entries that lie side by side with one character before each."""
        names, subdirs, hidden = self.names, (None, self._subdir), self.hidden
        position = start + 1
        for (fn, identity), size in zip(identities.items(), sizes, strict=True):
            if not skipped or fn not in skipped:
                name = identity.name
                if name and identity.subdir in subdirs and "\n" not in name:
                    names[name] += (position, size | HIDDEN if hidden and fn in hidden else size)
                else:
                    self.ignored += 1
            position += size + 1

    def add_newer(
        self, kinds: Mapping[str, msgspec.Raw], start: int, skipped: set[str]
    ) -> set[str]:
        """Note the `.conda` archives of `v3`; return the files of older sections that they hide."""
        kind = _CONDA.removeprefix(".")
        entries = _SECTION.decode(kinds.get(kind, _NULL)) or {}
        if not entries:
            return set()
        starts = {key: value for key, _, value, _ in _places(self._body, start, kinds)}
        removed = {fn.removesuffix(_CONDA) for fn in skipped if fn.endswith(_CONDA)}
        self.add(kinds[kind], starts[kind], removed)
        return {stem + ending for stem in entries for ending in (_CONDA, _TAR_BZ2)}

    def _name_of(self, entry: msgspec.Raw) -> str | None:
        try:
            identity = _IDENTITY.decode(entry)
        except (msgspec.DecodeError, UnicodeDecodeError):
            return None
        if identity.subdir is not None and identity.subdir != self._subdir:
            return None
        return identity.name if identity.name and "\n" not in identity.name else None


def _compact_sizes(
    section: msgspec.Raw, members: Mapping[str, msgspec.Raw]
) -> Sequence[int] | None:
    """Return how long each member of an object is, or None unless nothing lies between them.

    A member takes at least the bytes of its key, two quotes, a colon and its value; space, escapes
    and keys that occur twice only make the text longer. So if the smallest sizes, a comma between
    each and two braces add up to the length of the text, then every member lies where they say.
    """
    if not "".join(members).isascii():
        return None
    values = (len(memoryview(value)) for value in members.values())
    sizes = array("Q", map(_MEMBER.__add__, map(add, map(len, members), values)))
    return sizes if sum(sizes) + len(sizes) + 1 == len(memoryview(section)) else None


def _places(
    body: bytes, start: int, items: Mapping[str, msgspec.Raw]
) -> Iterator[tuple[str, int, int, int]]:
    """Yield key, start of the key, start and end of the value of the members of an object.

    The decoder says how long each value is but not where it lies. Walking along the text finds out
    in 1 us per member: the members come in the order of the text, unless a key occurs twice (then
    the last value counts, and the place is searched for). What stands between two members is
    nearly always what stood there before, which saves a match of the regular expression.
    """
    position = start + 1
    before = after = b""
    searches = 0
    for key, raw in items.items():
        prefix = b'%b"%b"%b' % (before, key.encode(), after)
        value = position + len(prefix)
        if body.startswith(prefix, position) and body.startswith(raw, value):
            key_start = position + len(before)
        else:
            found = _KEY.match(body, position)
            if found is None or not _is(found.group(2), key):
                searches += 1
                found = _search(body, position, key, searches)
            if found is not None:
                position = found.start()  # what was passed over has been found elsewhere
            if found is None or not body.startswith(raw, found.end()):
                searches += 1
                found = _search(body, start, key, searches, raw)
                if found is None:
                    continue
                value = found.end()
                yield key, found.start(2), value, value + len(memoryview(raw))
                continue
            key_start, value = found.start(2), found.end()
            before, after = found.group(1), found.group(3)
        position = value + len(memoryview(raw))
        yield key, key_start, value, position


def _is(quoted: bytes, key: str) -> bool:
    """Tell whether a JSON string in the text is that key."""
    if b"\\" in quoted:
        return bool(json.loads(quoted) == key)
    return quoted[1:-1] == key.encode()


def _search(
    body: bytes, start: int, key: str, searches: int, value: bytes | msgspec.Raw = b""
) -> re.Match[bytes] | None:
    """Find a member that is not where it should be, by its key or by key and value."""
    if searches > _MAX_SEARCHES:
        return None
    quoted = re.escape(json.dumps(key, ensure_ascii=False).encode())
    colon = b"(" + _WHITE + b":" + _WHITE + b")"
    member = b"()(" + quoted + b")" + colon + b"(?=" + re.escape(bytes(value)) + b")"
    return re.compile(member).search(body, start)


def archive_folder(text: str | None, subdir_url: str, source: str) -> str:
    """Return the folder of the archives (CEP 15).

    Args:
        text: What the index says about it: an address, absolute or relative, or None.
        subdir_url: Address of the platform folder, without secrets and trailing slash.
        source: Where the index comes from, for messages; without secrets.

    Raises:
        ParseError: No archives can be there.
    """
    if text is None:
        return subdir_url
    from urllib.parse import urljoin  # 4 ms, and few channels say so

    url = redact(urljoin(f"{subdir_url}/", text)).rstrip("/")
    scheme = url.partition("://")[0]
    if scheme not in _WEB and scheme != subdir_url.partition("://")[0]:
        raise ParseError(source, f"its packages are said to be at `{url}`, where none can be")
    return url
