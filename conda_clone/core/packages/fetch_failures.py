"""What a package that cannot be had means for the others, and for the command."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from conda_clone.errors import (
    CondaError,
    CondaMultiError,
    CondaVerificationError,
    NoSpaceLeftError,
    NotWritableError,
    OfflineError,
)
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.gateways.network.errors import CondaHTTPError, CondaSSLError, ProxyError

if TYPE_CHECKING:
    from concurrent.futures import Future

    from conda_clone.models.records import PackageCacheRecord

__all__ = ["CancelledError", "concerns_all", "raise_errors"]

_OF_EVERYBODY = (CondaSSLError, NoSpaceLeftError, NotWritableError, OfflineError, ProxyError)
_REFUSED = (401, 407)  # who we are, not what we ask for
_OF_EXTRACTION = (CondaVerificationError, InvalidArchiveError)


class CancelledError(Exception):
    """Another package failed, so that this one is given up."""


def concerns_all(error: CondaError) -> bool:
    """Tell whether what stopped one package will stop the others, too."""
    if isinstance(error, CondaHTTPError):
        return error.status in _REFUSED
    return isinstance(error, _OF_EVERYBODY)


def raise_errors(futures: Iterable["Future[PackageCacheRecord]"]) -> None:
    """Raise what went wrong in the threads, always as a list: programs read it from there.

    A package that is not downloaded is not extracted either, and conda's list has an entry for each
    of the two steps.
    """
    failures = [
        error
        for future in futures
        if not future.cancelled() and (error := future.exception()) is not None
        if not isinstance(error, CancelledError)
    ]
    errors = [error for error in failures if isinstance(error, CondaError)]
    for error in failures:
        if not isinstance(error, CondaError):
            raise error
    steps = [[error] if isinstance(error, _OF_EXTRACTION) else [error, error] for error in errors]
    if errors:
        raise CondaMultiError([error for each in steps for error in each])
