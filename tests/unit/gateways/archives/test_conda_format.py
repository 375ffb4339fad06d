"""`.conda` files: which ZIP files are packages, and which can be read in two ways (A57 to A60)."""

import io
import os
import struct
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from conda_clone.gateways.archives.arriving_file import ArrivingFile
from conda_clone.gateways.archives.errors import InvalidArchiveError, MalformedError
from conda_clone.gateways.archives.extract import extract_archive
from conda_clone.gateways.archives.zip_directory import ZipMember, member_at, read_zip_directory
from tests.support.tar_bytes import END, INDEX, conda, file, stored_zip, zstd_frame

INFO = zstd_frame(file(b"info/index.json", INDEX) + END)
PKG = zstd_frame(file(b"x", b"1") + END)
METADATA = b'{"conda_pkg_format_version": 2}'
WHOLE = {"metadata.json": METADATA, "pkg-x-1-0.tar.zst": PKG, "info-x-1-0.tar.zst": INFO}


def write(tmp_path: Path, content: Mapping[str, bytes] | bytes) -> str:
    path = tmp_path / "x-1-0.conda"
    path.write_bytes(content if isinstance(content, bytes) else stored_zip(content))
    return str(path)


def refusal(tmp_path: Path, content: Mapping[str, bytes] | bytes) -> str:
    with pytest.raises(InvalidArchiveError) as caught:
        extract_archive(write(tmp_path, content), str(tmp_path / "out"))
    return caught.value.reason


@pytest.mark.parametrize(
    "content",
    [
        WHOLE,
        dict(reversed(WHOLE.items())),
        {"info-x-1-0.tar.zst": INFO},
        {**WHOLE, "metadata.json": b""},
        {**WHOLE, "metadata.json": b'{"conda_pkg_format_version":2, "more": 1}'},
    ],
    ids=["usual", "reversed", "only info", "empty metadata", "more metadata"],
)
def test_packages_as_they_occur_are_read(tmp_path: Path, content: Mapping[str, bytes]) -> None:
    archive = write(tmp_path, content)
    extract_archive(archive, str(tmp_path / "out"))
    assert tree(tmp_path / "out")["index.json"] == INDEX
    arriving = ArrivingFile(archive, os.path.getsize(archive))
    extract_archive(archive, str(tmp_path / "early"), arriving=arriving)
    assert tree(tmp_path / "early") == tree(tmp_path / "out")


def tree(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        (b"pkg-x", b"pkg-y", "contradict each other"),  # only in the header in front of it
        (b"info-x", b"infX-x", "contradict each other"),
    ],
)
def test_what_headers_say_must_be_what_the_directory_says_in_the_end(
    tmp_path: Path, old: bytes, new: bytes, reason: str
) -> None:
    content = stored_zip(WHOLE)
    archive = write(tmp_path, content.replace(old, new, 1))
    arriving = ArrivingFile(archive, len(content))
    with pytest.raises(InvalidArchiveError, match=reason):
        extract_archive(archive, str(tmp_path / "out"), arriving=arriving)


def test_a_header_that_does_not_state_the_size_lets_the_directory_be_waited_for(
    tmp_path: Path,
) -> None:
    archive = write(tmp_path, streamed_zip())
    arriving = ArrivingFile(archive, os.path.getsize(archive))
    extract_archive(archive, str(tmp_path / "out"), arriving=arriving)
    assert tree(tmp_path / "out") == {"x": b"1", "index.json": INDEX}


def streamed_zip() -> bytes:
    """Return a package as one who cannot go back writes it."""

    class OneWay(io.BytesIO):
        def seek(self, *_: int) -> int:
            raise io.UnsupportedOperation

    stream = OneWay()
    with zipfile.ZipFile(stream, "w") as written:
        for name, content in WHOLE.items():
            written.writestr(name, content)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("offset", "value"), [(0, b"X"), (6, b"\x09"), (8, b"\x08"), (18, b"\0"), (30, b"\xff")]
)
def test_what_is_no_plain_header_is_none(offset: int, value: bytes) -> None:
    content = bytearray(stored_zip(WHOLE))
    found = member_at(io.BytesIO(content), 0)
    assert found is not None
    assert (found[0].name, found[0].size) == ("metadata.json", len(METADATA))
    content[offset : offset + 1] = value
    assert member_at(io.BytesIO(content), 0) is None
    assert member_at(io.BytesIO(content), len(content) - 4) is None


