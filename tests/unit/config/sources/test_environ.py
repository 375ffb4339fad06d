from conda_clone.config.sources.environ import read_environ


def test_variables_are_settings() -> None:
    source = read_environ(
        {
            "CONDA_CHANNELS": "a, b,,c",
            "CONDA_YES": "1",
            "CONDA_PINNED_PACKAGES": "a=1&b >=2,<3",
            "CONDA_NOT_A_PARAM": "1",
            "CONDA_PREFIX": "/x",
            "channels": "z",
        }
    )
    assert source.name == "envvars"
    assert {key: node.plain() for key, node in source.entries.items()} == {
        "channels": ("a", "b", "c"),
        "yes": "1",
        "pinned_packages": ("a=1", "b >=2,<3"),
    }


def test_paths_are_parted_as_paths_are() -> None:
    import os

    source = read_environ({"CONDA_ENVS_PATH": os.pathsep.join(["/a", "/b"])})
    assert source.entries["envs_path"].plain() == ("/a", "/b")


def test_an_empty_variable_is_an_empty_list() -> None:
    assert read_environ({"CONDA_CHANNELS": ""}).entries["channels"].plain() == ()


def test_important_scalars_are_final() -> None:
    node = read_environ({"CONDA_QUIET": "true !important"}).entries["quiet"]
    assert (node.value, node.final) == ("true", True)


def test_the_variable_of_conda_build_is_no_setting() -> None:
    assert read_environ({"CONDA_BUILD": "1"}).names == []
