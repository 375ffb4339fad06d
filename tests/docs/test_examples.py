"""The examples of documents and docstrings do what they say."""

import doctest
import importlib
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
PROMPT = ">>> "


def with_examples(*patterns: str) -> list[str]:
    """Return the files that show something in Python, relative to the checkout."""
    found = [path for pattern in patterns for path in sorted(REPOSITORY.glob(pattern))]
    return [path.relative_to(REPOSITORY).as_posix() for path in found if PROMPT in path.read_text()]


@pytest.mark.parametrize("path", with_examples("conda_clone/**/*.py"))
def test_docstrings(path: str) -> None:
    module = importlib.import_module(path.removesuffix(".py").replace("/", "."))
    failed, attempted = doctest.testmod(module)
    assert attempted > 0
    assert failed == 0


@pytest.mark.parametrize("path", with_examples("README.md", "docs/**/*.md"))
def test_documents(path: str) -> None:
    failed, attempted = doctest.testfile(str(REPOSITORY / path), module_relative=False)
    assert attempted > 0
    assert failed == 0
