"""The tar reader against the writer of the standard library, and against ambiguous headers."""

import io
import tarfile
from collections.abc import Iterable

import pytest

from conda_clone.gateways.archives.byte_source import ByteSource
from conda_clone.gateways.archives.errors import MalformedError
from conda_clone.gateways.archives.limits import Limits
from conda_clone.gateways.archives.tar_members import TarKind, TarMember, tar_members
from tests.support.tar_bytes import (
    END,
    file,
    folder,
    hard_link,
    header,
    long_name,
    padded,
    pax,
    pax_record,
    symlink,
    with_checksum,
)

LONG = "long/" + "directory/" * 14 + "näme.txt"


def members(data: bytes, *, chunk: int = 700, limits: Limits | None = None) -> list[TarMember]:
    chunks = (data[start : start + chunk] for start in range(0, len(data), chunk))
    return list(tar_members(ByteSource(chunks), limits or Limits()))


def contents(data: bytes, *, chunk: int = 700) -> dict[str, bytes]:
    """Return the content of all files, sparse ones with their holes."""
    source = ByteSource(data[start : start + chunk] for start in range(0, len(data), chunk))
    found = {}
    for member in tar_members(source, Limits()):
        if member.segments is None:
            found[member.name] = b"".join(source.pieces(member.stored))
            continue
        content = bytearray(member.size)
        for segment in member.segments:
            piece = b"".join(source.pieces(segment.length))
            content[segment.offset : segment.offset + segment.length] = piece
        found[member.name] = bytes(content)
    return found


def refusal(data: bytes, *, limits: Limits | None = None) -> str:
    with pytest.raises(MalformedError) as caught:
        members(data, limits=limits)
    return str(caught.value)


def standard_tar(infos: Iterable[tuple[tarfile.TarInfo, bytes]], tar_format: int) -> bytes:
    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w", format=tar_format) as archive:
        for info, content in infos:
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return stream.getvalue()


@pytest.mark.parametrize("tar_format", [tarfile.GNU_FORMAT, tarfile.PAX_FORMAT])
@pytest.mark.parametrize("chunk", [1, 511, 512, 1 << 20])
def test_long_names_and_links_are_read_in_any_chunks(tar_format: int, chunk: int) -> None:
    link = tarfile.TarInfo(LONG + "2")
    link.type, link.linkname = tarfile.SYMTYPE, "../" * 50 + "target"
    info = tarfile.TarInfo(LONG)
    info.mode, info.mtime = 0o755, 1_600_000_000.5 if tar_format == tarfile.PAX_FORMAT else 1
    data = standard_tar([(info, b"content" * 300), (link, b"")], tar_format)
    first, second = members(data, chunk=chunk)
    assert (first.name, first.kind, first.size, first.mode) == (LONG, TarKind.FILE, 2100, 0o755)
    assert first.mtime == int(info.mtime)
    assert (second.name, second.kind, second.link) == (LONG + "2", TarKind.SYMLINK, link.linkname)
    assert contents(data, chunk=chunk)[LONG] == b"content" * 300


def test_names_split_by_ustar_are_joined() -> None:
    info = tarfile.TarInfo("d" * 99 + "/" + "f" * 60)
    assert members(standard_tar([(info, b"")], tarfile.USTAR_FORMAT))[0].name == info.name


def test_the_prefix_field_of_gnu_archives_is_no_prefix() -> None:
    data = header(b"x", magic=b"ustar  \0", tail=b"13000000000\0")
    assert members(data + END)[0].name == "x"


def test_names_that_are_not_utf_8_keep_their_bytes() -> None:
    (member,) = members(file(b"caf\xe9") + END)
    assert member.name.encode("utf-8", "surrogateescape") == b"caf\xe9"


def test_a_name_with_a_slash_at_its_end_is_a_folder_in_the_oldest_archives() -> None:
    (member,) = members(header(b"d/", kind=b"\0", magic=b"") + END)
    assert member.kind is TarKind.DIRECTORY


