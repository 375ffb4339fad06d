"""The grammar, by its verified results (spec/formats.md, section 1)."""

import pytest

from conda_clone.models.errors import InvalidMatchSpec
from conda_clone.models.match_spec.parse import parse_fields
from conda_clone.models.match_spec.spec import MatchSpec

VERIFIED = [
    ("foo=1.2", "foo=1.2"),
    ("foo==1.2", "foo==1.2"),
    ("foo 1.2", "foo==1.2"),
    ('foo[version="1.2"]', "foo==1.2"),
    ("foo=1.2=b", "foo==1.2=b"),
    ("foo==1.2=b", "foo==1.2=b"),
    ("foo 1.2 b", "foo==1.2=b"),
    ("foo bar=1", "foo==bar=1"),
    ("foo=1.2=*mkl*", "foo==1.2[build=*mkl*]"),
    ("foo=1.2*", "foo=1.2"),
    ("foo 1.2*", "foo=1.2"),
    ("foo==1.2.*", "foo=1.2"),
    ("foo[version==1.2]", "foo=1.2"),
    ("foo = 1.2", "foo=1.2"),
    ("python=3.10.", "python=3.10"),
    ("foo=1.2,<3", "foo[version='=1.2,<3']"),
    ("foo=1.2|1.3", "foo[version='=1.2|1.3']"),
    ("foo=1.*.3", "foo=1.*.3"),
    ("foo>=1.2=b0", "foo[version='>=1.2',build=b0]"),
    ("foo * mkl", "foo[build=mkl]"),
    ("foo=*=*mkl", "foo[build=*mkl]"),
    ("conda-forge/linux-64::foo=1[subdir=osx-64]", "conda-forge/osx-64::foo=1"),
    ("conda-forge::foo[subdir=noarch]", "conda-forge/noarch::foo"),
    ("*/linux-64::foo", "foo[subdir=linux-64]"),
    ("conda-forge:ns:foo", "conda-forge::foo"),
    ("https://x.org/ch/linux-64/foo-1-0.conda", "https://x.org/ch/linux-64::foo==1=0"),
    ("feat@", "*[track_features=feat]"),
    ("FOO", "foo"),
    ("foo[license=MIT]", "foo[license=mit]"),
    ("foo=", "foo"),
    ("foo(>=1)", "foo"),
    ("", "*"),
    ("a b c d", "a==b=c d"),
]


