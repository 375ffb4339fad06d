import hashlib
from pathlib import Path

import pytest

from conda_clone.gateways.disk.errors import EncodingError, ParseError
from conda_clone.gateways.disk.read import (
    file_digest,
    list_directory,
    read_bytes,
    read_json,
    read_text,
    tree_size,
)


def test_bytes_and_text_come_back(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes("ä\r\nb".encode())
    assert read_bytes(str(path)) == "ä\r\nb".encode()
    assert read_text(str(path)) == "ä\nb"


def test_a_byte_order_mark_is_dropped(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"\xef\xbb\xbfname: x")
    assert read_text(str(path)) == "name: x"


def test_text_in_another_encoding_is_an_encoding_error(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"caf\xe9")
    with pytest.raises(EncodingError) as caught:
        read_text(str(path))
    assert caught.value.details == {"path": str(path)}


def test_json_is_decoded(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text('{"a": [1, null, "ü"]}', encoding="utf-8")
    assert read_json(str(path)) == {"a": [1, None, "ü"]}


@pytest.mark.parametrize("content", [b"", b'{"a": ', b'{"a": "\xe9"}', b"[" * 100_000])
def test_broken_json_is_a_parse_error(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "f.json"
    path.write_bytes(content)
    with pytest.raises(ParseError, match="not valid JSON"):
        read_json(str(path))


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        read_json(str(tmp_path / "none"))


def test_digests_are_those_of_hashlib(tmp_path: Path) -> None:
    path = tmp_path / "f"
    path.write_bytes(b"content" * 100_000)
    assert file_digest(str(path), "sha256") == hashlib.sha256(b"content" * 100_000).hexdigest()
    assert file_digest(str(path), "md5") == hashlib.md5(b"content" * 100_000).hexdigest()


def test_names_of_a_folder_are_sorted_and_an_absent_folder_has_none(tmp_path: Path) -> None:
    for name in ("b", "a", "C"):
        (tmp_path / name).touch()
    assert list_directory(str(tmp_path)) == ["C", "a", "b"]
    assert list_directory(str(tmp_path / "none")) == []


def test_the_size_of_a_tree_does_not_follow_links(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "f").write_bytes(b"12345")
    (tmp_path / "link").symlink_to("sub")
    assert tree_size(str(tmp_path)) == 5 + len("sub")
    assert tree_size(str(tmp_path / "none")) == 0
