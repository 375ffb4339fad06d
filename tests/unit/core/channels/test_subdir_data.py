import json
from pathlib import Path

import pytest

from conda_clone.core.channels import SubdirData
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.repodata import entry, index_body


class Setup:
    def __init__(self, tmp_path: Path) -> None:
        self.tmp_path = tmp_path
        self.folder = tmp_path / "chan" / "linux-64"
        self.folder.mkdir(parents=True)
        self.listener = Listener()
        self.channel = Channel.from_text(str(tmp_path / "chan"), ChannelConfig())

    def write(self, *entries: dict[str, object], fn: str = "repodata.json") -> None:
        packages = {
            f"{item['name']}-{item['version']}-{item['build']}.conda": item for item in entries
        }
        (self.folder / fn).write_bytes(index_body(packages_conda=packages))

    def data(self, *, repodata_fn: str = "repodata.json", **settings: object) -> SubdirData:
        return SubdirData(
            self.channel,
            "linux-64",
            channel_settings(**settings),
            plain_transport(),
            str(self.tmp_path / "cache"),
            self.listener,
            repodata_fn=repodata_fn,
        )


@pytest.fixture
def setup(tmp_path: Path) -> Setup:
    return Setup(tmp_path)


def fns(records: list[PackageRecord]) -> list[str]:
    return [record.fn for record in records]


def test_records_are_found_by_name(setup: Setup) -> None:
    setup.write(entry("a-1-0.conda", depends=["b >=1"]), entry("b-1-0.conda"))
    (record,) = setup.data().records("a")
    assert (record.name, record.version, record.build, record.subdir) == ("a", "1", "0", "linux-64")
    assert record.depends == ("b >=1",)
    assert record.channel is setup.channel
    assert record.url == f"{setup.channel.base_url}/linux-64/a-1-0.conda"
    assert setup.data().records("c") == []


def test_records_of_newer_sections_are_ordinary_archives(setup: Setup) -> None:
    extra = {"extra_depends": {"test": ["c"]}, "indexed_timestamp": 1773851561010}
    newer = {"a-2-0": entry("a-2-0.conda", depends=["b[version='>=1']"], **extra)}
    body = {**json.loads(index_body("a-1-0.conda")), "v3": {"conda": newer, "whl": {"w": newer}}}
    (setup.folder / "repodata.json").write_text(json.dumps(body))
    records = setup.data().records("a")
    assert fns(records) == ["a-2-0.conda", "a-1-0.conda"]
    assert records[0].depends == ("b[version='>=1']",)
    assert records[0].extra == extra


def test_records_of_a_name_are_built_once(setup: Setup) -> None:
    setup.write(entry("a-1-0.conda"))
    data = setup.data()
    assert data.records("a") is data.records("a")


def test_specs_select_records(setup: Setup) -> None:
    setup.write(
        *(entry(f"{name}-{version}-0.conda") for name in ("liba", "libb", "c") for version in "123")
    )
    data = setup.data()
    assert fns(data.query(MatchSpec("liba>=2"))) == ["liba-2-0.conda", "liba-3-0.conda"]
    assert fns(data.query(MatchSpec("lib*[version='<2']"))) == ["liba-1-0.conda", "libb-1-0.conda"]
    assert fns(data.query(MatchSpec("*=3"))) == ["c-3-0.conda", "liba-3-0.conda", "libb-3-0.conda"]
    assert fns(data.query(MatchSpec("^lib.$ 1"))) == ["liba-1-0.conda", "libb-1-0.conda"]
    assert fns(data.query(MatchSpec("*[subdir=noarch]"))) == []
    assert len(list(data.all_records())) == 9
    assert data.names() == ["c", "liba", "libb"]


def test_pip_becomes_a_dependency_of_python(setup: Setup) -> None:
    setup.write(
        entry("python-1.5-0.conda"),
        entry("python-2.7-0.conda", depends=["zlib"]),
        entry("python-3.12-0.conda", depends=["pip"]),
        entry("pypy-3-0.conda"),
    )
    assert [record.depends for record in setup.data().records("python")] == [
        (),
        ("zlib", "pip"),
        ("pip",),
    ]
    plain = setup.data(add_pip_as_python_dependency=False)
    assert [record.depends for record in plain.records("python")] == [(), ("zlib",), ("pip",)]
    assert setup.data().records("pypy")[0].depends == ()


