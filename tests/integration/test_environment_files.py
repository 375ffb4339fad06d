"""`conda env create`, `update`, `remove`, `export`, and --file: environments as files say."""

import json
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.terminals import Person, needs_terminals

SITE = "lib/python3.12/site-packages"
# Does with `-m pip install ... -r FILE ...` what pip does, as far as conda can see it.
PYTHON = f"""\
#!/bin/sh
prefix=$(cd "$(dirname "$0")/.." && pwd)
echo "$* in $(pwd -P) of $CONDA_PREFIX" >> "$prefix/pip.log"
while [ "$1" != -r ]; do shift; done
cat "$2" >> "$prefix/pip.log"
grep -q refuse-this "$2" && {{ echo "no such package" >&2; exit 3; }}
grep -o '^[a-z][a-z-]*' "$2" | while read -r name; do
    info="$prefix/{SITE}/$name-1.0.dist-info"
    mkdir -p "$info"
    printf 'Name: %s\\nVersion: 1.0\\n' "$name" > "$info/METADATA"
done
echo "Successfully installed $(grep -o '^[a-z][a-z-]*' "$2" | sed 's/$/-1.0/' | tr '\\n' ' ')"
"""


@pytest.fixture(scope="session")
def python_channel(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    channel = ChannelBuilder(tmp_path_factory.mktemp("channels") / "python")
    channel.add(
        name="python",
        version="3.12.1",
        files={"bin/python": PYTHON, f"{SITE}/README": "x"},
        executables=["bin/python"],
    )
    channel.add(name="pip", version="24.0", depends=["python"], files={f"{SITE}/pip.py": ""})
    channel.write()
    return channel


@pytest.fixture
def write(tmp_path: Path) -> Path:
    folder = tmp_path / "project"
    folder.mkdir()
    return folder


def described(folder: Path, text: str, name: str = "environment.yml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_an_environment_is_created_as_its_file_says(
    conda: Program, write: Path, python_channel: ChannelBuilder
) -> None:
    file = described(
        write,
        f"name: sci\nchannels: ['{python_channel.url}']\n"
        "dependencies:\n  - python=3.12\n  - app=1.0\n  - pip\n  - pip:\n    - thing==1\n"
        "    - -r more.txt\nvariables:\n  FOO: bar baz\n",
    )
    outcome = conda.succeed("env", "create", "-f", file)

    prefix = conda.prefix("sci")
    assert conda.installed("sci") == [
        *("app-1.0-0", "lib-1.2-0", "pip-24.0-0", "python-3.12.1-0", "zlib-1.0-0")
    ]
    assert json.loads((prefix / "conda-meta/state").read_text()) == {"env_vars": {"FOO": "bar baz"}}
    first, *lines = (prefix / "pip.log").read_text().splitlines()
    assert first.startswith("-m pip install -U -r ")
    assert first.endswith(f"--exists-action=b in {write.resolve()} of {prefix}")
    assert lines == ["thing==1", "-r more.txt"]
    assert "conda activate sci" in outcome.stdout
    assert sorted(write.iterdir()) == [file]


def test_programs_learn_what_pip_has_done(
    conda: Program, write: Path, python_channel: ChannelBuilder
) -> None:
    file = described(
        write,
        f"name: p\nchannels: ['{python_channel.url}']\ndependencies: [pip, {{pip: [a, b]}}]\n",
    )
    outcome = conda.succeed("env", "create", "-f", file, "--json")
    assert outcome.document["success"] is True
    assert outcome.document["actions"]["PIP"] == ["a-1.0", "b-1.0"]
    assert "Successfully installed" in outcome.stderr
    listed = conda.succeed("list", "-n", "p", "--json").document
    assert [row["name"] for row in listed if row["channel"] == "pypi"] == ["a", "b"]
    assert conda.succeed("list", "-n", "p", "--no-pip").stdout.count("pypi") == 0


@needs_terminals
def test_a_person_sees_beforehand_what_pip_will_get(
    conda: Program, write: Path, python_channel: ChannelBuilder
) -> None:
    file = described(
        write,
        f"name: p\nchannels: ['{python_channel.url}']\n"
        "dependencies: [pip, {pip: [a==1.0, --no-deps]}]\n",
    )
    person = Person(conda, "create", "-f", file, "--dry-run")
    assert person.status() == 0
    shown = "pip will be given these lines afterwards:\n\n  a==1.0\n  --no-deps\n"
    assert shown in person.screen.text


def test_packages_of_pip_that_fail_leave_the_others(
    conda: Program, write: Path, python_channel: ChannelBuilder
) -> None:
    text = (
        f"name: p\nchannels: ['{python_channel.url}']\ndependencies: [pip, {{pip: [refuse-this]}}]"
    )
    for words in ((), ("--json",)):
        outcome = conda("env", "create", "-y", "-f", described(write, text), *words)
        assert (outcome.status, outcome.error) == (1, "CondaEnvException")
        assert conda.installed("p") == ["pip-24.0-0", "python-3.12.1-0"]


def test_packages_of_pip_need_a_python(conda: Program, write: Path) -> None:
    file = described(write, "name: p\ndependencies: [data, {pip: [a]}]\n")
    outcome = conda("env", "create", "-f", file, "--json")
    assert outcome.error == "PackagesNotFoundInChannelsError"
    assert "WARNING" in outcome.stderr
    assert "pip itself" in outcome.stderr


def test_the_file_of_the_working_folder_is_the_default(
    conda: Program, write: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(write)
    assert conda("env", "create").error == "EnvironmentFileNotFound"
    described(write, "name: d\ndependencies: [data]\n", "environment.yaml")
    conda.succeed("env", "create")
    assert conda.installed("d") == ["data-1.0-0"]


def test_options_name_the_environment_before_the_file(conda: Program, write: Path) -> None:
    file = described(write, f"name: one\nprefix: {write}/two\ndependencies: [data]\n")
    conda.succeed("env", "create", "-f", file, "-n", "three")
    conda.succeed("env", "create", "-f", file, "-p", write / "four")
    conda.succeed("env", "create", "-f", file)
    assert conda.installed("three") == conda.installed("one") == ["data-1.0-0"]
    assert (write / "four/conda-meta/history").is_file()
    assert not (write / "two").exists()
    file.write_text(f"prefix: {write}/two\ndependencies: [data]\n")
    conda.succeed("env", "create", "-f", file)
    assert (write / "two/conda-meta/history").is_file()


def test_files_without_a_name_need_one(conda: Program, write: Path) -> None:
    first = described(write, "dependencies: [data]\n")
    second = described(write, "dependencies: [lib]\n", "more.yml")
    for words in (["env", "create"], ["create", "-y"]):
        outcome = conda(*words, "-f", first, "-f", second)
        assert (outcome.status, outcome.error) == (2, "ArgumentError")
        message = " ".join(outcome.stderr.split())
        assert f"Neither `{first}, {second}` nor the command line names" in message
        assert "Give it a name with -n NAME" in message
        assert list((conda.root / "envs").glob("*")) == []


def test_an_environment_that_is_there_is_replaced_only_when_the_new_one_stands(
    conda: Program, write: Path
) -> None:
    conda.succeed("create", "-y", "-n", "e", "app=1.0")
    file = described(write, "name: e\ndependencies: [data]\n")
    outcome = conda("env", "create", "-f", file)
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    for text in ("name: e\ndependencies: [nowhere]\n", "name: e\ndependencies: [wrong-hash]\n"):
        strict = {"CONDA_SAFETY_CHECKS": "enabled"}
        assert conda("env", "create", "-y", "-f", described(write, text), env=strict).status == 1
        assert "app-1.0-0" in conda.installed("e")
    conda.succeed("env", "create", "-y", "-f", described(write, "name: e\ndependencies: [data]\n"))
    assert conda.installed("e") == ["data-1.0-0"]


def test_a_dry_run_creates_nothing(conda: Program, write: Path) -> None:
    file = described(write, "name: e\ndependencies: [app=1.0]\nvariables: {A: b}\n")
    document = conda.succeed("env", "create", "-f", file, "--dry-run", "--json").document
    assert document["dry_run"] is True
    assert len(document["actions"]["LINK"]) == 3
    assert not conda.prefix("e").exists()


def test_channels_of_the_file_come_first_or_alone(
    conda: Program, write: Path, python_channel: ChannelBuilder
) -> None:
    file = described(write, f"channels: ['{python_channel.url}']\ndependencies: [pip, data]\n")
    conda.succeed("env", "create", "-n", "a", "-f", file)
    file = described(
        write, f"channels: ['{python_channel.url}', nodefaults]\ndependencies: [pip, data]\n"
    )
    assert conda("env", "create", "-n", "b", "-f", file).error == "PackagesNotFoundInChannelsError"


def test_several_files_count_together(conda: Program, write: Path) -> None:
    one = described(write, "name: both\ndependencies: [data]\n")
    two = described(write, "zlib\n", "more.txt")
    conda.succeed("env", "create", "-f", one, "-f", two)
    conda.succeed("env", "create", "-n", "after", "-f", one, two)
    assert conda.installed("both") == conda.installed("after") == ["data-1.0-0", "zlib-1.0-0"]


def test_files_come_by_a_pipe_and_from_servers(
    conda: Program, write: Path, small_channel: ChannelBuilder
) -> None:
    text = "name: piped\ndependencies: [data]\n"
    conda.succeed("env", "create", "-f", "-", stdin=text)
    assert conda.installed("piped") == ["data-1.0-0"]
    described(write, "name: served\ndependencies: [data]\n")
    with ChannelServer() as server:
        server.mount("files", write)
        conda.succeed("env", "create", "-f", server.url("files/environment.yml"))
        assert conda("env", "create", "-f", server.url("files/x.yml")).error == "CondaHTTPError"
    assert conda.installed("served") == ["data-1.0-0"]


def test_lists_and_archives_are_files_too(
    conda: Program, write: Path, small_channel: ChannelBuilder
) -> None:
    conda.succeed("env", "create", "-n", "a", "-f", described(write, "data\n", "l.txt"))
    url = f"{small_channel.url}/noarch/data-1.0-0.conda"
    explicit = described(write, f"@EXPLICIT\n{url}\n", "e.txt")
    conda.succeed("env", "create", "-n", "b", "-f", explicit)
    assert conda.installed("a") == conda.installed("b") == ["data-1.0-0"]
    spec = described(write, "app\n", "m.txt")
    assert conda("env", "create", "-n", "c", "-f", explicit, "-f", spec).error == "CondaValueError"


def test_what_is_no_description_is_refused_with_lines(conda: Program, write: Path) -> None:
    file = described(write, "name: [a]\ndependencies:\n  - a=b=c=d\n")
    outcome = conda("env", "create", "-f", file)
    assert outcome.status == 2
    assert "line 1: `name` is a list" in outcome.stderr
    assert "line 3: " in outcome.stderr
    assert conda("env", "create", "-f", file, "--json").error == "EnvironmentFileInvalid"
    outcome = conda("env", "create", "-f", file, "--format", "nope")
    assert (outcome.status, outcome.error) == (2, "SpecNotFound")


def test_what_is_no_file_is_told(conda: Program, write: Path) -> None:
    outcome = conda("env", "create", "-f", write, "-n", "x")
    assert (outcome.status, outcome.error) == (1, "CondaValueError")
    assert "Is a directory" in outcome.stderr


def test_default_packages_are_added_unless_they_are_not_wanted(conda: Program, write: Path) -> None:
    conda.environment["CONDA_CREATE_DEFAULT_PACKAGES"] = "zlib"
    file = described(write, "dependencies: [data]\n")
    conda.succeed("env", "create", "-n", "a", "-f", file)
    conda.succeed("env", "create", "-n", "b", "-f", file, "--no-default-packages")
    assert conda.installed("a") == ["data-1.0-0", "zlib-1.0-0"]
    assert conda.installed("b") == ["data-1.0-0"]


def test_create_and_install_take_environment_files(
    conda: Program, write: Path, python_channel: ChannelBuilder
) -> None:
    file = described(
        write,
        f"name: n\nchannels: ['{python_channel.url}']\ndependencies: [pip, {{pip: [a]}}]\n"
        "variables: {A: b}\n",
    )
    conda.succeed("create", "-y", "--file", file, "data")
    assert conda.installed("n") == ["data-1.0-0", "pip-24.0-0", "python-3.12.1-0"]
    conda.succeed("create", "-y", "-n", "m", "data")
    conda.succeed("install", "-y", "-n", "m", "--file", file)
    for name in "nm":
        assert (conda.prefix(name) / SITE / "a-1.0.dist-info").is_dir()
        listed = conda.succeed("env", "config", "vars", "list", "-n", name, "--json").document
        assert listed == {"A": "b"}


def test_update_adds_and_prune_leaves_nothing_else(conda: Program, write: Path) -> None:
    conda.succeed("create", "-y", "-n", "e", "app=1.0", "constr")
    file = described(write, "name: e\ndependencies: [data, lib=1.1]\n")
    conda.succeed("env", "update", "-f", file)
    assert conda.installed("e") == [
        *("app-1.0-0", "constr-1.0-0", "data-1.0-0", "lib-1.1-0", "zlib-1.0-0")
    ]
    conda.succeed("env", "update", "-f", file, "--prune")
    assert conda.installed("e") == ["data-1.0-0", "lib-1.1-0", "zlib-1.0-0"]
    exported = conda.succeed("export", "-n", "e", "--from-history").stdout
    assert "app" not in exported
    assert "lib=1.1" in exported
    again = conda.succeed("env", "update", "-f", file, "--prune", "--json").document
    assert again["message"] == "All requested packages already installed."


def test_update_creates_what_is_not_there(conda: Program, write: Path) -> None:
    file = described(write, "name: fresh\ndependencies: [data]\n")
    conda.succeed("env", "update", "-f", file)
    assert conda.installed("fresh") == ["data-1.0-0"]


def test_update_works_on_the_active_environment_when_nothing_else_is_said(
    conda: Program, write: Path
) -> None:
    conda.succeed("create", "-y", "-n", "e", "data")
    active = {"CONDA_PREFIX": str(conda.prefix("e"))}
    conda.succeed("env", "update", "-f", described(write, "dependencies: [zlib]\n"), env=active)
    assert conda.installed("e") == ["data-1.0-0", "zlib-1.0-0"]


def test_a_frozen_environment_is_updated_only_when_that_is_wanted(
    conda: Program, write: Path
) -> None:
    conda.succeed("create", "-y", "-n", "e", "data")
    (conda.prefix("e") / "conda-meta/frozen").touch()
    file = described(write, "name: e\ndependencies: [zlib]\nvariables: {A: b}\n")
    assert conda("env", "update", "-f", file).error == "EnvironmentIsFrozenError"
    conda.succeed("env", "update", "-f", file, "--override-frozen", "--prune")
    assert conda.installed("e") == ["zlib-1.0-0"]
    listed = conda.succeed("env", "config", "vars", "list", "-n", "e", "--json").document
    assert listed == {"A": "b"}


def test_prune_takes_archives_too(
    conda: Program, write: Path, small_channel: ChannelBuilder
) -> None:
    conda.succeed("create", "-y", "-n", "e", "app=1.0")
    url = f"{small_channel.url}/noarch/data-1.0-0.conda"
    file = described(write, f"@EXPLICIT\n{url}\n", "e.txt")
    conda.succeed("env", "update", "-n", "e", "--prune", "-f", file)
    assert conda.installed("e") == ["data-1.0-0"]
    conda.succeed("env", "update", "-n", "e", "-f", file)


def test_remove_deletes_the_environment(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "data")
    assert "data" in conda.succeed("env", "remove", "-n", "e", "--dry-run", "-y").stdout
    assert conda.prefix("e").exists()
    conda.succeed("env", "remove", "-n", "e", "-y")
    assert not conda.prefix("e").exists()
    outcome = conda("env", "remove", "-n", "e", "-y", "--json")
    assert (outcome.status, outcome.error) == (1, "EnvironmentLocationNotFound")
    assert conda("env", "remove", "-y").status == 2
    assert conda("env", "remove", "-n", "base", "-y").error == "CondaEnvironmentError"


def test_an_empty_environment_is_removed_without_a_plan(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "empty")
    document = conda.succeed("remove", "--all", "--keep-env", "-n", "empty", "--json").document
    prefix = str(conda.prefix("empty"))
    assert document == {
        "success": True,
        "actions": {"FETCH": [], "PREFIX": prefix},
        "prefix": prefix,
    }
    outcome = conda.succeed("env", "remove", "-y", "-n", "empty")
    assert "There are no packages" in outcome.stdout
    assert "Executing" not in outcome.stdout
    assert not conda.prefix("empty").exists()


@pytest.fixture
def with_pip(conda: Program, write: Path, python_channel: ChannelBuilder) -> Program:
    file = described(
        write,
        f"name: e\nchannels: ['{python_channel.url}']\ndependencies: [pip, {{pip: [third]}}]\n",
    )
    conda.succeed("env", "create", "-f", file)
    return conda


def test_export_describes_what_is_installed(
    with_pip: Program, python_channel: ChannelBuilder
) -> None:
    conda, prefix = with_pip, with_pip.prefix("e")
    head = f"name: e\nchannels:\n  - {conda.channel}\n  - {python_channel.url}\ndependencies:\n"
    pip = "  - pip:\n      - third==1.0\n"
    assert conda.succeed("export", "-n", "e").stdout == (
        f"{head}  - pip=24.0=0\n  - python=3.12.1=0\n{pip}prefix: {prefix}\n"
    )
    assert conda.succeed("env", "export", "-n", "e", "--no-builds").stdout == (
        f"{head}  - pip=24.0\n  - python=3.12.1\n{pip}prefix: {prefix}\n"
    )
    assert conda.succeed("export", "-n", "e", "--from-history").stdout == (
        f"{head}  - pip\nprefix: {prefix}\n"
    )
    assert conda.succeed("export", "-n", "e", "--json").document == {
        "name": "e",
        "channels": [conda.channel, python_channel.url],
        "dependencies": ["pip=24.0=0", "python=3.12.1=0", {"pip": ["third==1.0"]}],
        "prefix": str(prefix),
    }


def test_export_writes_the_channels_that_are_wanted(with_pip: Program) -> None:
    def channels(*words: str) -> object:
        return with_pip.succeed("export", "-n", "e", "--json", *words).document["channels"]

    assert channels("--ignore-channels") == [with_pip.channel]
    assert channels("--ignore-channels", "-c", "mine") == ["mine", with_pip.channel]
    assert channels("-O", "-c", "mine") == ["mine"]


def test_export_keeps_secrets_to_itself(with_pip: Program) -> None:
    secret = {"CONDA_CHANNELS": "https://me:password@host.test/t/tk-123/chan"}
    for words in (("--ignore-channels",), ("-c", "https://me:password@host.test/other"), ()):
        text = with_pip.succeed("export", "-n", "e", *words, env=secret).stdout
        assert "  - https://host.test/chan\n" in text
        assert "password" not in text
        assert "tk-123" not in text


def test_export_writes_files(with_pip: Program, tmp_path: Path) -> None:
    out = tmp_path / "out/environment.yml"
    out.parent.mkdir()
    document = with_pip.succeed("export", "-n", "e", "-f", out, "--json").document
    assert document == {"success": True, "file": str(out), "format": "environment-yaml"}
    with_pip.succeed("env", "create", "-y", "-n", "copy", "-f", out)
    assert with_pip.installed("copy") == with_pip.installed("e")
    outcome = with_pip("export", "-n", "e", "--file", tmp_path / "out.json")
    assert (outcome.status, outcome.error) == (1, "EnvironmentExporterNotDetected")
    assert with_pip("export", "-n", "e", "--format", "explicit").error == "CondaValueError"
    assert with_pip("export", "-n", "e", "--format", "nope").status == 2


def test_lists_reproduce_an_environment(conda: Program, tmp_path: Path) -> None:
    conda.succeed("create", "-y", "-n", "e", "app=1.0")
    for name in ("explicit.txt", "requirements.txt"):
        file = tmp_path / name
        conda.succeed("export", "-n", "e", "-f", file)
        conda.succeed("create", "-y", "-n", "copy", "--file", file)
        assert conda.installed("copy") == conda.installed("e")
    document = conda.succeed("export", "-n", "e", "--json", "--format", "reqs").document
    assert document["format"] == "requirements"
    assert document["content"] == (tmp_path / "requirements.txt").read_text()


def test_export_solves_for_other_platforms(conda: Program) -> None:
    conda.succeed("create", "-y", "-n", "e", "data")
    words = ("export", "-n", "e", "--json", "--platform", "osx-arm64")
    assert conda.succeed(*words).document["dependencies"] == ["data=1.0=0"]
    both = conda.succeed(*words, "--platform", "linux-64").document
    assert both["platforms"] == ["osx-arm64", "linux-64"]
    conda.succeed("install", "-y", "-n", "e", "app")
    assert conda(*words).error == "PackagesNotFoundInChannelsError"
    assert conda.succeed(*words, "--from-history").document["dependencies"] == ["data", "app"]


def test_an_empty_environment_needs_no_channel(conda: Program) -> None:
    conda.environment["CONDA_CHANNELS"] = "https://127.0.0.1:9/nowhere"
    conda.succeed("create", "-y", "-n", "empty")
    assert (conda.prefix("empty") / "conda-meta/history").is_file()
