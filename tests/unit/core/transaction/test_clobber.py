import pytest

from conda_clone.core.transaction.clobber import Ownership, Targets
from conda_clone.core.transaction.errors import (
    ClobberError,
    KnownPackageClobberError,
    SharedLinkPathClobberError,
)


def targets(
    package: str, *files: str, folders: tuple[str, ...] = (), links: tuple[str, ...] = ()
) -> Targets:
    return Targets(package=package, files=files, folders=folders, links=frozenset(links))


def summary(errors: list[ClobberError]) -> list[tuple[str, object]]:
    return [(type(error).__name__, error.details["target_path"]) for error in errors]


def test_packages_with_different_paths_do_not_meet() -> None:
    ownership = Ownership()
    ownership.add_installed("a", ["lib/a"])
    assert ownership.add_linked(targets("b", "lib/b")) == frozenset()
    assert ownership.conflicts == ownership.impossible == []


def test_a_path_of_an_installed_package_is_known() -> None:
    ownership = Ownership()
    ownership.add_installed("a", ["share/x"])
    assert ownership.add_linked(targets("b", "share/x", "share/y")) == {"share/x"}
    assert summary(ownership.conflicts) == [(KnownPackageClobberError.__name__, "share/x")]


def test_a_path_of_two_linked_packages_is_shared() -> None:
    ownership = Ownership()
    assert ownership.add_linked(targets("a", "share/x")) == frozenset()
    assert ownership.add_linked(targets("b", "share/x")) == {"share/x"}
    (error,) = ownership.conflicts
    assert isinstance(error, SharedLinkPathClobberError)
    assert error.details["incompatible_packages"] == "a, b"


def test_a_third_owner_conflicts_with_the_one_before() -> None:
    ownership = Ownership()
    for package in "abc":
        ownership.add_linked(targets(package, "x"))
    assert [error.details["incompatible_packages"] for error in ownership.conflicts] == [
        "a, b",
        "b, c",
    ]


@pytest.mark.parametrize("ignore_case", [True, False])
def test_case_counts_only_where_the_file_system_tells_it(ignore_case: bool) -> None:
    ownership = Ownership(ignore_case=ignore_case)
    ownership.add_installed("a", ["share/Read"])
    expected = {"share/READ"} if ignore_case else set()
    assert ownership.add_linked(targets("b", "share/READ")) == expected


def test_a_file_where_an_installed_package_has_a_folder_is_impossible() -> None:
    ownership = Ownership()
    ownership.add_installed("a", ["share/x/file"])
    ownership.add_linked(targets("b", "share/x"))
    assert summary(ownership.impossible) == [("KnownPackageClobberError", "share/x")]
    assert ownership.conflicts == []


def test_a_folder_where_a_linked_package_has_a_file_is_impossible() -> None:
    ownership = Ownership()
    ownership.add_linked(targets("a", "share/x"))
    ownership.add_linked(targets("b", "share/x/deep/file"))
    assert summary(ownership.impossible) == [("SharedLinkPathClobberError", "share/x")]


def test_an_empty_folder_counts_as_a_folder() -> None:
    ownership = Ownership()
    ownership.add_linked(targets("a", folders=("share/x",)))
    ownership.add_linked(targets("b", "share/x"))
    assert summary(ownership.impossible) == [("SharedLinkPathClobberError", "share/x")]


def test_a_link_may_stand_for_a_folder() -> None:
    ownership = Ownership()
    ownership.add_linked(targets("a", "lib64", links=("lib64",)))
    ownership.add_linked(targets("b", "lib64/libx.so"))
    assert ownership.impossible == []
