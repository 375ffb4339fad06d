import sys
import time
from collections.abc import Iterator
from email.utils import formatdate
from pathlib import Path

import pytest

from conda_clone.config.settings import NetworkSettings
from conda_clone.errors import OfflineError
from conda_clone.gateways.network.errors import (
    CondaHTTPError,
    CondaSSLError,
    UnsupportedSchemeError,
)
from conda_clone.gateways.network.session import RetryingTransport, build_transport
from conda_clone.gateways.network.transport import Request, Response
from conda_clone.models.url import path_to_url


class Script:
    """A transport that does what a list says: statuses to answer with, errors to raise."""

    def __init__(self, *steps: "int | tuple[int, str] | Exception") -> None:
        self.steps = list(steps)
        self.closed = 0

    def open(self, request: Request) -> Response:
        step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        status, retry_after = step if isinstance(step, tuple) else (step, "")

        def chunks(_: int) -> Iterator[bytes]:
            yield b""

        def close() -> None:
            self.closed += 1

        headers = {"Retry-After": retry_after}
        return Response(request, status, reason="", headers=headers, chunks=chunks, close=close)


def failure() -> CondaHTTPError:
    return CondaHTTPError("https://host/", None, "CONNECTION FAILED")


def run(script: Script, retries: int = 3) -> tuple[int | str, list[float]]:
    waits: list[float] = []
    transport = RetryingTransport(
        script,
        retries=retries,
        backoff_factor=1.0,
        sleep=waits.append,
        jitter=lambda: 0.0,
        clock=lambda: sum(waits),
    )
    try:
        return transport.open(Request("https://host/")).status, waits
    except (CondaHTTPError, CondaSSLError) as error:
        return error.exception_name, waits


@pytest.mark.parametrize("status", [200, 206, 304, 401, 403, 404])
def test_a_clear_answer_is_returned_at_once(status: int) -> None:
    assert run(Script(status)) == (status, [])


def test_failures_are_tried_again_with_growing_waits() -> None:
    script = Script(failure(), 503, 500, 200)
    assert run(script) == (200, [1.0, 2.0, 4.0])
    assert script.closed == 2


def test_the_last_answer_is_returned_whatever_it_is() -> None:
    assert run(Script(502, 504), retries=1) == (504, [1.0])
    assert run(Script(failure(), failure()), retries=1) == ("CondaHTTPError", [1.0])
    assert run(Script(500), retries=0) == (500, [])


def test_an_untrusted_server_is_not_asked_again() -> None:
    assert run(Script(CondaSSLError("https://host/", "expired"))) == ("CondaSSLError", [])


def test_an_answer_as_an_error_is_not_tried_again() -> None:
    assert run(Script(CondaHTTPError("https://host/", 404, "Not Found"))) == ("CondaHTTPError", [])


def test_the_wait_that_a_server_asks_for_is_kept() -> None:
    assert run(Script((429, "7"), 200)) == (200, [7.0])
    assert run(Script((429, "0"), 200)) == (200, [1.0])
    assert run(Script((503, "garbage"), 200)) == (200, [1.0])


def test_a_date_to_wait_for_is_understood() -> None:
    status, waits = run(Script((503, formatdate(time.time() + 30, usegmt=True)), 200))
    assert status == 200
    assert 25 < waits[0] <= 31


def test_a_server_that_wants_more_than_a_minute_is_reported() -> None:
    assert run(Script((429, "3600"))) == (429, [])


def test_waits_do_not_grow_beyond_a_minute() -> None:
    assert run(Script(*[500] * 9), retries=8)[1] == [1, 2, 4, 8, 16, 32, 60, 60]


def test_all_tries_together_take_five_minutes_at_most() -> None:
    status, waits = run(Script(*[500] * 99), retries=98)
    assert (status, sum(waits)) == (500, 243)
    script = Script(*[failure() for _ in range(99)])
    assert run(script, retries=98) == ("CondaHTTPError", waits)


def test_clients_do_not_come_back_in_the_same_moment() -> None:
    waits: list[float] = []
    transport = RetryingTransport(
        Script(500, 200), retries=1, backoff_factor=1.0, sleep=waits.append, jitter=lambda: 0.8
    )
    transport.open(Request("https://host/"))
    assert waits == [1.2]


def test_offline_opens_files_and_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"x")
    transport = build_transport(NetworkSettings(offline=True))
    with transport.open(Request(path_to_url(str(tmp_path / "f")))) as response:
        assert response.status == 200
    with pytest.raises(OfflineError) as raised:
        transport.open(Request("https://user:pw@host/t/tk-1/x"))
    assert raised.value.details == {"url": "https://host/x"}


def test_unknown_schemes_are_refused() -> None:
    with pytest.raises(UnsupportedSchemeError, match="gopher"):
        build_transport(NetworkSettings()).open(Request("gopher://host/x"))


def test_building_a_transport_does_not_load_the_http_library() -> None:
    import subprocess

    program = (
        "import sys; from conda_clone.config.settings import NetworkSettings; "
        "from conda_clone.gateways.network.session import build_transport; "
        "build_transport(NetworkSettings()); print('requests' in sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
