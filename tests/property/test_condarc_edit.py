"""Laws of changing files of settings: nothing moves outside of the key that is changed."""

from dataclasses import dataclass
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from conda_clone.config.edit import Change, edit
from conda_clone.config.sources.condarc import parse_condarc
from conda_clone.config.sources.source import Source
from conda_clone.errors import CondaError


@dataclass(frozen=True)
class Entry:
    """One key of a file as it is written, and what it means."""

    key: str
    text: str
    value: Any


def scalar(word: str) -> st.SearchStrategy[str]:
    """Ways to write a word."""
    return st.sampled_from([word, f'"{word}"', f"'{word}'"])


words = st.sampled_from(["alpha", "be ta", "c-3", "d/e", "http://h:1/x", "é"])
comments = st.sampled_from(["", "", "  # note", " #!final", "   # it's: [odd] {one}"])
item_comments = st.sampled_from(["", "", "  # item", " #!top", " #!bottom"])
between = st.sampled_from(["", "", "\n", "# a comment\n", "# key: value\n\n", "  # moved in\n"])


@st.composite
def block_list(draw: st.DrawFn, key: str) -> Entry:
    items = draw(st.lists(words, min_size=1, max_size=4, unique=True))
    indent = draw(st.sampled_from(["", "  ", "    "]))
    lines = [f"{key}:{draw(comments)}\n"]
    for number, item in enumerate(items):
        if number:
            lines.append(draw(st.sampled_from(["", "", f"{indent}# inside\n", "\n"])))
        lines.append(f"{indent}- {draw(scalar(item))}{draw(item_comments)}\n")
    return Entry(key, "".join(lines), tuple(items))


@st.composite
def flow_list(draw: st.DrawFn, key: str) -> Entry:
    items = draw(st.lists(words.filter(lambda word: ":" not in word), max_size=4, unique=True))
    joined = draw(st.sampled_from([", ", ",", ",\n  "])).join(draw(scalar(item)) for item in items)
    return Entry(key, f"{key}: [{joined}]{draw(comments)}\n", tuple(items))


@st.composite
def one_value(draw: st.DrawFn, key: str, values: tuple[tuple[str, object], ...]) -> Entry:
    written, value = draw(st.sampled_from(values))
    return Entry(key, f"{key}: {written}{draw(comments)}\n", value)


@st.composite
def block_map(draw: st.DrawFn, key: str) -> Entry:
    pairs = draw(st.dictionaries(st.sampled_from(["http", "https", "all"]), words, min_size=1))
    lines = [f"  {name}: {draw(scalar(word))}{draw(comments)}\n" for name, word in pairs.items()]
    return Entry(key, f"{key}:{draw(comments)}\n" + "".join(lines), dict(pairs))


@st.composite
def flow_map(draw: st.DrawFn, key: str) -> Entry:
    names = draw(st.lists(st.sampled_from(["http", "https", "all"]), unique=True))
    return Entry(
        key,
        f"{key}: {{{', '.join(f'{name}: w' for name in names)}}}{draw(comments)}\n",
        dict.fromkeys(names, "w"),
    )


BOOLS = (("true", True), ("no", "no"), ("'yes'", "yes"), ("off", "off"))
NUMBERS = (("3", 3), ("0", 0), ('"5"', "5"))
ENTRIES = (
    st.one_of(block_list("channels"), flow_list("channels")),
    st.one_of(block_list("pinned_packages"), flow_list("pinned_packages")),
    st.one_of(block_map("proxy_servers"), flow_map("proxy_servers")),
    one_value("quiet", BOOLS),
    one_value("remote_max_retries", NUMBERS),
    st.one_of(block_list("somebody_elses"), one_value("somebody_elses", BOOLS)),
)


HEADS = ("", "", "---\n", "# head\n---  # start\n", "%YAML 1.2\n---\n")
TAILS = ("", "", "\n\n", "# tail", "...\n", "  # tail\n")


@dataclass(frozen=True)
class File:
    """The text of a file, in the pieces that a change may or may not touch."""

    head: str
    entries: list[tuple[str, Entry]]
    tail: str
    newline: str

    @property
    def text(self) -> str:
        return self.piece(0, len(self.entries), head=self.head, tail=self.tail)

    def piece(self, start: int, end: int, *, head: str = "", tail: str = "") -> str:
        inside = "".join(before + entry.text for before, entry in self.entries[start:end])
        return (head + inside + tail).replace("\n", self.newline)

    def around(self, place: int) -> tuple[str, str]:
        """Return what stands before and behind an entry."""
        between = self.entries[place][0].replace("\n", self.newline)
        behind = self.piece(place + 1, len(self.entries), tail=self.tail)
        return self.piece(0, place, head=self.head) + between, behind