@pytest.mark.parametrize(("text", "canonical"), VERIFIED)
def test_verified_texts(text: str, canonical: str) -> None:
    assert str(MatchSpec(text)) == canonical


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("foo", {"name": "foo"}),
        ("  foo  ", {"name": "foo"}),
        ("foo >= 1.2 , < 2", {"name": "foo", "version": ">=1.2,<2"}),
        ("foo >=1.2 | 3", {"name": "foo", "version": ">=1.2|3"}),
        ("foo >=1 !164,<1!165", {"name": "foo", "version": ">=1!164,<1!165"}),
        ("foo =1.2 b", {"name": "foo", "version": "1.2", "build": "b"}),
        ("foo 1.2=b", {"name": "foo", "version": "1.2", "build": "b"}),
        ("foo 1.2 =b", {"name": "foo", "version": "1.2", "build": "b"}),
        ("foo >=1,<=2", {"name": "foo", "version": ">=1,<=2"}),
        ("foo >=1,!=2 b", {"name": "foo", "version": ">=1,!=2", "build": "b"}),
        ("foo 1.2  # why", {"name": "foo", "version": "1.2"}),
        ("foo >1 if linux", {"name": "foo", "version": ">1"}),
        ("foo 1.0 (optional)", {"name": "foo", "version": "1.0"}),
        ("foo (>=1,<2)|3", {"name": "foo", "version": "(>=1,<2)|3"}),
        ("foo (1|2)", {"name": "foo", "version": "(1|2)"}),
        ("foo >=1,(<2|>3)", {"name": "foo", "version": ">=1,(<2|>3)"}),
        ("foo[version='>=1,<2', build=\"b 1\"]", {"version": ">=1,<2", "build": "b 1"}),
        ("foo[version=1 build=b]", {"version": "1", "build": "b"}),
        ("foo[ version = 1 , build = b ]", {"version": "1", "build": "b"}),
        ("foo[version='']", {"name": "foo"}),
        ("foo[]", {"name": "foo"}),
        ("foo[optional=true, target=x]", {"name": "foo"}),
        ("foo 1[version=2]", {"name": "foo", "version": "2"}),
        ("foo[name=bar]", {"name": "foo"}),
        ("foo[version='^1[0-9]$']", {"version": "^1[0-9]$"}),
        ("foo ^1[0-9]$[build=b]", {"version": "^1[0-9]$", "build": "b"}),
        ("foo[channel=conda-forge/linux-64]", {"channel": "conda-forge", "subdir": "linux-64"}),
        ("bioconda::foo[channel=conda-forge]", {"channel": "conda-forge"}),
        ("foo[channel='https://h/t/tk-1/c', subdir=noarch]", {"channel": "https://h/c"}),
        ("https://u:p@h/c/noarch::foo", {"channel": "https://h/c", "subdir": "noarch"}),
        ("/srv/chan::foo", {"channel": "file:///srv/chan"}),
        ("conda-forge/label/dev::foo", {"channel": "conda-forge/label/dev"}),
        ("ns:foo", {"name": "foo"}),
        ("*::foo", {"name": "foo"}),
        ("::foo", {"name": "foo"}),
        ("Py*", {"name": "py*"}),
        ("^Py.*$", {"name": "^Py.*$"}),
        ("foo[url='https://h/t/tk-1/c/noarch/f-1-0.conda']", {"name": "foo"}),
    ],
)
def test_fields(text: str, fields: dict[str, str]) -> None:
    parsed = parse_fields(text)
    assert fields.items() <= parsed.items()
    assert parsed.keys() - fields.keys() <= {"name", "subdir", "url"}
    assert "tk-1" not in str(parsed)


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        (
            "https://u:p@h.org/t/tk-1/c/noarch/Foo-bar-1.2-0.tar.bz2",
            {
                "name": "foo-bar",
                "version": "1.2",
                "build": "0",
                "channel": "https://h.org/c",
                "subdir": "noarch",
                "url": "https://h.org/c/noarch/Foo-bar-1.2-0.tar.bz2",
                "fn": "Foo-bar-1.2-0.tar.bz2",
            },
        ),
        (
            "/pkgs/foo-1-0.conda#d41d8cd98f00b204e9800998ecf8427E",
            {
                "name": "foo",
                "version": "1",
                "build": "0",
                "url": "file:///pkgs/foo-1-0.conda",
                "fn": "foo-1-0.conda",
                "md5": "d41d8cd98f00b204e9800998ecf8427e",
            },
        ),
        (
            "https://h/foo.conda#sha256:" + "A" * 64,
            {
                "name": "*",
                "url": "https://h/foo.conda",
                "fn": "foo.conda",
                "sha256": "a" * 64,
            },
        ),
        (
            "https://h/c/noarch::foo-1-0.conda",
            {
                "name": "foo",
                "version": "1",
                "build": "0",
                "channel": "https://h/c",
                "subdir": "noarch",
                "url": "https://h/c/noarch/foo-1-0.conda",
                "fn": "foo-1-0.conda",
            },
        ),
    ],
)
def test_archives(text: str, fields: dict[str, str]) -> None:
    assert parse_fields(text) == fields


def test_an_archive_without_a_folder_lies_in_the_current_one(
    tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(folder)
    assert parse_fields("foo-1-0.conda")["url"] == f"file://{folder}/foo-1-0.conda"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("foo[bad=1]", "packages cannot be matched on `bad`"),
        ("foo[extras=[A,b]]", "`A` cannot be one of the `extras` of a package"),
        ("foo[flags=[a:b:c]]", "`a:b:c` cannot be one of the `flags` of a package"),
        ("foo==", "there is no version after `==`"),
        ("@/foo", "`@/foo` is not the name of a package"),
        ("@", "`@` is not the name of a package"),
        ("foo[", "`foo[` is not the name of a package"),
        ("foo]", "`foo]` is not the name of a package"),
        ("foo[version", "`foo[version` is not the name of a package"),
        ('foo[version="1.2', "`foo[version` is not the name of a package"),
        ("foo[version]", "`[version]` is not a list of `key=value`"),
        ("foo[version=>=1,<2]", "`[version=>=1,<2]` is not a list of `key=value`"),
        ("=1", "it does not begin with the name of a package"),
        (">=1", "it does not begin with the name of a package"),
        ("[version=1]", "it does not begin with the name of a package"),
        ("foo >=1..2", "in `1..2`, one of its components is empty"),
        ("a=b=c=d", None),
        ("foo[build='^[$']", None),
        ("foo[build_number=x]", None),
    ],
)
def test_what_is_no_spec_is_refused_with_the_reason(text: str, reason: str | None) -> None:
    with pytest.raises(InvalidMatchSpec) as caught:
        MatchSpec(text)
    if reason is not None:
        assert caught.value.reason == reason
        assert caught.value.message == f"Invalid package specification `{text}`: {reason}."


def test_an_error_names_the_fields_there_are() -> None:
    with pytest.raises(InvalidMatchSpec) as caught:
        MatchSpec("foo[bad=1]")
    assert caught.value.hint is not None
    assert "build_number, track_features" in caught.value.hint


def test_errors_do_not_show_secrets() -> None:
    with pytest.raises(InvalidMatchSpec) as caught:
        MatchSpec("https://u:pw@h/t/tk-1/c::foo[bad=1]")
    assert "pw" not in str(caught.value)
    assert "tk-1" not in str(caught.value)
