"""Formats are told by names of files, and what is written can be read again."""

import json

import pytest

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.env_formats.errors import EnvironmentExporterNotDetected, SpecNotFound
from conda_clone.core.env_formats.writing import ExportedEnvironment, exporter_for
from conda_clone.errors import CondaValueError
from conda_clone.plugins.builtin import builtin_items
from tests.support.env_formats import OWN_EXPORTERS, exporter_named, read_text

ENVIRONMENT = ExportedEnvironment(
    name="sci",
    prefix="/e/sci",
    platform="linux-64",
    channels=("conda-forge",),
    specs=("a=1=0", "b=2=1"),
    exact_specs=("conda-forge::a==1=0", "conda-forge::b==2=1"),
    urls=("https://h/conda-forge/linux-64/a-1-0.conda#" + "0" * 32,),
    variables={"A": "yes"},
)


def read(text: str, source: str, form: str | None = None) -> EnvironmentFile:
    return read_text(text, source, form)


@pytest.mark.parametrize("source", ["e.yml", "E.YAML", "e.json", "-", "https://h/e.yml?x=1"])
def test_yaml_is_told_by_the_name(source: str) -> None:
    assert read("{dependencies: [a]}", source).specs == ("a",)


def test_a_pipe_is_told_by_what_comes_by_it() -> None:
    assert read("# c\nname: n\ndependencies:\n  - a\n", "-").name == "n"
    assert read("name==1\na\n", "-").specs == ("name==1", "a")
    assert read("@EXPLICIT\nhttps://h/a-1-0.conda\n", "-").archives[0] == "@EXPLICIT"


@pytest.mark.parametrize(
    ("head", "cautions"),
    [
        ("# platform: osx-64", ("`l.txt` was written for osx-64, and is used for linux-64.",)),
        ("# platform: linux-64", ()),
        ("# platform: noarch", ()),
        ("# some platform: osx-64", ()),
    ],
)
def test_a_list_says_for_which_platform_it_is(head: str, cautions: tuple[str, ...]) -> None:
    assert read(f"{head}\n@EXPLICIT\n", "l.txt").cautions == cautions


def test_everything_else_is_a_list() -> None:
    assert read("# c\na\n\nb >=1\n", "req.txt").specs == ("a", "b >=1")
    assert read("@EXPLICIT\nhttps://h/a-1-0.conda\n", "x").archives == (
        "@EXPLICIT",
        "https://h/a-1-0.conda",
    )


def test_a_format_that_is_named_counts() -> None:
    assert read("dependencies: [a]\n", "x.txt", "yaml").specs == ("a",)
    assert read("a\n", "x.yml", "requirements").specs == ("a",)
    with pytest.raises(SpecNotFound, match="nope"):
        read("a", "x", "nope")


def test_yaml_and_json_can_be_read_again() -> None:
    for name in ("environment-yaml", "environment-json"):
        text = exporter_named(name).text([ENVIRONMENT])
        file = read(text, "e.yml")
        assert (file.name, file.prefix) == ("sci", "/e/sci")
        assert (file.channels, file.specs) == (("conda-forge",), ("a=1=0", "b=2=1"))
        assert file.variables == {"A": "yes"}


def test_the_yaml_is_laid_out_as_people_know_it() -> None:
    from dataclasses import replace

    text = exporter_named("yaml").text([replace(ENVIRONMENT, pip=("p==1",))])
    assert text == (
        "name: sci\nchannels:\n  - conda-forge\ndependencies:\n  - a=1=0\n  - b=2=1\n"
        "  - pip:\n      - p==1\nvariables:\n  A: yes\nprefix: /e/sci\n"
    )


def test_lists_can_be_read_again() -> None:
    explicit = read(exporter_named("explicit").text([ENVIRONMENT]), "explicit.txt")
    assert explicit.archives == ("@EXPLICIT", *ENVIRONMENT.urls)
    requirements = read(exporter_named("reqs").text([ENVIRONMENT]), "requirements.txt")
    assert requirements.specs == ENVIRONMENT.exact_specs


def test_an_explicit_list_refuses_what_it_cannot_hold() -> None:
    from dataclasses import replace

    with pytest.raises(CondaValueError, match="p==1"):
        exporter_named("explicit").text([replace(ENVIRONMENT, pip=("p==1",))])


def test_several_platforms_fit_if_their_packages_are_the_same() -> None:
    from dataclasses import replace

    mac = replace(ENVIRONMENT, platform="osx-arm64")
    document = json.loads(exporter_named("json").text([ENVIRONMENT, mac]))
    assert document["platforms"] == ["linux-64", "osx-arm64"]
    with pytest.raises(CondaValueError, match="osx-arm64"):
        exporter_named("yaml").text([ENVIRONMENT, replace(mac, specs=("c=1",))])
    with pytest.raises(CondaValueError, match="one platform"):
        exporter_named("requirements").text([ENVIRONMENT, mac])


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("environment.yml", "environment-yaml"),
        ("/a/b/environment.yaml", "environment-yaml"),
        ("out.yml", "environment-yaml"),
        ("environment.json", "environment-json"),
        ("explicit.txt", "explicit"),
        ("requirements.txt", "requirements"),
        ("spec.txt", "requirements"),
    ],
)
def test_the_name_of_a_file_says_how_it_is_written(filename: str, name: str) -> None:
    assert exporter_for(filename, OWN_EXPORTERS).name == name


@pytest.mark.parametrize("filename", ["out.json", "out.txt", "out"])
def test_other_names_say_nothing(filename: str) -> None:
    with pytest.raises(EnvironmentExporterNotDetected):
        exporter_for(filename, OWN_EXPORTERS)
    with pytest.raises(EnvironmentExporterNotDetected):
        exporter_named(filename)


@pytest.mark.parametrize("hook", ["conda_environment_exporters", "conda_environment_specifiers"])
def test_no_name_stands_for_two_formats(hook: str) -> None:
    names = [name for row in builtin_items(hook) for name in row.names]
    assert len(names) == len(set(names))