def test_a_header_may_have_its_size_behind_its_name() -> None:
    name, size = b"metadata.json", 5 << 30
    extra = struct.pack("<2H2Q", 1, 16, size, size)
    fields = (b"PK\x03\x04", 45, 0, 0, 0, 0, 7, 0xFFFFFFFF, 0xFFFFFFFF, len(name), len(extra))
    found = member_at(io.BytesIO(struct.pack("<4s5H3L2H", *fields) + name + extra), 0)
    assert found == (ZipMember("metadata.json", 63, size, 7), 63 + size)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ({"pkg-x-1-0.tar.zst": PKG}, "not those of one package"),  # A58
        ({**WHOLE, "info-y-1-0.tar.zst": INFO}, "unexpected member"),
        ({"info-y-1-0.tar.zst": INFO, "pkg-x-1-0.tar.zst": PKG}, "not those of one package"),
        ({**WHOLE, "other.txt": b""}, "unexpected member `other.txt`"),
        ({**WHOLE, "../pkg-x-1-0.tar.zst": b""}, "unexpected member"),
        ({**WHOLE, "metadata.json": b'{"conda_pkg_format_version": 3}'}, "version 3"),
        ({**WHOLE, "metadata.json": b"{}"}, "does not state"),
        ({**WHOLE, "metadata.json": b"\xff"}, "does not state"),
        ({**WHOLE, "metadata.json": b"[2]"}, "does not state"),
        ({**WHOLE, "metadata.json": bytes(70_000)}, "too large"),
        ({**WHOLE, "info-x-1-0.tar.zst": INFO[:-3]}, "truncated"),
        ({**WHOLE, "info-x-1-0.tar.zst": INFO[:10] + b"\0" + INFO[11:]}, "zstd data is damaged"),
        ({**WHOLE, "info-x-1-0.tar.zst": b""}, "truncated"),
        (stored_zip(WHOLE, compression=zipfile.ZIP_DEFLATED), "compressed or encrypted"),  # A60
        (stored_zip({}), "not those of one package"),
        (b"", "not a ZIP file"),
        (b"PK" * 20, "not a ZIP file"),
        (b"#!" + stored_zip(WHOLE), "damaged"),  # A59
        (stored_zip(WHOLE) + b"tail", "cut short or added to"),
        (stored_zip(WHOLE)[:-4], "cut short"),
    ],
)
def test_other_zip_files_are_refused(
    tmp_path: Path, content: Mapping[str, bytes] | bytes, reason: str
) -> None:
    assert reason in refusal(tmp_path, content)


def test_frames_may_follow_each_other_and_windows_are_limited(tmp_path: Path) -> None:
    tar = file(b"x", b"1" * 5000) + END
    frames = zstd_frame(tar[:700]) + b"\x50\x2a\x4d\x18\x03\0\0\0abc" + zstd_frame(tar[700:])
    archive = conda(tmp_path, extra={"pkg-x-1-0.tar.zst": frames})
    extract_archive(archive, str(tmp_path / "x"))
    assert tree(tmp_path / "x")["x"] == b"1" * 5000
    wide = {**WHOLE, "pkg-x-1-0.tar.zst": zstd_frame(tar, window_log=28)}
    assert "zstd data is damaged" in refusal(tmp_path, wide)


class TestDirectories:
    """Headers and directory must tell the same story."""

    @staticmethod
    def refusal(data: bytes) -> str:
        with pytest.raises(MalformedError) as caught:
            read_zip_directory(io.BytesIO(data))
        return str(caught.value)

    @staticmethod
    def changed(data: bytes, signature: bytes, offset: int, value: bytes, nth: int = 0) -> bytes:
        """Return the data with bytes replaced at an offset from the nth signature."""
        start = -1
        for _ in range(nth + 1):
            start = data.index(signature, start + 1)
        start += offset
        return data[:start] + value + data[start + len(value) :]

    def test_members_come_in_the_order_of_the_file(self) -> None:
        members = read_zip_directory(io.BytesIO(stored_zip({"b": b"12", "a": b"3"})))
        assert [(member.name, member.size) for member in members] == [("b", 2), ("a", 1)]
        assert [member.offset for member in members] == [31, 31 + 2 + 31]

    @pytest.mark.parametrize(
        ("signature", "offset", "value", "reason"),
        [
            (b"PK\3\4", 0, b"XX", "contradict"),
            (b"PK\3\4", 8, b"\x08", "contradict"),
            (b"PK\3\4", 14, b"\0\0\0\0", "contradict"),
            (b"PK\3\4", 18, b"\x09", "contradict"),
            (b"PK\3\4", 30, b"z", "contradict"),
            (b"PK\3\4", 26, b"\xff\xff", "damaged"),
            (b"PK\1\2", 0, b"XX", "damaged"),
            (b"PK\1\2", 8, b"\1", "encrypted"),
            (b"PK\1\2", 20, b"\x09", "damaged"),
            (b"PK\1\2", 20, b"\x09\0\0\0\x09", "contradict"),
            (b"PK\1\2", 28, b"\xff\xff", "damaged"),
            (b"PK\1\2", 42, b"\x05", "overlap"),
            (b"PK\1\2", 20, b"\xff\xff\xff\xff", "damaged"),
            (b"PK\5\6", 4, b"\1", "one volume"),
            (b"PK\5\6", 8, b"\3\0\3\0", "damaged"),
            (b"PK\5\6", 12, b"\1", "damaged"),
            (b"PK\5\6", 20, b"\1", "cut short"),
            (b"PK\5\6", 16, b"\xff\xff\xff\xff", "damaged"),
        ],
    )
    def test_contradictions_are_refused(
        self, signature: bytes, offset: int, value: bytes, reason: str
    ) -> None:
        data = stored_zip({"a": b"12", "b": b"3"})
        assert reason in self.refusal(self.changed(data, signature, offset, value))

    def test_a_name_may_not_occur_twice(self) -> None:
        data = stored_zip({"a": b"1", "b": b"2"})
        assert "twice" in self.refusal(data.replace(b"b", b"a"))

    def test_names_are_utf_8(self) -> None:
        data = stored_zip({"a": b"1"})
        assert "unreadable name" in self.refusal(data.replace(b"a", b"\xff"))

    def test_nothing_may_lie_before_the_directory(self) -> None:
        data = stored_zip({"a": b"1"})
        start = data.index(b"PK\1\2")
        longer = data[:start] + b"gap" + data[start:]
        end = longer.index(b"PK\5\6")
        moved = longer[: end + 16] + struct.pack("<L", start + 3) + longer[end + 20 :]
        assert "between" in self.refusal(moved)

    @staticmethod
    def described(data: bytes, crc: int, *, sizes: str, signature: bytes = b"PK\7\10") -> bytes:
        """Return a ZIP file of one member whose sizes follow it."""
        local = struct.pack("<4s5H3L2H", b"PK\3\4", 20, 8, 0, 0, 0, 0, 0, 0, 1, 0) + b"a"
        follow = signature + struct.pack(f"<L{sizes}", crc, len(data), len(data))
        size = len(data)
        entry = struct.pack("<4s6H3L", b"PK\1\2", 20, 20, 8, 0, 0, 0, crc, size, size)
        entry += struct.pack("<5H2L", 1, 0, 0, 0, 0, 0, 0)
        start = len(local + data + follow)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry) + 1, start, 0)
        return local + data + follow + entry + b"a" + end

    @pytest.mark.parametrize("sizes", ["2L", "2Q"])
    @pytest.mark.parametrize("signature", [b"PK\7\10", b""])
    def test_sizes_may_follow_a_member(self, sizes: str, signature: bytes) -> None:
        data = self.described(b"12", 5, sizes=sizes, signature=signature)
        (member,) = read_zip_directory(io.BytesIO(data))
        assert (member.name, member.offset, member.size, member.crc) == ("a", 31, 2, 5)

    def test_sizes_that_follow_must_agree_too(self) -> None:
        data = self.described(b"12", 5, sizes="2L")
        assert "contradict" in self.refusal(self.changed(data, b"PK\7\10", 4, b"\6"))


