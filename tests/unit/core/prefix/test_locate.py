import os
from pathlib import Path

import pytest

from conda_clone.core.prefix.errors import (
    DirectoryNotACondaEnvironmentError,
    EnvironmentLocationNotFound,
    NoWritableEnvsDirError,
)
from conda_clone.core.prefix.locate import (
    check_environment,
    check_new_name,
    check_new_prefix,
    environment_name,
    first_writable_envs_dir,
    new_prefix,
    prefix_cautions,
    prefix_from_arguments,
    prefix_of,
)
from conda_clone.errors import ArgumentError, CondaValueError


def make_environment(prefix: Path) -> Path:
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "history").touch()
    return prefix


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path / "root")


@pytest.fixture
def envs_dirs(tmp_path: Path) -> tuple[str, str]:
    return (str(tmp_path / "first"), str(tmp_path / "second"))


def choose(
    root: str,
    envs_dirs: tuple[str, str],
    name: str | None = None,
    path: str | None = None,
    active: str | None = None,
) -> str:
    return prefix_from_arguments(
        name,
        path,
        environ={} if active is None else {"CONDA_PREFIX": active},
        envs_dirs=envs_dirs,
        root_prefix=root,
        cwd="/work/here",
    )


@pytest.mark.parametrize("name", ["base", "root"])
def test_base_and_root_name_the_root_prefix(
    name: str, root: str, envs_dirs: tuple[str, str]
) -> None:
    assert prefix_of(name, envs_dirs=envs_dirs, root_prefix=root) == root


def test_a_name_means_the_first_folder_that_has_it(root: str, envs_dirs: tuple[str, str]) -> None:
    make_environment(Path(envs_dirs[1], "a"))
    assert prefix_of("a", envs_dirs=envs_dirs, root_prefix=root) == os.path.join(envs_dirs[1], "a")


def test_an_unknown_name_means_its_place_in_the_first_writable_folder(
    root: str, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    folders = (str(tmp_path / "file"), str(tmp_path / "envs"))
    assert prefix_of("a", envs_dirs=folders, root_prefix=root) == str(tmp_path / "envs" / "a")


def test_an_unknown_name_has_a_place_even_if_nothing_is_writable(root: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folder = str(tmp_path / "file")
    assert prefix_of("a", envs_dirs=(folder,), root_prefix=root) == os.path.join(folder, "a")


def test_a_name_with_a_slash_is_refused(root: str, envs_dirs: tuple[str, str]) -> None:
    with pytest.raises(CondaValueError, match="path separators"):
        prefix_of("a/b", envs_dirs=envs_dirs, root_prefix=root)


def test_a_path_beats_the_active_environment(root: str, envs_dirs: tuple[str, str]) -> None:
    assert choose(root, envs_dirs, path="/x/y/../z", active="/active") == "/x/z"


def test_a_name_beats_the_active_environment(root: str, envs_dirs: tuple[str, str]) -> None:
    assert choose(root, envs_dirs, name="a", active="/active") == os.path.join(envs_dirs[0], "a")


def test_the_active_environment_beats_base(root: str, envs_dirs: tuple[str, str]) -> None:
    assert choose(root, envs_dirs, active="/active/") == "/active"


def test_base_is_what_remains(root: str, envs_dirs: tuple[str, str]) -> None:
    assert choose(root, envs_dirs) == root


def test_an_empty_conda_prefix_does_not_count(root: str, envs_dirs: tuple[str, str]) -> None:
    assert choose(root, envs_dirs, active="") == root


def test_a_relative_path_starts_at_the_working_directory(
    root: str, envs_dirs: tuple[str, str]
) -> None:
    assert choose(root, envs_dirs, path="env") == "/work/here/env"


def test_a_tilde_is_the_home(isolated: Path, root: str, envs_dirs: tuple[str, str]) -> None:
    assert choose(root, envs_dirs, path="~/env") == str(isolated / "env")


def test_name_and_path_together_are_refused(root: str, envs_dirs: tuple[str, str]) -> None:
    with pytest.raises(ArgumentError) as caught:
        choose(root, envs_dirs, name="a", path="/b")
    assert caught.value.exit_status == 2


@pytest.mark.parametrize(
    ("prefix", "name"),
    [("/root", "base"), ("/root/", "base"), ("/envs/a", "a"), ("/else/a", "/else/a")],
)
def test_the_name_of_a_prefix(prefix: str, name: str) -> None:
    assert environment_name(prefix, envs_dirs=("/other", "/envs/"), root_prefix="/root") == name


def test_a_directory_with_history_is_an_environment(tmp_path: Path, root: str) -> None:
    check_environment(str(make_environment(tmp_path / "a")), root_prefix=root)


def test_base_counts_before_it_exists(root: str) -> None:
    check_environment(root, root_prefix=root)


def test_a_missing_prefix_is_named(tmp_path: Path, root: str) -> None:
    with pytest.raises(EnvironmentLocationNotFound) as caught:
        check_environment(str(tmp_path / "a"), root_prefix=root)
    assert caught.value.details == {"location": str(tmp_path / "a")}


def test_a_directory_without_history_is_no_environment(tmp_path: Path, root: str) -> None:
    with pytest.raises(DirectoryNotACondaEnvironmentError) as caught:
        check_environment(str(tmp_path), root_prefix=root)
    assert caught.value.details == {"target_directory": str(tmp_path)}


@pytest.mark.parametrize("name", ["base", "root", "a/b", "a b", "a:b", "a#b", ".", ".."])
def test_new_names_that_are_refused(name: str) -> None:
    with pytest.raises(CondaValueError):
        check_new_name(name)


@pytest.mark.parametrize("name", ["a", "a.b-c_d", "3.11", "naïve", "A"])
def test_new_names_that_are_fine(name: str) -> None:
    check_new_name(name)


def test_a_new_prefix_cannot_hold_the_separator_of_path(root: str) -> None:
    with pytest.raises(CondaValueError, match="separates the entries of PATH"):
        check_new_prefix(f"/a{os.pathsep}b", root_prefix=root)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("a\nb", "line break"), ("a\rb", "line break"), (os.fsdecode(b"a\xff"), "not UTF-8")],
)
def test_a_new_prefix_can_be_written_in_records_and_scripts(
    root: str, name: str, reason: str
) -> None:
    with pytest.raises(CondaValueError, match=reason) as caught:
        check_new_prefix(f"/envs/{name}", root_prefix=root)
    caught.value.message.encode("utf-8")


