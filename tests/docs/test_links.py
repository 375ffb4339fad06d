import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
EXTERNAL = ("http://", "https://", "mailto:")


def documents() -> list[Path]:
    return [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def links(document: Path) -> Iterator[str]:
    """Yield the targets of links outside code blocks."""
    text = re.sub(r"^```.*?^```", "", document.read_text(), flags=re.MULTILINE | re.DOTALL)
    yield from LINK.findall(text)


def anchors(document: Path) -> set[str]:
    """Return the anchors that headings get: lower case, dashes for blanks, no punctuation."""
    headings = re.findall(r"^#+ (.+)$", document.read_text(), flags=re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in headings}


def problem_of(document: Path, target: str) -> str | None:
    name, _, anchor = target.partition("#")
    aim = (document.parent / name).resolve() if name else document
    if not aim.is_relative_to(ROOT):
        return f"{target} leads out of the project"
    if not aim.exists():
        return f"{target} does not exist"
    if anchor and anchor not in anchors(aim):
        return f"{target} names no heading"
    return None


@pytest.mark.parametrize("document", documents(), ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(document: Path) -> None:
    local = [target for target in links(document) if not target.startswith(EXTERNAL)]
    problems = [problem_of(document, target) for target in local]
    assert [problem for problem in problems if problem is not None] == []


def test_broken_links_are_found(tmp_path: Path) -> None:
    document = ROOT / "README.md"
    assert problem_of(document, "nothing.md") == "nothing.md does not exist"
    assert problem_of(document, "../other") == "../other leads out of the project"
    assert problem_of(document, "#nothing-of-this-name") is not None
    page = tmp_path / "page.md"
    page.write_text("[a](b.md)\n```\n[c](d.md)\n```\n")
    assert list(links(page)) == ["b.md"]
