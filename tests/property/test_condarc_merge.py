"""Laws of merging settings (spec/settings.md, section 1), and of reading and changing files."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from conda_clone.config.edit import Change, edit
from conda_clone.config.schema import Anything, ListOf, MapOf, Node, Scalar
from conda_clone.config.sources.condarc import parse_any_yaml, parse_condarc
from conda_clone.config.sources.plain_yaml import parse_plain_yaml
from conda_clone.config.sources.source import Source

TEXTS = ListOf(Scalar("str"))
TEXT_MAP = MapOf(Scalar("str"))

words = st.sampled_from(["a", "b", "c", "d", "e"])
items = st.builds(Node, words, place=st.sampled_from(["", "", "top", "bottom"]))
lists = st.builds(
    Node, st.lists(items, max_size=5).map(tuple), final=st.sampled_from([False, False, True])
)
scalars = st.builds(Node, words, final=st.sampled_from([False, False, True]))
maps = st.builds(
    Node, st.dictionaries(words, scalars, max_size=4), final=st.sampled_from([False, False, True])
)


def up_to_final(nodes: list[Node]) -> list[Node]:
    for index, node in enumerate(nodes):
        if node.final:
            return nodes[: index + 1]
    return nodes


@given(st.lists(scalars, min_size=1, max_size=5))
def test_a_scalar_is_the_last_one_up_to_the_first_final(nodes: list[Node]) -> None:
    assert Scalar("str").merge(nodes) is up_to_final(nodes)[-1]


@given(st.lists(lists, min_size=1, max_size=4))
def test_a_merged_list_holds_each_item_of_the_sources_that_count_once(nodes: list[Node]) -> None:
    merged = TEXTS.merge(nodes).plain()
    given_items = [item.value for node in up_to_final(nodes) for item in node.value]
    assert len(merged) == len(set(merged))
    assert set(merged) == set(given_items)


@given(st.lists(lists, min_size=1, max_size=4))
def test_top_items_come_before_plain_ones_and_those_before_bottom_ones(nodes: list[Node]) -> None:
    rank = {"top": 0, "": 1, "bottom": 2}
    places = [rank[item.place] for item in TEXTS.merge(nodes).value]
    assert all(before <= after for before, after in pairwise(places))


@given(st.lists(lists, min_size=1, max_size=4))
def test_merging_a_list_with_itself_changes_nothing(nodes: list[Node]) -> None:
    once = TEXTS.merge(nodes)
    assert TEXTS.merge([once, once]).plain() == once.plain()


@given(st.lists(words, max_size=5), st.lists(words, max_size=5))
def test_without_marks_the_higher_list_is_the_front(low: list[str], high: list[str]) -> None:
    merged = TEXTS.merge([Node.of(low), Node.of(high)]).plain()
    assert merged == tuple(dict.fromkeys(high + low))


@given(st.lists(maps, min_size=1, max_size=4))
def test_each_key_of_a_map_is_merged_alone(nodes: list[Node]) -> None:
    merged = TEXT_MAP.merge(nodes)
    counting = up_to_final(nodes)
    assert set(merged.value) == {key for node in counting for key in node.value}
    for key, item in merged.value.items():
        given_items = [node.value[key] for node in counting if key in node.value]
        assert item.plain() == Scalar("str").merge(given_items).plain()


@given(st.lists(maps, min_size=1, max_size=4))
def test_merging_keeps_plain_values_plain(nodes: list[Node]) -> None:
    assert Anything().merge(nodes).plain() == up_to_final(nodes)[-1].plain()


# What makes texts that are nearly, but not always, plain.
TOKENS = st.one_of(
    st.sampled_from(
        [
            "a",
            "b",
            "x",
            "true",
            "~",
            "1",
            "3.1",
            ".",
            "http://x:1",
            "b:",
            "null",
            "é",
            "-",
            "0",
            "0x1",
            "e5",
            "_",
            "y:",
            "/",
            "$",
            "%",
        ]
    ),
    st.sampled_from(list("[],'\"{}&*>|\\? #")),
    st.sampled_from([": ", "\n", "  ", "- ", "#", "!final", " #!top", " #!bottom", "<<: "]),
    st.sampled_from(["\n- ", "\n  - ", "\n    ", "\r\n", "\t"]),
)
STARTS = st.sampled_from(["", "k: ", "k:\n  - ", "k:\n- ", "k: [", "m:\n  n: "])
nearly_plain = st.builds(
    lambda start, tokens: start + "".join(tokens), STARTS, st.lists(TOKENS, max_size=12)
)


def tree(node: Node) -> object:
    """Return everything that a node says, types included."""
    value = node.value
    if isinstance(value, tuple):
        value = [tree(item) for item in value]
    elif isinstance(value, dict):
        value = {key: tree(item) for key, item in value.items()}
    return (type(value).__name__, value, node.final, node.place, node.line)


@settings(max_examples=400, deadline=None)
@given(nearly_plain)
def test_the_short_reader_agrees_with_the_yaml_library(text: str) -> None:
    short = parse_plain_yaml(text)
    if short is None:
        return
    full = parse_any_yaml("f", text)
    assert isinstance(full, dict), full
    assert {key: tree(node) for key, node in short.items()} == {
        key: tree(node) for key, node in full.items()
    }


@given(st.text(max_size=40))
def test_no_text_breaks_the_reader(text: str) -> None:
    parse_condarc("f", text)


channels = st.one_of(words, st.text(min_size=1, max_size=8).filter(lambda text: text.isprintable()))
changes = st.lists(
    st.tuples(st.sampled_from(["append", "prepend", "remove"]), channels), max_size=6
)
files = st.sampled_from(
    [
        "",
        "# mine\nquiet: true  # yes\n",
        "channels: [a, 'b']  # two\nquiet: no\n",
        "channels:  # three\n- a # one\n\n# other\n- b\n- c\nquiet: no\n",
        "channels:\n    - a\n    # last\n    - b",
        "channels: []\r\nquiet: no\r\n",
        "channels:  # none\nquiet: no",
    ]
)


def read(text: str) -> dict[str, object]:
    source = parse_condarc("f", text)
    assert isinstance(source, Source)
    return {key: node.plain() for key, node in source.entries.items()}


@settings(max_examples=60, deadline=None)
@given(files, changes)
def test_changing_a_list_changes_the_list_and_nothing_else(
    text: str, wishes: list[tuple[str, str]]
) -> None:
    before = read(text)
    given_channels = before.get("channels")
    expected = list(given_channels) if isinstance(given_channels, tuple) else []
    comments = [line.partition("#")[2] for line in text.splitlines() if line.startswith("#")]
    for verb, channel in wishes:
        if verb == "remove" and channel not in expected:
            continue
        expected = [each for each in expected if each != channel]
        if verb != "remove":
            expected.insert(0 if verb == "prepend" else len(expected), channel)
        text = edit(text, [Change(verb, "channels", channel)], "f").text  # type: ignore[arg-type]  # verbs are drawn from a list
    after = read(text)
    assert (after.pop("channels", None) or ()) == tuple(expected)
    before.pop("channels", None)
    assert after == before
    assert all(comment in text for comment in comments if not comment.startswith(" other"))


any_nodes = st.one_of(
    st.tuples(st.just(Scalar("str")), st.lists(scalars, min_size=1, max_size=5)),
    st.tuples(st.just(TEXTS), st.lists(lists, min_size=1, max_size=5)),
    st.tuples(st.just(TEXT_MAP), st.lists(maps, min_size=1, max_size=5)),
    st.tuples(
        st.just(MapOf(TEXTS)),
        st.lists(
            st.builds(Node, st.dictionaries(words, lists, max_size=3)), min_size=1, max_size=4
        ),
    ),
)


def merged_tree(kind: Scalar | ListOf | MapOf, nodes: list[Node]) -> object:
    """Return what the sources come to, marks included, lines and order of keys apart."""

    def told(node: Node) -> object:
        value = node.value
        if isinstance(value, tuple):
            value = [told(item) for item in value]
        elif isinstance(value, dict):
            value = {key: told(item) for key, item in sorted(value.items())}
        return (value, node.final, node.place)

    return told(kind.merge(nodes))


@given(any_nodes, st.data())
def test_neighbours_can_be_merged_beforehand(
    case: tuple[Scalar | ListOf | MapOf, list[Node]], data: st.DataObject
) -> None:
    kind, nodes = case
    start = data.draw(st.integers(0, len(nodes) - 1))
    end = data.draw(st.integers(start + 1, len(nodes)))
    beforehand = [*nodes[:start], kind.merge(nodes[start:end]), *nodes[end:]]
    assert merged_tree(kind, beforehand) == merged_tree(kind, nodes)


@given(any_nodes, any_nodes)
def test_nothing_above_a_final_value_counts(
    case: tuple[Scalar | ListOf | MapOf, list[Node]],
    more: tuple[Scalar | ListOf | MapOf, list[Node]],
) -> None:
    kind, nodes = case
    last = nodes[-1]
    nodes[-1] = Node(last.value, final=True)
    above = more[1] if more[0] is kind else nodes
    assert merged_tree(kind, [*nodes, *above]) == merged_tree(kind, nodes)


@given(st.lists(lists, min_size=1, max_size=4), lists)
def test_a_lower_source_removes_no_item(nodes: list[Node], below: Node) -> None:
    lower = Node(below.value)  # not final, which is how a source asks for others to be left out
    assert set(TEXTS.merge(nodes).plain()) <= set(TEXTS.merge([lower, *nodes]).plain())


SCALARS = (("quiet", "true", True), ("solver", "x y", "x y"), ("remote_max_retries", "7", 7))
any_change = st.one_of(
    st.sampled_from(SCALARS).map(lambda row: Change("set", row[0], row[1])),
    channels.map(lambda channel: Change("append", "channels", channel)),
    channels.map(lambda spec: Change("prepend", "pinned_packages", spec)),
    words.map(lambda key: Change("set", f"proxy_servers.{key}", "http://h:1")),
)


@settings(max_examples=60, deadline=None)
@given(files, st.sampled_from(SCALARS))
def test_what_is_set_is_read(text: str, row: tuple[str, str, object]) -> None:
    name, given_text, value = row
    assert read(edit(text, [Change("set", name, given_text)], "f").text)[name] == value


@settings(max_examples=60, deadline=None)
@given(files, any_change, any_change)
def test_changes_of_different_keys_can_be_made_in_any_order(
    text: str, one: Change, other: Change
) -> None:
    if one.key == other.key:
        return
    assert read(edit(text, [one, other], "f").text) == read(edit(text, [other, one], "f").text)
