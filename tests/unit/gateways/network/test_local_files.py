from pathlib import Path

import pytest

from conda_clone.gateways.network.errors import CondaHTTPError
from conda_clone.gateways.network.local_files import FileTransport
from conda_clone.gateways.network.transport import Request
from conda_clone.models.url import path_to_url


@pytest.fixture
def path(tmp_path: Path) -> Path:
    file = tmp_path / "a file"
    file.write_bytes(b"0123456789")
    return file


def ask(path: Path, **headers: str) -> tuple[int, dict[str, str], bytes]:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    with FileTransport().open(Request(path_to_url(str(path)), named)) as response:
        return response.status, response.headers, b"".join(response.iter_bytes(4))


def test_a_file_is_an_answer_with_size_and_validator(path: Path) -> None:
    status, headers, body = ask(path)
    assert (status, body) == (200, b"0123456789")
    assert headers["content-length"] == "10"


def test_an_unchanged_file_is_not_sent_again(path: Path) -> None:
    _, headers, _ = ask(path)
    assert ask(path, If_None_Match=headers["etag"]) == (304, {}, b"")
    path.write_bytes(b"01234")
    assert ask(path, If_None_Match=headers["etag"])[0] == 200


def test_the_rest_of_a_file_can_be_asked_for(path: Path) -> None:
    status, headers, body = ask(path, Range="bytes=7-")
    assert (status, body) == (206, b"789")
    assert headers["content-range"] == "bytes 7-9/10"
    assert headers["content-length"] == "3"


def test_nothing_lies_behind_the_end(path: Path) -> None:
    assert ask(path, Range="bytes=10-") == (416, {}, b"")


@pytest.mark.parametrize("name", ["absent", "a file/below", "."])
def test_what_is_no_file_is_not_found(path: Path, name: str) -> None:
    url = path_to_url(str(path.parent)) + "/" + name.replace(" ", "%20")
    with FileTransport().open(Request(url)) as response:
        assert response.status == 404
        with pytest.raises(CondaHTTPError) as raised:
            response.raise_for_status()
    assert (
        raised.value.details["response_details"] == "\n<<FILE 404 None\n< Elapsed: 00:00.000000\n\n"
    )


def test_a_file_that_may_not_be_read_is_forbidden(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("builtins.open", refuse)
    response = FileTransport().open(Request(path_to_url(str(path))))
    monkeypatch.undo()
    assert response.status == 403
