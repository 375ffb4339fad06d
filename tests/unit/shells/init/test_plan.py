"""Which files `conda init` changes on which platform."""

from pathlib import Path

import pytest

from conda_clone.shells.init.apply import apply_plan
from conda_clone.shells.init.plan import InitWish, Place, plan_init, shells_of_platform
from conda_clone.shells.init.windows_registry import with_hook

PROGRAM = {
    "CONDA_EXE": "/opt/bin/conda",
    "_CONDA_EXE": "/opt/bin/conda",
    "CONDA_PYTHON_EXE": "/opt/bin/python",
    "_CONDA_ROOT": "/root",
}


def place(platform: str = "linux", **environ: str) -> Place:
    return Place(
        root_prefix="/root",
        home="/home/me",
        environ=environ,
        program=PROGRAM,
        powershell_profiles=("/home/me/profile.ps1",),
        platform=platform,
    )


def profiles(wish: InitWish, where: Place) -> list[str]:
    files = plan_init(wish, where).files
    return [change.path for change in files if not change.path.startswith("/root/")]


@pytest.mark.parametrize(
    ("shell", "platform", "profile"),
    [
        ("bash", "linux", "/home/me/.bashrc"),
        ("bash", "darwin", "/home/me/.bash_profile"),
        ("bash", "win32", "/home/me/.bash_profile"),
        ("zsh", "linux", "/home/me/.zshrc"),
        ("fish", "linux", "/home/me/.config/fish/config.fish"),
        ("tcsh", "linux", "/home/me/.tcshrc"),
        ("xonsh", "linux", "/home/me/.xonshrc"),
        ("powershell", "linux", "/home/me/profile.ps1"),
    ],
)
def test_profiles_of_a_user(shell: str, platform: str, profile: str) -> None:
    assert profiles(InitWish(shells=(shell,)), place(platform)) == [profile]


def test_folders_that_variables_name() -> None:
    where = place(ZDOTDIR="/z", XDG_CONFIG_HOME="/c")
    assert profiles(InitWish(shells=("zsh", "fish")), where) == ["/z/.zshrc", "/c/fish/config.fish"]


@pytest.mark.parametrize(
    ("shell", "platform", "profile"),
    [
        ("bash", "linux", "/etc/profile.d/conda.sh"),
        ("fish", "linux", "/etc/fish/conf.d/conda.fish"),
        ("tcsh", "linux", "/etc/profile.d/conda.csh"),
        ("xonsh", "linux", "/etc/xonshrc"),
    ],
)
def test_profiles_of_all_users(shell: str, platform: str, profile: str) -> None:
    wish = InitWish(shells=(shell,), user=False, system=True)
    assert profiles(wish, place(platform)) == [profile]


def test_windows_keeps_the_hook_of_cmd_exe_in_its_registry() -> None:
    plan = plan_init(InitWish(), place("win32"))
    hook = "/root/condabin/conda_hook.bat"
    assert plan.autorun == f'if exist "{hook}" "{hook}"'
    assert {change.path for change in plan.files} >= {"/root/condabin/conda.bat", hook}
    assert plan_init(InitWish(reverse=True), place("win32")).autorun == ""


def test_shells_of_platforms() -> None:
    assert "cmd.exe" in shells_of_platform(windows=True)
    assert "cmd.exe" not in shells_of_platform(windows=False)


def test_the_registry_value_holds_the_hook_once() -> None:
    hook = 'if exist "C:\\c\\conda_hook.bat" "C:\\c\\conda_hook.bat"'
    old = 'if exist "C:\\old\\conda_hook.bat" "C:\\old\\conda_hook.bat"'
    assert with_hook("", hook) == hook
    assert with_hook("echo hi", hook) == f"echo hi & {hook}"
    assert with_hook(f"echo hi & {old}", hook) == f"echo hi & {hook}"
    assert with_hook(f"{old} & echo hi", "") == "echo hi"


def test_a_dry_run_writes_nothing_and_shows_lines(tmp_path: Path) -> None:
    where = Place(
        root_prefix=str(tmp_path / "root"),
        home=str(tmp_path),
        environ={},
        program=PROGRAM,
        platform="linux",
    )
    results = apply_plan(plan_init(InitWish(shells=("bash",)), where), dry_run=True)
    assert {result.outcome for result in results} == {"modified"}
    assert "+# >>> conda initialize >>>" in results[-1].diff
    assert list(tmp_path.iterdir()) == []


def test_a_profile_that_is_a_link_stays_one(tmp_path: Path) -> None:
    real = tmp_path / "dotfiles" / "bashrc"
    real.parent.mkdir()
    real.write_bytes(b"caf\xe9\n")
    (tmp_path / ".bashrc").symlink_to(real)
    where = Place(
        root_prefix=str(tmp_path / "root"),
        home=str(tmp_path),
        environ={},
        program=PROGRAM,
        platform="linux",
    )
    apply_plan(plan_init(InitWish(shells=("bash",)), where), dry_run=False)
    assert (tmp_path / ".bashrc").is_symlink()
    assert real.read_bytes().startswith(b"caf\xe9\n\n# >>> conda initialize >>>")
    apply_plan(plan_init(InitWish(shells=("bash",), reverse=True), where), dry_run=False)
    assert real.read_bytes() == b"caf\xe9\n"
