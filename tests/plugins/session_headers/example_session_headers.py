"""Tells one host who we are."""

from conda.plugins import hookimpl
from conda.plugins.types import CondaRequestHeader


@hookimpl
def conda_session_headers(host):
    if host.startswith("127.0.0.1"):
        yield CondaRequestHeader(name="X-Team", value="whales")
