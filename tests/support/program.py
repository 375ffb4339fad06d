"""The program on a small channel with a bit of everything: fixtures for a `conftest.py`."""

from pathlib import Path

import pytest

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.packages import PLACEHOLDER
from tests.support.cli import Program

__all__ = ["conda", "small_channel"]


@pytest.fixture(scope="session")
def small_channel(tmp_path_factory: pytest.TempPathFactory) -> ChannelBuilder:
    """Build the channel once; no test may change it."""
    channel = ChannelBuilder(tmp_path_factory.mktemp("channels") / "main")
    add = channel.add
    for version, depends in (("1.0", "lib >=1.0,<2"), ("1.1", "lib >=1.1,<2"), ("2.0", "lib >=2")):
        add(
            name="app",
            version=version,
            depends=[depends],
            files={"bin/app": f"#!/bin/sh\necho app {version}\n"},
            executables=["bin/app"],
        )
    for version in ("1.0", "1.1", "1.2", "2.0"):
        add(name="lib", version=version, depends=["zlib"], files={"lib/lib.txt": version})
    add(name="zlib", files={"lib/zlib.txt": "z"}, format="tar.bz2")
    add(name="constr", constrains=["lib <2"], files={"share/constr": "c"})
    add(name="broken", depends=["nowhere >=1"], files={"share/broken": "b"})
    add(name="needs-gpu", depends=["__cuda >=99"], files={"share/gpu": "g"})
    add(
        name="text",
        files={"etc/text.cfg": f"prefix={PLACEHOLDER}\n"},
        prefix_files={"etc/text.cfg": "text"},
    )
    add(name="fails", link_scripts={"post-link": "exit 7\n"}, files={"share/fails": "f"})
    add(name="left", files={"share/both.txt": "left", "share/left.txt": "left"})
    add(name="right", files={"share/both.txt": "right", "share/right.txt": "right"})
    add(name="data", noarch="generic", files={"share/data.txt": "data"})
    wrong = add(name="wrong-hash", files={"share/wrong": "w"})
    channel.amend(wrong, sha256="0" * 64)
    missing = add(name="vanished", files={"share/vanished": "v"})
    missing.path.unlink()
    channel.write()
    return channel


@pytest.fixture
def conda(tmp_path: Path, isolated: Path, small_channel: ChannelBuilder) -> Program:
    """Return the program with an empty root prefix, on the small channel."""
    return Program(tmp_path / "root", isolated, small_channel.url)
