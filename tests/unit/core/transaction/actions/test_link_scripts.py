from pathlib import Path

import pytest

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.actions.link_scripts import script_command, script_environment
from conda_clone.core.transaction.errors import LinkError
from conda_clone.core.transaction.steps import PackageId, RunScript, ScriptKind
from conda_clone.models.events import SilentReporter
from tests.support.transactions import Workshop


@pytest.fixture
def workshop(tmp_path: Path) -> Workshop:
    return Workshop(tmp_path, prefix=tmp_path / "an env")


def step(kind: ScriptKind, path: str) -> RunScript:
    package = PackageId("a", "1.0", 3, "main/linux-64::a-1.0-0")
    return RunScript(package=package, kind=kind, path=path, source_dir="/pkgs/a-1.0-0")


def workplace(**environ: str) -> Workplace:
    return Workplace(
        "/env", "/env/stage", root_prefix="/root", environ=environ, reporter=SilentReporter()
    )


def test_scripts_see_their_package_and_an_activated_environment() -> None:
    found = script_environment(
        step(ScriptKind.POST_LINK, "bin/.a-post-link.sh"),
        workplace(PATH="/usr/bin", LANG="C"),
        "/env",
    )
    assert found == {
        "CONDA_DEFAULT_ENV": "/env",
        "CONDA_PREFIX": "/env",
        "CONDA_SHLVL": "1",
        "LANG": "C",
        "PATH": "/env/bin:/usr/bin",
        "PKG_BUILDNUM": "3",
        "PKG_NAME": "a",
        "PKG_VERSION": "1.0",
        "PREFIX": "/env",
        "ROOT_PREFIX": "/root",
    }


def test_scripts_do_not_see_secrets() -> None:
    secrets = {
        "ANACONDA_API_TOKEN": "canary",
        "AWS_SECRET_ACCESS_KEY": "canary",
        "MY_PASSWORD": "canary",
        "OPENAI_API_KEY": "canary",
        "CONDA_CHANNEL_ALIAS": "https://user:canary@host/t/canary/c",
    }
    kept = {"HTTPS_PROXY": "http://user:pw@proxy:1", "KEYBOARD": "de", "TOKENS_PER_DAY": "1"}
    script = step(ScriptKind.POST_LINK, "bin/.a-post-link.sh")
    found = script_environment(script, workplace(**secrets, **kept), "/env")
    assert "canary" not in str(found)
    assert found["CONDA_CHANNEL_ALIAS"] == "https://host/c"
    assert found.items() >= kept.items()


def test_pre_link_scripts_know_the_extracted_package() -> None:
    found = script_environment(step(ScriptKind.PRE_LINK, "bin/.a-pre-link.sh"), workplace(), "/env")
    assert (found["SOURCE_DIR"], found["PATH"]) == ("/pkgs/a-1.0-0", "/env/bin")


def test_windows_scripts_find_programs_of_all_folders() -> None:
    found = script_environment(
        step(ScriptKind.POST_LINK, "Scripts/.a-post-link.bat"), workplace(), "/env"
    )
    assert found["PATH"] == "/env:/env/Library/bin:/env/Scripts:/env/bin"


def test_windows_scripts_run_in_cmd() -> None:
    assert script_command("cmd.exe", "x.bat") == ("cmd.exe", "/d", "/c", "x.bat")


def test_a_post_link_script_runs_activated_and_its_messages_are_told(workshop: Workshop) -> None:
    activating = workshop.package(name="act", activate={"act.sh": "export GREETING=hello\n"})
    record = workshop.package(
        name="a",
        link_scripts={
            "post-link": 'echo "$GREETING from $PKG_NAME" >> "$PREFIX/.messages.txt"\n'
            "if [[ -n $PKG_VERSION ]]; then return 0; fi\nexit 9\n"
        },
    )
    workshop.install(activating, record)
    assert workshop.reporter.notices == ["hello from a"]
    assert not (workshop.prefix / ".messages.txt").exists()


