"""Environments in the layers of a container's image: real overlay file systems."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support.cli import Program
from tests.support.command_matrices import build_channel
from tests.support.small_disks import KIB, can_mount, file_system


@contextmanager
def overlay(disk: Path, lower: str, upper: str) -> Iterator[None]:
    """Lay a new layer above another one, at `disk/merged`."""
    work = f"{upper}-work"
    for name in (lower, upper, work, "merged"):
        (disk / name).mkdir(exist_ok=True)
    options = f"lowerdir={disk / lower},upperdir={disk / upper},workdir={disk / work}"
    command = ["mount", "-t", "overlay", "overlay", "-o", options, str(disk / "merged")]
    if subprocess.run(command, check=False, capture_output=True).returncode != 0:
        pytest.skip("no overlays can be mounted here")
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", str(disk / "merged")], check=True)


@pytest.fixture
def conda(tmp_path: Path) -> Iterator[Program]:
    """Return a program whose environments lie in a lower layer."""
    disk = tmp_path / "disk"
    if not can_mount(disk):
        pytest.skip("file systems cannot be mounted here")
    channel = build_channel(tmp_path / "channel")
    with file_system(disk, 16 * KIB * KIB):
        program = Program(disk / "merged/root", disk / "merged/home", channel.url)
        with overlay(disk, "empty", "image"):
            program.succeed("create", "-n", "e", "-y", "app=1", "more")
            program.succeed("create", "-n", "g", "-y", "lib", "scripted")
        with overlay(disk, "image", "container"):
            yield program


def packages(conda: Program, name: str) -> list[str]:
    """Return the packages of an environment of which no file is missing or altered."""
    conda.succeed("doctor", "-n", name)
    return [dist.partition("-")[0] for dist in conda.installed(name)]


@pytest.mark.parametrize(
    ("words", "left"),
    [
        ("update -n e -y app", ["app", "lib", "more"]),
        ("remove -n e -y more", ["app", "lib"]),
        ("remove -n e -y lib", ["more"]),
        ("install -n e -y scripted", ["app", "lib", "more", "scripted"]),
        ("remove -n e -y --all --keep-env", []),
    ],
)
def test_packages_of_a_lower_layer_come_and_go(conda: Program, words: str, left: list[str]) -> None:
    conda.succeed(*words.split())
    assert packages(conda, "e") == left
    folders = [folder for folder, _, _ in os.walk(conda.prefix("e")) if not os.listdir(folder)]
    assert folders == []


@pytest.mark.parametrize("name", ["e", "g"])
def test_an_environment_of_a_lower_layer_is_deleted(conda: Program, name: str) -> None:
    conda.succeed("remove", "-n", name, "-y", "--all")
    assert name not in os.listdir(conda.envs)
    assert len(os.listdir(conda.envs)) == 1


def test_an_environment_of_a_lower_layer_is_renamed(conda: Program) -> None:
    conda.succeed("rename", "-n", "e", "f", "-y")
    assert sorted(os.listdir(conda.envs)) == ["f", "g"]
    assert packages(conda, "f") == ["app", "lib", "more"]


def test_an_environment_of_a_lower_layer_cannot_be_replaced_at_once(conda: Program) -> None:
    refused = conda("create", "-n", "e", "-y", "lib")
    assert refused.error == "EnvironmentFixedError"
    assert packages(conda, "e") == ["app", "lib", "more"]
    conda.succeed("remove", "-n", "e", "-y", "--all")
    conda.succeed("create", "-n", "e", "-y", "lib")
    assert packages(conda, "e") == ["lib"]


@pytest.mark.parametrize("damaged", ["info/index.json", "info/repodata_record.json"])
def test_half_a_package_in_a_cache_of_a_lower_layer_is_extracted_anew(
    conda: Program, damaged: str
) -> None:
    package = conda.pkgs / "more-1.0-0"
    (package / damaged).unlink()
    (package / "etc/more").unlink()
    conda.succeed("install", "-n", "g", "-y", "more")
    assert packages(conda, "g") == ["lib", "more", "scripted"]


def test_a_cache_of_a_lower_layer_is_cleaned(conda: Program) -> None:
    conda.succeed("remove", "-n", "g", "-y", "--all")
    conda.succeed("clean", "-y", "--all")
    conda.succeed("create", "-n", "g", "-y", "scripted")
    assert packages(conda, "g") == ["scripted"]
