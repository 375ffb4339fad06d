"""Versions, specs and records at the size of real indexes, beside py-rattler's types of that use.

Texts come from the indexes of the shared folder. The garbage collector runs as in a command, except
over what was there before: no command holds a whole index as Python objects. Our caches by text are
emptied before each round; py-rattler has none.
"""

import gc
import json
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Iterable
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any

import msgspec
import pytest

from conda_clone.gateways.archives.decompress import zstd_chunks
from conda_clone.gateways.archives.limits import Limits
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.errors import InvalidMatchSpec, InvalidVersionSpec
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.records import PackageRecord
from conda_clone.models.version import VersionOrder
from conda_clone.models.version_ranges import SortedVersions
from conda_clone.models.version_spec import VersionSpec

pytestmark = [pytest.mark.shared, pytest.mark.slow]

Entries = list[tuple[str, str, dict[str, Any]]]

CHANNEL = Channel.from_text("conda-forge", ChannelConfig())
HOW_MANY_VERSIONS = 28_000
# The name with the most records in the index.
LARGE_NAME = "conda-forge-pinning"


def index(path: Path) -> Any:
    return json.loads(b"".join(zstd_chunks([path.read_bytes()], Limits())))


def entries_of(folder: Path) -> Entries:
    data = index(folder / "repodata.json.zst")
    return [
        (folder.name, fn, entry)
        for section in ("packages", "packages.conda")
        for fn, entry in data.get(section, {}).items()
    ]


@pytest.fixture(scope="module")
def entries(shared: Path) -> Entries:
    """Return the entries of conda-forge for linux-64 and noarch."""
    channel = shared / "data" / "repodata" / "conda-forge-union"
    return entries_of(channel / "linux-64") + entries_of(channel / "noarch")


@pytest.fixture(scope="module")
def platforms(shared: Path) -> list[Path]:
    """Return the folders of conda-forge for all platforms: 89,000 records."""
    return sorted((shared / "data" / "repodata" / "conda-forge-union").iterdir())


@pytest.fixture(scope="module")
def versions(shared: Path) -> list[str]:
    """Return a version per name that has it, in random order; 9,000 texts are distinct."""
    found = {
        (entry["name"], entry["version"])
        for path in sorted((shared / "data" / "repodata").glob("*/*/repodata.json.zst"))
        for _, _, entry in entries_of(path.parent)
    }
    pairs = sorted(found)
    random.Random(0).shuffle(pairs)
    return [version for _, version in pairs[:HOW_MANY_VERSIONS] if is_version(version)]


def is_version(text: str) -> bool:
    try:
        VersionOrder(text)
    except InvalidVersionSpec:
        return False
    return True


def is_spec(text: str) -> bool:
    try:
        MatchSpec(text)
    except InvalidMatchSpec:
        return False
    return True


def dependencies_of(entries: Entries) -> list[str]:
    texts = {text for _, _, entry in entries for text in entry["depends"]}
    return [text for text in sorted(texts) if is_spec(text)]


@pytest.fixture(scope="module")
def dependencies(entries: Entries) -> list[str]:
    """Return the distinct dependency strings."""
    return dependencies_of(entries)


@pytest.fixture(scope="module")
def constraints(dependencies: list[str]) -> list[str]:
    """Return the distinct version parts of dependencies, as they are written."""
    words = [text.split(" ") for text in dependencies if "[" not in text]
    return sorted({parts[1] for parts in words if len(parts) > 1})


@pytest.fixture(scope="module")
def records(entries: Entries) -> list[PackageRecord]:
    return build_records(entries)


def build_records(entries: Iterable[tuple[str, str, dict[str, Any]]]) -> list[PackageRecord]:
    return [
        record_from_repodata(
            entry, fn=fn, channel=CHANNEL, subdir=subdir, base_url=f"{CHANNEL.base_url}/{subdir}"
        )
        for subdir, fn, entry in entries
    ]