def test_a_long_name_that_its_header_cuts_short_at_a_slash_is_still_a_file() -> None:
    info = tarfile.TarInfo("é" * 20 + "/" + "d" * 58 + "/" + "f" * 60)
    (member,) = members(standard_tar([(info, b"content")], tarfile.GNU_FORMAT))
    assert (member.name, member.kind, member.size) == (info.name, TarKind.FILE, 7)


def test_the_end_may_be_missing_but_a_member_may_not() -> None:
    assert [member.name for member in members(file(b"a") + file(b"b"))] == ["a", "b"]
    assert members(b"") == []
    assert refusal(file(b"a", b"123")[:600]) == "it is truncated"
    assert refusal(file(b"a")[:100]) == "it is truncated"
    assert refusal(long_name(b"a")) == "it is truncated"
    assert refusal(pax({"path": "a"})[:512]) == "it is truncated"


@pytest.mark.parametrize("value", [b"\xff" * 12, b"\x80" + bytes(2) + b"\xff" * 9])
def test_negative_and_absurd_sizes_are_refused(value: bytes) -> None:
    assert refusal(header(b"x", value)) == "it has a negative or absurd number in a header"


def test_sizes_may_be_binary_or_absent() -> None:
    data = header(b"x", b"\x80" + bytes(10) + b"\x05") + padded(b"12345")
    assert contents(data + header(b"y", b" " * 12) + END) == {"x": b"12345", "y": b""}


def test_times_are_kept_within_what_file_systems_have() -> None:
    data = header(b"a", mtime=b"\xff" * 12) + header(b"b", mtime=b"7" * 11 + b"\0")
    stated = ["99999999999.5", "9" * 5000, "-1.5", "\u0663", "12.5"]
    data += b"".join(pax({"mtime": time}) + file(b"c") for time in stated)
    times = [member.mtime for member in members(data + END)]
    assert times == [0, 8**11 - 1, 8**11, 8**11, 0, 0, 12]


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (file(b"a") + b"\1" * 512, "a number that is none"),
        (file(b"a")[:148] + b"000001\0 " + file(b"a")[156:], "wrong checksum"),  # A54
        (file(b"a") + END + file(b"b"), "follows after its end"),  # A55
        (file(b"a") + bytes(512) + file(b"b"), "follows after its end"),
        (header(b"d", 5, kind=b"5") + padded(b"12345"), "states a size"),
        (header(b"l", 5, kind=b"2", link=b"t") + padded(b"12345"), "states a size"),
        (header(b"x", b"12x45\0"), "a number that is none"),
        (pax({"size": "5"}) + file(b"x", b"123"), "two sizes"),  # A51
        (pax({"size": "-5"}) + file(b"x"), "a number that is none"),
        (pax({"size": "9" * 19}) + file(b"x"), "a number that is none"),
        (pax(b"13 path=abc\n") + file(b"x"), "malformed PAX"),  # A52
        (pax(b"x path=abc\n") + file(b"x"), "malformed PAX"),
        (pax(b"9999999999999999999999 a=b\n") + file(b"x"), "malformed PAX"),
        (pax(b"0 a=b\n") + file(b"x"), "malformed PAX"),
        (pax(b"7 path\n") + file(b"x"), "malformed PAX"),
        (pax(b"8 a=bcd.") + file(b"x"), "malformed PAX"),
        (pax(pax_record("path", "a") + pax_record("path", "b")) + file(b"x"), "two PAX records"),
        (pax({"a": "b"}) + pax({"a": "b"}) + file(b"x"), "two PAX headers"),
        (pax({"path": "b"}, kind=b"g") + file(b"x"), "for all members"),
        (long_name(b"a") + long_name(b"b") + file(b"x"), "two long names"),
        (long_name(b"a", kind=b"K") * 2 + symlink(b"x", b"y"), "two long link names"),
    ],
)
def test_what_two_readers_could_see_differently_is_refused(data: bytes, reason: str) -> None:
    assert reason in refusal(data + END)


