"""What is said about packages that were not found: one sentence for each kind of absence."""

from typing import Any

from conda_clone.core.planning.missing import Missing
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.records import record

LIBS = [record("lib", version, build) for version, build in (("1.0", "a"), ("2.0", "b"))]


def told(text: str, **fields: Any) -> list[tuple[str, str]]:
    advice = Missing(spec=MatchSpec(text), **fields).advice()
    return [(each.code, each.text) for each in advice]


def test_a_misspelt_name_gets_near_names() -> None:
    assert told("numpi", near=("numpy", "numba")) == [
        ("near_names", "check the spelling of `numpi`: there is `numpy` and `numba`")
    ]


def test_a_version_above_all_gets_the_newest() -> None:
    assert told("lib>=3", here=LIBS) == [
        (
            "nearest_version",
            "ask for `lib=2.0` instead of `lib[version='>=3']`: there is `lib` 2.0 and 1.0",
        )
    ]


def test_a_version_below_or_between_gets_the_next() -> None:
    assert "ask for `lib=1.0` instead" in told("lib<1.0", here=LIBS)[0][1]
    assert "ask for `lib=2.0` instead" in told("lib==1.5", here=LIBS)[0][1]


def test_another_build_is_not_another_version() -> None:
    assert told("lib=1.0=x", here=LIBS) == [
        (
            "other_builds",
            "ask for another build or channel: there are `lib` 1.0=a (https://channels.test/main)",
        )
    ]
    assert told("lib[build=x]", here=LIBS)[0][0] == "other_builds"


def test_what_only_the_network_has_is_told() -> None:
    assert told("lib", needs_network=True) == [
        ("go_online", "go online: no cache holds what fits `lib`")
    ]


def test_other_platforms_and_channels_are_told() -> None:
    assert told("lib", platforms=("osx-64", "win-64"), channels=("bioconda", "nvidia")) == [
        (
            "other_platform",
            "choose another platform: `lib` exists for osx-64 and win-64 (--platform)",
        ),
        (
            "other_channel",
            "add a channel that has `lib`: `bioconda` and `nvidia` (for example -c bioconda)",
        ),
    ]


def test_what_is_nowhere_is_not_talked_about() -> None:
    assert told("lib") == []
