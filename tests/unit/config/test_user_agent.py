import os
import re
import subprocess
import sys
from importlib import metadata
from pathlib import Path

import pytest

from conda_clone.config.user_agent import requests_version, user_agent, with_requests


def release(folder: Path, text: str) -> str:
    path = folder / "os-release"
    path.write_text(text, "utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('NAME="Debian GNU/Linux"\nID=debian\nVERSION_ID="12"\n', " debian/12 "),
        ("ID='arch'\n", " arch "),
        ("", " "),
        ('ID="two words"\n', " "),
        ("ID=d\u00e9bian\n", " "),
        ("ID=a\x07b\n", " "),
    ],
)
def test_the_distribution_says_which_one_it_is(
    tmp_path: Path, text: str, expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "uname", raising=False)
    monkeypatch.delattr(os, "confstr", raising=False)
    agent = user_agent(release(tmp_path, text))
    assert re.fullmatch(rf"conda/\S+ \w+/3\.\S+{expected}solver/conda-clone", agent)


def test_every_part_is_one_word_with_a_version(tmp_path: Path) -> None:
    parts = user_agent(str(tmp_path / "gone")).split(" ")
    assert all(re.fullmatch(r"[\w.-]+/\S+", part) for part in parts)


@pytest.mark.skipif(not hasattr(os, "confstr"), reason="systems with a C library that says so")
@pytest.mark.parametrize(
    ("answer", "expected"), [("glibc 2.36", ["glibc/2.36"]), ("", []), (None, []), ("odd", [])]
)
def test_the_c_library_is_told(
    tmp_path: Path, answer: str | None, expected: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "confstr", lambda _: answer)
    parts = user_agent(str(tmp_path / "gone")).split(" ")
    assert [part for part in parts if part.startswith(("glibc", "odd"))] == expected


def test_the_library_that_speaks_http_comes_second() -> None:
    assert with_requests("conda/1 CPython/3.12 Linux/6", "2.32") == (
        "conda/1 requests/2.32 CPython/3.12 Linux/6"
    )
    assert with_requests("conda", "2.32") == "conda requests/2.32"


def test_the_version_of_requests_is_known_without_loading_it() -> None:
    program = (
        "import sys; from conda_clone.config.user_agent import requests_version; "
        "print(requests_version(), 'requests' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == f"{metadata.version('requests')} False\n"


def test_where_requests_is_not_to_be_found_its_version_is_unknown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(sys, "path", [])
    assert requests_version() == "unknown"
