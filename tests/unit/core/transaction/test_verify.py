import os
from pathlib import Path

import pytest

from conda_clone.config.settings import LinkSettings, SafetyChecks
from conda_clone.core.prefix.errors import EnvironmentNotWritableError
from conda_clone.core.transaction.errors import PaddingError, SafetyError
from conda_clone.errors import (
    CondaMultiError,
    CondaVerificationError,
    NoSpaceLeftError,
    NotWritableError,
)
from conda_clone.models.records import PackageCacheRecord
from tests.support.transactions import Workshop, snapshot

not_root = pytest.mark.skipif(
    os.name == "nt" or os.geteuid() == 0, reason="root may write everywhere"
)


def cached_file(record: PackageCacheRecord, path: str) -> Path:
    return Path(record.extracted_package_dir) / path


def test_a_file_that_is_missing_from_the_cache_stops_everything(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a", "share/b": "b"})
    cached_file(record, "share/b").unlink()
    with pytest.raises(CondaVerificationError, match=r"`share/b` cannot be found"):
        workshop.install(record, links=LinkSettings(safety_checks=SafetyChecks.DISABLED))
    assert not workshop.prefix.exists()


def test_several_problems_are_told_together(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a", "share/b": "b"})
    cached_file(record, "share/a").unlink()
    cached_file(record, "share/b").unlink()
    with pytest.raises(CondaMultiError) as caught:
        workshop.install(record)
    assert len(caught.value.errors) == 2


def test_a_file_of_another_size_is_told(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a"})
    cached_file(record, "share/a").write_text("longer")
    workshop.install(record)
    (caution,) = workshop.reporter.cautions
    assert "should be 1 bytes, but is 6 bytes" in caution


def test_a_file_of_another_size_can_be_refused(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a"})
    cached_file(record, "share/a").write_text("longer")
    with pytest.raises(SafetyError):
        workshop.install(record, links=LinkSettings(safety_checks=SafetyChecks.ENABLED))
    assert not workshop.prefix.exists()


def test_a_file_of_another_size_can_be_ignored(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a"})
    cached_file(record, "share/a").write_text("longer")
    workshop.install(record, links=LinkSettings(safety_checks=SafetyChecks.DISABLED))
    assert workshop.reporter.cautions == []


@pytest.mark.parametrize("extra", [True, False])
def test_digests_are_compared_on_request(workshop: Workshop, extra: bool) -> None:
    record = workshop.package(name="a", files={"share/a": "a", "share/b": "b"})
    cached_file(record, "share/a").write_text("x")
    strict = LinkSettings(safety_checks=SafetyChecks.ENABLED, extra_safety_checks=extra)
    if extra:
        with pytest.raises(SafetyError, match="sha256"):
            workshop.install(record, links=strict)
    else:
        workshop.install(record, links=strict)


def test_a_prefix_that_is_too_long_for_a_binary_is_refused(tmp_path: Path) -> None:
    workshop = Workshop(tmp_path)
    placeholder = "/placeholder"
    record = workshop.package(
        name="a",
        files={"lib/a": b"\0" + placeholder.encode() + b"\0"},
        prefix_files={"lib/a": "binary"},
        placeholder=placeholder,
    )
    with pytest.raises(PaddingError, match="room for an environment path of 12 bytes"):
        workshop.install(record)
    assert not workshop.prefix.exists()


def test_a_prefix_that_is_a_file_is_refused_and_kept(workshop: Workshop) -> None:
    workshop.prefix.write_text("mine")
    with pytest.raises(NotWritableError, match="not a folder"):
        workshop.install(workshop.package(name="a"))
    assert workshop.prefix.read_text() == "mine"


def test_more_than_the_disk_has_is_refused(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a"}, no_link=["share/a"])
    paths = cached_file(record, "info/paths.json")
    huge = paths.read_text().replace('"size_in_bytes": 1', f'"size_in_bytes": {1 << 60}')
    paths.write_text(huge)
    with pytest.raises(NoSpaceLeftError):
        workshop.install(record, links=LinkSettings(safety_checks=SafetyChecks.DISABLED))
    assert not workshop.prefix.exists()


@not_root
def test_an_environment_that_may_not_be_written_is_refused(workshop: Workshop) -> None:
    workshop.transaction().execute()
    record = workshop.package(name="a", files={"share/a": "a"})
    workshop.prefix.chmod(0o555)
    try:
        with pytest.raises(EnvironmentNotWritableError):
            workshop.install(record)
    finally:
        workshop.prefix.chmod(0o755)


@not_root
def test_a_place_for_new_environments_that_may_not_be_written_is_named(tmp_path: Path) -> None:
    closed = tmp_path / "closed"
    workshop = Workshop(tmp_path, prefix=closed / "env")
    record = workshop.package(name="a")
    closed.mkdir(mode=0o555)
    with pytest.raises(NotWritableError, match=str(closed)):
        workshop.install(record)


@not_root
def test_folders_that_may_not_be_written_are_found_before_the_first_change(
    workshop: Workshop,
) -> None:
    a = workshop.package(name="a", files={"share/a/x": "a", "bin/a": "a"})
    workshop.install(a)
    before = snapshot(workshop.prefix)
    (workshop.prefix / "share/a").chmod(0o555)
    try:
        with pytest.raises(NotWritableError, match="share/a"):
            workshop.remove("a")
        with pytest.raises(NotWritableError, match="share/a"):
            workshop.install(workshop.package(name="b", files={"share/a/y": "b"}))
    finally:
        (workshop.prefix / "share/a").chmod(0o755)
    assert snapshot(workshop.prefix) == before
