"""Section A of the feature table, commands: one test per row that conda answers with yes.

Each test shows that the capability is there; how it behaves in detail is said in tests/integration.
"""

from pathlib import Path

import pytest

from tests.support.cli import Program
from tests.support.plugins import installed_examples


@pytest.fixture
def sci(conda: Program) -> Program:
    """Return the program with an environment `sci` that holds app 1.0, lib and zlib."""
    conda.succeed("create", "-y", "-n", "sci", "app=1.0")
    return conda


def written(folder: Path, text: str, name: str = "environment.yml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_row_01_create_env_by_name_or_path(conda: Program, tmp_path: Path) -> None:
    conda.succeed("create", "-y", "-n", "named", "data")
    conda.succeed("create", "-y", "-p", tmp_path / "placed", "data")
    assert conda.installed("named") == ["data-1.0-0"]
    assert (tmp_path / "placed/share/data.txt").read_text() == "data"


def test_row_02_create_from_environment_yml_via_create_file(conda: Program, tmp_path: Path) -> None:
    file = written(tmp_path, "name: filed\ndependencies: [data, lib=1.1]\n")
    conda.succeed("create", "-y", "--file", file)
    assert conda.installed("filed") == ["data-1.0-0", "lib-1.1-0", "zlib-1.0-0"]


def test_row_03_create_clone_an_env(sci: Program) -> None:
    sci.succeed("create", "-y", "-n", "copy", "--clone", "sci")
    assert sci.installed("copy") == sci.installed("sci")


def test_row_04_install_into_a_chosen_prefix(sci: Program) -> None:
    sci.succeed("install", "-y", "-p", sci.prefix("sci"), "data")
    assert "data-1.0-0" in sci.installed("sci")


def test_row_05_update_named_packages_and_all(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "old", "lib=1.0", "app=1.0")
    conda.succeed("update", "-y", "-n", "old", "lib")
    assert conda.installed("old") == ["app-1.0-0", "lib-1.2-0", "zlib-1.0-0"]
    conda.succeed("update", "-y", "-n", "old", "--all")
    assert conda.installed("old") == ["app-2.0-0", "lib-2.0-0", "zlib-1.0-0"]


def test_row_06_remove_named_packages(sci: Program) -> None:
    sci.succeed("install", "-y", "-n", "sci", "data")
    sci.succeed("remove", "-y", "-n", "sci", "data")
    assert sci.installed("sci") == ["app-1.0-0", "lib-1.2-0", "zlib-1.0-0"]


def test_row_07_remove_whole_env(sci: Program) -> None:
    sci.succeed("remove", "-y", "-n", "sci", "--all")
    assert not sci.prefix("sci").exists()


def test_row_08_remove_also_prunes_orphaned_dependencies(sci: Program) -> None:
    sci.succeed("install", "-y", "-n", "sci", "data")
    sci.succeed("remove", "-y", "-n", "sci", "app")
    assert sci.installed("sci") == ["data-1.0-0"]


def test_row_09_install_revision(sci: Program) -> None:
    sci.succeed("install", "-y", "-n", "sci", "app=2.0")
    sci.succeed("install", "-y", "-n", "sci", "--revision", "0")
    assert sci.installed("sci") == ["app-1.0-0", "lib-1.2-0", "zlib-1.0-0"]


def test_row_10_list_with_regex(sci: Program) -> None:
    rows = sci.succeed("list", "-n", "sci", "^[al]", "--json").document
    assert [row["name"] for row in rows] == ["app", "lib"]


def test_row_11_list_fields_and_size(sci: Program) -> None:
    lines = sci.succeed("list", "-n", "sci", "--fields", "name,depends").stdout.splitlines()
    assert [line.split() for line in lines[2:]] == [
        ["#", "Name", "Depends"],
        ["app", "lib", ">=1.0,<2"],
        ["lib", "zlib"],
        ["zlib"],
    ]
    rows = sci.succeed("list", "-n", "sci", "--size", "--json").document
    assert [row["size"] for row in rows] == [len("#!/bin/sh\necho app 1.0\n"), 3, 1]


def test_row_12_list_revisions(sci: Program) -> None:
    sci.succeed("install", "-y", "-n", "sci", "data")
    first, second = sci.succeed("list", "-n", "sci", "--revisions", "--json").document
    assert (first["rev"], len(first["install"])) == (0, 3)
    assert second["install"] == [f"data-1.0-0-{sci.channel}/noarch"]


@pytest.mark.parametrize(("option", "length"), [("--md5", 32), ("--sha256", 64)])
def test_row_13_list_explicit_with_md5_and_sha256(sci: Program, option: str, length: int) -> None:
    urls = sci.succeed("list", "-n", "sci", "--explicit", option, "--json").document
    assert [len(url.partition("#")[2]) for url in urls] == [length] * 3


def test_row_14_search_remote_with_matchspec(conda: Program) -> None:
    found = conda.succeed("search", "lib[version='>=1.1,<2']", "--json").document
    assert [record["version"] for record in found["lib"]] == ["1.1", "1.2"]


def test_row_15_search_all_local_envs(sci: Program) -> None:
    sci.succeed("create", "-y", "-n", "other", "lib=1.0")
    found = sci.succeed("search", "--envs", "lib", "--json").document
    versions = {each["location"]: each["package_records"][0]["version"] for each in found}
    # For root, the environments of all people are searched.
    assert {str(sci.prefix("sci")): "1.2", str(sci.prefix("other")): "1.0"}.items() <= (
        versions.items()
    )


def test_row_18_info_with_json_of_everything(sci: Program) -> None:
    facts = sci.succeed("info", "--json").document
    assert facts["root_prefix"] == str(sci.root)
    assert facts["platform"] == "linux-64"
    assert str(sci.prefix("sci")) in facts["envs"]
    assert facts["channels"] == [f"{sci.channel}/linux-64", f"{sci.channel}/noarch"]


def test_row_19_env_list_with_sizes(sci: Program) -> None:
    details = sci.succeed("env", "list", "--size", "--json").document["envs_details"]
    files = [path for path in sci.prefix("sci").rglob("*") if not path.is_dir()]
    size = sum(path.lstat().st_size for path in files)
    assert details[str(sci.prefix("sci"))]["size"] == size > 0
    line = sci.succeed("env", "list", "--size").stdout.split(str(sci.prefix("sci")))[0]
    assert line.split()[-1] in {"B", "KB"}


def test_row_20_config_get_set_append_prepend_remove(conda: Program, tmp_path: Path) -> None:
    file = ("--file", tmp_path / "condarc")
    conda.succeed("config", *file, "--set", "always_yes", "yes")
    conda.succeed("config", *file, "--append", "channels", "last")
    conda.succeed("config", *file, "--prepend", "channels", "first")
    conda.succeed("config", *file, "--append", "channels", "gone")
    conda.succeed("config", *file, "--remove", "channels", "gone")
    values = conda.succeed("config", *file, "--get", "--json").document["get"]
    assert values == {"always_yes": True, "channels": ["first", "last"]}


def test_row_21_config_describe_show_sources_validate(conda: Program, isolated: Path) -> None:
    written(isolated, "always_yes: true\n", ".condarc")
    described = conda.succeed("config", "--describe", "channels", "--json").document
    assert [each["name"] for each in described] == ["channels"]
    sources = conda.succeed("config", "--show-sources", "--json").document
    assert sources[str(isolated / ".condarc")] == {"always_yes": True}
    assert conda("config", "--validate").status == 0


def test_row_22_clean_by_category(sci: Program) -> None:
    sci.succeed("remove", "-y", "-n", "sci", "--all")
    sci.succeed("clean", "-y", "--tarballs")
    assert list(sci.pkgs.glob("*.conda")) == []
    assert (sci.pkgs / "app-1.0-0").is_dir()
    sci.succeed("clean", "-y", "--packages")
    assert not (sci.pkgs / "app-1.0-0").exists()


def test_row_23_clean_dry_run_with_sizes(sci: Program) -> None:
    document = sci.succeed("clean", "--tarballs", "--dry-run", "--json").document
    sizes = document["tarballs"]["pkg_sizes"][str(sci.pkgs)]
    assert sizes["app-1.0-0.conda"] == (sci.pkgs / "app-1.0-0.conda").stat().st_size


def test_row_24_compare_env_with_file(sci: Program, tmp_path: Path) -> None:
    assert sci("compare", "-n", "sci", written(tmp_path, "dependencies: [app=1.0]\n")).status == 0
    outcome = sci("compare", "-n", "sci", "--json", written(tmp_path, "dependencies: [app=2]\n"))
    assert outcome.status == 1
    assert outcome.document == [
        "app found but mismatch. Specification pkg: app=2, Running pkg: app=1.0=0"
    ]


def test_row_25_rename_env(sci: Program) -> None:
    sci.succeed("rename", "-n", "sci", "renamed")
    assert sci.installed("renamed") == ["app-1.0-0", "lib-1.2-0", "zlib-1.0-0"]
    assert not sci.prefix("sci").exists()


def test_row_26_run_command_in_env(sci: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    out = sci.prefix("sci") / "out"
    assert sci("run", "-n", "sci", "sh", "-c", f"app > {out}; exit 7").status == 7
    assert out.read_text() == "app 1.0\n"


def test_row_29_export_yaml(sci: Program) -> None:
    assert sci.succeed("export", "-n", "sci").stdout == (
        f"name: sci\nchannels:\n  - {sci.channel}\ndependencies:\n"
        "  - app=1.0=0\n  - lib=1.2=0\n  - zlib=1.0=0\n"
        f"prefix: {sci.prefix('sci')}\n"
    )


def test_row_30_export_json_explicit_and_requirements_in_one_command(sci: Program) -> None:
    document = sci.succeed("export", "-n", "sci", "--format", "json", "--json").document
    assert document["dependencies"] == ["app=1.0=0", "lib=1.2=0", "zlib=1.0=0"]
    explicit = sci.succeed("export", "-n", "sci", "--format", "explicit").stdout.splitlines()
    assert [line.rpartition("/")[2].partition("#")[0] for line in explicit[5:]] == [
        *("zlib-1.0-0.tar.bz2", "lib-1.2-0.conda", "app-1.0-0.conda")
    ]
    listed = sci.succeed("export", "-n", "sci", "--format", "requirements").stdout.splitlines()
    assert listed[-1] == f"{sci.channel}::zlib==1.0=0"


def test_row_31_export_for_several_platforms(sci: Program) -> None:
    options = ("--from-history", "--platform", "linux-64", "--platform", "osx-arm64", "--json")
    document = sci.succeed("export", "-n", "sci", *options).document
    assert document["platforms"] == ["linux-64", "osx-arm64"]
    assert document["dependencies"] == ["app=1.0"]


def test_row_32_env_update_prune(sci: Program, tmp_path: Path) -> None:
    file = written(tmp_path, "name: sci\ndependencies: [data]\n")
    sci.succeed("env", "update", "-f", file, "--prune")
    assert sci.installed("sci") == ["data-1.0-0"]


def test_row_33_env_config_vars(sci: Program) -> None:
    variables = ("env", "config", "vars")
    sci.succeed(*variables, "set", "-n", "sci", "ONE=1", "TWO=2")
    sci.succeed(*variables, "unset", "-n", "sci", "TWO")
    assert sci.succeed(*variables, "list", "-n", "sci", "--json").document == {"ONE": "1"}


def test_row_34_doctor_checks(sci: Program) -> None:
    (sci.prefix("sci") / "lib/lib.txt").unlink()
    checks = sci.succeed("doctor", "-n", "sci", "--json").document["checks"]
    assert {name for name, check in checks.items() if not check["ok"]} >= {"missing-files"}


def test_row_35_doctor_fix(sci: Program) -> None:
    (sci.prefix("sci") / "lib/lib.txt").unlink()
    sci.succeed("doctor", "-n", "sci", "missing-files", "--fix", "-y")
    assert (sci.prefix("sci") / "lib/lib.txt").read_text() == "1.2"


def test_row_36_notices(conda: Program, tmp_path: Path) -> None:
    channel = tmp_path / "telling"
    (channel / "noarch").mkdir(parents=True)
    written(channel, '{"notices": [{"id": "n", "message": "We move."}]}', "notices.json")
    told = conda.succeed("notices", "-O", "-c", channel.as_uri(), "--json").document
    assert [notice["message"] for notice in told] == ["We move."]


def test_row_37_package_untracked_files(sci: Program) -> None:
    written(sci.prefix("sci"), "mine", "own.txt")
    assert "own.txt" in sci.succeed("package", "-n", "sci", "--untracked").stdout.split()
    owner = sci.succeed("package", "--which", sci.prefix("sci") / "bin/app").stdout
    assert "app-1.0-0" in owner


def test_row_45_plugin_can_add_commands(conda: Program, tmp_path: Path) -> None:
    with installed_examples(tmp_path / "site", "subcommands"):
        assert conda.succeed("greet", "Ada").stdout == "Hello, Ada!\n"


def test_row_46_external_conda_x_programs_dispatched(conda: Program, tmp_path: Path) -> None:
    program = written(tmp_path, "#!/bin/sh\nexit $#\n", "conda-count-words")
    program.chmod(0o755)
    path = {"PATH": f"{tmp_path}:{conda.environment['PATH']}"}
    assert conda("count-words", "a", "b", "--json", env=path).status == 3