def forget_texts() -> None:
    """Empty our caches, as in a new process."""
    for name, module in list(sys.modules.items()):
        if name.startswith("conda_clone.models"):
            for value in vars(module).values():
                if hasattr(value, "cache_clear"):
                    value.cache_clear()


@pytest.fixture
def measure(benchmark: Any) -> Callable[[Callable[[], object]], Any]:
    """Return a function that measures work in a process that has forgotten all texts."""

    def measured(work: Callable[[], object]) -> Any:
        gc.collect()
        gc.freeze()
        try:
            return benchmark.pedantic(work, setup=forget_texts, rounds=7, warmup_rounds=1)
        finally:
            gc.unfreeze()

    return measured


Measure = Callable[[Callable[[], object]], Any]


@pytest.mark.benchmark(group="parse 28,000 versions")
def test_parse_versions(measure: Measure, versions: list[str]) -> None:
    measure(lambda: [VersionOrder(text) for text in versions])


@pytest.mark.benchmark(group="parse 28,000 versions")
def test_parse_versions_by_the_peer(measure: Measure, versions: list[str], rattler: Any) -> None:
    measure(lambda: [rattler.Version(text) for text in versions])


@pytest.mark.benchmark(group="sort 28,000 versions")
def test_sort_versions(measure: Measure, versions: list[str]) -> None:
    parsed = [VersionOrder(text) for text in versions]
    measure(lambda: sorted(parsed))


@pytest.mark.benchmark(group="sort 28,000 versions")
def test_sort_versions_by_the_peer(measure: Measure, versions: list[str], rattler: Any) -> None:
    parsed = [rattler.Version(text) for text in versions]
    measure(lambda: sorted(parsed))


@pytest.mark.benchmark(group="compare 28,000 pairs of versions")
def test_compare_versions(measure: Measure, versions: list[str]) -> None:
    pairs = list(pairwise([VersionOrder(text) for text in versions]))
    measure(lambda: [one < other for one, other in pairs])


@pytest.mark.benchmark(group="compare 28,000 pairs of versions")
def test_compare_versions_by_the_peer(measure: Measure, versions: list[str], rattler: Any) -> None:
    pairs = list(pairwise([rattler.Version(text) for text in versions]))
    measure(lambda: [one < other for one, other in pairs])


@pytest.mark.benchmark(group="parse the distinct constraints")
def test_parse_constraints(measure: Measure, constraints: list[str]) -> None:
    measure(lambda: [VersionSpec(text) for text in constraints])


@pytest.mark.benchmark(group="parse the distinct constraints")
def test_parse_constraints_by_the_peer(
    measure: Measure, constraints: list[str], rattler: Any
) -> None:
    measure(lambda: [rattler.VersionSpec(text) for text in constraints])


@pytest.mark.benchmark(group="parse the distinct dependency strings")
def test_parse_dependencies(measure: Measure, dependencies: list[str]) -> None:
    measure(lambda: [MatchSpec(text) for text in dependencies])


@pytest.mark.benchmark(group="parse the distinct dependency strings")
def test_parse_dependencies_by_the_peer(
    measure: Measure, dependencies: list[str], rattler: Any
) -> None:
    measure(lambda: [rattler.MatchSpec(text) for text in dependencies])


class Candidates:
    """The records of one name as bits, with the versions sorted once."""

    def __init__(self, records: list[PackageRecord]) -> None:
        bits: dict[str, int] = {}
        for place, record in enumerate(records):
            bits[record.version] = bits.get(record.version, 0) | 1 << place
        self.records = records
        self.versions = SortedVersions(bits)

    @cached_property
    def builds(self) -> dict[str, int]:
        """The bits of each build string; few specs name one."""
        bits: dict[str, int] = {}
        for place, record in enumerate(self.records):
            bits[record.build] = bits.get(record.build, 0) | 1 << place
        return bits

    def matching(self, spec: MatchSpec) -> int:
        """Return how many records a spec matches."""
        if not spec.has_only_version_and_build or spec.build_number is not None:
            return sum(map(spec.match, self.records))
        versions = self.versions
        found = versions.everything if spec.version is None else spec.version.select(versions)
        if spec.build is not None and found:
            match = spec.build.match
            found &= sum([bits for build, bits in self.builds.items() if match(build)])
        return found.bit_count()


