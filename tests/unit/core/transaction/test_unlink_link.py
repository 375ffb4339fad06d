import hashlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from conda_clone.config.settings import LinkSettings, PathConflict
from conda_clone.core.prefix.history import History
from conda_clone.core.transaction.change import HistoryUpdate
from conda_clone.core.transaction.errors import (
    KnownPackageClobberError,
    LinkError,
    SharedLinkPathClobberError,
    UnknownPackageClobberError,
)
from conda_clone.core.transaction.steps import MakePrefix
from conda_clone.errors import CondaMultiError, CondaVerificationError
from conda_clone.testing.packages import PLACEHOLDER
from tests.support.transactions import PYTHON_SERIES, Workshop, snapshot

SITE = f"lib/python{PYTHON_SERIES}/site-packages"
TAG = f"cpython-{PYTHON_SERIES.replace('.', '')}"
PREVENT = LinkSettings(path_conflict=PathConflict.PREVENT)


def names(error: CondaMultiError) -> list[str]:
    return [type(item).__name__ for item in error.errors]


def test_an_empty_transaction_makes_an_environment(workshop: Workshop) -> None:
    workshop.transaction().execute()
    assert workshop.tree() == ["conda-meta/history"]
    assert workshop.environments_txt.read_text() == f"{workshop.prefix}\n"


def test_registration_can_be_switched_off(workshop: Workshop) -> None:
    workshop.transaction(register=False).execute()
    assert not workshop.environments_txt.exists()


def test_a_known_environment_is_not_registered_again(workshop: Workshop) -> None:
    workshop.transaction(register=False).execute()
    workshop.install(workshop.package(name="a"))
    assert not workshop.environments_txt.exists()


def test_planning_changes_nothing(workshop: Workshop) -> None:
    transaction = workshop.transaction([workshop.package(name="a", files={"share/a": "a"})])
    before = snapshot(workshop.root)
    groups = transaction.plan()
    transaction.verify()
    assert groups[0].steps == (MakePrefix(),)
    assert snapshot(workshop.root) == before


def test_all_kinds_of_files_arrive(workshop: Workshop) -> None:
    record = workshop.package(
        name="kinds",
        files={
            "bin/run": "#!/bin/sh\necho run\n",
            "share/linked": "linked",
            "share/copied": "copied",
            "etc/text.cfg": f"prefix={PLACEHOLDER}\n",
            "lib/data.bin": b"\0" + PLACEHOLDER.encode() + b"/lib\0end",
        },
        executables=["bin/run"],
        links={"lib/link": "data.bin", "lib/dangling": "nowhere"},
        directories=["var/empty"],
        no_link=["share/copied"],
        prefix_files={"etc/text.cfg": "text", "lib/data.bin": "binary"},
    )
    workshop.install(record)
    prefix, cache = workshop.prefix, Path(record.extracted_package_dir)
    assert (prefix / "share/linked").samefile(cache / "share/linked")
    assert not (prefix / "share/copied").samefile(cache / "share/copied")
    assert (prefix / "share/copied").read_text() == "copied"
    assert (prefix / "etc/text.cfg").read_text() == f"prefix={prefix}\n"
    binary = (prefix / "lib/data.bin").read_bytes()
    assert binary.startswith(b"\0" + os.fsencode(prefix) + b"/lib\0")
    assert len(binary) == (cache / "lib/data.bin").stat().st_size
    assert os.readlink(prefix / "lib/dangling") == "nowhere"
    assert (prefix / "lib/link").resolve() == prefix / "lib/data.bin"
    assert (prefix / "var/empty").is_dir()
    assert subprocess.run([prefix / "bin/run"], capture_output=True, check=True).stdout == b"run\n"


