from datetime import UTC, datetime
from pathlib import Path

import pytest

from conda_clone.core.prefix.errors import CondaHistoryError
from conda_clone.core.prefix.history import History, dist_name_of

NEW_FORMAT = """\
==> 2026-01-31 12:00:00 <==
# cmd: conda create -n a app
# conda version: 26.7.1
+https://x.org/ch/linux-64::app-1.0-0
+https://x.org/ch/linux-64::lib-1.2-h0_0
# update specs: ['app=1.0', "lib[version='>=1,<2']"]
==> 2026-02-01 08:30:00 <==
# cmd: conda install app=2.0
# conda version: 26.7.1
-https://x.org/ch/linux-64::app-1.0-0
+https://x.org/ch/linux-64::app-2.0-0
# update specs: ['app=2.0']
# neutered specs: ['lib']
==> 2026-02-02 08:30:00 <==
# cmd: conda remove app
-https://x.org/ch/linux-64::app-2.0-0
# remove specs: ['app']
"""

OLD_FORMAT = """\
==> 2015-03-01 10:00:00 <==
# cmd: conda create -n a python=2.7 numpy
python-2.7.9-1
numpy-1.9.2-py27_0
# install specs: python=2.7*,numpy >=1.8,<2,scipy
==> 2015-03-02 10:00:00 <==
# cmd: conda remove numpy
python-2.7.9-1
# remove specs: numpy
"""


def history(prefix: Path, text: str) -> History:
    (prefix / "conda-meta").mkdir()
    (prefix / "conda-meta" / "history").write_text(text)
    return History(str(prefix))


def requested(prefix: Path, text: str) -> dict[str, str]:
    return {name: str(spec) for name, spec in history(prefix, text).requested_specs().items()}


def test_without_a_file_there_is_nothing(tmp_path: Path) -> None:
    assert History(str(tmp_path)).revisions() == ()
    assert History(str(tmp_path)).requested_specs() == {}


def test_each_block_is_a_revision(tmp_path: Path) -> None:
    first, second, third = history(tmp_path, NEW_FORMAT).revisions()
    assert (first.number, first.date) == (0, "2026-01-31 12:00:00")
    assert first.command == "conda create -n a app"
    assert first.added == (
        "https://x.org/ch/linux-64::app-1.0-0",
        "https://x.org/ch/linux-64::lib-1.2-h0_0",
    )
    assert first.removed == ()
    assert second.added == ("https://x.org/ch/linux-64::app-2.0-0",)
    assert second.removed == ("https://x.org/ch/linux-64::app-1.0-0",)
    assert second.specs == (("update", ("app=2.0",)), ("neutered", ("lib",)))
    assert third.number == 2
    assert third.state == ("https://x.org/ch/linux-64::lib-1.2-h0_0",)


def test_the_state_of_a_revision(tmp_path: Path) -> None:
    assert history(tmp_path, NEW_FORMAT).state_at(1) == (
        "https://x.org/ch/linux-64::app-2.0-0",
        "https://x.org/ch/linux-64::lib-1.2-h0_0",
    )


@pytest.mark.parametrize("number", [-1, 3])
def test_a_revision_that_does_not_exist(tmp_path: Path, number: int) -> None:
    with pytest.raises(CondaHistoryError, match="there are: 0 to 2"):
        history(tmp_path, NEW_FORMAT).state_at(number)


def test_an_empty_history_has_no_revision(tmp_path: Path) -> None:
    with pytest.raises(CondaHistoryError, match="there are: none"):
        History(str(tmp_path)).state_at(0)


def test_requests_are_replayed(tmp_path: Path) -> None:
    assert requested(tmp_path, NEW_FORMAT) == {"lib": "lib"}


def test_a_later_request_replaces_an_earlier_one(tmp_path: Path) -> None:
    text = NEW_FORMAT.split("==> 2026-02-02", maxsplit=1)[0]
    assert requested(tmp_path, text) == {"app": "app=2.0", "lib": "lib"}


