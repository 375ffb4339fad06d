import pytest

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.errors import InvalidMatchSpec
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord

CONFIG = ChannelConfig(custom_multichannels={"mine": ("conda-forge", "https://h.org/other")})
NUMPY = PackageRecord(
    name="numpy",
    version="1.26.4",
    build="py312_mkl_2",
    build_number=2,
    channel=Channel.from_text("conda-forge", CONFIG),
    subdir="linux-64",
    fn="numpy-1.26.4-py312_mkl_2.conda",
    url="https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py312_mkl_2.conda",
    md5="d41d8cd98f00b204e9800998ecf8427e",
    sha256="e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    license="BSD-3-Clause",
    features=("mkl",),
    track_features=("blas", "mkl"),
)


@pytest.mark.parametrize(
    "text",
    [
        "numpy",
        "*",
        "num*",
        "^n.*y$",
        "NumPy",
        "numpy=1.26",
        "numpy>=1.26,<2",
        "numpy * *mkl*",
        "numpy 1.26.4 py312_mkl_2",
        "numpy[build='^py.*_2$']",
        "numpy[build_number=2]",
        "numpy[build_number='>1']",
        "numpy[subdir=linux-64]",
        "conda-forge::numpy",
        "mine::numpy",
        "conda-forge/linux-64::numpy",
        "https://conda.anaconda.org/conda-forge::numpy",
        "conda.anaconda.org/conda-forge::numpy",
        "conda-*::numpy",
        "*/linux-64::numpy",
        "numpy[license=bsd-3-clause]",
        "numpy[license=bsd*]",
        "numpy[features=mkl]",
        "numpy[track_features='mkl blas']",
        "mkl@",
        "numpy[md5=D41D8CD98F00B204E9800998ECF8427E]",
        "numpy[fn=numpy-1.26.4-py312_mkl_2.conda]",
        "https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py312_mkl_2.conda",
        f"*[sha256={NUMPY.sha256}]",
    ],
)
def test_specs_that_match(text: str) -> None:
    assert MatchSpec(text).match(NUMPY)


@pytest.mark.parametrize(
    "text",
    [
        "numpyy",
        "num",
        "scipy*",
        "numpy=1.2",
        "numpy<1.26",
        "numpy * *openblas*",
        "numpy * PY*",
        "numpy[build_number='>2']",
        "numpy[subdir=osx-64]",
        "bioconda::numpy",
        "bio*::numpy",
        "other::numpy",
        "defaults::numpy",
        "numpy[license=MIT]",
        "numpy[license_family=BSD]",
        "numpy[features='mkl nomkl']",
        "numpy[track_features=nomkl]",
        "numpy[md5=d41d8cd98f00b204e9800998ecf8427f]",
        "numpy[fn=numpy-1.26.4-py312_mkl_2.tar.bz2]",
        "https://conda.anaconda.org/conda-forge/linux-64/numpy-1.26.4-py312_mkl_2.tar.bz2",
    ],
)
def test_specs_that_do_not_match(text: str) -> None:
    assert not MatchSpec(text).match(NUMPY)


def test_fields_given_by_name_override_the_text() -> None:
    spec = MatchSpec(
        "foo=1", version="2.*", build="b", channel="conda-forge/noarch", build_number=3
    )
    assert str(spec) == "conda-forge/noarch::foo=2[build=b,build_number=3]"
    assert str(MatchSpec(name="Foo")) == "foo"
    assert str(MatchSpec("foo=1", version=None)) == "foo"
    assert str(MatchSpec("foo=1", name=None)) == "*=1"
    assert MatchSpec("foo", url="https://u:p@h/c/noarch/foo-1-0.conda").url == (
        "https://h/c/noarch/foo-1-0.conda"
    )


def test_an_unknown_field_is_refused() -> None:
    with pytest.raises(InvalidMatchSpec, match="cannot be matched on `colour`"):
        MatchSpec("foo", colour="blue")