class TestZip64:
    """Large fields, which some tools write for small files too."""

    @staticmethod
    def archive(*, extra_kind: int = 1, record_shift: int = 0, count: int = 1) -> bytes:
        extra = struct.pack("<2H2Q", extra_kind, 16, 2, 2)
        small = 0xFFFFFFFF
        local = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 0, 0, 0, 0, 5, small, small, 1, 20)
        body = local + b"a" + extra + b"12"
        extra = struct.pack("<2HL", 99, 4, 0) + struct.pack("<2H3Q", extra_kind, 24, 2, 2, 0)
        entry = struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 45, 45, 0, 0, 0, 0, 5, small, small, 1, 36, 0, 0, 0, 0, small
        )
        entry += b"a" + extra
        start = len(body)
        record = struct.pack("<4sQ2H2L4Q", b"PK\6\6", 44, 45, 45, 0, 0, count, 1, len(entry), start)
        locator = struct.pack("<4sLQL", b"PK\6\7", 0, start + len(entry) + record_shift, 1)
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 0xFFFF, 0xFFFF, small, small, 0)
        return body + entry + record + locator + end

    def test_large_fields_are_read(self) -> None:
        (member,) = read_zip_directory(io.BytesIO(self.archive()))
        assert (member.name, member.size, member.crc, member.offset) == ("a", 2, 5, 51)

    @pytest.mark.parametrize(
        "data",
        [
            archive(extra_kind=2),
            archive(record_shift=1),
            archive(count=2),
            archive()[-30:],
        ],
    )
    def test_broken_large_fields_are_refused(self, data: bytes) -> None:
        assert "damaged" in TestDirectories.refusal(data)

    @pytest.mark.parametrize("size", [1 << 62, (1 << 63) - 50, (1 << 64) - 1])
    def test_a_member_does_not_end_where_no_file_can(self, size: int, tmp_path: Path) -> None:
        extra = struct.pack("<2H2Q", 1, 16, size, size)
        small = 0xFFFFFFFF
        body = struct.pack("<4s5H3L2H", b"PK\3\4", 45, 8, 0, 0, 0, 0, small, small, 1, 20)
        body += b"a" + extra
        entry = struct.pack(
            "<4s6H3L5H2L", b"PK\1\2", 45, 45, 8, 0, 0, 0, 0, small, small, 1, 20, 0, 0, 0, 0, 0
        )
        entry += b"a" + extra
        end = struct.pack("<4s4H2LH", b"PK\5\6", 0, 0, 1, 1, len(entry), len(body), 0)
        assert refusal(tmp_path, body + entry + end) == "its ZIP directory is damaged"
