import dataclasses
import json
from typing import TypeVar

import pytest

from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.core.transaction.errors import LinkError
from conda_clone.core.transaction.layout import PackageToLink
from conda_clone.core.transaction.plan import Plan, make_plan
from conda_clone.core.transaction.steps import (
    AppendHistory,
    CompilePyc,
    EntryPointScript,
    FileAction,
    FileLink,
    LinkFiles,
    MakeEntryPoints,
    MakePrefix,
    Module,
    PackageId,
    PackageModules,
    RegisterEnvironment,
    RemoveRecord,
    RunScript,
    ScriptKind,
    UnlinkFiles,
    WriteRecord,
)
from conda_clone.errors import CondaVerificationError
from conda_clone.models.package_files import EntryPoint, PackageContents, PackagedPath
from conda_clone.models.record_json import record_to_json
from conda_clone.models.records import PackageCacheRecord, PackageRecord, PrefixPath, PrefixRecord
from tests.support.records import record

Kind = TypeVar("Kind")
PYTHON = record("python", "3.12.1")


def cached(
    base: PackageRecord, *paths: PackagedPath, entry_points: tuple[EntryPoint, ...] = ()
) -> PackageToLink:
    folder = f"/pkgs/{base.dist_name}"
    return PackageToLink(
        record=PackageCacheRecord.from_record(
            base, extracted_package_dir=folder, package_tarball_full_path=f"{folder}.conda"
        ),
        contents=PackageContents(
            index={}, paths=paths, noarch=base.noarch, entry_points=entry_points
        ),
        link_type=1,
    )


def in_prefix(base: PackageRecord, *files: str, paths: tuple[PrefixPath, ...] = ()) -> PrefixRecord:
    return PrefixRecord.from_record(base, files=files, paths=paths)


def plan(
    link: tuple[PackageToLink, ...] = (),
    unlink: tuple[PrefixRecord, ...] = (),
    staying: tuple[PrefixRecord, ...] = (),
    subdir: str = "linux-64",
    *,
    register: bool = False,
) -> Plan:
    change = PrefixChange(
        prefix="/env",
        unlink=unlink,
        link=tuple(package.record for package in link),
        history=HistoryUpdate(update_specs=("x",)),
        requested_specs=(("tool", ("tool >=1",)),),
    )
    present = {item.name: item for item in (*unlink, *staying)}
    return make_plan(change, link, present, subdir=subdir, register=register)


def steps(of: Plan) -> list[object]:
    return [step for group in of.groups for step in group.steps]


def only(of: Plan, kind: type[Kind]) -> Kind:
    (found,) = [step for step in steps(of) if isinstance(step, kind)]
    return found


def test_an_empty_change_makes_the_prefix_and_looks_at_the_history() -> None:
    made = plan()
    assert [type(step) for step in steps(made)] == [MakePrefix, AppendHistory]


def test_everything_is_unlinked_before_anything_is_linked_and_the_history_comes_last() -> None:
    made = plan(
        link=(cached(record("b", "2.0")), cached(record("c"))),
        unlink=(in_prefix(record("b")), in_prefix(record("a"))),
        register=True,
    )
    assert [group.title for group in made.groups] == [
        "environment",
        "b-1.0-0",
        "a-1.0-0",
        "b-2.0-0",
        "c-1.0-0",
        "records",
        "registration",
        "history",
    ]
    assert [type(step) for step in steps(made)] == [
        MakePrefix,
        UnlinkFiles,
        RemoveRecord,
        UnlinkFiles,
        RemoveRecord,
        LinkFiles,
        LinkFiles,
        WriteRecord,
        WriteRecord,
        RegisterEnvironment,
        AppendHistory,
    ]
    history = only(made, AppendHistory)
    assert history.removed == (
        "https://channels.test/main/linux-64::b-1.0-0",
        "https://channels.test/main/linux-64::a-1.0-0",
    )
    assert history.added == (
        "https://channels.test/main/linux-64::b-2.0-0",
        "https://channels.test/main/linux-64::c-1.0-0",
    )