def test_extended_headers_are_bounded() -> None:  # A47, A48
    limits = Limits(header=1 << 10)
    assert "too large" in refusal(pax({"comment": "x" * 2000}) + file(b"x"), limits=limits)
    assert "too large" in refusal(header(b"l", 1 << 30, kind=b"L"), limits=limits)


def test_extensions_apply_to_one_member_only() -> None:
    data = pax({"path": "long", "comment": "c"}) + file(b"short") + file(b"next") + END
    assert [member.name for member in members(data)] == ["long", "next"]


def test_pax_sizes_count_when_the_header_has_no_room_for_them() -> None:
    data = pax({"size": str(8**11)}) + header(b"x") + padded(b"12345")
    assert next(tar_members(ByteSource([data]), Limits())).size == 8**11
    assert "two sizes" in refusal(pax({"size": str(8**11)}) + header(b"x", 5))


def test_global_comments_and_link_records_are_read() -> None:
    data = pax({"comment": "git"}, kind=b"g") + pax({"linkpath": "far"}) + symlink(b"x", b"near")
    (member,) = members(data + END)
    assert member.link == "far"
    (member,) = members(long_name(b"t" * 200, kind=b"K") + symlink(b"x", b"near") + END)
    assert member.link == "t" * 200


def test_checksums_of_signed_bytes_are_accepted() -> None:
    block = file(b"caf\xe9")[:512]
    total = sum(block[:148] + block[156:]) + 8 * 32 - 256
    (member,) = members(block[:148] + b"%06o\0 " % total + block[156:] + END)
    assert member.name == "caf\udce9"


def test_content_nobody_reads_is_passed_over() -> None:
    data = file(b"a", b"1" * 3000) + folder(b"d") + hard_link(b"h", b"a") + file(b"b", b"2")
    assert [member.name for member in members(data + END)] == ["a", "d", "h", "b"]


