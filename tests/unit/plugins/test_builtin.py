"""What is built in goes through the table of hooks: the rows are what is used, and all there is."""

import pytest

from conda_clone.core.virtual_packages.families import FAMILIES
from conda_clone.gateways.archives import extractors
from conda_clone.operations.health_checks import HealthCheck
from conda_clone.operations.list_packages import packages_of_pip
from conda_clone.plugins.builtin import BUILTIN, Builtin, builtin_items, builtin_named, load_builtin
from conda_clone.plugins.hookspec import HOOKS

ROWS = [pytest.param(row, id=f"{hook}-{row.name}") for hook in BUILTIN for row in BUILTIN[hook]]


@pytest.mark.parametrize("row", ROWS)
def test_every_row_stands_for_something(row: Builtin) -> None:
    assert row.load() is row.load()


def test_rows_are_of_hooks_that_exist() -> None:
    assert set(BUILTIN) <= set(HOOKS)
    assert builtin_items("conda_pre_commands") == ()


def test_a_row_is_found_by_its_names_in_any_case() -> None:
    assert builtin_named("conda_solvers", " Classic ") is builtin_items("conda_solvers")[0]
    assert builtin_named("conda_reporter_backends", "console") is not None
    assert builtin_named("conda_solvers", "mute") is None
    with pytest.raises(KeyError):
        load_builtin("conda_solvers", "mute")


def test_health_checks_have_the_names_of_their_rows() -> None:
    checks = {row.name: row.load() for row in builtin_items("conda_health_checks")}
    assert all(isinstance(check, HealthCheck) for check in checks.values())
    assert {name: check.name for name, check in checks.items()} == {name: name for name in checks}


def test_every_family_of_virtual_packages_has_rows() -> None:
    rows = builtin_items("conda_virtual_packages")
    assert list(dict.fromkeys(row.load() for row in rows)) == list(FAMILIES)


def test_packages_of_pip_are_found_by_a_row() -> None:
    (row,) = builtin_items("conda_prefix_data_loaders")
    assert (row.name, row.load()) == ("pypi", packages_of_pip)


def test_every_kind_of_archive_that_is_extracted_without_plugins_has_a_row() -> None:
    ends = {
        pattern.lstrip("*"): row.load()
        for row in builtin_items("conda_package_extractors")
        for pattern in row.filenames
    }
    known = extractors._EXTRACTORS
    assert {end: known[end] for end in ends} == ends
