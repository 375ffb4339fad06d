from conda_clone.cli.output.change_report import actions_document, change_text
from conda_clone.cli.output.record_documents import short_record
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.channel import Channel
from tests.support.records import CONFIG, installed, record

OTHER = Channel.from_text("https://channels.test/other", CONFIG)


def test_a_new_environment_lists_downloads_and_packages() -> None:
    change = PrefixChange(
        prefix="/p",
        link=(record("lib", "2.0", size=2048), record("app", size=600)),
        history=HistoryUpdate(update_specs=("app", "lib=2")),
    )
    text = change_text(change, change.link)
    assert text.split("\n") == [
        "",
        "## Package Plan ##",
        "",
        "  environment location: /p",
        "",
        "  added / updated specs:",
        "    - app",
        "    - lib=2",
        "",
        "",
        "The following packages will be downloaded:",
        "",
        "    package                    |            build",
        "    ---------------------------|-----------------",
        (
            "    app-1.0                    |                0          600 B"
            "  https://channels.test/main"
        ),
        (
            "    lib-2.0                    |                0           2 KB"
            "  https://channels.test/main"
        ),
        "    " + "-" * 60,
        "                                           Total:           3 KB",
        "",
        "The following NEW packages will be INSTALLED:",
        "",
        "  app                main/linux-64::app-1.0-0 ",
        "  lib                main/linux-64::lib-2.0-0 ",
        "",
        "",
    ]


def test_each_kind_of_change_has_its_heading() -> None:
    change = PrefixChange(
        prefix="/p",
        unlink=(
            installed("gone"),
            installed("newer", "1.0"),
            installed("older", "2.0"),
            installed("rebuilt", build="a"),
            installed("moved", "2.0"),
            installed("higher", build="b_0"),
        ),
        link=(
            record("newer", "2.0"),
            record("older", "1.0"),
            record("rebuilt", build="b"),
            record("moved", "1.0", channel=OTHER),
            record("higher", build="b_1", build_number=1),
        ),
    )
    lines = change_text(change, ()).splitlines()
    headings = [line for line in lines if line.startswith("The following")]
    assert headings == [
        "The following packages will be REMOVED:",
        "The following packages will be UPDATED:",
        "The following packages will be SUPERSEDED by a higher-priority channel:",
        "The following packages will be DOWNGRADED:",
        "The following packages will be REVISED:",
    ]
    assert "  gone-1.0-0" in lines
    rows = [line.split() for line in lines if "-->" in line]
    assert rows == [
        ["higher", "1.0-b_0", "-->", "1.0-b_1"],
        ["newer", "1.0-0", "-->", "2.0-0"],
        [
            "moved",
            "main/linux-64::moved-2.0-0",
            "-->",
            "other/linux-64::moved-1.0-0",
        ],
        ["older", "2.0-0", "-->", "1.0-0"],
        ["rebuilt", "1.0-a", "-->", "1.0-b"],
    ]


def test_removed_specs_come_before_the_packages() -> None:
    change = PrefixChange(
        prefix="/p", unlink=(installed("a"),), history=HistoryUpdate(remove_specs=("a",))
    )
    assert "  removed specs:\n    - a\n" in change_text(change, ())


def test_actions_leave_out_what_does_not_happen() -> None:
    change = PrefixChange(prefix="/p", unlink=(installed("a"),))
    assert actions_document(change, ()) == {
        "FETCH": [],
        "PREFIX": "/p",
        "UNLINK": [short_record(installed("a"))],
    }
