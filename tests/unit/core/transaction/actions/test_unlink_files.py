from tests.support.transactions import Workshop


def test_files_that_are_gone_already_are_no_problem(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a", "share/b": "b"}))
    (workshop.prefix / "share/a").unlink()
    workshop.remove("a")
    assert workshop.tree() == ["conda-meta/history"]
    assert not (workshop.prefix / "share").exists()


def test_a_folder_in_the_place_of_a_file_is_not_the_packages(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", files={"share/a": "a"}))
    (workshop.prefix / "share/a").unlink()
    (workshop.prefix / "share/a").mkdir()
    (workshop.prefix / "share/a/mine").write_text("mine")
    workshop.remove("a")
    assert workshop.tree() == ["conda-meta/history", "share/a/mine"]


def test_a_link_to_a_folder_is_removed_and_the_folder_is_not(workshop: Workshop) -> None:
    workshop.install(
        workshop.package(name="a", links={"share/link": "../data"}),
        workshop.package(name="b", files={"data/file": "b"}),
    )
    workshop.remove("a")
    assert workshop.tree()[2:] == ["data/file"]


def test_folders_of_compiled_modules_are_not_followed(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", files={"lib/a.py": "x = 1\n"}))
    elsewhere = workshop.root / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "a.cpython-39.pyc").write_bytes(b"")
    (workshop.prefix / "lib/__pycache__").symlink_to(elsewhere)
    workshop.remove("a")
    assert (elsewhere / "a.cpython-39.pyc").exists()


def test_empty_folders_of_the_package_go_with_it(workshop: Workshop) -> None:
    workshop.install(workshop.package(name="a", directories=["var/a/spool"]))
    assert (workshop.prefix / "var/a/spool").is_dir()
    workshop.remove("a")
    assert not (workshop.prefix / "var").exists()
