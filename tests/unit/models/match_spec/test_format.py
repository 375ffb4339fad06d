import pytest

from conda_clone.models.match_spec.format import canonical_text
from conda_clone.models.match_spec.spec import MatchSpec


@pytest.mark.parametrize(
    ("fields", "text"),
    [
        ({"name": "foo", "version": "!=1.2"}, "foo!=1.2"),
        ({"name": "foo", "version": "~=1.2"}, "foo~=1.2"),
        ({"name": "foo", "version": "!=1,!=2"}, "foo[version='!=1,!=2']"),
        ({"name": "foo", "version": "^1.*$"}, "foo[version='^1.*$']"),
        ({"name": "foo", "version": "1.*", "build": "b"}, "foo=1[build=b]"),
        ({"name": "foo", "version": "1", "build": "^b$"}, "foo==1[build='^b$']"),
        ({"name": "foo", "license": "it's"}, 'foo[license="it\'s"]'),
        ({"name": "foo", "fn": "foo.conda"}, "foo[fn=foo.conda]"),
        ({"name": "foo", "url": "https://h/f.conda"}, "foo[url=https://h/f.conda]"),
        ({"name": "foo", "subdir": "noarch", "md5": "a"}, "foo[subdir=noarch,md5=a]"),
    ],
)
def test_canonical_texts(fields: dict[str, str], text: str) -> None:
    assert canonical_text(fields) == text
    assert MatchSpec(text).fields == fields
