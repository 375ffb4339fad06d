from pathlib import Path

import pytest

from conda_clone.core.prefix.registry import Registry, home_directories


def make_environment(prefix: Path) -> str:
    (prefix / "conda-meta").mkdir(parents=True)
    (prefix / "conda-meta" / "history").touch()
    return str(prefix)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "home" / ".conda" / "environments.txt"


@pytest.fixture
def root(tmp_path: Path) -> str:
    return str(tmp_path / "root")


def test_the_first_registration_makes_the_file(path: Path) -> None:
    assert Registry(str(path)).register("/envs/a")
    assert path.read_text() == "/envs/a\n"


def test_registering_twice_writes_one_line(path: Path) -> None:
    registry = Registry(str(path))
    registry.register("/envs/a")
    registry.register("/envs/b")
    registry.register("/envs/a")
    assert path.read_text() == "/envs/a\n/envs/b\n"


def test_a_file_without_final_newline_is_continued(path: Path) -> None:
    path.parent.mkdir(parents=True)
    path.write_text("/envs/a")
    Registry(str(path)).register("/envs/b")
    assert path.read_text() == "/envs/a\n/envs/b\n"


def test_a_registration_that_cannot_be_written_is_forgiven(tmp_path: Path) -> None:
    (tmp_path / ".conda").write_text("a file in the way")
    assert not Registry(str(tmp_path / ".conda" / "environments.txt")).register("/envs/a")


def test_a_name_with_an_odd_separator_is_one_line(tmp_path: Path, path: Path, root: str) -> None:
    prefix = make_environment(tmp_path / "a\u2028b")
    registry = Registry(str(path))
    assert registry.register(prefix)
    assert registry.has(prefix)
    assert prefix in registry.list_all((), root)


def test_unregistering_also_forgets_vanished_environments(tmp_path: Path, path: Path) -> None:
    kept, removed = make_environment(tmp_path / "kept"), make_environment(tmp_path / "removed")
    path.parent.mkdir(parents=True)
    path.write_text(f"{tmp_path}/vanished\n{removed}\n{kept}\n")
    assert Registry(str(path)).unregister(removed)
    assert path.read_text() == f"{kept}\n"


def test_unregistering_from_nothing_makes_no_file(path: Path) -> None:
    assert Registry(str(path)).unregister("/envs/a")
    assert not path.exists()


def test_a_file_of_unknown_encoding_is_left_alone(tmp_path: Path, path: Path, root: str) -> None:
    path.parent.mkdir(parents=True)
    path.write_bytes(b"/envs/\xff\n")
    registry = Registry(str(path))
    assert not registry.register("/envs/a")
    assert not registry.unregister("/envs/a")
    assert registry.list_all((), root) == [root]
    assert path.read_bytes() == b"/envs/\xff\n"


def test_all_environments_are_listed_with_base_first(tmp_path: Path, path: Path, root: str) -> None:
    envs = tmp_path / "envs"
    b, a = make_environment(envs / "b"), make_environment(envs / "a")
    (envs / "no-environment").mkdir()
    elsewhere = make_environment(tmp_path / "elsewhere")
    registry = Registry(str(path))
    for prefix in (elsewhere, b, str(tmp_path / "vanished"), root):
        registry.register(prefix)
    assert registry.list_all((str(envs), str(tmp_path / "absent")), root) == [
        root,
        elsewhere,
        a,
        b,
    ]


def test_root_sees_the_environments_of_all_homes_but_not_its_own_variable(
    tmp_path: Path, path: Path, root: str
) -> None:
    of_alice = make_environment(tmp_path / "alice" / "env")
    Registry(str(tmp_path / "alice" / ".conda" / "environments.txt")).register(of_alice)
    registry = Registry(str(path), homes=(str(tmp_path / "alice"), str(tmp_path / "bob")))
    registry.register(make_environment(tmp_path / "own"))
    assert registry.list_all((), root) == [root, of_alice]


def test_every_machine_has_the_home_of_root_or_of_nobody() -> None:
    assert all(isinstance(home, str) for home in home_directories())
    assert len(set(home_directories())) == len(home_directories())


def test_what_is_being_built_or_deleted_is_no_environment(tmp_path: Path, root: str) -> None:
    kept = make_environment(tmp_path / "envs" / "sci")
    make_environment(tmp_path / "envs" / ".sci.txn-1a2b3c4d")
    hidden = make_environment(tmp_path / "envs" / ".hidden")
    registry = Registry(str(tmp_path / "environments.txt"))
    assert registry.list_all([str(tmp_path / "envs")], root) == [root, hidden, kept]
