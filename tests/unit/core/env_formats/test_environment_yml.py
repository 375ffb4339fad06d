"""`environment.yml` (CEP 24, spec/formats.md section 10)."""

import json
from pathlib import Path

import pytest

from conda_clone.core.env_formats.environment import EnvironmentFile, merged
from conda_clone.core.env_formats.environment_yml import parse_environment_yml
from conda_clone.core.env_formats.errors import EnvironmentFileInvalid

FULL = """\
name: sci
prefix: /home/me/envs/sci
channels:
  - conda-forge
  - nodefaults
dependencies:
  - python =3.12  # a comment
  - numpy>=1,<3
  - sel(unix): bash
  - sel(win): [m2-bash]
  - pip
  - pip:
    - --index-url https://host/simple
    - -r more.txt
    - requests[socks]==2.*
variables:
  A: x y
  B: 1
category: main
"""


def read(text: str, subdir: str = "linux-64", **environ: str) -> EnvironmentFile:
    return parse_environment_yml(text, source="e.yml", folder="/w", subdir=subdir, environ=environ)


def problems(text: str) -> list[tuple[int, str]]:
    with pytest.raises(EnvironmentFileInvalid) as caught:
        read(text)
    listed = caught.value.details["problems"]
    assert isinstance(listed, list)
    return [(each["line"], each["problem"]) for each in listed]


def test_everything_in_a_file_is_read() -> None:
    assert read(FULL) == EnvironmentFile(
        source="e.yml",
        folder="/w",
        name="sci",
        prefix="/home/me/envs/sci",
        channels=("conda-forge",),
        use_defaults=False,
        specs=("python =3.12", "numpy>=1,<3", "bash", "pip"),
        pip=("--index-url https://host/simple", "-r more.txt", "requests[socks]==2.*"),
        variables={"A": "x y", "B": "1"},
    )


def test_selectors_choose_by_platform() -> None:
    assert "m2-bash" in read(FULL, "win-64").specs
    assert "bash" not in read(FULL, "win-64").specs
    assert "bash" in read(FULL, "osx-arm64").specs


def test_variables_are_filled_in_but_not_in_specs() -> None:
    file = read("name: $N\nchannels: ['https://${T}@h/c']\ndependencies: [a]\n", N="x", T="secret")
    assert (file.name, file.channels) == ("x", ("https://secret@h/c",))
    assert problems("dependencies: ['a=${V}']\n")[0][0] == 1


def test_pip_is_added_for_its_packages_and_that_is_told() -> None:
    file = read("dependencies:\n  - pip: [a]\n")
    assert file.specs == ("pip",)
    assert "pip itself" in file.cautions[0]
    assert read("dependencies: [pip, {pip: [a]}]\n").cautions == ()


def test_unknown_keys_are_told_with_their_lines() -> None:
    (caution,) = read("name: a\nfoo: 1\ndependencies: []\nbar: 2\n").cautions
    assert "`foo` (line 2), `bar` (line 4)" in caution


def test_all_problems_are_told_at_once() -> None:
    assert problems(
        "name: [a]\nchannels: c\ndependencies:\n  - a=b=c=d\n  - [x]\n  - foo: [y]\nname: b\n"
        "variables: [v]\n"
    ) == [
        (7, "the key `name` stands here a second time"),
        (2, "`channels` is a text, not a list"),
        (4, problems("dependencies: [a=b=c=d]")[0][1]),
        (5, "a dependency is a list, not a text"),
        (6, "`foo` is no installer that is known here; `pip` is"),
        (1, "`name` is a list, not a text"),
        (8, "`variables` is a list, not a map"),
    ]


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("", 1, "the file is empty"),
        ("- a\n", 1, "the document is a list"),
        ("text\n", 1, "the document is a text"),
        ("name: [x\n", 2, "not YAML"),
        ("name: a\n\tb: 1\n", 2, "not YAML"),
        ("dependencies: nodeps\n", 1, "`dependencies` is a text, not a list"),
        ("dependencies: [{pip: a}]\n", 1, "`pip` is a text, not a list"),
        ("dependencies: [{pip: [{a: b}]}]\n", 1, "a line for pip is a map"),
        ("variables: {A: [1]}\n", 1, "the variable `A` is a list"),
        ("channels: [[a]]\n", 1, "a channel is a list"),
    ],
)
def test_what_is_no_description_is_refused(text: str, line: int, problem: str) -> None:
    ((found, said),) = problems(text)
    assert found == line
    assert said.startswith(problem)


def test_empty_parts_are_nothing() -> None:
    file = read("name:\nchannels:\ndependencies:\n  -\nvariables:\nprefix: ''\n")
    assert (file.name, file.prefix, file.channels, file.specs) == (None, None, (), ())


def test_json_is_read_as_well() -> None:
    assert read(json.dumps({"name": "j", "dependencies": ["a"]})).specs == ("a",)


def test_several_files_say_together_what_is_wanted() -> None:
    first = read("name: one\nchannels: [a]\ndependencies: [x]\n")
    second = read(
        "name: two\nchannels: [b, a, nodefaults]\ndependencies: [y, x, pip, {pip: [p]}]\n"
        "variables: {V: 1}\n"
    )
    both = merged((first, second))
    assert (both.name, both.channels, both.specs) == ("one", ("a", "b"), ("x", "y", "pip"))
    assert (both.use_defaults, both.pip, both.variables) == (False, ("p",), {"V": "1"})
    assert merged((first,)) is first


@pytest.mark.shared
def test_files_of_real_projects_are_read_or_refused_with_every_reason(shared: Path) -> None:
    refused = {}
    files = sorted(
        path
        for path in (shared / "data/environment-files").rglob("*")
        if path.suffix in {".yml", ".yaml"}
    )
    for path in files:
        try:
            read(path.read_text("utf-8"))
        except EnvironmentFileInvalid as error:
            refused[path.name] = error.details["problems"]
    assert len(files) == 144
    assert len(refused) == 1
    (listed,) = refused.values()
    assert isinstance(listed, list)
    assert len(listed) == 2


def test_variables_have_names_that_shells_know() -> None:
    text = "variables:\n  GOOD: 1\n  1A: x\n  'A=B': y\n"
    assert problems(text) == [
        (3, "`1A` cannot be the name of a variable"),
        (4, "`A=B` cannot be the name of a variable"),
    ]
    file = read("variables: {PATH: /x, GOOD: 1}\n")
    assert file.variables == {"GOOD": "1"}
    assert "PATH" in file.cautions[0]


def test_merge_keys_bring_along_what_is_not_said_beside_them() -> None:
    text = (
        "x-one: &one {channels: [c], dependencies: [a]}\n"
        "x-two: &two {name: n, dependencies: [b], 3: 4}\n"
        "<<: [*one, *two]\nname: own\n"
    )
    file = read(text)
    assert (file.name, file.channels, file.specs) == ("own", ("c",), ("a",))
    assert problems("<<: text\n<<: [[1]]\n") == [
        (1, "`<<` brings a text along, not a map"),
        (2, "`<<` brings a list along, not a map"),
    ]


def test_a_variable_has_one_value() -> None:
    assert problems("variables:\n  A: 1\n  A: 2\n") == [
        (3, "the variable `A` stands here a second time")
    ]
