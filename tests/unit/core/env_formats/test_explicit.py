import pytest

from conda_clone.core.env_formats.explicit import (
    ExplicitPackage,
    is_explicit_list,
    names_package_file,
    parse_explicit,
)
from conda_clone.core.env_formats.requirements_txt import parse_spec_list
from conda_clone.errors import CondaValueError

MD5 = "0123456789abcdef0123456789ABCDEF"
SHA256 = MD5.lower() * 2


def parse(*lines: str) -> tuple[ExplicitPackage, ...]:
    return parse_explicit(lines, cwd="/work", environ={"HOME": "/home/me", "CH": "/srv/ch"})


def test_spec_lists_leave_out_comments_and_blank_lines() -> None:
    assert parse_spec_list("# made by hand\n\n numpy=1.2 \nscipy\n") == ("numpy=1.2", "scipy")


def test_the_marker_may_stand_on_any_line() -> None:
    assert is_explicit_list(("a", "@EXPLICIT"))
    assert not is_explicit_list(("a",))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a-1-0.conda", True),
        ("https://c.test/linux-64/a-1-0.tar.bz2#" + MD5, True),
        ("numpy=1.2", False),
    ],
)
def test_archives_are_told_from_specs_by_their_ending(text: str, expected: bool) -> None:
    assert names_package_file(text) is expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            f"https://c.test/noarch/a-1-0.conda#{MD5}",
            ExplicitPackage(url="https://c.test/noarch/a-1-0.conda", md5=MD5.lower()),
        ),
        (
            f"https://c.test/noarch/a-1-0.conda#sha256:{SHA256}",
            ExplicitPackage(url="https://c.test/noarch/a-1-0.conda", sha256=SHA256),
        ),
        (
            f"https://c.test/noarch/a-1-0.conda#{SHA256}",
            ExplicitPackage(url="https://c.test/noarch/a-1-0.conda", sha256=SHA256),
        ),
        ("b-1-0.tar.bz2", ExplicitPackage(url="file:///work/b-1-0.tar.bz2")),
        ("~/b-1-0.tar.bz2", ExplicitPackage(url="file:///home/me/b-1-0.tar.bz2")),
        ("$CH/b-1-0.conda", ExplicitPackage(url="file:///srv/ch/b-1-0.conda")),
        ("${CH}/b-1-0.conda", ExplicitPackage(url="file:///srv/ch/b-1-0.conda")),
        ("/x/$NOPE/b-1-0.conda", ExplicitPackage(url="file:///x/$NOPE/b-1-0.conda")),
    ],
)
def test_lines_name_a_url_and_a_digest(line: str, expected: ExplicitPackage) -> None:
    assert parse("@EXPLICIT", line) == (expected,)


def test_a_line_that_is_no_archive_is_refused_by_name() -> None:
    with pytest.raises(CondaValueError, match="numpy"):
        parse("@EXPLICIT", "numpy")
