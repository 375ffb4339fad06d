"""What reading and showing settings costs."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from conda_clone.config.configuration import Configuration

PLAIN = "channels:\n  - conda-forge\n  - bioconda\nchannel_priority: strict\nalways_yes: true\n"
ANY = (
    PLAIN + "proxy_servers: {http: 'http://h:1', https: \"http://h:2\"}\npinned_packages: [a >=1]\n"
)


@pytest.mark.benchmark(group="read all sources")
@pytest.mark.parametrize("text", ["", PLAIN, ANY], ids=["no file", "plain file", "any YAML"])
def test_load(benchmark: Any, tmp_path: Path, text: str) -> None:
    if text:
        (tmp_path / ".condarc").write_text(text, "utf-8")

    def load() -> None:
        configuration = Configuration.load(environ={}, home=str(tmp_path))
        configuration.channel_settings()
        configuration.network_settings()

    benchmark(load)


def run(home: Path, *argv: str) -> None:
    environ = {"HOME": str(home), "PATH": "/usr/bin:/bin"}
    subprocess.run(argv, env=environ, check=True, stdout=subprocess.DEVNULL, timeout=60)


@pytest.mark.benchmark(group="processes")
def test_bare_interpreter(benchmark: Any, tmp_path: Path) -> None:
    benchmark(run, tmp_path, sys.executable, "-c", "pass")


@pytest.mark.benchmark(group="processes")
@pytest.mark.parametrize("words", [("--show",), ("--show-sources",), ("--describe",)], ids=str)
def test_command(benchmark: Any, tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / ".condarc").write_text(PLAIN, "utf-8")
    conda = str(Path(sys.executable).with_name("conda"))
    benchmark(run, tmp_path, conda, "config", *words, "--json")
