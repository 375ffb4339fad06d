import pytest

from conda_clone.gateways.network.errors import (
    ChecksumMismatchError,
    CondaHTTPError,
    CondaSSLError,
    ProxyError,
    UnsupportedSchemeError,
)

SECRET_URL = "https://user:pw@host/t/tk-1/chan/noarch/repodata.json"
SHOWN_URL = "https://host/chan/noarch/repodata.json"


def test_an_http_error_reports_its_operands() -> None:
    error = CondaHTTPError(SECRET_URL, 404, "Not Found", elapsed=61.5, response_details="details")
    assert error.details == {
        "url": SHOWN_URL,
        "status_code": 404,
        "reason": "Not Found",
        "elapsed_time": "01:01.500000",
        "response_details": "details",
        "json": {},
    }
    assert error.message == f"HTTP 404 Not Found for `{SHOWN_URL}`."
    assert not error.is_connection_failure


def test_a_connection_failure_has_no_status() -> None:
    error = CondaHTTPError(SECRET_URL, None, "CONNECTION FAILED", cause="Connection refused")
    assert error.details["status_code"] == "000"
    assert error.details["elapsed_time"] == "-"
    assert error.message == (f"HTTP 000 CONNECTION FAILED (Connection refused) for `{SHOWN_URL}`.")
    assert error.is_connection_failure
    assert error.hint is not None


@pytest.mark.parametrize(
    ("status", "word"),
    [
        (401, "password"),
        (403, "credentials"),
        (404, "spelling"),
        (407, "proxy"),
        (429, "fewer"),
        (503, "later"),
    ],
)
def test_each_status_has_its_advice(status: int, word: str) -> None:
    hint = CondaHTTPError("https://host/", status, "Reason").hint
    assert hint is not None
    assert word in hint


def test_other_statuses_have_no_advice() -> None:
    assert CondaHTTPError("https://host/", 410, "Gone").hint is None


def test_an_error_can_be_told_for_another_url() -> None:
    error = CondaHTTPError("https://host/a.json.zst", 500, "Oops", elapsed=1.0, hint="Wait.")
    assert error.at("https://u:p@host/a.json").details == {
        **error.details,
        "url": "https://host/a.json",
    }
    assert error.at("https://host/a.json").hint == "Wait."


def test_no_error_shows_a_secret() -> None:
    errors = [
        CondaHTTPError(SECRET_URL, 500, "Oops", response_details=f">> GET {SECRET_URL}"),
        CondaSSLError(SECRET_URL, "expired"),
        ProxyError(SECRET_URL, "refused"),
        UnsupportedSchemeError(SECRET_URL),
        ChecksumMismatchError(
            SECRET_URL, "/cache/x.conda", checksum_type="md5", expected="a", actual="b"
        ),
    ]
    for error in errors:
        shown = str(error) + str(error.to_dict())
        assert "pw" not in shown
        assert "tk-1" not in shown


def test_a_mismatch_reports_both_digests() -> None:
    error = ChecksumMismatchError(
        "https://host/x.conda", "/cache/x.conda", checksum_type="sha256", expected="aa", actual="bb"
    )
    assert error.details == {
        "url": "https://host/x.conda",
        "target_full_path": "/cache/x.conda",
        "checksum_type": "sha256",
        "expected_checksum": "aa",
        "actual_checksum": "bb",
        "partial_download": False,
    }
