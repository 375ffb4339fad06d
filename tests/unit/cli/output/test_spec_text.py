import pytest

from conda_clone.cli.output.spec_text import as_typed
from conda_clone.models.match_spec.spec import MatchSpec


@pytest.mark.parametrize(
    "spec",
    ["numpy>=2", "numpy>=1.2,<2|3.1", "py-lib!=1.5", "lib~=1.2", "numpy=1", "numpy==1.2=h_0"],
)
def test_what_was_typed_comes_back_and_means_the_same(spec: str) -> None:
    assert as_typed(f"`{MatchSpec(spec)}` is requested") == f"`{spec}` is requested"


@pytest.mark.parametrize("spec", ["numpy[version='>=2',build=h*]", "numpy[version='2|3']"])
def test_other_specs_stay_as_they_are(spec: str) -> None:
    assert as_typed(f"`{spec}`") == f"`{spec}`"
