import pytest

from conda_clone.core import transaction
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.core.transaction.unlink_link import UnlinkLinkTransaction
from tests.support.records import record


def test_a_change_without_packages_is_empty() -> None:
    assert PrefixChange(prefix="/env").is_empty
    assert not PrefixChange(prefix="/env", link=(record("a"),)).is_empty


def test_the_transaction_is_offered_by_its_package() -> None:
    assert transaction.UnlinkLinkTransaction is UnlinkLinkTransaction
    with pytest.raises(AttributeError, match="no attribute 'other'"):
        _ = transaction.other