def test_requests_for_what_is_not_installed_are_dropped(tmp_path: Path) -> None:
    text = NEW_FORMAT.split("==> 2026-02-02", maxsplit=1)[0]
    assert list(history(tmp_path, text).requested_specs(installed={"lib"})) == ["lib"]


def test_old_blocks_state_everything(tmp_path: Path) -> None:
    first, second = history(tmp_path, OLD_FORMAT).revisions()
    assert first.added == ("numpy-1.9.2-py27_0", "python-2.7.9-1")
    assert second.removed == ("numpy-1.9.2-py27_0",)
    assert second.state == ("python-2.7.9-1",)


def test_old_requests_are_separated_by_commas(tmp_path: Path) -> None:
    assert requested(tmp_path, OLD_FORMAT) == {"python": "python=2.7", "scipy": "scipy"}


def test_a_comma_inside_a_version_separates_nothing(tmp_path: Path) -> None:
    first, _ = history(tmp_path, OLD_FORMAT).revisions()
    assert first.specs == (("update", ("python=2.7*", "numpy >=1.8,<2", "scipy")),)


def test_what_cannot_be_understood_is_left_out(tmp_path: Path) -> None:
    text = (
        "lost line before any block\n"
        "==> 2026-01-31 12:00:00 <==\n"
        "# a comment of somebody\n"
        "# update specs: ['app', 'b=[', 3]\n"
        "# update specs: [broken\n"
        "# update specs: [f(x)]\n"
        "# remove specs:\n"
        "+app-1.0-0\n"
    )
    assert requested(tmp_path, text) == {"app": "app"}


def test_a_block_without_packages_changes_nothing(tmp_path: Path) -> None:
    text = f"{OLD_FORMAT}==> 2026-01-31 12:00:00 <==\n# cmd: conda install nothing\n"
    assert history(tmp_path, text).revisions()[-1].state == ("python-2.7.9-1",)


def test_blocks_are_appended(tmp_path: Path) -> None:
    log = History(str(tmp_path))
    log.append_block(
        (),
        ("c/linux-64::b-1-0", "c/linux-64::a-1-0"),
        when=datetime(2026, 1, 31, 12, tzinfo=UTC),
        tool_version="1.2",
        command="conda create a b",
        update_specs=("a", "b[version='>=1,<2']"),
    )
    log.append_block(
        ("c/linux-64::b-1-0", "c/linux-64::a-1-0"),
        ("c/linux-64::a-2-0",),
        when=datetime(2026, 1, 31, 12, 0, 59, tzinfo=UTC),
        tool_version="1.2",
        command="line one\nline two",
        remove_specs=("b",),
        neutered_specs=("a",),
    )
    assert (tmp_path / "conda-meta" / "history").read_text() == (
        "==> 2026-01-31 12:00:00 <==\n"
        "# cmd: conda create a b\n"
        "# conda version: 1.2\n"
        "+c/linux-64::a-1-0\n"
        "+c/linux-64::b-1-0\n"
        "# update specs: ['a', \"b[version='>=1,<2']\"]\n"
        "==> 2026-01-31 12:00:59 <==\n"
        "# cmd: line one\\nline two\n"
        "# conda version: 1.2\n"
        "-c/linux-64::a-1-0\n"
        "-c/linux-64::b-1-0\n"
        "+c/linux-64::a-2-0\n"
        "# remove specs: ['b']\n"
        "# neutered specs: ['a']\n"
    )
    assert log.state_at(1) == ("c/linux-64::a-2-0",)
    assert {name: str(spec) for name, spec in log.requested_specs().items()} == {"a": "a"}


@pytest.mark.parametrize(
    ("dist", "parts"),
    [
        ("https://x.org/ch/linux-64::a-b-1.0-py_0", ("a-b", "1.0", "py_0")),
        ("a-1-0", ("a", "1", "0")),
        ("ch/linux-64/a-1-0", ("a", "1", "0")),
        ("nonsense", ("nonsense", "", "")),
    ],
)
def test_a_line_has_name_version_and_build(dist: str, parts: tuple[str, str, str]) -> None:
    assert dist_name_of(dist) == parts
