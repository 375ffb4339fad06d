from collections.abc import Iterable
from typing import Any

import pytest

from conda_clone.config.settings import SolveSettings
from conda_clone.core.planning.errors import (
    DisallowedPackageError,
    PackagesNotFoundInChannelsError,
    SpecsConfigurationConflictError,
)
from conda_clone.core.planning.removal import solve_removal
from conda_clone.core.planning.request import (
    DepsModifier,
    EnvironmentRequest,
    UpdateModifier,
    Verb,
)
from conda_clone.core.planning.solver import Solver
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.errors import CondaValueError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord, PrefixRecord
from tests.support.records import FakeIndex, installed, record, specs

INDEX = (
    record("app", "1.0", depends=["lib >=1,<2"]),
    record("app", "1.1", depends=["lib >=1.1,<2"]),
    record("app", "2.0", depends=["lib >=2"]),
    *(record("lib", version, depends=["zlib"]) for version in ("1.0", "1.1", "1.2", "2.0")),
    record("zlib"),
    record("constr", constrains=("lib <2",)),
    record("broken", depends=["nowhere >=1"]),
    record("python", "3.11.7"),
    record("python", "3.12.1"),
    record("modern", depends=["python >=3.12"]),
)


def environment(
    records: Iterable[PrefixRecord] = (), requested: Iterable[str] = (), pins: Iterable[str] = ()
) -> EnvironmentState:
    wishes = specs(*requested)
    return EnvironmentState(
        installed={r.name: r for r in sorted(records, key=lambda r: r.name)},
        requested={spec.name: spec for spec in wishes},
        pins=specs(*pins),
    )


def change(
    verb: Verb,
    *texts: str,
    state: EnvironmentState | None = None,
    index: Iterable[PackageRecord] = INDEX,
    settings: SolveSettings | None = None,
    **fields: Any,
) -> PrefixChange:
    if verb is Verb.INSTALL:
        fields.setdefault("update_modifier", UpdateModifier.FREEZE_INSTALLED)
    request = EnvironmentRequest(
        verb=verb, prefix="/p", specs_to_add=specs(*texts), command="conda ...", **fields
    )
    solver = Solver(request, state or environment(), FakeIndex(index), settings or SolveSettings())
    return solver.solve_for_diff()


def linked(result: PrefixChange) -> set[str]:
    return {r.dist_name for r in result.link}


OLD_APP = (
    installed("app", "1.0", depends=["lib >=1,<2"]),
    installed("lib", "1.1", depends=["zlib"]),
    installed("zlib"),
)


def test_a_new_environment_gets_the_newest_of_everything() -> None:
    result = change(Verb.CREATE, "app")
    assert linked(result) == {"app-2.0-0", "lib-2.0-0", "zlib-1.0-0"}
    assert result.history.update_specs == ("app",)


def test_an_empty_environment_is_empty() -> None:
    assert change(Verb.CREATE).is_empty


def test_default_packages_join_a_new_environment_only() -> None:
    settings = SolveSettings(create_default_packages=("zlib",))
    assert linked(change(Verb.CREATE, "python=3.11", settings=settings)) == {
        "python-3.11.7-0",
        "zlib-1.0-0",
    }
    state = environment([installed("python", "3.11.7")], ["python"])
    assert linked(change(Verb.INSTALL, "lib=1.0", state=state, settings=settings)) == {
        "lib-1.0-0",
        "zlib-1.0-0",
    }


def test_install_leaves_alone_what_it_can() -> None:
    result = change(Verb.INSTALL, "app", state=environment(OLD_APP, ["app"]))
    assert linked(result) == {"app-1.1-0"}


def test_install_moves_others_when_it_must() -> None:
    result = change(Verb.INSTALL, "app=2.0", state=environment(OLD_APP, ["app"]))
    assert linked(result) == {"app-2.0-0", "lib-2.0-0"}


def test_a_wish_of_the_past_never_gives_way_silently() -> None:
    with pytest.raises(UnsatisfiableError, match=r"lib"):
        change(Verb.INSTALL, "app=2.0", state=environment(OLD_APP, ["app", "lib=1.1"]))


def test_what_is_installed_in_the_wanted_version_changes_nothing() -> None:
    assert change(Verb.INSTALL, "app=1.0", state=environment(OLD_APP, ["app"])).is_empty


def test_update_takes_the_newest_that_the_rest_allows() -> None:
    result = change(Verb.UPDATE, "lib", state=environment(OLD_APP, ["app=1.0"]))
    assert linked(result) == {"lib-1.2-0"}


def test_update_moves_dependencies_where_the_newest_needs_it() -> None:
    result = change(Verb.UPDATE, "app", state=environment(OLD_APP, ["app"]))
    assert linked(result) == {"app-2.0-0", "lib-2.0-0"}


def test_update_leaves_alone_what_the_newest_does_not_need() -> None:
    result = change(Verb.UPDATE, "zlib", "app", state=environment(OLD_APP, ["app=1.0"]))
    assert linked(result) == {"app-2.0-0", "lib-2.0-0"}


def test_update_all_frees_old_wishes_and_says_so() -> None:
    result = change(
        Verb.UPDATE,
        state=environment(OLD_APP, ["app=1.0"]),
        update_modifier=UpdateModifier.UPDATE_ALL,
    )
    assert linked(result) == {"app-2.0-0", "lib-2.0-0"}
    assert result.history.neutered_specs == ("app",)


def test_update_deps_moves_dependencies_of_what_is_named() -> None:
    state = environment(OLD_APP, ["app", "lib=1.1"])
    result = change(Verb.INSTALL, "app", state=state, update_modifier=UpdateModifier.UPDATE_DEPS)
    assert linked(result) == {"app-2.0-0", "lib-2.0-0"}


