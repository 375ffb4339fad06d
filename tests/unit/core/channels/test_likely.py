"""Which packages can be chosen, as far as what is wanted decides that."""

from pathlib import Path

import pytest

from conda_clone.core.channels.index import Index
from conda_clone.core.channels.likely import Likelihood, first_wishes
from conda_clone.models.match_spec.spec import MatchSpec
from tests.support.channels import Listener, channel_settings, plain_transport
from tests.support.repodata import entry, index_body

ENTRIES = {
    "python-3.11-0.conda": {},
    "python-3.13-0.conda": {},
    "python_abi-3.11-0.conda": {"constrains": ["python 3.11.*"]},
    "python_abi-3.13-0.conda": {"constrains": ["python 3.13.*"]},
    "numpy-1-0.conda": {},
    "a-1-0.conda": {"depends": ["python >=3.11,<3.12"]},
    "a-2-0.conda": {"depends": ["python >=3.13", "numpy"]},
    "a-3-0.conda": {"depends": ["python", "python_abi 3.13.*"]},
    "a-4-0.conda": {"depends": ["numpy >=2", "__unix", "b"]},
    "a-5-0.conda": {"depends": [], "constrains": ["numpy <1"]},
}


@pytest.fixture
def index(tmp_path: Path) -> Index:
    folder = tmp_path / "chan" / "noarch"
    folder.mkdir(parents=True)
    packages = {fn: entry(fn, **fields) for fn, fields in ENTRIES.items()}
    (folder / "repodata.json").write_bytes(index_body(packages_conda=packages))
    settings = channel_settings(folder.parent.as_uri(), subdirs=("noarch",))
    return Index.open(settings, plain_transport(), str(tmp_path / "cache"), Listener())


@pytest.mark.parametrize(
    ("wanted", "versions"),
    [
        ([], "12345"),
        (["python"], "12345"),
        (["python=3.11"], "145"),
        (["python=3.13"], "2345"),
        (["python=3.13", "python_abi=3.11"], "2345"),  # nothing fits both: no ground to judge on
        (["python=9"], "12345"),
        (["numpy"], "123"),
        (["numpy=7"], "12345"),
        (["python=3.13", "numpy"], "23"),
    ],
)
def test_what_is_wanted_decides(index: Index, wanted: list[str], versions: str) -> None:
    wishes = first_wishes(MatchSpec(text) for text in wanted)
    likelihood = Likelihood(index.subdirs, wishes)
    likely = [record.version for record in index.records("a") if likelihood.is_likely(record)]
    assert "".join(likely) == versions


def test_the_first_wish_for_a_name_counts() -> None:
    wishes = first_wishes(MatchSpec(text) for text in ["a=1", "b", "a=2", "c*"])
    assert wishes == {"a": MatchSpec("a=1"), "b": MatchSpec("b")}


def test_who_wants_python_wants_its_abi() -> None:
    assert first_wishes([MatchSpec("python=3.11")]) == {
        "python": MatchSpec("python=3.11"),
        "python_abi": MatchSpec("python_abi"),
    }