def count_matches(records: list[PackageRecord], specs: list[MatchSpec]) -> int:
    """Hold every spec against all records of its name."""
    by_name: dict[str, list[PackageRecord]] = defaultdict(list)
    for record in records:
        by_name[record.name].append(record)
    candidates = {name: Candidates(found) for name, found in by_name.items()}
    nobody = Candidates([])
    return sum([candidates.get(spec.name, nobody).matching(spec) for spec in specs])


def count_matches_by_the_peer(records: Any, specs: Any) -> int:
    by_name: Any = defaultdict(list)
    for record in records:
        by_name[record.name.normalized].append(record)
    return sum([spec.matches(record) for spec in specs for record in by_name[spec.name.normalized]])


@pytest.mark.benchmark(group="match 25,000 dependency strings, 2.9 million pairs")
def test_match_everything(measure: Measure, platforms: list[Path]) -> None:
    entries = [entry for folder in platforms for entry in entries_of(folder)]
    specs = [MatchSpec(text) for text in dependencies_of(entries)]
    records = build_records(entries)
    del entries
    one_by_one = sum(
        spec.match(record)
        for spec in specs[::200]
        for record in records
        if record.name == spec.name
    )
    assert count_matches(records, specs[::200]) == one_by_one
    assert measure(lambda: count_matches(records, specs)) > len(specs)


@pytest.mark.benchmark(group="match 25,000 dependency strings, 2.9 million pairs")
def test_match_everything_by_the_peer(
    measure: Measure, platforms: list[Path], tmp_path: Path, rattler: Any
) -> None:
    entries = [entry for folder in platforms for entry in entries_of(folder)]
    specs = [rattler.MatchSpec(text) for text in dependencies_of(entries)]
    del entries
    records = []
    for folder in platforms:
        channel = rattler.Channel(tmp_path.as_uri())
        unpacked = tmp_path / folder.name / "repodata.json"
        unpacked.parent.mkdir()
        unpacked.write_text(json.dumps(index(folder / "repodata.json.zst")), "utf-8")
        records += rattler.SparseRepoData(channel, folder.name, unpacked).load_all_records()
    measure(lambda: count_matches_by_the_peer(records, specs))


@pytest.mark.benchmark(group="build the records of one name")
def test_build_records(measure: Measure, entries: Entries) -> None:
    found = [entry for entry in entries if entry[2]["name"] == LARGE_NAME]
    packed = msgspec.json.encode(found)
    decode = msgspec.json.Decoder(Entries).decode
    assert len(measure(lambda: build_records(decode(packed)))) == len(found)


@pytest.mark.benchmark(group="build the records of one name")
def test_build_records_by_the_peer(measure: Measure, union: Path, rattler: Any) -> None:
    channel = rattler.Channel(union.as_uri())
    data = rattler.SparseRepoData(channel, "noarch", union / "noarch" / "repodata.json")
    assert measure(lambda: data.load_records(LARGE_NAME))


@pytest.mark.benchmark(group="models alone")
def test_parse_dependencies_of_every_record(measure: Measure, records: list[PackageRecord]) -> None:
    measure(lambda: [MatchSpec.parse(text) for record in records for text in record.depends])


@pytest.mark.benchmark(group="models alone")
def test_order_for_installation(measure: Measure, records: list[PackageRecord]) -> None:
    newest = {record.name: record for record in records}
    graph = PrefixGraph(newest.values())
    assert len(measure(graph.sorted)) == len(newest)
