"""How installed distributions become packages, shown on made-up ones."""

import base64
import hashlib
import sys
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.distributions import (
    DistributionAbsentError,
    distribution_package,
    find_distribution,
    requirements,
)
from conda_clone.testing.interpreter import Interpreter
from conda_clone.testing.machine import (
    build_machine_channel,
    pack_distribution,
    pack_distributions,
)
from conda_clone.testing.packages import PLACEHOLDER

INTERPRETER = Interpreter(Path("/p"), "3.12.1", Path("/p/bin/python3.12"), (), Path("/p/lib"))


class Environment:
    """A folder like a virtual environment, whose packages can be found."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site_packages = root / "lib" / "python3.12" / "site-packages"
        self.site_packages.mkdir(parents=True)

    def install(
        self,
        name: str,
        files: Mapping[str, str],
        *,
        requires: tuple[str, ...] = (),
        python: str | None = ">=3.8",
        entry_points: str = "",
        record: bool = True,
    ) -> None:
        """Install as pip does; paths are as in a RECORD."""
        info = f"{name.replace('-', '_')}-1.2.dist-info"
        lines = [f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.2\nSummary: An example\n"]
        lines += [f"Requires-Python: {python}\n"] if python else []
        lines += [f"Requires-Dist: {text}\n" for text in requires]
        content = {
            **files,
            f"{info}/METADATA": "".join(lines),
            f"{info}/INSTALLER": "pip\n",
            f"{info}/direct_url.json": "{}",
        }
        if entry_points:
            content[f"{info}/entry_points.txt"] = entry_points
        for path, text in content.items():
            target = self.site_packages / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text)
        if record:
            listed = "".join(f'"{path}",,\n' for path in [*content, f"{info}/RECORD"])
            (self.site_packages / info / "RECORD").write_text(listed)


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Environment:
    environment = Environment(tmp_path / "environment")
    monkeypatch.setattr(sys, "path", [str(environment.site_packages), *sys.path])
    return environment


def test_a_pure_distribution_becomes_a_noarch_package(environment: Environment) -> None:
    environment.install(
        "Some.Tool",
        {
            "some/tool.py": "x = 1",
            "some/__pycache__/tool.cpython-312.pyc": "code",
            "../../../bin/tool": "#!/v/bin/python3.12\nmade from an entry point",
            "../../../share/man/tool.1": "manual",
            "../../../share/gone": "",
        },
        entry_points=(
            "[console_scripts]\ntool = some.tool:main\n[gui_scripts]\nwindow = some.gui:main\n"
            "[other]\nx = y\n"
        ),
    )
    (environment.root / "share/gone").unlink()
    fields = distribution_package(find_distribution("some-tool"), INTERPRETER)
    assert (fields["name"], fields["version"], fields["build"]) == ("some.tool", "1.2", "py_0")
    assert fields["noarch"] == "python"
    assert fields["entry_points"] == ["tool = some.tool:main", "window = some.gui:main"]
    assert fields["depends"] == ["python >=3.8"]
    assert fields["about"] == {"summary": "An example"}
    assert sorted(fields["files"]) == [
        "share/man/tool.1",
        "site-packages/Some.Tool-1.2.dist-info/INSTALLER",
        "site-packages/Some.Tool-1.2.dist-info/METADATA",
        "site-packages/Some.Tool-1.2.dist-info/RECORD",
        "site-packages/Some.Tool-1.2.dist-info/entry_points.txt",
        "site-packages/some/tool.py",
    ]


def test_the_list_of_files_is_written_anew(environment: Environment) -> None:
    environment.install("tool", {"a,b.py": "x = 1"})
    files = distribution_package(find_distribution("tool"), INTERPRETER)["files"]
    info = "site-packages/tool-1.2.dist-info"
    assert files[f"{info}/INSTALLER"] == b"conda\n"
    record = files[f"{info}/RECORD"]
    assert isinstance(record, str)
    digest = base64.urlsafe_b64encode(hashlib.sha256(b"x = 1").digest()).decode().rstrip("=")
    assert record.splitlines()[0] == f'"a,b.py",sha256={digest},5'
    assert record.splitlines()[-1] == "tool-1.2.dist-info/RECORD,,"


def test_a_compiled_distribution_is_for_one_series_of_python(environment: Environment) -> None:
    environment.install(
        "fast",
        {"fast.so": "extension", "../../../bin/fast": "#!/v/bin/python3.12 -s\nrun()\n"},
        entry_points="[console_scripts]\nfast = fast:main\n",
    )
    fields = distribution_package(find_distribution("fast"), INTERPRETER, build_number=2)
    assert (fields["build"], fields["build_number"]) == ("py312_2", 2)
    assert fields["depends"] == ["python 3.12.*"]
    assert "noarch" not in fields
    files = fields["files"]
    assert "lib/python3.12/site-packages/fast.so" in files
    assert files["bin/fast"] == f"#!{PLACEHOLDER}/bin/python\nrun()\n".encode()
    assert fields["executables"] == ["bin/fast"]
    assert fields["prefix_files"] == {"bin/fast": "text"}


@pytest.mark.parametrize(
    ("script", "packed", "relocated"),
    [
        (
            "#!/bin/sh\n'''exec' \"/a b/bin/python\" \"$0\" \"$@\"\n' '''\nrun()\n",
            f"#!{PLACEHOLDER}/bin/python\nrun()\n",
            {"python-scripts/helper": "text"},
        ),
        ("#!/bin/sh\necho\n", "#!/bin/sh\necho\n", {}),
    ],
)
def test_scripts_start_the_python_of_their_environment(
    environment: Environment, script: str, packed: str, relocated: Mapping[str, str]
) -> None:
    environment.install("tool", {"../../../bin/helper": script})
    fields = distribution_package(find_distribution("tool"), INTERPRETER)
    assert fields["files"]["python-scripts/helper"] == packed.encode()
    assert fields["prefix_files"] == relocated


def test_dependencies_are_those_that_hold_here(environment: Environment) -> None:
    environment.install("Other.Package", {"other.py": ""})
    environment.install(
        "tool",
        {"tool.py": ""},
        requires=(
            "other-package (>=1.0,<2)",
            "absent===1.5",
            "never; python_version < '3'",
            "always != 1.5.* ; python_version > '3'",
            "more; extra == 'more'",
            "not a requirement (",
        ),
        python=None,
    )
    fields = distribution_package(find_distribution("tool"), INTERPRETER)
    assert fields["depends"] == [
        "absent ==1.5",
        "always !=1.5.*",
        "other.package <2,>=1.0",
        "python",
    ]
    names = [requirement.name for requirement in requirements(find_distribution("tool"))]
    assert names == ["other-package", "absent", "always"]


def test_what_cannot_be_packed_is_named(environment: Environment) -> None:
    environment.install("unlisted", {"unlisted.py": ""}, record=False)
    with pytest.raises(DistributionAbsentError, match="`unlisted` is installed without a list"):
        find_distribution("unlisted")
    with pytest.raises(DistributionAbsentError, match="`nothing-of-this-name` is not installed"):
        find_distribution("nothing-of-this-name")


def test_a_distribution_brings_all_that_it_needs(environment: Environment, tmp_path: Path) -> None:
    environment.install("a", {"a.py": ""}, requires=("b", "c"))
    environment.install("b", {"b.py": ""}, requires=("a",))
    channel = ChannelBuilder(tmp_path / "channel")
    absent = pack_distributions(channel, ["A"])
    assert sorted(channel.packages["noarch"]) == ["a-1.2-py_0.conda", "b-1.2-py_0.conda"]
    assert absent == {"c": "`c` is not installed"}
    assert pack_distribution(channel, "a", build_number=1).fn == "a-1.2-py_1.conda"


def test_the_channel_of_this_machine_has_python_and_what_is_asked_for(tmp_path: Path) -> None:
    channel = build_machine_channel(tmp_path / "channel", ["requests", "pycosat"])
    names = {
        str(package.record["name"]) for fns in channel.packages.values() for package in fns.values()
    }
    assert names >= {"python", "requests", "urllib3", "certifi", "idna", "pycosat"}
    version = metadata.version("requests")
    assert f"requests-{version}-py_0.conda" in channel.packages["noarch"]
    assert (channel.root / "noarch" / "repodata.json").is_file()
