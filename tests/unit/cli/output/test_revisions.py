from conda_clone.cli.output.revisions import revision_document, revision_lines
from conda_clone.core.prefix.history import Revision

BEFORE = ("c/linux-64::up-1.9-0", "c/linux-64::down-2.0-0", "c/linux-64::gone-1.0-0", "old-1-0")
AFTER = ("c/linux-64::up-1.10-0", "c/linux-64::down-1.0-0", "c/noarch::new-1.0-py_0", "old-2-0")
REVISION = Revision(3, "2026-01-31 12:00:00", before=BEFORE, after=AFTER)


def test_a_revision_for_programs() -> None:
    assert revision_document(REVISION) == {
        "date": "2026-01-31 12:00:00",
        "rev": 3,
        "install": ["new-1.0-py_0-c/noarch"],
        "remove": ["gone-1.0-0-c/linux-64"],
        "upgrade": [
            {"old": "old-1-0", "new": "old-2-0"},
            {"old": "up-1.9-0-c/linux-64", "new": "up-1.10-0-c/linux-64"},
        ],
        "downgrade": [{"old": "down-2.0-0-c/linux-64", "new": "down-1.0-0-c/linux-64"}],
    }


def test_a_revision_for_people() -> None:
    assert revision_lines(REVISION) == [
        "2026-01-31 12:00:00  (rev 3)",
        "    -gone-1.0 (c/linux-64)",
        "    +new-1.0 (c/noarch)",
        "     down  {2.0 (c/linux-64) -> 1.0 (c/linux-64)}",
        "     old  {1 -> 2}",
        "     up  {1.9 (c/linux-64) -> 1.10 (c/linux-64)}",
    ]


def change(old: str, new: str) -> str:
    document = revision_document(Revision(1, "date", before=(old,), after=(new,)))
    return next(key for key in ("upgrade", "downgrade") if document[key])


def test_a_later_build_is_an_upgrade() -> None:
    assert change("a-1.0-py_9", "a-1.0-py_10") == "upgrade"
    assert change("a-1.0-py_10", "a-1.0-py_9") == "downgrade"
    assert change("a-1.0-abc", "a-1.0-xyz") == "upgrade"


def test_versions_that_are_none_are_compared_as_text() -> None:
    assert change("a-1..0-0", "a-1..1-0") == "upgrade"
    assert change("a-1..1-0", "a-1..0-0") == "downgrade"


def test_addresses_are_cut_where_a_terminal_is_narrow() -> None:
    before = ("https://channels.test/main/linux-64::lib-1.0-0",)
    after = ("https://channels.test/main/linux-64::lib-2.0-0",)
    revision = Revision(1, "2026-01-31 12:00:00", before=before, after=after)
    whole = "     lib  {1.0 (https://channels.test/main/linux-64) -> 2.0 (https://channels.test"
    assert revision_lines(revision, width=120)[1].startswith(whole)
    short = "     lib  {1.0 (main/linux-64) -> 2.0 (main/linux-64)}"
    assert revision_lines(revision, width=80)[1] == short
