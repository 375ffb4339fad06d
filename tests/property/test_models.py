"""Laws of versions, constraints, specs, channels, records and graphs."""

from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.errors import (
    InvalidMatchSpec,
    InvalidPackageMetadata,
    InvalidVersionSpec,
    SpecsCannotBeMerged,
)
from conda_clone.models.match_spec.merge import merge_pair
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.package_files import check_path
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.record_json import record_from_repodata, record_to_json
from conda_clone.models.url import path_to_url, redact, split_secrets, url_to_path
from conda_clone.models.version import VersionOrder
from conda_clone.models.version_spec import VersionSpec
from tests.support.records import record

CONFIG = ChannelConfig()

COMPONENTS = st.from_regex(r"([0-9]{1,2}|a|rc|dev|post|[0-9](a|rc|dev|post)[0-9]?)", fullmatch=True)
VERSIONS = st.builds(
    lambda epoch, parts, last, local: f"{epoch}{'.'.join(parts)}{last}{local}",
    st.sampled_from(["", "", "1!"]),
    st.lists(COMPONENTS, min_size=1, max_size=4),
    st.sampled_from(["", "", "_", ".0", ".0.0"]),
    st.sampled_from(["", "", "+1", "+a.1"]),
)
CLAUSES = st.one_of(
    st.builds(
        "{}{}".format, st.sampled_from(["", "==", "!=", "<", ">", "<=", ">=", "="]), VERSIONS
    ),
    st.builds("{}{}.*".format, st.sampled_from(["", "!=", "="]), VERSIONS),
)
CONSTRAINTS = st.recursive(
    CLAUSES,
    lambda inner: st.one_of(
        st.lists(inner, min_size=2, max_size=3).map(",".join),
        st.lists(inner, min_size=2, max_size=3).map("|".join),
        inner.map("({})".format),
    ),
    max_leaves=4,
)
NAMES = st.from_regex(r"[a-z][a-z0-9_-]{0,5}", fullmatch=True)
BUILDS = st.from_regex(r"(py[0-9]{2}_[0-9]|h[0-9a-f]{3}_[0-9]|\*_[0-9]|py\*)", fullmatch=True)
SPECS = st.builds(
    lambda channel, name, version, build, brackets: f"{channel}{name}{version}{build}{brackets}",
    st.sampled_from(["", "conda-forge::", "c/label/x/noarch::", "https://h.org/c::"]),
    NAMES,
    CONSTRAINTS.map(" {}".format),
    st.one_of(st.just(""), BUILDS.map(" {}".format)),
    st.sampled_from(["", "[md5=ab]", "[license=MIT,build_number='>=2']", "[subdir=linux-64]"]),
)


@given(VERSIONS)
def test_trailing_zeros_do_not_matter(text: str) -> None:
    """ "Missing" components count as 0 (CEP 33, comparison)."""
    public, plus, local = text.partition("+")
    if not public.endswith("_"):
        assert VersionOrder(f"{public}.0{plus}{local}") == VersionOrder(text)


@given(VERSIONS, VERSIONS)
def test_a_version_starts_with_itself_and_what_it_extends(text: str, more: str) -> None:
    """`1.2.*` is a "component-wise prefix" (spec/formats.md, section 3)."""
    version = VersionOrder(text)
    assert version.starts_with(version)
    if not {"+", "_"} & set(text) and "!" not in more:
        assert VersionOrder(f"{text}.{more}").starts_with(version)


@given(st.text(max_size=12))
def test_any_text_is_a_version_or_an_error(text: str) -> None:
    """What is no version is an error of one kind (spec/formats.md, section 2, errors)."""
    try:
        version = VersionOrder(text)
    except InvalidVersionSpec:
        return
    assert VersionOrder(str(version)) == version


@given(st.text("0123456789.*=<>!~,|()^$ ab", max_size=14))
def test_any_text_is_a_constraint_or_an_error(text: str) -> None:
    """What is no constraint is an error of one kind (section 3, invalid)."""
    try:
        constraint = VersionSpec(text)
    except InvalidVersionSpec:
        return
    assert VersionSpec(constraint.text).text == constraint.text
    assert constraint.match("1.2") in {True, False}


@given(VERSIONS, VERSIONS, VERSIONS)
def test_versions_have_a_total_order(one: str, other: str, third: str) -> None:
    """Versions are compared "epoch, then version components pairwise ..., then local" (CEP 33)."""
    first, second, last = sorted(map(VersionOrder, (one, other, third)))
    assert first <= second <= last
    assert first <= last
    for low, high in ((first, second), (second, last), (first, last)):
        assert (low < high) + (low == high) + (low > high) == 1
        assert (low == high) is (high == low)
        assert low != high or hash(low) == hash(high)


@given(VERSIONS)
def test_the_text_of_a_version_is_a_fixed_point(text: str) -> None:
    """A version is written as it was read; case does not matter (CEP 33: "lower-case")."""
    version = VersionOrder(text)
    assert str(VersionOrder(str(version))) == str(version)
    assert VersionOrder(text.upper()) == version


@given(CONSTRAINTS, VERSIONS)
def test_the_canonical_constraint_matches_the_same_versions(text: str, version: str) -> None:
    """ "Canonical text" stands for the same set of versions."""
    constraint = VersionSpec(text)
    assert VersionSpec(constraint.text).match(version) is constraint.match(version)


