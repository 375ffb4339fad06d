import pytest

from conda_clone.config.sources.plain_yaml import parse_plain_yaml


def plain(text: str) -> dict[str, object]:
    entries = parse_plain_yaml(text)
    assert entries is not None
    return {key: node.plain() for key, node in entries.items()}


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("", {}),
        ("# only a comment\n\n  # and one more\n", {}),
        ("a: b", {"a": "b"}),
        ("a: b # comment\nc: d#e\n", {"a": "b", "c": "d#e"}),
        ("a: true\nb: FALSE\nc: yes\nd: null\ne: ~\nf:\n", {
            "a": True, "b": False, "c": "yes", "d": None, "e": None, "f": None,
        }),
        ("a: 12\nb: 3.11\nc: 0\n", {"a": 12, "b": 3.11, "c": 0}),
        ("a: 'x: y'\nb: \"# z\"  # c\nc: ''\n", {"a": "x: y", "b": "# z", "c": ""}),
        ("a: [x, 'y']\n", None),
        ("a: [x, http://h:1/y, 3]  # c\nb: []\nc: [x,]\n", {
            "a": ("x", "http://h:1/y", 3), "b": (), "c": ("x",),
        }),
        ("a:\n  - x\n  - y z\n\nb:\n- z\n", {"a": ("x", "y z"), "b": ("z",)}),
        ("a:\n  b: 1\n  c:\n    - d\ne: f\n", {"a": {"b": 1, "c": ("d",)}, "e": "f"}),
        ("a: ~/x\nb: ./y\nc: ../z\nd: $HOME/e\n", {
            "a": "~/x", "b": "./y", "c": "../z", "d": "$HOME/e",
        }),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a: python >=3,<4\n", {"a": "python >=3,<4"}),
        ("a: é\n", {"a": "é"}),
    ],
)  # fmt: skip
def test_plain_files_are_read(text: str, values: dict[str, object] | None) -> None:
    if values is None:
        assert parse_plain_yaml(text) is None
    else:
        assert plain(text) == values


@pytest.mark.parametrize(
    "text",
    [
        "- a\n",
        "a\n",
        "  a: b\n",
        "a: b\n  c\n",
        "a: b\n c: d\n",
        "a: b\na: c\n",
        "null: b\n",
        "'a': b\n",
        "a: b: c\n",
        "a: b:\n",
        "a: &x b\n",
        "a: *x\n",
        "a: !!str b\n",
        "a: |\n  b\n",
        "a: {b: c}\n",
        "a: [b\n",
        "a: [[b]]\n",
        "a: [b] c\n",
        "a: [b, # c\n",
        "a: 'it''s'\n",
        'a: "b\\tc"\n',
        "a: 'b' c\n",
        "a: 'b\n",
        "a:\tb\n",
        "a: 1e3\n",
        "a: 017\n",
        "a: 1_000\n",
        "a: 2001-01-01\n",
        "a: 1.2.3\n",
        "a: -1\n",
        "a: .5\n",
        "a: .inf\n",
        "a: %b\n",
        "a:\n  - b: c\n",
        "a:\n  -\n",
        "a:\n  - - b\n",
        "a:\n    - b\n  - c\n",
        "---\na: b\n",
        "%YAML 1.1\n---\na: b\n",
        "a: b\x85c\n",
        "<<: b\n",
        "a: [,]\n",
        "? a\n",
    ],
)
def test_anything_more_is_left_to_the_library(text: str) -> None:
    assert parse_plain_yaml(text) is None


def test_lines_and_marks_are_kept() -> None:
    entries = parse_plain_yaml(
        "# a file\nchannels:  #!final\n  - a  #!top\n  - b #!bottom why\n  - c # top\n"
        "quiet: yes #!final\nproxy_servers:\n  http: x  # !final\n"
    )
    assert entries is not None
    channels, quiet, proxies = entries.values()
    assert (channels.final, channels.line) == (True, 2)
    assert [(item.place, item.line) for item in channels.value] == [
        ("top", 3), ("bottom", 4), ("", 5),
    ]  # fmt: skip
    assert (quiet.final, quiet.line) == (True, 6)
    assert (proxies.final, proxies.value["http"].final) == (False, True)


def test_an_item_with_both_marks_goes_to_the_bottom() -> None:
    entries = parse_plain_yaml("a:\n  - x #!top #!bottom\n")
    assert entries is not None
    assert entries["a"].value[0].place == "bottom"