class TestSparseFiles:
    """`head`, a hole, `tail`: 4 + 4 bytes stored of 20 000."""

    EXPECTED = b"head" + bytes(19_992) + b"tail"

    @staticmethod
    def old(size: int, *entries: tuple[int, int], more: bytes = b"\0") -> bytes:
        stored = sum(length for _, length in entries)
        table = b"".join(b"%011o\0%011o\0" % entry for entry in entries).ljust(96, b"\0")
        tail = b"\0" * 41 + table + more + b"%011o\0" % size
        return header(b"s", stored, kind=b"S", magic=b"ustar  \0", tail=tail)

    def test_old_gnu(self) -> None:
        data = self.old(20_000, (0, 4), (19_996, 4)) + padded(b"headtail") + file(b"x", b"1")
        assert contents(data + END) == {"s": self.EXPECTED, "x": b"1"}

    def test_old_gnu_with_more_entries_than_fit(self) -> None:
        entries = [(number * 1000, 1) for number in range(30)]
        first = with_checksum(self.old(30_000, *entries[:4], more=b"\1"))
        size = b"%011o\0" % 30
        first = with_checksum(first[:124] + size + first[136:])
        second = b"".join(b"%011o\0%011o\0" % entry for entry in entries[4:25]) + b"\1"
        third = b"".join(b"%011o\0%011o\0" % entry for entry in entries[25:])
        data = first + second.ljust(512, b"\0") + third.ljust(512, b"\0") + padded(b"z" * 30)
        found = contents(data + END)["s"]
        assert len(found) == 30_000
        assert [position for position, byte in enumerate(found) if byte] == [
            start for start, _ in entries
        ]

    @pytest.mark.parametrize("size_key", ["GNU.sparse.size", "GNU.sparse.realsize"])
    def test_pax_0_1(self, size_key: str) -> None:
        records = {
            size_key: "20000",
            "GNU.sparse.numblocks": "2",
            "GNU.sparse.map": "0,4,19996,4",
            "GNU.sparse.name": "s",
        }
        assert contents(pax(records) + file(b"GNUSparseFile.0/s", b"headtail") + END) == {
            "s": self.EXPECTED
        }

    def test_pax_0_0(self) -> None:
        records = [
            ("GNU.sparse.size", "20000"),
            ("GNU.sparse.numblocks", "2"),
            ("GNU.sparse.offset", "0"),
            ("GNU.sparse.numbytes", "4"),
            ("GNU.sparse.offset", "19996"),
            ("GNU.sparse.numbytes", "4"),
        ]
        data = pax(b"".join(pax_record(key, value) for key, value in records))
        assert contents(data + file(b"s", b"headtail") + END) == {"s": self.EXPECTED}

    @pytest.mark.parametrize("holes", [2, 100])
    def test_pax_1_0(self, holes: int) -> None:
        entries = [(0, 4)] + [(10 + number, 0) for number in range(holes - 2)] + [(19_996, 4)]
        table = b"".join(b"%d\n%d\n" % entry for entry in entries)
        content = padded(b"%d\n" % len(entries) + table) + b"headtail"
        records = {
            "GNU.sparse.major": "1",
            "GNU.sparse.minor": "0",
            "GNU.sparse.name": "s",
            "GNU.sparse.realsize": "20000",
        }
        assert contents(pax(records) + file(b"other", content) + END) == {"s": self.EXPECTED}

    def test_a_file_of_holes_only(self) -> None:
        assert contents(self.old(3) + END) == {"s": bytes(3)}
        records = {"GNU.sparse.size": "3", "GNU.sparse.numblocks": "0", "GNU.sparse.map": ""}
        assert contents(pax(records) + file(b"s") + END) == {"s": bytes(3)}

    @pytest.mark.parametrize(
        "data",
        [
            old(10, (8, 4)) + padded(b"1234"),  # beyond the end: A37
            old(10, (4, 4), (2, 4)) + padded(b"12345678"),  # overlapping
            pax({"GNU.sparse.major": "2"}) + file(b"s"),
            pax({"GNU.sparse.size": "9", "GNU.sparse.map": "1,2,3"}) + file(b"s"),
            pax({"GNU.sparse.size": "9", "GNU.sparse.offset": "1,2"}) + file(b"s"),
            pax({"GNU.sparse.size": "9", "GNU.sparse.map": "0,1"}) + file(b"s", b"1"),
            pax({"GNU.sparse.size": "9", "GNU.sparse.numblocks": "1", "GNU.sparse.map": "0,2"})
            + file(b"s", b"1"),
            pax({"GNU.sparse.major": "1", "GNU.sparse.realsize": "9"}) + file(b"s", b"1\n0\n4\n"),
            pax({"GNU.sparse.major": "1", "GNU.sparse.realsize": "9"})
            + file(b"s", padded(b"9999999\n")),
            pax({"GNU.sparse.major": "1", "GNU.sparse.realsize": "9"}) + file(b"s", padded(b"x\n")),
            pax({"GNU.sparse.major": "1", "GNU.sparse.realsize": "9"})
            + file(b"s", padded(b"0" * 600)),
            pax({"GNU.sparse.size": "3", "GNU.sparse.numblocks": "1", "GNU.sparse.map": "0,3"})
            + header(b"s", 3, kind=b"2", link=b"x")
            + padded(b"123"),
        ],
    )
    def test_malformed_maps_are_refused(self, data: bytes) -> None:
        assert refusal(data + END)

    def test_a_map_may_not_be_cut(self) -> None:
        assert "malformed sparse" in refusal(self.old(10, (0, 4), more=b"\1"))

    def test_a_map_ends_with_the_archive_whatever_size_is_stated(self) -> None:
        cut = pax({"GNU.sparse.major": "1", "GNU.sparse.realsize": "9", "size": str(10**17)})
        assert "malformed sparse" in refusal(cut + header(b"s"))