def test_each_file_is_linked_copied_or_relocated_as_its_package_says() -> None:
    made = plan(
        link=(
            cached(
                record("tool"),
                PackagedPath("bin/a", sha256="5a", size_in_bytes=3),
                PackagedPath("etc/b", no_link=True),
                PackagedPath("etc/c", prefix_placeholder="/old", file_mode="text"),
                PackagedPath("lib/d", "softlink"),
                PackagedPath("var/e", "directory"),
            ),
        )
    )
    linking = only(made, LinkFiles)
    assert linking.files == (
        FileLink("bin/a", "bin/a", FileAction.LINK, "hardlink", "5a", 3),
        FileLink("etc/b", "etc/b", FileAction.COPY, no_link=True),
        FileLink("etc/c", "etc/c", FileAction.RELOCATE, placeholder="/old", file_mode="text"),
        FileLink("lib/d", "lib/d", FileAction.LINK, "softlink"),
        FileLink("var/e", "var/e", FileAction.DIRECTORY, "directory"),
    )
    assert (linking.source_dir, linking.link_type) == ("/pkgs/tool-1.0-0", 1)
    assert only(made, WriteRecord).requested_specs == ("tool >=1",)


def test_noarch_python_lands_in_the_python_that_is_linked_with_it() -> None:
    made = plan(
        link=(
            cached(PYTHON),
            cached(
                record("tool", noarch="python", subdir="noarch"),
                PackagedPath("site-packages/tool.py"),
                PackagedPath("site-packages/tool.txt"),
                PackagedPath("python-scripts/run.py"),
                entry_points=(EntryPoint("tool", "tool.cli", "main"),),
            ),
        ),
        unlink=(in_prefix(record("python", "3.11.0")),),
    )
    files = [step for step in steps(made) if isinstance(step, LinkFiles)][1].files
    assert [file.target for file in files] == [
        "lib/python3.12/site-packages/tool.py",
        "lib/python3.12/site-packages/tool.txt",
        "bin/run.py",
    ]
    points = only(made, MakeEntryPoints)
    assert points.python == "bin/python3.12"
    assert points.scripts == (EntryPointScript("bin/tool", "tool.cli", "main"),)
    assert only(made, CompilePyc).packages == (
        PackageModules(
            "https://channels.test/main/noarch::tool-1.0-0",
            (
                Module(
                    "lib/python3.12/site-packages/tool.py",
                    "lib/python3.12/site-packages/__pycache__/tool.cpython-312.pyc",
                    "site-packages/tool.py",
                ),
            ),
        ),
    )


def test_noarch_python_lands_in_the_python_that_stays() -> None:
    made = plan(
        link=(
            cached(
                record("tool", noarch="python", subdir="noarch"), PackagedPath("site-packages/t.so")
            ),
        ),
        staying=(in_prefix(PYTHON),),
    )
    assert only(made, LinkFiles).files[0].target == "lib/python3.12/site-packages/t.so"
    assert CompilePyc not in [type(step) for step in steps(made)]


def test_noarch_python_without_a_python_is_refused() -> None:
    with pytest.raises(LinkError, match="has none"):
        plan(
            link=(cached(record("tool", noarch="python")),),
            unlink=(in_prefix(PYTHON),),
        )


def test_a_python_that_sends_packages_out_of_the_prefix_is_refused() -> None:
    python = record("python", "3.12.1", python_site_packages_path="../../outside")
    with pytest.raises(CondaVerificationError, match="leads out"):
        plan(link=(cached(python), cached(record("tool", noarch="python"))))


def test_windows_gets_a_script_and_a_launcher_per_entry_point() -> None:
    made = plan(
        link=(
            cached(record("python", "3.12.1", subdir="win-64")),
            cached(
                record("tool", noarch="python"), entry_points=(EntryPoint("tool", "t", "main"),)
            ),
        ),
        subdir="win-64",
    )
    assert only(made, MakeEntryPoints).scripts == (
        EntryPointScript("Scripts/tool-script.py", "t", "main", "Scripts/tool.bat"),
    )