def test_satisfied_specs_skip_the_solve() -> None:
    index = FakeIndex(INDEX)
    request = EnvironmentRequest(
        verb=Verb.INSTALL,
        prefix="/p",
        specs_to_add=specs("app"),
        update_modifier=UpdateModifier.SPECS_SATISFIED_SKIP_SOLVE,
    )
    solver = Solver(request, environment(OLD_APP), index, SolveSettings())
    assert solver.solve_for_diff().is_empty
    assert index.asked == []


def test_no_deps_links_only_what_is_named() -> None:
    assert linked(change(Verb.CREATE, "app", deps_modifier=DepsModifier.NO_DEPS)) == {"app-2.0-0"}


def test_no_deps_keeps_the_dependencies_in_the_record() -> None:
    result = change(Verb.CREATE, "app", deps_modifier=DepsModifier.NO_DEPS)
    assert result.link[0].depends == ("lib >=2",)


def test_only_deps_links_all_but_what_is_named_and_leaves_no_wish() -> None:
    result = change(Verb.CREATE, "app", deps_modifier=DepsModifier.ONLY_DEPS)
    assert linked(result) == {"lib-2.0-0", "zlib-1.0-0"}
    assert result.history.update_specs == ()


def test_force_reinstall_links_the_named_package_anew() -> None:
    state = environment([installed("zlib")], ["zlib"])
    assert linked(change(Verb.INSTALL, "zlib", state=state, force_reinstall=True)) == {"zlib-1.0-0"}


def test_unknown_names_and_versions_are_reported_together() -> None:
    with pytest.raises(PackagesNotFoundInChannelsError) as caught:
        change(Verb.CREATE, "nosuch", "lib=9", "app")
    assert caught.value.details["packages"] == ["nosuch", "lib=9"]
    assert caught.value.details["channel_urls"] == ["https://channels.test/main/linux-64"]


def test_a_pattern_is_no_package() -> None:
    with pytest.raises(CondaValueError, match=r"\^li"):
        change(Verb.CREATE, "^li.*$")


def test_a_dependency_that_no_channel_has_is_named() -> None:
    with pytest.raises(PackagesNotFoundInChannelsError) as caught:
        change(Verb.CREATE, "broken")
    assert caught.value.details["packages"] == ["nowhere[version='>=1']"]


def test_wishes_that_contradict_each_other_are_explained() -> None:
    with pytest.raises(UnsatisfiableError, match=r"app=2\.0"):
        change(Verb.CREATE, "app=2.0", "constr")


def test_a_pin_holds_back_what_is_asked_for() -> None:
    state = environment(OLD_APP, ["app"], pins=["lib=1.1"])
    assert linked(change(Verb.UPDATE, "app", "lib", state=state)) == {"app-1.1-0"}


def test_a_pin_without_a_version_pins_what_is_installed() -> None:
    state = environment(OLD_APP, ["app"], pins=["lib"])
    assert linked(change(Verb.UPDATE, "app", "lib", state=state)) == {"app-1.1-0"}


def test_a_request_that_contradicts_a_pin_says_so() -> None:
    state = environment(OLD_APP, ["app"], pins=["lib=1"])
    with pytest.raises(SpecsConfigurationConflictError) as caught:
        change(Verb.INSTALL, "app=2.0", state=state)
    assert caught.value.details["pinned_specs"] == ["lib=1"]
    assert linked(change(Verb.INSTALL, "app=2.0", state=state, ignore_pinned=True)) == {
        "app-2.0-0",
        "lib-2.0-0",
    }


def test_pins_of_the_configuration_count_as_well() -> None:
    settings = SolveSettings(pinned_packages=("lib=1.1",))
    result = change(Verb.UPDATE, "lib", state=environment(OLD_APP, ["app"]), settings=settings)
    assert result.is_empty


def test_python_keeps_its_minor_version_unless_named() -> None:
    state = environment([installed("python", "3.11.7")], ["python"])
    assert (
        linked(change(Verb.UPDATE, state=state, update_modifier=UpdateModifier.UPDATE_ALL)) == set()
    )
    assert linked(change(Verb.INSTALL, "python=3.12", state=state)) == {"python-3.12.1-0"}


def test_python_moves_as_the_last_resort() -> None:
    state = environment([installed("python", "3.11.7")], ["python"])
    assert linked(change(Verb.INSTALL, "modern", state=state)) == {
        "modern-1.0-0",
        "python-3.12.1-0",
    }


def test_only_what_is_in_the_way_and_nobody_asked_for_goes() -> None:
    old = (*OLD_APP, installed("constr", constrains=("lib <2",)), installed("python", "3.11.7"))
    result = change(Verb.INSTALL, "app=2.0", state=environment(old, ["app"]))
    assert linked(result) == {"app-2.0-0", "lib-2.0-0"}
    assert {r.name for r in result.unlink} == {"app", "lib", "constr"}


def test_disallowed_packages_never_enter() -> None:
    settings = SolveSettings(disallowed_packages=("lib>=2",))
    assert linked(change(Verb.CREATE, "app", settings=settings)) == {
        "app-1.1-0",
        "lib-1.2-0",
        "zlib-1.0-0",
    }
    with pytest.raises(DisallowedPackageError):
        change(Verb.CREATE, "lib=2.0", settings=settings)


def test_removal_keeps_the_wish_in_the_history() -> None:
    request = EnvironmentRequest(verb=Verb.REMOVE, prefix="/p", specs_to_remove=specs("app"))
    result = solve_removal(request, environment(OLD_APP, ["app"]))
    assert [r.name for r in result.unlink] == ["app", "lib", "zlib"]
    assert result.history.remove_specs == (str(MatchSpec("app")),)
