from pathlib import Path

import pytest

from conda_clone.core.planning.errors import CondaIndexError
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.planning.revision import (
    PastPackage,
    change_to_revision,
    packages_of_revision,
)
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.prefix.history import History
from conda_clone.models.channel import Channel, ChannelConfig
from tests.support.records import installed, record, specs

TEXT = """\
==> 2026-01-01 10:00:00 <==
+https://conda.anaconda.org/forge/linux-64::app-1.0-0
+lib-1.1-h0_0
# update specs: ['app=1.0']
==> 2026-01-02 10:00:00 <==
-https://conda.anaconda.org/forge/linux-64::app-1.0-0
+https://conda.anaconda.org/forge/linux-64::app-2.0-0
# update specs: ['app', 'extra']
"""

APP = PastPackage("https://conda.anaconda.org/forge/linux-64", "app", "1.0", "0")
LIB = PastPackage("", "lib", "1.1", "h0_0")


def history(prefix: Path, text: str = TEXT) -> History:
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "history").write_text(text)
    return History(str(prefix))


def test_a_revision_is_a_list_of_packages_with_their_place(tmp_path: Path) -> None:
    assert packages_of_revision(history(tmp_path), 0) == (APP, LIB)
    assert APP.channel == "https://conda.anaconda.org/forge"


@pytest.mark.parametrize("number", [-1, 2])
def test_only_revisions_of_the_history_can_be_named(tmp_path: Path, number: int) -> None:
    with pytest.raises(CondaIndexError, match=f"no such revision: {number}") as caught:
        packages_of_revision(history(tmp_path), number)
    assert caught.value.hint == ("There are revisions 0 to 1; `conda list --revisions` shows them.")


def test_an_environment_without_history_has_no_revision(tmp_path: Path) -> None:
    with pytest.raises(CondaIndexError) as caught:
        packages_of_revision(history(tmp_path, ""), 0)
    assert caught.value.hint == "The environment has no history."


def test_a_package_is_taken_from_the_channel_that_the_history_names() -> None:
    config = ChannelConfig()
    elsewhere = record("app", channel=Channel.from_text("other", config))
    there = record("app", channel=Channel.from_text("forge", config))
    assert APP.best_of([elsewhere, there]) is there
    assert APP.best_of([elsewhere]) is elsewhere
    assert APP.best_of([record("app", "2.0"), record("app", build="1")]) is None


def test_what_was_asked_for_then_is_asked_for_again() -> None:
    lib, app, extra = installed("lib", "1.1"), installed("app", "2.0"), installed("extra")
    new, extra_wish, old = specs("app", "extra", "app=1.0")
    state = EnvironmentState(
        installed={"app": app, "extra": extra, "lib": lib},
        requested={"app": new, "extra": extra_wish},
    )
    request = EnvironmentRequest(verb=Verb.INSTALL, prefix="/p", command="conda install")
    past = record("app", "1.0", depends=["lib"])
    change = change_to_revision(request, state, {"app": old}, [past, lib])
    assert change.link == (past,)
    assert set(change.unlink) == {app, extra}
    assert change.history.update_specs == ("app=1.0",)
    assert change.history.remove_specs == ("extra",)
    assert change.requested_specs == (("app", ("app=1.0",)),)
