from collections.abc import Iterable
from typing import Any

import pytest

from conda_clone.core.planning.errors import PackagesNotFoundInPrefixError, RemoveError
from conda_clone.core.planning.removal import check_protected, names_to_remove
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PrefixRecord
from tests.support.records import installed, specs


def state(records: Iterable[PrefixRecord], *requested: str) -> EnvironmentState:
    return EnvironmentState(
        installed={record.name: record for record in records},
        requested={text: MatchSpec(text) for text in requested},
    )


def remove(*texts: str, **fields: Any) -> EnvironmentRequest:
    return EnvironmentRequest(
        verb=Verb.REMOVE, prefix="/p", specs_to_remove=specs(*texts), **fields
    )


CHAIN = (installed("app", depends=["lib"]), installed("lib", depends=["zlib"]), installed("zlib"))


def test_dependencies_that_nobody_needs_go_too() -> None:
    assert names_to_remove(remove("app"), state(CHAIN, "app")) == {"app", "lib", "zlib"}


def test_dependents_go_too() -> None:
    assert names_to_remove(remove("zlib"), state(CHAIN, "app")) == {"app", "lib", "zlib"}


def test_a_requested_dependency_stays() -> None:
    assert names_to_remove(remove("app"), state(CHAIN, "app", "zlib")) == {"app", "lib"}


def test_a_dependency_that_another_package_needs_stays() -> None:
    records = (*CHAIN, installed("other", depends=["lib"]))
    assert names_to_remove(remove("app"), state(records, "app")) == {"app"}


def test_an_unrelated_package_without_a_wish_stays() -> None:
    records = (*CHAIN, installed("stranger"))
    assert "stranger" not in names_to_remove(remove("app"), state(records, "app"))


def test_force_remove_takes_only_what_is_named() -> None:
    request = remove("lib", force_remove=True)
    assert names_to_remove(request, state(CHAIN, "app")) == {"lib"}


def test_globs_match_several_packages() -> None:
    records = (installed("hello-a"), installed("hello-b"), installed("bye"))
    assert names_to_remove(remove("hello*"), state(records)) == {"hello-a", "hello-b"}


def test_every_spec_that_matches_nothing_is_named() -> None:
    with pytest.raises(PackagesNotFoundInPrefixError) as caught:
        names_to_remove(remove("app", "nope", "lib=2.0"), state(CHAIN))
    assert caught.value.details["package_name"] == ["nope", "lib=2.0"]


def test_features_are_removed_by_name_of_the_feature() -> None:
    records = (installed("plain"), installed("debug", track_features=("dbg",)))
    request = remove("dbg", remove_features=True)
    assert names_to_remove(request, state(records)) == {"debug"}


def test_conda_stays_in_the_root_prefix() -> None:
    leaving = [installed("conda")]
    with pytest.raises(RemoveError):
        check_protected(leaving, "/root", "/root", forced=False)
    check_protected(leaving, "/elsewhere", "/root", forced=False)
    check_protected(leaving, "/root", "/root", forced=True)
    check_protected([installed("other")], "/root", "/root", forced=False)


def test_everything_can_be_removed_even_if_nothing_is_there() -> None:
    request = remove(remove_all=True)
    assert names_to_remove(request, state(CHAIN, "app")) == {"app", "lib", "zlib"}
    assert names_to_remove(request, state(())) == frozenset()