def test_a_new_prefix_cannot_be_base(root: str) -> None:
    with pytest.raises(CondaValueError, match="base environment"):
        check_new_prefix(root + os.sep, root_prefix=root)


def test_a_new_prefix_cannot_lie_right_inside_another(tmp_path: Path, root: str) -> None:
    outer = make_environment(tmp_path / "outer")
    with pytest.raises(CondaValueError, match="right inside the environment"):
        check_new_prefix(str(outer / "inner"), root_prefix=root)


def test_a_new_prefix_may_lie_deeper_inside_another(tmp_path: Path, root: str) -> None:
    outer = make_environment(tmp_path / "outer")
    check_new_prefix(str(outer / "envs" / "inner"), root_prefix=root)


def test_a_space_in_a_prefix_is_worth_a_caution() -> None:
    assert prefix_cautions("/a/b") == ()
    assert prefix_cautions("/a b") == (
        "`/a b` contains a space; some packages do not work in such a path.",
    )


def test_a_new_environment_goes_to_the_first_writable_folder(root: str, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folders = (str(tmp_path / "file"), str(tmp_path / "deep" / "envs"))
    assert new_prefix("a", envs_dirs=folders, root_prefix=root) == os.path.join(folders[1], "a")


def test_a_new_environment_replaces_the_one_of_its_name(
    root: str, envs_dirs: tuple[str, str]
) -> None:
    existing = make_environment(Path(envs_dirs[1], "a"))
    assert new_prefix("a", envs_dirs=envs_dirs, root_prefix=root) == str(existing)


def test_all_unwritable_folders_are_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    folders = (str(tmp_path / "file"), str(tmp_path / "file" / "below"))
    with pytest.raises(NoWritableEnvsDirError) as caught:
        first_writable_envs_dir(folders)
    assert caught.value.details == {"envs_dirs": list(folders)}
    assert caught.value.hint is not None
    assert "envs_dirs" in caught.value.hint


def test_a_relative_folder_that_leads_nowhere_is_not_writable() -> None:
    with pytest.raises(NoWritableEnvsDirError):
        first_writable_envs_dir(("",))