def test_link_scripts_run_at_their_moments_and_know_their_opposites() -> None:
    scripts = [f"bin/.tool-{kind}.sh" for kind in ("pre-link", "post-link", "pre-unlink")]
    old = in_prefix(record("tool"), *scripts)
    made = plan(
        link=(cached(record("tool", "2.0"), *map(PackagedPath, scripts)),),
        unlink=(old,),
    )
    assert [type(step) for step in steps(made)][:-2] == [
        MakePrefix,
        RunScript,
        UnlinkFiles,
        RemoveRecord,
        RunScript,
        LinkFiles,
        RunScript,
    ]
    pre_unlink, pre_link, post_link = [step for step in steps(made) if isinstance(step, RunScript)]
    new = PackageId("tool", "2.0", 0, "https://channels.test/main/linux-64::tool-2.0-0")
    assert (pre_unlink.kind, pre_unlink.opposite) == (ScriptKind.PRE_UNLINK, scripts[1])
    assert (pre_link.kind, pre_link.source_dir) == (ScriptKind.PRE_LINK, "/pkgs/tool-2.0-0")
    assert post_link == RunScript(
        package=new, kind=ScriptKind.POST_LINK, path=scripts[1], opposite=scripts[2]
    )


def test_files_are_unlinked_in_reverse_order_and_folders_deepest_first() -> None:
    old = in_prefix(record("a"), "a/b/x", "a/y", "z", "d", paths=(PrefixPath("d/e", "directory"),))
    step = only(plan(unlink=(old,)), UnlinkFiles)
    assert step.paths == ("z", "d", "a/y", "a/b/x")
    assert step.directories == ("d/e", "a/b", "a")


def test_what_another_package_owns_too_is_not_unlinked() -> None:
    made = plan(
        unlink=(in_prefix(record("a"), "share/both", "share/mine"),),
        staying=(in_prefix(record("b"), "share/both"),),
    )
    assert only(made, UnlinkFiles).paths == ("share/mine",)


def test_paths_of_broken_records_that_lead_out_are_left_alone() -> None:
    made = plan(unlink=(in_prefix(record("a"), "../../victim", "/etc/passwd", "share/mine"),))
    assert only(made, UnlinkFiles).paths == ("share/mine",)
    assert len(made.left_alone) == 2


def test_paths_of_other_packages_are_marked_as_owned() -> None:
    made = plan(
        link=(
            cached(record("a", "2.0"), PackagedPath("share/own"), PackagedPath("share/x")),
            cached(record("c"), PackagedPath("share/x")),
        ),
        unlink=(in_prefix(record("a"), "share/own"),),
        staying=(in_prefix(record("b"), "share/x"),),
    )
    first, second = [step for step in steps(made) if isinstance(step, LinkFiles)]
    assert (first.owned, second.owned) == (frozenset({"share/x"}), frozenset({"share/x"}))
    assert [type(error).__name__ for error in made.conflicts] == [
        "KnownPackageClobberError",
        "SharedLinkPathClobberError",
    ]


def test_a_plan_is_plain_data_that_can_be_compared() -> None:
    def made() -> Plan:
        tool = cached(
            record("tool", noarch="python"),
            PackagedPath("site-packages/a.py"),
            entry_points=(EntryPoint("t", "t", "t"),),
        )
        return plan(
            link=(cached(PYTHON, PackagedPath("bin/python")), tool),
            unlink=(in_prefix(record("a"), "x"),),
            register=True,
        )

    def plain(value: object) -> object:
        if isinstance(value, PackageRecord):
            return record_to_json(value)
        if isinstance(value, frozenset):
            return sorted(value)
        assert isinstance(value, HistoryUpdate)
        return dataclasses.asdict(value)

    assert made() == made()
    for step in steps(made()):
        assert dataclasses.is_dataclass(step)
        fields = [getattr(step, field.name) for field in dataclasses.fields(step)]
        json.dumps(fields, default=plain)