@given(CONSTRAINTS, CONSTRAINTS, VERSIONS)
def test_and_or_and_not(one: str, other: str, version: str) -> None:
    """ "`,` = and, binds tighter than `|` = or": intersection and union of sets of versions."""
    first, second = VersionSpec(one).match(version), VersionSpec(other).match(version)
    assert VersionSpec(f"({one}),({other})").match(version) is (first and second)
    assert VersionSpec(f"({one})|({other})").match(version) is (first or second)


@given(VERSIONS, VERSIONS)
def test_opposite_operators(one: str, other: str) -> None:
    """`!=` is "not equal", `!=1.2.*` is "not prefix": complements of sets of versions."""
    assert VersionSpec(f"<{one}").match(other) is not VersionSpec(f">={one}").match(other)
    assert VersionSpec(f">{one}").match(other) is not VersionSpec(f"<={one}").match(other)
    assert VersionSpec(f"=={one}").match(other) is not VersionSpec(f"!={one}").match(other)
    assert VersionSpec(f"={one}").match(other) is not VersionSpec(f"!={one}.*").match(other)


@given(SPECS)
def test_the_text_of_a_spec_parses_back_to_it(text: str) -> None:
    """The canonical string of a spec is a fixed point (section 1, canonical string)."""
    spec = MatchSpec(text)
    again = MatchSpec(str(spec))
    assert again == spec
    assert hash(again) == hash(spec)
    assert str(again) == str(spec)


@given(st.text("fo1.*=<>!~,|()[]'\"^$ :/@#bversion", max_size=24))
def test_any_text_is_a_spec_or_an_error(text: str) -> None:
    """What is no spec is an `InvalidMatchSpec` (section 1, errors)."""
    try:
        spec = MatchSpec(text)
    except InvalidMatchSpec:
        return
    assert MatchSpec.from_fields(spec.fields) == spec


@given(NAMES, CONSTRAINTS, CONSTRAINTS, VERSIONS, BUILDS, BUILDS)
def test_a_merged_spec_matches_what_both_match(
    name: str, one: str, other: str, version: str, build: str, other_build: str
) -> None:
    """Version specs are "joined by `,`", or the specs exclude each other (section 1, merge)."""
    first = MatchSpec(f"{name} {one} {build}")
    second = MatchSpec(f"{name} {other} {other_build}")
    package = record(name, version, build.replace("*", "py39_0"))
    both = first.match(package) and second.match(package)
    try:
        merged = merge_pair(first, second)
    except SpecsCannotBeMerged:
        assert not both
        return
    assert merged.match(package) is both
    assert merge_pair(second, first).match(package) is both


@given(st.text("abc0123._/-", max_size=20).map("https://user:pw@h.org/t/tk-1/{}".format))
def test_secrets_never_reach_a_channels_texts(url: str) -> None:
    channel = Channel.from_text(url, CONFIG)
    shown = f"{channel!r} {channel} {channel.name} {channel.location} {channel.urls()}"
    assert "pw@" not in shown
    assert "tk-1" not in shown
    assert redact(url) == redact(redact(url))
    assert split_secrets(url).url.rstrip("/") == redact(url).rstrip("/")


@given(st.text(min_size=1, max_size=20).map("/{}".format).filter(lambda path: "\0" not in path))
def test_paths_survive_the_way_through_a_url(path: str) -> None:
    address = path_to_url(path)
    assert path_to_url(url_to_path(address)) == address


@given(
    st.dictionaries(
        st.text(max_size=8).map("x-{}".format),
        st.one_of(st.none(), st.integers(), st.text(max_size=8), st.lists(st.integers())),
        max_size=5,
    )
)
def test_unknown_keys_survive(extra: dict[str, object]) -> None:
    entry = {**extra, "name": "foo", "version": "1", "build": "0", "build_number": 0}
    channel = Channel.from_text("c", CONFIG)
    package = record_from_repodata(
        entry, fn="foo-1-0.conda", channel=channel, subdir="noarch", base_url="https://h/c/noarch"
    )
    written = record_to_json(package)
    assert {key: written[key] for key in entry} == entry


@given(st.text("ab./\\:C\0", max_size=10))
def test_a_checked_path_stays_below_its_folder(path: str) -> None:
    try:
        checked = check_path(path, file="info/files")
    except InvalidPackageMetadata:
        return
    parts = checked.split("/")
    assert not {"", ".", ".."} & set(parts)
    assert check_path(checked, file="info/files") == checked


@given(st.lists(st.tuples(st.sampled_from("abcde"), st.sampled_from("abcde")), max_size=8))
def test_the_order_of_a_graph_depends_on_its_edges_only(edges: list[tuple[str, str]]) -> None:
    records = [
        record(name, depends=sorted({needed for owner, needed in edges if owner == name}))
        for name in "abcde"
    ]
    orders = {
        tuple(package.name for package in PrefixGraph(shuffled).sorted())
        for shuffled in list(permutations(records))[::17]
    }
    assert len(orders) == 1
    (order,) = orders
    assert sorted(order) == list("abcde")
    graph = PrefixGraph(records)
    for name in order:
        for needed in graph.dependencies_of(name):
            in_cycle = name in graph.reachable_from([needed])
            assert in_cycle or order.index(needed) < order.index(name)