def test_empty_messages_are_not_told(workshop: Workshop) -> None:
    workshop.install(
        workshop.package(name="a", link_scripts={"post-link": ': > "$PREFIX/.messages.txt"\n'})
    )
    assert workshop.reporter.notices == []


def test_a_failing_post_link_script_is_an_error_and_its_messages_are_told(
    workshop: Workshop,
) -> None:
    script = 'echo why >> "$PREFIX/.messages.txt"\necho output\nexit 3\n'
    with pytest.raises(LinkError) as caught:
        workshop.install(workshop.package(name="a", link_scripts={"post-link": script}))
    assert "ended with status 3.\noutput" in caught.value.message
    assert caught.value.details["package"] == "https://channels.test/main/linux-64::a-1.0-0"
    assert workshop.reporter.notices == ["why"]


def test_a_pre_unlink_script_runs_before_the_files_go(workshop: Workshop) -> None:
    script = 'cat "$PREFIX/share/a" > "$PREFIX/../seen"\n'
    workshop.install(
        workshop.package(name="a", files={"share/a": "a"}, link_scripts={"pre-unlink": script})
    )
    workshop.remove("a")
    assert (workshop.root / "seen").read_text() == "a"


def test_a_failing_pre_unlink_script_is_told_but_stops_nothing(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", link_scripts={"pre-unlink": "exit 3\n"}))
    workshop.remove("a")
    assert workshop.tree() == ["conda-meta/history"]
    (caution,) = workshop.reporter.cautions
    assert "pre-unlink script" in caution
    assert "status 3" in caution


def test_a_pre_unlink_script_that_was_deleted_does_not_run(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", link_scripts={"pre-unlink": "exit 3\n"}))
    (workshop.prefix / "bin/.a-pre-unlink.sh").unlink()
    workshop.remove("a")
    assert workshop.reporter.cautions == []


def test_a_pre_link_script_runs_from_the_cache_with_a_warning(workshop: Workshop) -> None:
    script = 'echo "$SOURCE_DIR" > "$PREFIX/../seen"; ls "$PREFIX/share" >> "$PREFIX/../seen"\n'
    record = workshop.package(
        name="a", files={"share/a": "a"}, link_scripts={"pre-link": script + "true\n"}
    )
    workshop.install(record)
    assert (workshop.root / "seen").read_text() == f"{record.extracted_package_dir}\n"
    (caution,) = workshop.reporter.cautions
    assert "pre-link" in caution


def test_scripts_of_other_platforms_are_not_run(workshop: Workshop) -> None:
    record = workshop.package(
        name="a", subdir="win-64", files={"Scripts/.a-post-link.bat": "exit 1\r\n"}
    )
    workshop.install(record)
    (caution,) = workshop.reporter.cautions
    assert "another platform" in caution


def test_going_back_runs_the_opposite_scripts(workshop: Workshop) -> None:
    marker = workshop.root / "marker"
    scripts = {
        "post-link": f'echo on >> "{marker}"\n',
        "pre-unlink": f'echo off >> "{marker}"\nexit 1\n',
    }
    workshop.install(workshop.package(name="old", link_scripts=scripts))
    new = workshop.package(name="new", link_scripts=scripts)
    failing = workshop.package(name="z", link_scripts={"post-link": "exit 1\n"})
    scripts["pre-unlink"] = scripts["pre-unlink"].replace("exit 1\n", "")
    workshop.install(workshop.package(name="old", version="1.1", link_scripts=scripts))
    marker.unlink()
    with pytest.raises(LinkError):
        workshop.transaction([new, failing], ["old"]).execute()
    # old off, new on; then, going back, new off (which fails and is told) and old on.
    assert marker.read_text().split() == ["off", "on", "off", "on"]
    assert len(workshop.reporter.cautions) == 2


def test_without_any_shell_a_post_link_script_is_an_error(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = workshop.package(name="a", link_scripts={"post-link": "true\n"})
    monkeypatch.setenv("PATH", str(workshop.root))
    with pytest.raises(LinkError, match="no bash or sh"):
        workshop.install(record)
