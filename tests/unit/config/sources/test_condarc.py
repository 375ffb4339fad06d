import os
import sys
from pathlib import Path

import pytest

from conda_clone.config.errors import FileProblem
from conda_clone.config.sources.condarc import parse_any_yaml, parse_condarc, read_condarc
from conda_clone.config.sources.source import Source


def values(text: str) -> dict[str, object]:
    source = parse_condarc("/x/.condarc", text)
    assert isinstance(source, Source)
    return {key: node.plain() for key, node in source.entries.items()}


def problem(text: str) -> FileProblem:
    found = parse_condarc("/x/.condarc", text)
    assert isinstance(found, FileProblem)
    return found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b\n", {"a": "b"}),
        ("---\n# nothing\n", {}),
        ("null\n", {}),
        ("{}\n", {}),
        ("a: {b: [1, 'c']}\n", {"a": {"b": (1, "c")}}),
        ("a: &x [1]\nb: *x\n", {"a": (1,), "b": (1,)}),
        ("a: |\n  two\n  lines\n", {"a": "two\nlines\n"}),
        ("a:\n  - channel: x\n    auth: y\n", {"a": ({"channel": "x", "auth": "y"},)}),
        ("1: x\ntrue: y\n", {"1": "x", "True": "y"}),
        ("a: &x 1\nb: &x 2\nc: *x\n", {"a": 1, "b": 2, "c": 2}),
    ],
)
def test_all_of_yaml_is_understood(text: str, expected: dict[str, object]) -> None:
    assert values(text) == expected


def test_marks_and_lines_are_found_in_rich_yaml() -> None:
    entries = parse_any_yaml(
        "f",
        "---\n"
        "channels: #!final\n"
        "  - 'it''s' #!top\n"
        "  - b # plain\n"
        "  - c #!bottom\n"
        "proxy_servers: {http: x} #!final\n"
        "more:\n"
        "  key: 1e3 #!final\n"
        "empty: #!final\n"
        "last: |  \n"
        "  a #!final\n",
    )
    assert isinstance(entries, dict)
    channels = entries["channels"]
    assert (channels.final, channels.line) == (True, 2)
    assert [(item.place, item.line) for item in channels.value] == [
        ("top", 3), ("", 4), ("bottom", 5),
    ]  # fmt: skip
    assert entries["proxy_servers"].final
    assert not entries["more"].final
    assert entries["more"].value["key"].final
    assert entries["empty"].final
    assert not entries["last"].final


@pytest.mark.parametrize(
    ("text", "reason", "line"),
    [
        ("channels: [a\nb: :\n", "it is not YAML", 2),
        ("channels:\n\t- a\n", "it is not YAML", 2),
        ("- a\n- b\n", "its top level is not a map of settings", 1),
        ("hello\n", "its top level is not a map of settings", 1),
        ("channels: [a]\nchannels: [b]\n", "the key `channels` stands twice", 2),
        ("a: 1\n<<: {b: 2}\n", "merge keys (`<<`) are not supported", 2),
        ("? [a]\n: b\n", "a key is not a text", 1),
        ("a: 1\n---\nb: 2\n", "it is not YAML", 2),
        ("a: =\n", "it is not YAML", 1),
        ("a: b\x07\n", "it is not YAML", None),
        ("a: 2001-99-99\n", "it is not YAML", None),
        ("a: " + "[" * 1500 + "\n", "it is not YAML", None),
    ],
)
def test_files_that_cannot_be_used_are_problems(text: str, reason: str, line: int | None) -> None:
    found = problem(text)
    assert found.reason.startswith(reason)
    assert found.line == line
    assert str(found).startswith("The configuration file `/x/.condarc`")


def test_aliases_of_aliases_do_not_fill_the_memory() -> None:
    rows = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    rows += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    assert problem("\n".join(rows)).reason == "it is too large"


def test_a_file_is_read_with_a_byte_order_mark(tmp_path: Path) -> None:
    path = tmp_path / ".condarc"
    path.write_bytes(b"\xef\xbb\xbfquiet: true\n")
    source = read_condarc(str(path))
    assert isinstance(source, Source)
    assert source.names == ["quiet"]


def test_a_file_in_another_encoding_is_a_problem(tmp_path: Path) -> None:
    path = tmp_path / ".condarc"
    path.write_bytes("quiet: true\nchannels: [é]\n".encode("latin-1"))
    found = read_condarc(str(path))
    assert isinstance(found, FileProblem)
    assert str(found) == (
        f"The configuration file `{path}`, line 2 is left out: it is not encoded in UTF-8."
    )


def test_a_file_that_cannot_be_read_is_a_problem(tmp_path: Path) -> None:
    found = read_condarc(str(tmp_path))
    assert isinstance(found, FileProblem)
    assert "it cannot be read" in found.reason


def test_the_library_is_not_loaded_for_plain_files() -> None:
    import subprocess

    program = (
        "import sys; from conda_clone.config.sources.condarc import parse_condarc; "
        "parse_condarc('f', 'channels:\\n  - a\\nquiet: yes\\n'); "
        "sys.exit('ruamel.yaml' in sys.modules)"
    )
    repository = Path(__file__).parents[4]
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={"PYTHONPATH": str(repository), "PATH": os.environ["PATH"]},
        check=False,
    )
    assert done.returncode == 0