def test_python_without_dependencies_gets_pip_too(setup: Setup) -> None:
    setup.write({**entry("python-3.12-0.conda"), "depends": []})
    assert setup.data().records("python")[0].depends == ("pip",)


@pytest.mark.parametrize(
    ("broken", "reason"),
    [
        ({"version": "1..0"}, "version"),
        ({"depends": ["c[bad=1]"]}, "c[bad=1]"),
        ({"constrains": ["c >"]}, "c >"),
        ({"depends": 5}, "a-2-0.conda"),
        ({"build_number": "x"}, "a-2-0.conda"),
        ({"build": "../../x"}, "file name"),
    ],
)
def test_a_record_that_makes_no_sense_is_left_out(
    setup: Setup, broken: dict[str, object], reason: str
) -> None:
    (setup.folder / "repodata.json").write_bytes(
        index_body(
            packages_conda={
                "a-1-0.conda": entry("a-1-0.conda"),
                "a-2-0.conda": {**entry("a-2-0.conda"), **broken},
            }
        )
    )
    assert fns(setup.data().records("a")) == ["a-1-0.conda"]
    (caution,) = setup.listener.cautions
    assert caution.startswith("1 of the packages `a` of file://")
    assert reason in caution


@pytest.mark.parametrize(
    "fn", ["../a-1-0.conda", "a/b-1-0.conda", ".a-1-0.conda", "a-1-0.zip", "a\\b-1-0.tar.bz2"]
)
def test_a_file_name_that_leads_elsewhere_is_left_out(setup: Setup, fn: str) -> None:
    body = index_body(packages_conda={fn: entry("a-1-0.conda")})
    (setup.folder / "repodata.json").write_bytes(body)
    assert setup.data().records("a") == []
    assert "its file name" in setup.listener.cautions[0]


def test_an_unusual_but_harmless_file_name_is_taken(setup: Setup) -> None:
    body = index_body(packages_conda={"other.conda": entry("a-1-0.conda")})
    (setup.folder / "repodata.json").write_bytes(body)
    assert fns(setup.data().records("a")) == ["other.conda"]


@pytest.mark.parametrize("version", [5, "1..0"])
def test_a_broken_python_is_left_out(setup: Setup, version: object) -> None:
    body = index_body(
        packages_conda={"python-1-0.conda": {**entry("python-1-0.conda"), "version": version}}
    )
    (setup.folder / "repodata.json").write_bytes(body)
    assert setup.data().records("python") == []
    assert len(setup.listener.cautions) == 1


def test_a_folder_that_does_not_exist_is_empty_and_missing(setup: Setup) -> None:
    data = setup.data()
    assert (data.names(), data.records("a"), list(data.all_records())) == ([], [], [])
    assert data.missing is not None
    assert data.missing.url == f"{setup.channel.base_url}/linux-64/repodata.json"
    assert not data.load_if_ready()


def test_another_index_can_be_asked_for(setup: Setup) -> None:
    setup.write(entry("a-1-0.conda"))
    setup.write(entry("b-1-0.conda"), fn="current_repodata.json")
    assert setup.data().names() == ["a"]
    data = setup.data(repodata_fn="current_repodata.json")
    assert data.names() == ["b"]
    assert data.missing is None


def test_an_index_that_is_not_there_gives_way_to_the_next(setup: Setup) -> None:
    setup.write(entry("b-1-0.conda"), fn="second.json")
    names = ("first.json", "second.json", "third.json")
    assert setup.data(repodata_fn="first.json", repodata_fns=names).names() == ["b"]
    setup.write(entry("a-1-0.conda"))
    assert setup.data(repodata_fn="third.json", repodata_fns=names).names() == ["a"]
    assert setup.data(repodata_fn="other.json", repodata_fns=names).names() == ["a"]


def test_what_was_parsed_before_is_ready(setup: Setup) -> None:
    setup.write(entry("a-1-0.conda"))
    assert not setup.data().load_if_ready()
    setup.data().load()
    data = setup.data()
    assert data.load_if_ready()
    data.load()
    assert data.load_if_ready()
    assert data.names() == ["a"]


def test_the_package_has_no_other_names() -> None:
    from conda_clone.core import channels

    with pytest.raises(AttributeError, match="Nothing"):
        channels.Nothing  # noqa: B018 - the access is what is tested
