"""Snapshots: a solve goes through a file and comes to the same, without secrets."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

import pytest

from conda_clone.config.settings import SolveSettings
from conda_clone.core.planning.errors import InvalidSnapshotError
from conda_clone.core.planning.request import EnvironmentRequest, UpdateModifier, Verb
from conda_clone.core.planning.snapshot import (
    Outcome,
    RecordingIndex,
    Snapshot,
    load,
    outcome_of,
)
from conda_clone.core.planning.solver import Solver
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.errors import CondaError
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.records import PackageRecord
from tests.support.records import FakeIndex, installed, record, specs

PACKAGES = (
    record("app", "1", depends=["lib <2"]),
    record("app", "2", depends=["lib >=2"]),
    record("lib", "1"),
    record("lib", "2", "h_1", build_number=1, timestamp=1_700_000_000_000, noarch="python"),
    record("other"),
)
STATE = EnvironmentState(
    installed={"lib": installed("lib", "1")},
    requested={spec.name: spec for spec in specs("lib")},
    virtual_packages=(record("__glibc", "2.36"),),
)


def snapshot_of(
    *texts: str,
    packages: Iterable[PackageRecord] = PACKAGES,
    state: EnvironmentState = STATE,
    settings: SolveSettings | None = None,
    **fields: Any,
) -> Snapshot:
    request = EnvironmentRequest(
        verb=fields.pop("verb", Verb.INSTALL),
        prefix="/home/somebody/env",
        specs_to_add=specs(*texts),
        **fields,
    )
    index = RecordingIndex(FakeIndex(packages))
    solver = Solver(request, state, index, settings or SolveSettings())
    result: Any
    try:
        result = solver.solve_for_diff()
    except CondaError as error:
        result = error
    return Snapshot(
        request=request,
        state=state,
        settings=solver.settings,
        records=index.seen,
        channel_order=index.channel_order,
        searched=index.urls,
        outcome=outcome_of(result),
        tool_version="1",
    )


def again(snapshot: Snapshot) -> Snapshot:
    return load(snapshot.to_bytes(), "FILE")


def test_a_solve_comes_to_the_same_again() -> None:
    snapshot = snapshot_of("app")

    assert snapshot.outcome == Outcome(
        link=(
            "https://channels.test/main/linux-64::lib-2-h_1",
            "https://channels.test/main/linux-64::app-2-0",
        ),
        unlink=("https://channels.test/main/linux-64::lib-1-0",),
    )
    replay = again(snapshot).replay()
    assert replay.outcome == snapshot.outcome
    assert replay.unknown == ()


def test_everything_but_the_place_survives() -> None:
    snapshot = snapshot_of(
        "app",
        update_modifier=UpdateModifier.UPDATE_ALL,
        settings=SolveSettings(pinned_packages=("lib >=1",)),
    )
    read = again(snapshot)

    assert read == replace(snapshot, request=replace(snapshot.request, prefix="/environment"))
    lib = next(each for each in read.records["lib"] if each.version == "2")
    assert (lib.timestamp, lib.noarch, lib.build_number) == (1_700_000_000_000, "python", 1)


def test_only_what_was_looked_at_is_kept() -> None:
    assert sorted(again(snapshot_of("app")).records) == ["app", "lib"]


def test_a_conflict_and_a_missing_package_come_to_the_same_again() -> None:
    conflict = snapshot_of("app=1", "lib=2", state=EnvironmentState())
    missing = snapshot_of("nothing")

    assert conflict.outcome == Outcome(
        error="UnsatisfiableError", unsatisfiable=(("app=1", "lib[version='<2']"), ("lib=2",))
    )
    assert missing.outcome == Outcome(
        error="PackagesNotFoundInChannelsError", packages=("nothing",)
    )
    for snapshot in (conflict, missing):
        assert again(snapshot).replay().outcome == snapshot.outcome


def test_a_removal_comes_to_the_same_again() -> None:
    request = EnvironmentRequest(verb=Verb.REMOVE, prefix="/p", specs_to_remove=specs("lib"))
    gone = Outcome(unlink=("https://channels.test/main/linux-64::lib-1-0",))
    snapshot = Snapshot(request=request, state=STATE, settings=SolveSettings(), outcome=gone)

    assert again(snapshot).replay().outcome == gone


def test_names_of_channels_survive() -> None:
    config = ChannelConfig(custom_channels={"mine": "https://host.test"})
    mine = Channel.from_text("mine", config)
    packages = [record("app", "1", channel=mine), record("app", "2")]
    snapshot = snapshot_of("mine::app", packages=packages, state=EnvironmentState())

    assert snapshot.outcome.link == ("mine/linux-64::app-1-0",)
    assert again(snapshot).replay().outcome == snapshot.outcome


def test_no_secret_is_in_a_snapshot() -> None:
    config = ChannelConfig()
    secret = Channel.from_text("https://me:pw@host.test/t/tk-1/chan", config)
    packages = [record("app", channel=secret)]
    settings = SolveSettings(pinned_packages=("https://me:pw@host.test/t/tk-1/chan::app",))
    snapshot = snapshot_of(
        "https://me:pw@host.test/t/tk-1/chan::app",
        packages=packages,
        settings=settings,
        state=EnvironmentState(),
        command="conda create -c https://me:pw@host.test/t/tk-1/chan app",
    )
    text = snapshot.to_bytes().decode()

    assert "tk-1" not in text
    assert "pw" not in text
    assert "somebody" not in text
    assert snapshot.outcome.error is None
    assert again(snapshot).replay().outcome == snapshot.outcome


def test_a_search_that_leaves_the_snapshot_says_where_to() -> None:
    snapshot = snapshot_of("app", state=EnvironmentState())
    lost = replace(snapshot, records={"app": snapshot.records["app"]})

    replay = again(lost).replay()

    assert replay.unknown == ("lib",)
    assert replay.outcome.error is not None


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "truncated"),
        (b"[]", "object"),
        (b"{}", "does not say that it is one"),
        (b'{"format": "conda-clone solve", "version": 9}', "version 9 of the form, not 1"),
        (b'{"format": "conda-clone solve", "version": 1}', "incomplete"),
        (b'{"format": "conda-clone solve", "version": 1, "channels": []}', "request"),
        (b'{"format": "conda-clone solve", "version": 1, "channels": [{}]}', "incomplete"),
    ],
)
def test_what_is_no_snapshot_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(InvalidSnapshotError, match=r"FILE.* is no snapshot") as caught:
        load(data, "FILE")
    assert reason in caught.value.message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("request", "specs_to_add"), ["=="]),
        (("records", "app"), [{"name": 1}]),
        (("records", "app"), ["app"]),
        (("settings", "channel_priority"), "odd"),
    ],
)
def test_a_damaged_snapshot_is_refused(path: tuple[str, str], value: object) -> None:
    document = json.loads(snapshot_of("app").to_bytes())
    document[path[0]][path[1]] = value

    with pytest.raises(InvalidSnapshotError):
        load(json.dumps(document).encode(), "FILE")
