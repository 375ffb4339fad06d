from collections.abc import Mapping
from pathlib import Path

import pytest

from conda_clone.config.configuration import Configuration
from conda_clone.config.errors import (
    CustomValidationError,
    InvalidTypeError,
    MultipleKeysError,
)
from conda_clone.errors import CondaMultiError


class Machine:
    """A home folder, a root prefix and an environment, with condarc files written into them."""

    def __init__(self, folder: Path) -> None:
        self.home = folder / "home"
        self.root = folder / "root"
        self.prefix = folder / "env"
        self.environ: dict[str, str] = {"CONDA_ROOT_PREFIX": str(self.root)}
        for path in (self.home, self.root, self.prefix):
            path.mkdir()

    def write(self, path: Path, text: str) -> str:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return str(path)

    def load(
        self, arguments: Mapping[str, object] | None = None, prefix: Path | None = None
    ) -> Configuration:
        return Configuration.load(
            environ=self.environ,
            home=str(self.home),
            arguments=arguments,
            prefix_for_condarc=None if prefix is None else str(prefix),
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_without_any_source_defaults_hold(machine: Machine) -> None:
    configuration = machine.load()
    assert configuration.value("channels") == ()
    assert configuration.channel_settings().channels == ("conda-forge",)
    assert configuration.value("always_yes") is None
    assert configuration.source_of("channels") == "default"
    assert not configuration.is_given("channels")


def test_each_source_beats_those_below(machine: Machine) -> None:
    levels: list[str] = []
    for level, path in enumerate(
        (
            machine.root / ".condarc",
            machine.home / ".conda/condarc",
            machine.home / ".condarc",
            machine.prefix / ".condarc",
        )
    ):
        machine.write(path, f"remote_max_retries: {level}\nchannels: [c{level}]\n")
        configuration = machine.load(prefix=machine.prefix)
        assert configuration.value("remote_max_retries") == level
        assert configuration.source_of("remote_max_retries") == str(path)
        levels.insert(0, f"c{level}")
        assert configuration.value("channels") == tuple(levels)
    machine.environ["CONDARC"] = machine.write(
        machine.home / "x.yml", "remote_max_retries: 10\nchannels: [c10]\n"
    )
    assert machine.load().value("remote_max_retries") == 10
    machine.environ |= {"CONDA_REMOTE_MAX_RETRIES": "11", "CONDA_CHANNELS": "c11"}
    assert machine.load().source_of("remote_max_retries") == "envvars"
    configuration = machine.load({"remote_max_retries": 12, "channels": ["c12"]}, machine.prefix)
    assert configuration.value("remote_max_retries") == 12
    assert configuration.source_of("remote_max_retries") == "cmd_line"
    assert configuration.value("channels") == ("c12", "c11", "c10", *levels)


def test_the_active_environment_is_read_unless_another_is_named(
    machine: Machine, tmp_path: Path
) -> None:
    machine.write(machine.prefix / ".condarc", "channels: [active]\n")
    machine.write(tmp_path / "other/.condarc", "channels: [other]\n")
    machine.environ["CONDA_PREFIX"] = str(machine.prefix)
    assert machine.load().value("channels") == ("active",)
    assert machine.load(prefix=tmp_path / "other").value("channels") == ("other",)


def test_a_final_value_below_is_not_changed(machine: Machine) -> None:
    path = machine.write(machine.home / ".condarc", "quiet: true #!final\n")
    machine.environ["CONDA_QUIET"] = "false"
    configuration = machine.load({"quiet": False})
    assert configuration.value("quiet") is True
    assert configuration.source_of("quiet") == path


def test_final_top_and_bottom_work_together(machine: Machine) -> None:
    machine.environ["CONDA_CHANNELS"] = "z"
    path = machine.home / ".condarc"
    machine.write(path, "channels:\n  - a #!bottom\n  - b #!top\n  - c\n")
    assert machine.load().value("channels") == ("b", "z", "c", "a")
    machine.write(path, "channels: #!final\n  - a #!top\n  - b\n")
    assert machine.load().value("channels") == ("a", "b")


def test_an_empty_list_takes_the_place_of_the_default(machine: Machine) -> None:
    machine.environ["CONDA_AGGRESSIVE_UPDATE_PACKAGES"] = ""
    assert machine.load().value("aggressive_update_packages") == ()


def test_an_empty_variable_does_not_clear_lower_lists(machine: Machine) -> None:
    machine.write(machine.home / ".condarc", "channels: [a]\n")
    machine.environ["CONDA_CHANNELS"] = ""
    assert machine.load().value("channels") == ("a",)


def test_null_is_a_value_where_it_makes_sense_and_else_nothing(machine: Machine) -> None:
    machine.write(machine.root / ".condarc", "always_yes: true\nquiet: true\nchannels: [a]\n")
    machine.write(machine.home / ".condarc", "always_yes:\nquiet:\nchannels:\n")
    configuration = machine.load()
    assert configuration.value("always_yes") is None
    assert configuration.value("quiet") is True
    assert configuration.value("channels") == ("a",)


def test_maps_are_added_to_their_default(machine: Machine) -> None:
    machine.write(machine.home / ".condarc", "custom_channels:\n  mine: https://host/x\n")
    assert machine.load().value("custom_channels") == {
        "pkgs/pro": "https://repo.anaconda.com",
        "mine": "https://host/x",
    }


def test_variables_are_expanded_only_where_places_are_meant(machine: Machine) -> None:
    machine.environ["NAME"] = "value"
    machine.write(
        machine.home / ".condarc",
        "channels: [$NAME, ~/channel]\ncreate_default_packages: [$NAME]\n",
    )
    configuration = machine.load()
    assert configuration.value("channels") == ("value", f"{machine.home}/channel")
    assert configuration.value("create_default_packages") == ("$NAME",)


def test_override_channels_leaves_only_the_command_line(machine: Machine) -> None:
    machine.write(machine.home / ".condarc", "channel: [a]\nquiet: true\n")
    machine.environ["CONDA_CHANNELS"] = "b"
    configuration = machine.load({"channels": ["c"], "override_channels": True})
    assert configuration.value("channels") == ("c",)
    assert configuration.value("quiet") is True


def test_the_root_prefix_is_found_in_files_of_the_user(machine: Machine, tmp_path: Path) -> None:
    machine.write(machine.home / ".condarc", f"root_prefix: {tmp_path}/other\n")
    machine.write(tmp_path / "other/.condarc", "quiet: true\n")
    del machine.environ["CONDA_ROOT_PREFIX"]
    configuration = machine.load()
    assert configuration.root_prefix == f"{tmp_path}/other"
    assert configuration.value("quiet") is True


def test_the_root_prefix_of_an_activated_conda_is_respected(machine: Machine) -> None:
    machine.environ = {"CONDA_ROOT": "/opt/conda"}
    assert machine.load().root_prefix == "/opt/conda"


def test_the_root_prefix_is_by_default_in_the_data_folder(machine: Machine) -> None:
    machine.environ = {}
    expected = machine.home / ".local/share/conda-clone"
    assert machine.load().root_prefix == str(expected)


def test_a_file_is_read_once_when_root_and_active_environment_are_the_same(
    machine: Machine,
) -> None:
    path = machine.write(machine.root / ".condarc", "quiet: true\n")
    machine.environ["CONDA_PREFIX"] = str(machine.root)
    assert [source.name for source in machine.load().sources] == [path, "envvars", "cmd_line"]


def test_broken_files_are_left_out_and_named(machine: Machine) -> None:
    first = machine.write(machine.home / ".condarc", "channels: [a\n")
    second = machine.write(machine.home / ".conda/condarc", "- a\n")
    machine.write(machine.root / ".condarc", "channels: [b]\n")
    configuration = machine.load()
    assert [problem.path for problem in configuration.problems] == [second, first]
    assert configuration.value("channels") == ("b",)


def test_a_wrong_value_is_an_error_when_it_is_needed(machine: Machine) -> None:
    path = machine.write(machine.home / ".condarc", "quiet: true\nchannels: conda-forge\n")
    configuration = machine.load()
    assert configuration.value("quiet") is True
    with pytest.raises(InvalidTypeError) as caught:
        configuration.value("channels")
    assert str(caught.value) == (
        f"Setting `channels` in {path}, line 2 is 'conda-forge', which is a text; "
        "expected is a list."
    )
    assert caught.value.details == {
        "parameter_name": "_channels",
        "parameter_value": "conda-forge",
        "source": path,
        "valid_types": "tuple",
        "wrong_type": "str",
    }


def test_all_wrong_values_are_reported_at_once(machine: Machine) -> None:
    machine.write(machine.home / ".condarc", "channel_priority: bogus\n")
    machine.environ["CONDA_REMOTE_MAX_RETRIES"] = "x"
    with pytest.raises(CondaMultiError) as caught:
        machine.load({"quiet": "maybe"}).values(["quiet", "channel_priority", "remote_max_retries"])
    variable = "the environment variable `CONDA_REMOTE_MAX_RETRIES`"
    assert [str(error).partition(";")[0] for error in caught.value.errors] == [
        f"Setting `channel_priority` in {machine.home}/.condarc, line 1 is 'bogus'",
        "Setting `quiet` in the command line is 'maybe'",
        f"Setting `remote_max_retries` in {variable} is 'x'",
    ]


def test_passwords_are_not_repeated_in_errors(machine: Machine) -> None:
    machine.write(
        machine.home / ".condarc",
        "channels: https://u:pw@host/t/tk-1/x\ndefault_channels: {a: [https://u:pw@host]}\n",
    )
    configuration = machine.load()
    for name in ("channels", "default_channels"):
        with pytest.raises(InvalidTypeError) as caught:
            configuration.value(name)
        assert "pw" not in str(caught.value.to_dict())


def test_two_names_in_one_file_are_refused(machine: Machine) -> None:
    machine.write(machine.home / ".condarc", "yes: true\nalways_yes: true\n")
    with pytest.raises(MultipleKeysError):
        machine.load().value("always_yes")


def test_two_names_in_two_sources_are_fine(machine: Machine) -> None:
    machine.write(machine.home / ".condarc", "yes: false\n")
    machine.environ["CONDA_ALWAYS_YES"] = "on"
    assert machine.load().value("always_yes") is True


def test_slices_are_built_once(machine: Machine) -> None:
    configuration = machine.load()
    assert configuration.path_settings() is configuration.path_settings()
    assert configuration.channel_settings() is configuration.channel_settings()
    assert configuration.network_settings() is configuration.network_settings()
    assert configuration.solve_settings() is configuration.solve_settings()
    assert configuration.link_settings() is configuration.link_settings()
    assert configuration.output_settings() is configuration.output_settings()


def test_a_slice_reports_everything_that_is_wrong(machine: Machine) -> None:
    machine.environ |= {"CONDA_QUIET": "maybe", "CONDA_CHANNEL_PRIORITY": "bogus"}
    with pytest.raises(CondaMultiError) as caught:
        machine.load().output_settings()
    assert [type(error) for error in caught.value.errors] == [CustomValidationError] * 2
