"""What those who look for a fault are told, and what nobody is."""

import io
import logging
import subprocess
import sys

import pytest

from conda_clone.gateways.log import log, logged


def written(verbosity: int) -> list[str]:
    stream = io.StringIO()
    with logged(stream, verbosity):
        log("network", "a step to %s", "https://user:canary@host/t/canary/c", is_detail=False)
        log("network", "a detail")
        logging.getLogger("urllib3").debug("GET /t/canary/c")
        logging.getLogger("botocore.auth").debug("canary")
    log("network", "nobody listens any more", is_detail=False)
    return stream.getvalue().splitlines()


@pytest.mark.parametrize("verbosity", [2, 3, 4, 5])
def test_more_is_said_from_level_to_level_and_never_a_secret(verbosity: int) -> None:
    expected = [
        "INFO conda_clone.network: a step to https://host/c",
        "DEBUG conda_clone.network: a detail",
        "DEBUG urllib3: GET /c",
    ]
    assert written(verbosity) == expected[: verbosity - 1]


def test_handlers_of_others_hear_no_secret_either(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG, "conda_clone"):
        log("network", "through %s", "http://user:canary@proxy:1", is_detail=True)
    assert caplog.messages == ["through http://proxy:1"]


def test_nobody_pays_who_does_not_ask() -> None:
    program = "import sys; from conda_clone.gateways.log import log; log('a', 'b')"
    program += "; print('logging' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
