from conda_clone.cli.output.change_reasons import reasons
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.channel import Channel
from tests.support.records import CONFIG, installed, record

OTHER = Channel.from_text("https://channels.test/other", CONFIG)


def test_new_packages_were_asked_for_or_are_needed() -> None:
    change = PrefixChange(
        prefix="/p",
        link=(
            record("app", depends=["lib >=1", "zlib"]),
            record("lib", depends=["zlib"]),
            record("zlib"),
            record("default"),
        ),
        history=HistoryUpdate(update_specs=("app>=1",)),
    )
    assert reasons(change) == {
        "app": "asked for",
        "lib": "for app",
        "zlib": "for app and 1 more",
        "default": "",
    }


def test_a_change_of_what_is_there_has_its_cause() -> None:
    change = PrefixChange(
        prefix="/p",
        unlink=(
            installed("app", "1.0"),
            installed("lib", "1.0"),
            installed("tool", "1.0", depends=["lib 1.*"]),
            installed("moved", "2.0"),
            installed("newer", "1.0"),
        ),
        link=(
            record("app", "2.0", depends=["lib >=2"]),
            record("lib", "2.0"),
            record("tool", "2.0"),
            record("moved", "2.0", channel=OTHER),
            record("newer", "2.0"),
        ),
        history=HistoryUpdate(update_specs=("app",)),
    )
    assert reasons(change) == {
        "app": "asked for",
        "lib": "app needs lib >=2",
        "tool": "to fit lib 2.0",
        "moved": "another channel has it",
        "newer": "",
    }


def test_what_goes_was_named_or_lost_its_purpose() -> None:
    change = PrefixChange(
        prefix="/p",
        unlink=(
            installed("lib", depends=["zlib"]),
            installed("app", depends=["lib"]),
            installed("zlib"),
        ),
        history=HistoryUpdate(remove_specs=("lib",)),
    )
    assert reasons(change) == {
        "lib": "asked for",
        "app": "needs lib",
        "zlib": "nothing needs it any more",
    }


def test_who_was_asked_for_is_named_before_others_that_need_a_package() -> None:
    change = PrefixChange(
        prefix="/p",
        link=(
            record("a", depends=["lib"]),
            record("z", depends=["lib", "a"]),
            record("lib"),
        ),
        history=HistoryUpdate(update_specs=("z",)),
    )
    assert reasons(change)["lib"] == "for z and 1 more"
