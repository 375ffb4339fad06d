"""Marks the requests for indexes."""

from conda.plugins import hookimpl
from conda.plugins.types import CondaRequestHeader


@hookimpl
def conda_request_headers(host, path):
    if "repodata" in path:
        yield CondaRequestHeader(name="X-Wants", value="an index")