def test_the_record_says_what_was_done(workshop: Workshop) -> None:
    record = workshop.package(
        name="app",
        files={"share/plain": "plain", "etc/cfg": f"{PLACEHOLDER}\n"},
        links={"share/link": "plain"},
        prefix_files={"etc/cfg": "text"},
    )
    workshop.transaction([record], requested={"app": ("app >=1",)}).execute()
    data = json.loads((workshop.prefix / "conda-meta/app-1.0-0.json").read_text())
    cfg = (workshop.prefix / "etc/cfg").read_bytes()
    plain = hashlib.sha256(b"plain").hexdigest()
    assert data["files"] == ["etc/cfg", "share/link", "share/plain"]
    assert data["link"] == {"source": record.extracted_package_dir, "type": 1}
    assert (data["requested_spec"], data["requested_specs"]) == ("app >=1", ["app >=1"])
    assert data["paths_data"] == {
        "paths_version": 1,
        "paths": [
            {
                "_path": "etc/cfg",
                "file_mode": "text",
                "path_type": "hardlink",
                "prefix_placeholder": PLACEHOLDER,
                "sha256": hashlib.sha256(f"{PLACEHOLDER}\n".encode()).hexdigest(),
                "sha256_in_prefix": hashlib.sha256(cfg).hexdigest(),
                "size_in_bytes": 256,
            },
            {
                "_path": "share/link",
                "path_type": "softlink",
                "sha256": plain,
                "size_in_bytes": 5,
            },
            {
                "_path": "share/plain",
                "path_type": "hardlink",
                "sha256": plain,
                "sha256_in_prefix": plain,
                "size_in_bytes": 5,
            },
        ],
    }


@pytest.mark.parametrize(
    ("links", "kind"),
    [(LinkSettings(always_copy=True), 3), (LinkSettings(always_softlink=True), 2)],
)
def test_the_kind_of_link_is_a_setting(workshop: Workshop, links: LinkSettings, kind: int) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}), links=links)
    path = workshop.prefix / "share/a"
    link = workshop.installed()["a"].link
    assert link is not None
    assert link.type == kind
    assert path.is_symlink() is (kind == 2)
    assert path.read_text() == "a"
    workshop.remove("a")
    assert workshop.tree() == ["conda-meta/history"]
    assert (workshop.pkgs / "a-1.0-0/share/a").read_text() == "a"


def test_noarch_python_runs(workshop: Workshop) -> None:
    tool = workshop.package(
        name="tool",
        noarch="python",
        files={
            "site-packages/tool/__init__.py": "",
            "site-packages/tool/cli.py": "def main():\n    print('tool')\n    return 3\n",
            "site-packages/tool/broken.py": "def (\n",
            "python-scripts/script": "#!/bin/sh\n",
        },
        entry_points=["tool = tool.cli:main"],
    )
    workshop.install(workshop.python(), tool)
    assert workshop.installed()["tool"].files == (
        "bin/script",
        f"{SITE}/tool/__init__.py",
        f"{SITE}/tool/broken.py",
        f"{SITE}/tool/cli.py",
        f"{SITE}/tool/__pycache__/__init__.{TAG}.pyc",
        f"{SITE}/tool/__pycache__/cli.{TAG}.pyc",
        "bin/tool",
    )
    paths = {path.path: path for path in workshop.installed()["tool"].paths}
    assert paths["site-packages/tool/cli.py"].sha256_in_prefix is not None
    assert paths["bin/tool"].path_type == "unix_python_entry_point"
    compiled = paths[f"{SITE}/tool/__pycache__/cli.{TAG}.pyc"]
    assert compiled.path_type == "pyc_file"
    assert compiled.size_in_bytes == (workshop.prefix / compiled.path).stat().st_size
    environment = {**os.environ, "PYTHONPATH": str(workshop.prefix / SITE)}
    done = subprocess.run(
        [workshop.prefix / "bin/tool"], env=environment, capture_output=True, check=False
    )
    assert (done.returncode, done.stdout) == (3, b"tool\n")
    workshop.remove("tool", "python")
    assert workshop.tree() == ["conda-meta/history"]


def test_removal_takes_what_python_compiled_later_along(workshop: Workshop) -> None:
    module = f"{SITE}/pkg/mod.py"
    workshop.install(workshop.package(name="a", files={module: "x = 1\n"}))
    cache = workshop.prefix / SITE / "pkg/__pycache__"
    cache.mkdir()
    (cache / "mod.cpython-39.opt-1.pyc").write_bytes(b"")
    (cache / "other.cpython-39.pyc").write_bytes(b"")
    workshop.remove("a")
    assert workshop.tree() == [
        "conda-meta/history",
        f"{SITE}/pkg/__pycache__/other.cpython-39.pyc",
    ]


