import pytest

from conda_clone.errors import CondaError
from conda_clone.models.errors import (
    ChannelError,
    InvalidMatchSpec,
    InvalidPackageMetadata,
    InvalidRecord,
    InvalidVersionSpec,
    SpecsCannotBeMerged,
)


@pytest.mark.parametrize(
    "error",
    [
        InvalidVersionSpec("1..2", "one of its components is empty"),
        InvalidMatchSpec("https://u:pw@h/t/tk-1/c::x[", "it is broken"),
        ChannelError("https://u:pw@h/t/tk-1/c\n", "it is broken"),
        InvalidRecord("https://u:pw@h/t/tk-1/c/foo.conda", "it has no `name`"),
        InvalidPackageMetadata("info/files", "it is missing"),
        SpecsCannotBeMerged("foo==1", "foo==2", "version"),
    ],
)
def test_messages_are_whole_sentences_without_secrets(error: CondaError) -> None:
    assert error.message.endswith(".")
    assert not error.message.endswith("..")
    report = str(error.to_dict())
    assert "pw" not in report
    assert "tk-1" not in report
    assert error.exception_name == type(error).__name__
