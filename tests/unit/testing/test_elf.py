import struct

import pytest

from conda_clone.testing.elf import read_run_path, replace_run_path

BASE = 0x400000
DT_NEEDED, DT_STRTAB, DT_RPATH, DT_RUNPATH = 1, 5, 15, 29


def elf(
    *, bits: int = 64, order: str = "<", tags: dict[int, int] | None = None, dynamic: bool = True
) -> bytes:
    """Lay out header, two program headers, the dynamic section and its strings, in this order."""
    strings = b"\0libz.so\0/original/prefix/lib\0/other\0"
    header_size, entry_size = (64, 56) if bits == 64 else (52, 32)
    dynamic_format = order + ("qQ" if bits == 64 else "iI")
    dynamic_offset = header_size + 2 * entry_size
    wanted = {DT_NEEDED: 1, DT_RUNPATH: 9} if tags is None else tags
    strings_offset = dynamic_offset + (len(wanted) + 2) * struct.calcsize(dynamic_format)
    entries = [*wanted.items(), (DT_STRTAB, BASE + strings_offset), (0, 0)]
    table = b"".join(struct.pack(dynamic_format, *entry) for entry in entries)
    size = strings_offset + len(strings)

    def segment(kind: int, offset: int, length: int) -> bytes:
        if bits == 64:
            address = BASE + offset
            return struct.pack(order + "IIQQQQQQ", kind, 0, offset, address, 0, length, length, 0)
        return struct.pack(order + "IIIIIIII", kind, offset, BASE + offset, 0, length, length, 0, 0)

    ident = b"\x7fELF" + bytes([2 if bits == 64 else 1, 1 if order == "<" else 2]) + bytes(10)
    address = "Q" if bits == 64 else "I"
    rest = struct.pack(
        f"{order}HHI{address}{address}{address}IHHHHHH",
        *(3, 62, 1, 0, header_size, 0, 0, header_size, entry_size, 2, 0, 0, 0),
    )
    segments = segment(1, 0, size) + segment(2 if dynamic else 4, dynamic_offset, len(table))
    return ident + rest + segments + table + strings


@pytest.mark.parametrize("bits", [32, 64])
@pytest.mark.parametrize("order", ["<", ">"])
def test_the_run_path_is_read_and_replaced(bits: int, order: str) -> None:
    data = elf(bits=bits, order=order)
    assert read_run_path(data) == "/original/prefix/lib"
    changed = replace_run_path(data, "$ORIGIN/../lib")
    assert read_run_path(changed) == "$ORIGIN/../lib"
    assert changed == data.replace(b"/original/prefix/lib", b"$ORIGIN/../lib".ljust(20, b"\0"))


def test_the_older_tag_counts_where_the_newer_is_missing() -> None:
    assert read_run_path(elf(tags={DT_RPATH: 9})) == "/original/prefix/lib"
    assert read_run_path(elf(tags={DT_RPATH: 9, DT_RUNPATH: 30})) == "/other"


@pytest.mark.parametrize(
    "data",
    [b"#!/bin/sh\n", b"", elf(tags={DT_NEEDED: 1}), elf(dynamic=False)],
    ids=["script", "empty", "no run path", "static"],
)
def test_other_files_have_none(data: bytes) -> None:
    assert read_run_path(data) is None
    with pytest.raises(ValueError, match="no run path"):
        replace_run_path(data, "x")


def test_a_table_outside_the_file_is_no_run_path() -> None:
    data = elf()
    position = data.index(struct.pack("<qQ", DT_STRTAB, BASE + len(data) - 37))
    broken = data[: position + 8] + struct.pack("<Q", 1) + data[position + 16 :]
    assert read_run_path(broken) is None


def test_a_longer_run_path_does_not_fit() -> None:
    with pytest.raises(ValueError, match="does not fit into the 20 bytes"):
        replace_run_path(elf(), "/a/longer/prefix/of/python/lib")