def test_history_tells_every_change(workshop: Workshop) -> None:
    update = HistoryUpdate(command="conda create", update_specs=("a", "b >=1"))
    a, b = workshop.package(name="a"), workshop.package(name="b")
    workshop.transaction([a, b], history=update).execute()
    workshop.remove("a")
    first, second = History(str(workshop.prefix)).revisions()
    assert (first.command, first.date) == ("conda create", "2026-01-31 12:00:00")
    assert first.specs == (("update", ("a", "b >=1")),)
    assert first.added == (
        "https://channels.test/main/linux-64::a-1.0-0",
        "https://channels.test/main/linux-64::b-1.0-0",
    )
    assert second.removed == ("https://channels.test/main/linux-64::a-1.0-0",)


def test_a_change_of_nothing_leaves_the_history_alone(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a"))
    before = snapshot(workshop.prefix)
    workshop.transaction().execute()
    assert snapshot(workshop.prefix) == before


def test_an_update_replaces_files_and_record(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", files={"share/both": "1", "share/old/x": "1"}))
    workshop.install(
        workshop.package(name="a", version="2.0", files={"share/both": "2", "share/new/x": "2"})
    )
    assert workshop.tree() == [
        "conda-meta/a-2.0-0.json",
        "conda-meta/history",
        "share/both",
        "share/new/x",
    ]
    assert (workshop.prefix / "share/both").read_text() == "2"
    assert not (workshop.prefix / "share/old").exists()


def test_a_folder_may_become_a_file_and_back(workshop: Workshop) -> None:
    folder = workshop.package(name="a", files={"xbin/sub/content": "1"})
    file = workshop.package(name="a", version="2.0", files={"xbin": "2"})
    workshop.install(folder)
    workshop.install(file)
    assert (workshop.prefix / "xbin").read_text() == "2"
    workshop.install(folder)
    assert (workshop.prefix / "xbin/sub/content").read_text() == "1"
    assert workshop.reporter.notices == []


def test_folders_that_hold_other_things_stay(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", files={"share/a/b/file": "a"}))
    (workshop.prefix / "share/a/mine.txt").write_text("mine")
    workshop.remove("a")
    assert workshop.tree() == ["conda-meta/history", "share/a/mine.txt"]
    assert not (workshop.prefix / "share/a/b").exists()


def test_a_reinstallation_of_the_same_package_restores_its_files(workshop: Workshop) -> None:
    record = workshop.package(name="a", files={"share/a": "a", "share/b": "b"})
    workshop.install(record)
    (workshop.prefix / "share/a").unlink()
    workshop.install(record)
    assert (workshop.prefix / "share/a").read_text() == "a"
    assert list(workshop.installed()) == ["a"]


class TestClobbering:
    def test_the_package_that_is_linked_later_wins(self, workshop: Workshop) -> None:
        a = workshop.package(name="a", files={"share/both": "a", "share/a": "a"})
        b = workshop.package(name="b", files={"share/both": "b", "share/b": "b"})
        workshop.install(a, b)
        assert (workshop.prefix / "share/both").read_text() == "b"
        assert "share/both" in workshop.installed()["a"].files
        assert workshop.reporter.cautions == []

    def test_an_installed_package_can_lose_a_file(self, workshop: Workshop) -> None:
        workshop.install(workshop.package(name="a", files={"share/both": "a"}))
        workshop.install(workshop.package(name="b", files={"share/both": "b"}))
        assert (workshop.prefix / "share/both").read_text() == "b"
        assert workshop.tree()[-1] == "share/both"

    def test_a_shared_file_goes_with_its_last_owner(self, workshop: Workshop) -> None:
        a = workshop.package(name="a", files={"share/both": "a"})
        b = workshop.package(name="b", files={"share/both": "b"})
        workshop.install(a, b)
        workshop.remove("b")
        assert (workshop.prefix / "share/both").exists()
        workshop.remove("a")
        assert workshop.tree() == ["conda-meta/history"]

    def test_warning_names_the_path(self, workshop: Workshop) -> None:
        warn = LinkSettings(path_conflict=PathConflict.WARN)
        a = workshop.package(name="a", files={"share/both": "a"})
        b = workshop.package(name="b", files={"share/both": "b"})
        workshop.install(a, b, links=warn)
        (caution,) = workshop.reporter.cautions
        assert "`share/both`" in caution

    def test_prevention_refuses_shared_paths_before_the_first_change(
        self, workshop: Workshop
    ) -> None:
        a = workshop.package(name="a", files={"share/both": "a"})
        b = workshop.package(name="b", files={"share/both": "b"})
        with pytest.raises(CondaMultiError) as caught:
            workshop.install(a, b, links=PREVENT)
        (error,) = caught.value.errors
        assert isinstance(error, SharedLinkPathClobberError)
        assert error.details["path_conflict"] == "prevent"
        assert not workshop.prefix.exists()

    def test_prevention_refuses_paths_of_installed_packages(self, workshop: Workshop) -> None:
        workshop.install(workshop.package(name="a", files={"share/both": "a"}))
        before = snapshot(workshop.prefix)
        with pytest.raises(CondaMultiError) as caught:
            workshop.install(workshop.package(name="b", files={"share/both": "b"}), links=PREVENT)
        assert names(caught.value) == [KnownPackageClobberError.__name__]
        assert snapshot(workshop.prefix) == before

    def test_prevention_refuses_files_of_the_user(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        for name in ("share", "bin"):
            (workshop.prefix / name).mkdir()
        (workshop.prefix / "share/a").write_text("mine")
        (workshop.prefix / "bin/tool").write_text("mine")
        tool = workshop.package(
            name="a",
            noarch="python",
            files={"share/a": "a"},
            entry_points=["tool = a:b"],
        )
        before = snapshot(workshop.prefix)
        with pytest.raises(CondaMultiError) as caught:
            workshop.install(workshop.python(), tool, links=PREVENT)
        assert names(caught.value) == [UnknownPackageClobberError.__name__] * 2
        assert snapshot(workshop.prefix) == before

    def test_a_file_of_the_user_is_kept_under_a_name_that_is_told(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        (workshop.prefix / "share").mkdir()
        (workshop.prefix / "share/a").write_text("mine")
        (workshop.prefix / "share/a.conda-saved").write_text("mine, older")
        workshop.install(workshop.package(name="a", files={"share/a": "a"}))
        saved = workshop.prefix / "share/a.conda-saved-1"
        assert saved.read_text() == "mine"
        assert (workshop.prefix / "share/a").read_text() == "a"
        (notice,) = workshop.reporter.notices
        assert notice == (
            "Files of yours were in the way of `https://channels.test/main/linux-64::a-1.0-0` "
            f"and are kept as:\n  {saved}"
        )
        workshop.remove("a")
        assert workshop.tree()[1:] == ["share/a.conda-saved", "share/a.conda-saved-1"]

    def test_many_files_of_the_user_are_told_in_few_words(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        (workshop.prefix / "share").mkdir()
        files = {f"share/{number:02}": "a" for number in range(12)}
        for name in files:
            (workshop.prefix / name).write_text("mine")
        workshop.install(workshop.package(name="a", files=files))
        (notice,) = workshop.reporter.notices
        assert notice.count("\n") == 11
        assert notice.endswith("and 2 more of that ending")

    def test_compiled_modules_are_not_kept(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        (workshop.prefix / "lib/__pycache__").mkdir(parents=True)
        (workshop.prefix / "lib/__pycache__/a.cpython-39.pyc").write_bytes(b"made by Python")
        workshop.install(workshop.package(name="a", files={"lib/__pycache__/a.cpython-39.pyc": ""}))
        assert workshop.tree()[2:] == ["lib/__pycache__/a.cpython-39.pyc"]
        assert workshop.reporter.notices == []

    def test_the_same_file_is_not_kept_twice(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        (workshop.prefix / "share").mkdir()
        (workshop.prefix / "share/a").write_text("a")
        workshop.install(workshop.package(name="a", files={"share/a": "a"}))
        assert workshop.tree()[2:] == ["share/a"]
        assert workshop.reporter.notices == []

    def test_a_file_of_the_user_gives_way_to_a_folder(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        (workshop.prefix / "share").write_text("mine")
        workshop.install(workshop.package(name="a", files={"share/a/b": "a"}))
        assert (workshop.prefix / "share.conda-saved").read_text() == "mine"

    def test_a_folder_of_the_user_gives_way_to_a_file(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        (workshop.prefix / "share/a").mkdir(parents=True)
        (workshop.prefix / "share/a/mine").write_text("mine")
        workshop.install(workshop.package(name="a", files={"share/a": "a"}))
        assert (workshop.prefix / "share/a.conda-saved/mine").read_text() == "mine"

    def test_a_file_and_a_folder_of_one_name_are_refused_always(self, workshop: Workshop) -> None:
        a = workshop.package(name="a", files={"clobber": "a"})
        b = workshop.package(name="b", files={"clobber/b": "b"})
        with pytest.raises(CondaMultiError) as caught:
            workshop.install(a, b)
        assert names(caught.value) == ["SharedLinkPathClobberError"]
        assert not workshop.prefix.exists()

    def test_two_files_of_one_package_at_one_place_are_no_conflict(
        self, workshop: Workshop
    ) -> None:
        tool = workshop.package(
            name="tool",
            noarch="python",
            files={"python-scripts/tool": "#!/bin/sh\n"},
            entry_points=["tool = tool:main"],
        )
        workshop.install(workshop.python(), tool, links=PREVENT)
        assert b"from tool import main" in (workshop.prefix / "bin/tool").read_bytes()
        assert workshop.reporter.notices == []


class TestContainment:
    def test_nothing_is_linked_through_a_link_that_leads_out(self, workshop: Workshop) -> None:
        workshop.transaction().execute()
        outside = workshop.root / "outside"
        outside.mkdir()
        (workshop.prefix / "share").symlink_to(outside)
        with pytest.raises(CondaVerificationError, match="leads out"):
            workshop.install(workshop.package(name="a", files={"share/a/b": "a"}))
        assert list(outside.iterdir()) == []

    def test_nothing_is_removed_through_a_link_that_leads_out(self, workshop: Workshop) -> None:
        workshop.install(workshop.package(name="a", files={"share/a/b": "a", "bin/c": "c"}))
        outside = workshop.root / "outside"
        (workshop.prefix / "share").rename(outside)
        (workshop.prefix / "share").symlink_to(outside)
        workshop.remove("a")
        assert (outside / "a/b").read_text() == "a"
        assert workshop.tree() == ["conda-meta/history", "share"]
        assert len(workshop.reporter.cautions) == 1

    def test_links_inside_the_prefix_may_be_used(self, workshop: Workshop) -> None:
        a = workshop.package(name="a", files={"lib/a": "a"}, links={"lib64": "lib"})
        b = workshop.package(name="b", files={"lib64/b": "b"})
        workshop.install(a, b)
        assert (workshop.prefix / "lib/b").read_text() == "b"
        workshop.remove("b", "a")
        assert workshop.tree() == ["conda-meta/history"]

    def test_a_package_cannot_send_another_one_outside(self, workshop: Workshop) -> None:
        outside = workshop.root / "outside"
        outside.mkdir()
        a = workshop.package(name="a")
        # An archive with such a link is refused; the cache may have been filled by another program.
        cache = Path(a.extracted_package_dir)
        (cache / "share").symlink_to(outside)
        entry = {"_path": "share", "path_type": "softlink"}
        (cache / "info/paths.json").write_text(json.dumps({"paths_version": 1, "paths": [entry]}))
        b = workshop.package(name="b", files={"share/b": "b"})
        with pytest.raises(CondaVerificationError, match="leads out"):
            workshop.install(a, b)
        assert list(outside.iterdir()) == []
        assert not workshop.prefix.exists()

    def test_a_record_that_names_files_outside_removes_only_its_own(
        self, workshop: Workshop
    ) -> None:
        workshop.install(workshop.package(name="a", files={"share/a": "a"}))
        victim = workshop.root / "victim"
        victim.write_text("precious")
        path = workshop.prefix / "conda-meta/a-1.0-0.json"
        data = json.loads(path.read_text())
        data["files"] += ["../victim", str(victim), "conda-meta/history"]
        path.write_text(json.dumps(data))
        workshop.remove("a")
        assert victim.read_text() == "precious"
        assert workshop.tree() == ["conda-meta/history"]
        assert len(workshop.reporter.cautions) == 3


class TestGoingBack:
    def test_a_prefix_that_was_not_there_is_removed_again(self, tmp_path: Path) -> None:
        workshop = Workshop(tmp_path, prefix=tmp_path / "envs" / "deep" / "env")
        failing = workshop.package(name="f", link_scripts={"post-link": "exit 7\n"})
        with pytest.raises(LinkError, match="status 7"):
            workshop.install(workshop.package(name="a", files={"bin/a": "a"}), failing)
        assert not (tmp_path / "envs").exists()
        assert workshop.environments_txt.read_text() == ""

    def test_a_folder_that_was_there_stays(self, workshop: Workshop) -> None:
        workshop.prefix.mkdir()
        (workshop.prefix / "mine").write_text("mine")
        failing = workshop.package(name="f", link_scripts={"post-link": "exit 7\n"})
        with pytest.raises(LinkError):
            workshop.install(failing)
        assert snapshot(workshop.prefix) == {"mine": ("file", 0o644, b"mine")}

    def test_an_environment_becomes_what_it_was(self, workshop: Workshop) -> None:
        python = workshop.python()
        old = workshop.package(
            name="tool",
            noarch="python",
            files={"site-packages/tool/__init__.py": "v = 1\n", "share/tool/old": "1"},
            entry_points=["tool = tool:v"],
        )
        workshop.install(python, old)
        (workshop.prefix / "share/new").write_text("a file of the user")
        (workshop.prefix / "empty/folder").mkdir(parents=True)
        before = snapshot(workshop.prefix)
        new = workshop.package(
            name="tool",
            version="2.0",
            noarch="python",
            files={"site-packages/tool/__init__.py": "v = 2\n", "share/new": "2", "deep/x/y": "2"},
            entry_points=["tool = tool:v", "tool2 = tool:v"],
        )
        failing = workshop.package(
            name="failing",
            files={"share/failing": "x"},
            link_scripts={"post-link": "echo reason >&2; exit 7\n"},
        )
        with pytest.raises(LinkError, match="reason"):
            workshop.install(new, failing)
        assert snapshot(workshop.prefix) == before

    def test_without_rollback_a_failing_script_leaves_the_package_installed(
        self, workshop: Workshop
    ) -> None:
        failing = workshop.package(
            name="f", files={"share/f": "f"}, link_scripts={"post-link": "exit 7\n"}
        )
        with pytest.raises(LinkError):
            workshop.install(failing, links=LinkSettings(rollback_enabled=False))
        assert list(workshop.installed()) == ["f"]
        assert (workshop.prefix / "share/f").read_text() == "f"
        assert not (workshop.prefix / "conda-meta/.txn").exists()


class TestMissingPackages:
    def test_a_package_that_is_not_in_the_cache_is_named(self, workshop: Workshop) -> None:
        record = workshop.package(name="a")
        Path(record.extracted_package_dir).rename(workshop.root / "moved")
        with pytest.raises(CondaVerificationError, match="not in the package cache"):
            workshop.install(record)

    def test_a_package_without_lists_holds_what_lies_there(self, workshop: Workshop) -> None:
        record = workshop.package(
            name="a", files={"share/a": "a", "lib/x": "x"}, links={"l": "lib"}
        )
        for name in ("paths.json", "files"):
            (Path(record.extracted_package_dir) / "info" / name).unlink()
        workshop.install(record)
        assert workshop.installed()["a"].files == ("l", "lib/x", "share/a")