@st.composite
def files(draw: st.DrawFn) -> File:
    chosen = draw(st.permutations(ENTRIES))[: draw(st.integers(1, len(ENTRIES)))]
    entries = [(draw(between), draw(st.one_of(entry, entry.map(unusual)))) for entry in chosen]
    return File(
        draw(st.sampled_from(HEADS)),
        entries,
        draw(st.sampled_from(TAILS)),
        draw(st.sampled_from(["\n", "\n", "\r\n"])),
    )


def unusual(entry: Entry) -> Entry:
    """Return the entry with its key in quotes, apart from its colon."""
    return Entry(entry.key, entry.text.replace(f"{entry.key}:", f'"{entry.key}" :', 1), entry.value)


def read(text: str) -> dict[str, Any]:
    source = parse_condarc("f", text)
    assert isinstance(source, Source), text
    return {key: node.plain() for key, node in source.entries.items()}


CHANGES = st.one_of(
    st.tuples(st.just("set"), st.just("quiet"), st.sampled_from(["true", "false"])),
    st.tuples(st.just("set"), st.just("remote_max_retries"), st.sampled_from(["7", "0"])),
    st.tuples(st.just("set"), st.sampled_from(["proxy_servers.http", "proxy_servers.x"]), words),
    st.tuples(
        st.sampled_from(["append", "prepend", "remove"]),
        st.sampled_from(["channels", "pinned_packages"]),
        words,
    ),
    st.tuples(
        st.just("remove_key"),
        st.sampled_from(["channels", "proxy_servers", "quiet", "somebody_elses"]),
        st.just(""),
    ),
)


def expected(values: dict[str, Any], verb: str, key: str, value: str) -> dict[str, Any]:
    """Return what a file says after a change."""
    after = dict(values)
    name, _, inner = key.partition(".")
    if verb == "remove_key":
        del after[key]
    elif verb == "set" and inner:
        after[name] = {**after.get(name, {}), inner: value}
    elif verb == "set":
        after[name] = {"true": True, "false": False}.get(value, value)
        if name == "remote_max_retries":
            after[name] = int(value)
    else:
        rest = [item for item in after.get(name, ()) if item != value]
        if verb != "remove":
            rest.insert(0 if verb == "prepend" else len(rest), value)
        after[name] = tuple(rest)
    return after


@settings(max_examples=300, deadline=None)
@given(files(), CHANGES)
def test_only_the_key_that_is_changed_changes(file: File, change: tuple[Any, str, str]) -> None:
    verb, key, value = change
    values = {entry.key: entry.value for _, entry in file.entries}
    assume(isinstance(parse_condarc("f", file.text), Source))
    assert read(file.text) == values
    name = key.partition(".")[0]
    if verb == "remove":
        assume(value in values.get(name, ()))
    if verb == "remove_key":
        assume(name in values)
    after = edit(file.text, [Change(verb, key, value)], "f").text
    assert read(after) == expected(values, verb, key, value)
    if name in values:
        place = [entry.key for _, entry in file.entries].index(name)
        before, behind = file.around(place)
    else:
        before, behind = file.piece(0, len(file.entries), head=file.head), ""
        assert all(line in after for line in file.text.splitlines())
    assert after.startswith(before)
    assert after.endswith(behind)


NAMES = ["channels: ", "quiet: ", "proxy_servers: ", "solver: ", "plugins: ", "a", "b", "~", "1"]
SIGNS = ["- ", "'", '"', "#", "# c", "[", "]", "{", "}", ",", "? ", ": ", "|", "| ", ">", "-\n"]
RARE = ["&x ", "*x", "!!str ", "!!set ", "---\n", "...\n", "%YAML 1.2\n", "<<: ", "\t", "é", "\0"]
SPACE = ["\n", "\n", "\n", "\n  ", "\n- ", "  ", "    ", "\r\n"]
TOKENS = st.one_of(*map(st.sampled_from, (NAMES, SIGNS, RARE, SPACE)))


@settings(max_examples=400, deadline=None)
@given(st.lists(TOKENS, max_size=14).map("".join), CHANGES)
def test_whatever_a_file_holds_a_change_is_made_or_refused(
    text: str, change: tuple[Any, str, str]
) -> None:
    verb, key, value = change
    before = parse_condarc("f", text)
    try:
        after = edit(text, [Change(verb, key, value)], "f").text
    except CondaError:
        return
    assert isinstance(before, Source)
    others = {name: said for name, said in read(text).items() if name != key.partition(".")[0]}
    assert {name: said for name, said in read(after).items() if name in others} == others
