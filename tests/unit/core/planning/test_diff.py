from conda_clone.core.planning.diff import difference
from conda_clone.core.transaction.change import HistoryUpdate
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.records import installed, record

HISTORY = HistoryUpdate(command="conda install app")


def test_what_stays_the_same_is_not_touched() -> None:
    change = difference("/p", {"app": installed("app")}, [record("app")], HISTORY)
    assert change.is_empty


def test_links_come_dependencies_first_and_unlinks_the_other_way() -> None:
    old = {r.name: r for r in (installed("app", depends=["lib"]), installed("lib"))}
    new = [record("app", "2.0", depends=["lib"]), record("lib", "2.0")]
    change = difference("/p", old, new, HISTORY)
    assert [r.dist_name for r in change.link] == ["lib-2.0-0", "app-2.0-0"]
    assert [r.dist_name for r in change.unlink] == ["app-1.0-0", "lib-1.0-0"]


def test_what_is_no_longer_wanted_leaves() -> None:
    old = {r.name: r for r in (installed("app"), installed("lib"))}
    change = difference("/p", old, [record("app")], HISTORY)
    assert [r.name for r in change.unlink] == ["lib"]
    assert change.link == ()


def test_reinstalled_packages_are_linked_anew() -> None:
    change = difference("/p", {"app": installed("app")}, [record("app")], HISTORY, relink={"app"})
    assert [r.name for r in change.link] == ["app"]
    assert [r.name for r in change.unlink] == ["app"]


def test_noarch_python_packages_move_with_the_minor_version_of_python() -> None:
    old = {
        r.name: r
        for r in (
            installed("python", "3.11.7"),
            installed("pure", depends=["python"], noarch="python", subdir="noarch"),
            installed("data", noarch="generic", subdir="noarch"),
        )
    }
    new = [record("python", "3.12.1"), old["pure"], old["data"]]
    change = difference("/p", old, new, HISTORY)
    assert [r.name for r in change.link] == ["python", "pure"]
    assert {r.name for r in change.unlink} == {"python", "pure"}


def test_a_patch_version_of_python_moves_nothing_else() -> None:
    old = {r.name: r for r in (installed("python", "3.11.7"), installed("pure", noarch="python"))}
    change = difference("/p", old, [record("python", "3.11.8"), old["pure"]], HISTORY)
    assert [r.name for r in change.link] == ["python"]


def test_wishes_are_recorded_with_the_packages_they_brought() -> None:
    change = difference(
        "/p",
        {},
        [record("app", depends=["lib"]), record("lib")],
        HISTORY,
        wishes={"app": MatchSpec("app>=1")},
    )
    assert change.requested_specs == (("app", ("app[version='>=1']",)),)
