import json
from collections.abc import Callable

import pytest

from conda_clone.models.errors import InvalidPackageMetadata
from conda_clone.models.package_files import (
    DEFAULT_PLACEHOLDER,
    EntryPoint,
    PackagedPath,
    check_path,
    parse_entry_point,
    read_contents,
)

INDEX: dict[str, object] = {"name": "foo", "version": "1", "build": "0"}


def reader(**files: object) -> Callable[[str], bytes | None]:
    """Return a reader of `info/` files: objects as JSON, texts as they are."""
    contents: dict[str, object] = {"index.json": INDEX}
    contents.update({name.replace("_json", ".json"): value for name, value in files.items()})

    def read(name: str) -> bytes | None:
        value = contents.get(name.removeprefix("info/"))
        if value is None or isinstance(value, bytes):
            return value
        return (value if isinstance(value, str) else json.dumps(value)).encode()

    return read


def listing(*items: object) -> dict[str, object]:
    return {"paths_version": 1, "paths": list(items)}


def facts(path: PackagedPath) -> tuple[object, ...]:
    return (path.path, path.path_type, path.prefix_placeholder, path.file_mode, path.no_link)


def test_a_modern_package() -> None:
    contents = read_contents(
        reader(
            paths_json=listing(
                {"_path": "bin/x", "path_type": "hardlink", "sha256": "aa", "size_in_bytes": 3},
                {"_path": "lib/y", "path_type": "softlink"},
                {"_path": "lib/z", "path_type": "directory"},
                {
                    "_path": "etc/conf",
                    "path_type": "hardlink",
                    "prefix_placeholder": "/old",
                    "file_mode": "binary",
                    "no_link": True,
                },
                {"_path": "etc/text", "prefix_placeholder": "/old"},
                {"_path": "etc/plain", "prefix_placeholder": "", "file_mode": "text"},
            ),
            link_json={
                "noarch": {"type": "python", "entry_points": ["foo = foo.cli:main"]},
                "package_metadata_version": 1,
            },
        )
    )
    assert contents.index == INDEX
    assert contents.noarch == "python"
    assert contents.entry_points == (EntryPoint("foo", "foo.cli", "main"),)
    assert (contents.paths[0].sha256, contents.paths[0].size_in_bytes) == ("aa", 3)
    assert [facts(path) for path in contents.paths] == [
        ("bin/x", "hardlink", None, None, False),
        ("lib/y", "softlink", None, None, False),
        ("lib/z", "directory", None, None, False),
        ("etc/conf", "hardlink", "/old", "binary", True),
        ("etc/text", "hardlink", "/old", "text", False),
        ("etc/plain", "hardlink", None, None, False),
    ]
    assert repr(contents.paths[1]) == "PackagedPath('lib/y', 'softlink')"


def test_an_old_package() -> None:
    contents = read_contents(
        reader(
            files="bin/x\n\nbin/y\nbin/a b\nbin/soft\nbin/hard\n",
            has_prefix='"/old root" binary bin/x\nbin/y\n/p text "bin/a b"\n',
            no_link="bin/hard\n",
            no_softlink="bin/soft",
        )
    )
    assert [facts(path) for path in contents.paths] == [
        ("bin/x", "hardlink", "/old root", "binary", False),
        ("bin/y", "hardlink", DEFAULT_PLACEHOLDER, "text", False),
        ("bin/a b", "hardlink", "/p", "text", False),
        ("bin/soft", "hardlink", None, None, True),
        ("bin/hard", "hardlink", None, None, True),
    ]
    assert contents.noarch is None
    assert contents.entry_points == ()


@pytest.mark.parametrize(
    ("index", "link", "kind"),
    [
        ({"noarch": True}, None, "generic"),
        ({"noarch": "python"}, None, "python"),
        ({}, {"noarch": {"type": "generic"}}, "generic"),
        ({"noarch": "generic"}, {"noarch": {"type": "python"}}, "python"),
        ({}, {"package_metadata_version": 1}, None),
    ],
)
def test_the_kind_of_a_package_for_all_platforms(
    index: dict[str, object], link: dict[str, object] | None, kind: str | None
) -> None:
    contents = read_contents(
        reader(index_json={**INDEX, **index}, paths_json=listing(), link_json=link)
    )
    assert contents.noarch == kind


def test_a_path_that_is_listed_twice_counts_once() -> None:
    contents = read_contents(
        reader(paths_json=listing({"_path": "a", "sha256": "1"}, {"_path": "./a", "sha256": "2"}))
    )
    assert [(path.path, path.sha256) for path in contents.paths] == [("a", "2")]


