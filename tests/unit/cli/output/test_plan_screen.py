from conda_clone.cli.output.plan_screen import plan_screen, summary
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.channel import Channel
from conda_clone.operations.plan_sizes import PlanSizes
from tests.support.records import CONFIG, installed, record

OTHER = Channel.from_text("https://channels.test/other", CONFIG)

CHANGE = PrefixChange(
    prefix="/p",
    unlink=(installed("lib", "1.0"), installed("gone")),
    link=(
        record("app", depends=["lib >=2", "zlib"], size=2048),
        record("lib", "2.0", depends=["zlib"], channel=OTHER),
        record("zlib", "1.2", build="h1_0"),
    ),
    history=HistoryUpdate(update_specs=("app",)),
)
TO_FETCH = (CHANGE.link[0], CHANGE.link[2])


def screen(width: int, sizes: PlanSizes | None = None) -> str:
    return plan_screen(CHANGE, TO_FETCH, sizes or PlanSizes(), width=width)


def test_one_list_says_what_changes_and_why_and_how_large_it_is() -> None:
    assert screen(80).split("\n") == [
        "",
        "## Package Plan ##",
        "",
        "  environment location: /p",
        "",
        "  added / updated specs:",
        "    - app",
        "",
        "",
        "The following NEW packages will be INSTALLED:",
        "",
        "  app   1.0-0        2 KB  asked for           main",
        "  zlib  1.2-h1_0  unknown  for app and 1 more  main",
        "",
        "The following packages will be REMOVED:",
        "",
        "  gone  1.0-0  0 B  nothing needs it any more  main",
        "",
        "The following packages will be UPDATED:",
        "",
        "  lib  1.0-0 --> 2.0-0  cached  app needs lib >=2  main --> other",
        "",
    ]


def rows(width: int) -> list[str]:
    return [line for line in screen(width).split("\n") if line.startswith(("  zlib", "  lib"))]


def test_what_makes_lines_too_long_is_left_out_the_channel_first() -> None:
    assert rows(50) == [
        "  zlib  1.2-h1_0  unknown  for app and 1 more",
        "  lib  1.0-0 --> 2.0-0  cached  app needs lib >=2",
    ]


def test_then_others_that_need_a_package_go_and_builds_and_reasons_at_last() -> None:
    assert rows(45)[0] == "  zlib  1.2-h1_0  unknown  for app and 1 more"
    assert rows(45)[1] == "  lib  1.0 --> 2.0  cached  app needs lib >=2"
    assert rows(40)[0] == "  zlib  1.2-h1_0  unknown  for app"
    assert rows(34)[0] == "  zlib  1.2  unknown  for app"
    assert rows(31) == [
        "  zlib  1.2  unknown  for app",
        "  lib  1.0-0 --> 2.0-0  cached",
    ]
    assert rows(20) == ["  zlib  1.2  unknown", "  lib  1.0 --> 2.0"]


def test_a_build_stays_where_it_is_all_that_changes() -> None:
    change = PrefixChange(
        prefix="/p", unlink=(installed("lib", build="a"),), link=(record("lib", build="b"),)
    )
    assert "  lib  1.0-a --> 1.0-b" in plan_screen(change, (), PlanSizes(), width=10)


def test_a_channel_that_is_the_only_one_is_said_once() -> None:
    change = PrefixChange(prefix="/p", link=(record("app", size=2048),))
    shown = plan_screen(change, change.link, PlanSizes(download=2048, downloads=1), width=80)
    assert shown.endswith("  app  1.0-0  2 KB\n\n  to download:  2 KB in 1 package from main\n")


def test_totals_say_what_is_known_and_guess_nothing() -> None:
    sizes = PlanSizes(
        download=5 << 20, downloads=3, unstated=1, installed=2048, known=2, unknown=4,
        freed={"gone": 1024},
    )  # fmt: skip
    assert screen(90, sizes).split("\n")[-5:] == [
        "  to download:  5.0 MB in 3 packages from main, other, and 1 more whose size no index",
        "  states",
        "  on disk:      2 KB in 2 packages; of 4 more it is known after the download",
        "  to remove:    1 KB in 1 package",
        "",
    ]
    assert "  to download:  4 packages from main, other, whose size no index states\n" in screen(
        90, PlanSizes(unstated=4)
    )


def test_a_disk_that_is_too_small_is_named_before_anything_is_downloaded() -> None:
    sizes = PlanSizes(download=5 << 20, downloads=3, free=1 << 20)
    assert "5.0 MB in 3 packages from main, other; only 1.0 MB are free" in screen(80, sizes)
    assert "free" not in screen(80, PlanSizes(download=1, downloads=1, free=1))


def test_a_change_is_summed_up_when_it_is_done() -> None:
    assert summary(CHANGE) == "2 packages installed, 1 changed, 1 removed"
    assert summary(PrefixChange(prefix="/p", link=CHANGE.link[:1])) == "1 package installed"
    assert summary(PrefixChange(prefix="/p")) == "Done"