def test_parse_gives_the_same_object_again() -> None:
    assert MatchSpec.parse("foo >=1") is MatchSpec.parse("foo >=1")
    assert MatchSpec.parse("foo >=1") == MatchSpec.parse("foo >=1")
    assert MatchSpec.parse("foo >=1") == MatchSpec("foo>=1")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("foo", "foo *"),
        ("foo=1.2", "foo 1.2.*"),
        ("foo 1.2 b", "foo==1.2=b"),
        ("foo", "FOO[build='*']"),
    ],
)
def test_equal_specs(one: str, other: str) -> None:
    assert MatchSpec(one) == MatchSpec(other)
    assert hash(MatchSpec(one)) == hash(MatchSpec(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("foo", "bar"), ("foo=1", "foo==1"), ("foo", "foo[md5=aa]"), ("a::foo", "foo")],
)
def test_different_specs(one: str, other: str) -> None:
    assert MatchSpec(one) != MatchSpec(other)
    assert MatchSpec(one) != one


def test_attributes() -> None:
    spec = MatchSpec("conda-forge/noarch::foo>=1[md5=AA,sha256=bb,build=b*]")
    assert (spec.name, str(spec.version), spec.channel, spec.subdir) == (
        "foo",
        ">=1",
        "conda-forge",
        "noarch",
    )
    assert (spec.md5, spec.sha256, spec.url, spec.fn) == ("aa", "bb", None, None)
    assert spec.build is not None
    assert spec.build.text == "b*"
    assert spec.get("build") == "b*"
    assert spec.get("license") is None
    assert spec.get("license", "none") == "none"
    assert repr(MatchSpec("foo=1")) == "MatchSpec('foo=1')"


@pytest.mark.parametrize(
    ("text", "only_name", "exact_name"),
    [
        ("foo", True, True),
        ("foo *", True, True),
        ("foo * *", True, True),
        ("foo=1", False, True),
        ("foo[md5=a]", False, True),
        ("*", True, False),
        ("foo*", True, False),
        ("^foo$", True, False),
    ],
)
def test_questions_about_the_name(text: str, only_name: bool, exact_name: bool) -> None:
    assert MatchSpec(text).is_name_only is only_name
    assert MatchSpec(text).name_is_exact is exact_name


@pytest.mark.parametrize(
    ("text", "field", "value"),
    [
        ("foo", "name", "foo"),
        ("foo*", "name", None),
        ("foo", "version", None),
        ("foo==1.2", "version", "1.2"),
        ("foo=1.2", "version", None),
        ("foo 1 b", "build", "b"),
        ("foo 1 b*", "build", None),
        ("foo", "build", None),
        ("foo[build_number=3]", "build_number", "3"),
        ("foo[build_number='>3']", "build_number", None),
        ("a::foo", "channel", "a"),
        ("a*::foo", "channel", None),
        ("foo[md5=a]", "md5", "a"),
        ("foo[subdir=noarch,md5=a]", "md5", "a"),
        ("foo[subdir=noarch]", "md5", None),
        ("foo", "md5", None),
    ],
)
def test_exact_values(text: str, field: str, value: str | None) -> None:
    assert MatchSpec(text).get_exact(field) == value


def test_replace_changes_only_the_given_fields() -> None:
    spec = MatchSpec("a::foo=1[build=b]")
    assert str(spec.replace(version=None)) == "a::foo[build=b]"
    assert str(spec.replace(build=None, version="2")) == "a::foo==2"
    assert str(spec) == "a::foo=1[build=b]"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("foo", "foo"),
        ("foo=1.2", "foo 1.2.*"),
        ("foo==1.2", "foo 1.2"),
        ("foo==1.2=b", "foo 1.2 b"),
        ("foo[build=b]", "foo * b"),
        ("foo *", "foo"),
    ],
)
def test_the_text_of_recipes(text: str, expected: str) -> None:
    assert MatchSpec(text).conda_build_text() == expected


def test_values_can_be_matched_before_there_is_a_record() -> None:
    spec = MatchSpec("foo >=1 b*[build_number=2]")
    assert spec.has_only_version_and_build
    assert spec.match_version("1.5", "b1", 2)
    assert not spec.match_version("0.5", "b1", 2)
    assert not spec.match_version("1.5", "c1", 2)
    assert not spec.match_version("1.5", "b1", 3)
    assert MatchSpec("foo").match_version("not a version", "", 0)
    assert not MatchSpec("foo[md5=a]").has_only_version_and_build