@pytest.mark.parametrize(
    "path",
    [
        *[
            "/etc/passwd",
            "../x",
            "a/../../x",
            "a/..",
            "..",
            "C:/x",
            "c:x",
            "./c:/x",
            "./\\x",
            "\\x",
            "a\\..\\..\\x",
        ],
        *[
            "a\0b",
            "",
            ".",
            "./",
            "conda-meta/history",
            "CONDA-META/x.json",
            "./conda-meta/x",
            "conda-meta\\x",
        ],
    ],
)
def test_dangerous_paths_are_refused(path: str) -> None:
    with pytest.raises(InvalidPackageMetadata):
        check_path(path, file="info/paths.json")
    if "\0" not in path and path:
        with pytest.raises(InvalidPackageMetadata):
            read_contents(reader(paths_json=listing({"_path": path})))
        with pytest.raises(InvalidPackageMetadata):
            read_contents(reader(files=path))


@pytest.mark.parametrize(
    ("path", "checked"),
    [("a/b", "a/b"), ("./a//b", "a/b"), ("a/..b", "a/..b"), ("a\\b", "a\\b"), ("é", "é")],
)
def test_other_paths_get_their_shortest_form(path: str, checked: str) -> None:
    assert check_path(path, file="info/files") == checked


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo = foo.cli:main", EntryPoint("foo", "foo.cli", "main")),
        ("foo=foo:App.run", EntryPoint("foo", "foo", "App.run")),
        ("foo-2.0 = a:b [extra]", EntryPoint("foo-2.0", "a", "b")),
        ("café = a.é:ü", EntryPoint("café", "a.é", "ü")),
    ],
)
def test_entry_points(text: str, expected: EntryPoint) -> None:
    parsed = parse_entry_point(text)
    assert parsed == expected
    assert hash(parsed) == hash(expected)
    assert parsed != text
    assert repr(parsed) == f"EntryPoint('{expected}')"


@pytest.mark.parametrize(
    "text",
    [
        *["foo", "foo = a", "= a:b", ".foo = a:b", "../foo = a:b", "a/b = a:b", "a\\b = a:b"],
        *["a\0b = a:b", "a\nb = a:b", "foo = :b", "foo = a:", "foo = a;b:c", "foo = a:b()"],
        *["foo = a.:b", "foo = a²:b", "foo = 1a:b", "foo = a:b\nimport os", "foo = a b:c"],
    ],
)
def test_dangerous_entry_points_are_refused(text: str) -> None:
    with pytest.raises(InvalidPackageMetadata):
        parse_entry_point(text)


@pytest.mark.parametrize(
    ("files", "file"),
    [
        ({"index_json": None, "paths_json": listing()}, "info/index.json"),
        ({"index_json": "{nope", "paths_json": listing()}, "info/index.json"),
        ({"index_json": b"\xff\xfe", "paths_json": listing()}, "info/index.json"),
        ({"index_json": [], "paths_json": listing()}, "info/index.json"),
        ({"index_json": {"noarch": "java"}, "paths_json": listing()}, "info/index.json"),
        ({}, "info/paths.json"),
        ({"paths_json": {"paths_version": 2, "paths": []}}, "info/paths.json"),
        ({"paths_json": {"paths_version": 1}}, "info/paths.json"),
        ({"paths_json": listing("x")}, "info/paths.json"),
        ({"paths_json": listing({})}, "info/paths.json"),
        ({"paths_json": listing({"_path": 1})}, "info/paths.json"),
        ({"paths_json": listing({"_path": "a", "path_type": "fifo"})}, "info/paths.json"),
        ({"paths_json": listing({"_path": "a", "size_in_bytes": "x"})}, "info/paths.json"),
        (
            {"paths_json": listing({"_path": "a", "prefix_placeholder": "p", "file_mode": "x"})},
            "info/paths.json",
        ),
        ({"paths_json": listing(), "link_json": {"noarch": "python"}}, "info/link.json"),
        ({"paths_json": listing(), "link_json": {"noarch": {"type": "x"}}}, "info/link.json"),
        (
            {"paths_json": listing(), "link_json": {"noarch": {"entry_points": "x"}}},
            "info/link.json",
        ),
        (
            {"paths_json": listing(), "link_json": {"noarch": {"entry_points": [1]}}},
            "info/link.json",
        ),
        ({"files": "a", "has_prefix": "one two"}, "info/has_prefix"),
        ({"files": "a", "has_prefix": "p javascript a"}, "info/has_prefix"),
        ({"files": "a", "has_prefix": "../x"}, "info/has_prefix"),
        ({"files": "a", "no_link": "/x"}, "info/no_link"),
        ({"files": b"\xff"}, "info/files"),
    ],
)
def test_broken_files_are_named(files: dict[str, object], file: str) -> None:
    with pytest.raises(InvalidPackageMetadata) as caught:
        read_contents(reader(**files))
    assert caught.value.file == file
    assert caught.value.hint is not None
