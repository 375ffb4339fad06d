r"""Replace the placeholder of a packaged file by the path of the environment; no file is touched.

The rules are those of spec/formats.md, section 8:

- Text: every occurrence is replaced. A shebang line that the kernel could not use afterwards (too
  long, or a path with spaces) becomes one that works.
- Binary: occurrences lie in NUL-terminated strings; the rest of the string moves up and NULs fill
  the gap, so that no other byte of the file moves.
- Both: the placeholder is found in UTF-8, UTF-16 and UTF-32 of either byte order.
"""

import re

from conda_clone.core.transaction.errors import PaddingError
from conda_clone.models.later_pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = [
    "SHEBANG_LIMITS",
    "codesign_arguments",
    "interpreter_header",
    "is_mach_o",
    "relocate",
]

# The longest shebang line that a kernel reads, `#!` included (spec/formats.md, section 8).
SHEBANG_LIMITS = {"linux": 127, "osx": 512}

# Encoding, and the bytes of its NUL character.
_ENCODINGS = (("utf-8", 1), ("utf-16-le", 2), ("utf-16-be", 2), ("utf-32-le", 4), ("utf-32-be", 4))
_PYTHON = pattern(r"(?:python|pypy)[\d.]*$")
_COOKIE = pattern(rb"[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")
_UTF8_NAMES = frozenset({b"utf-8", b"utf8", b"ascii", b"us-ascii"})
_MACH_O = frozenset(
    {
        b"\xfe\xed\xfa\xce",
        b"\xfe\xed\xfa\xcf",
        b"\xce\xfa\xed\xfe",
        b"\xcf\xfa\xed\xfe",
        b"\xca\xfe\xba\xbe",
    }
)


def relocate(
    data: bytearray, placeholder: str, prefix: str, *, mode: str, subdir: str
) -> bytearray:
    """Return a file's content with `placeholder` replaced by `prefix`.

    Args:
        data: The packaged content; that of a binary file is changed in place.
        placeholder: The path that the package was built in.
        prefix: The path of the environment.
        mode: "text" or "binary".
        subdir: The platform the environment is for, such as `linux-64`.

    Raises:
        PaddingError: A binary file has no room for `prefix`.
    """
    windows = subdir.startswith("win-")
    if mode == "binary":
        if windows:
            return _relocate_launcher(data, placeholder, prefix)
        return _relocate_binary(data, placeholder, prefix)
    if windows:
        return _replace_text(data, placeholder, prefix.replace("\\", "/"))
    limit = SHEBANG_LIMITS["osx" if subdir.startswith("osx-") else "linux"]
    header, rest = _usable_shebang(data, placeholder, prefix, limit)
    return bytearray(header) + _replace_text(rest, placeholder, prefix)


def interpreter_header(interpreter: str, options: str = "", *, limit: int) -> str | None:
    """Return the first line or lines of a Python script that `interpreter` shall run.

    That is a plain shebang line where the kernel can use it. Where the path is too long or has
    spaces, `/bin/sh` starts the script and runs the interpreter; the same lines are a string to
    Python. None when the path has quotes that make even that impossible.
    """
    plain = f"#!{interpreter}{options}"
    if len(plain.encode()) <= limit and not _has_space(interpreter):
        return plain + "\n"
    quoted = '"' + re.sub(r'([$`"\\])', r"\\\1", interpreter) + '"'
    if "\\" in quoted or "'''" in quoted:
        return None
    return f"#!/bin/sh\n'''exec' {quoted}{options} \"$0\" \"$@\"\n' '''\n"


def is_mach_o(data: bytes | bytearray) -> bool:
    """Tell whether a file is a macOS executable or library, whose signature covers its bytes."""
    return bytes(data[:4]) in _MACH_O


def codesign_arguments(path: str) -> tuple[str, ...]:
    """Return the command that signs a changed Mach-O file again, without which macOS kills it."""
    return ("/usr/bin/codesign", "-s", "-", "-f", path)


def _replace_text(data: bytearray, placeholder: str, prefix: str) -> bytearray:
    for encoding in _encodings_in(data):
        data = data.replace(placeholder.encode(encoding), prefix.encode(encoding))
    return data


def _encodings_in(data: bytearray) -> "Iterator[str]":
    """Yield the encodings worth looking for; all but UTF-8 put a NUL into every ASCII character."""
    yield "utf-8"
    if b"\0" in data:
        for encoding, _ in _ENCODINGS[1:]:
            yield encoding


def _relocate_binary(data: bytearray, placeholder: str, prefix: str) -> bytearray:
    for encoding, width in _encodings_of(placeholder, data):
        old, new = placeholder.encode(encoding), prefix.encode(encoding)
        if old not in data:
            continue
        if len(new) > len(old):
            raise PaddingError("", placeholder, prefix)
        _replace_padded(data, old, new, width)
    return data


def _encodings_of(placeholder: str, data: bytearray) -> "Iterator[tuple[str, int]]":
    """Yield the encodings that the placeholder may have in a binary file."""
    utf8, *utf16, little, big = _ENCODINGS
    yield utf8
    for orders in (utf16, (little, big)):
        encoding, width = orders[1]
        # From the first letter to the last, both byte orders are alike: one search for two.
        if not placeholder.isascii() or placeholder.encode(encoding)[width - 1 :] in data:
            yield from orders


def _replace_padded(data: bytearray, old: bytes, new: bytes, width: int) -> None:
    """Rewrite the strings that hold a path; no other byte changes, or moves."""
    search_from = 0
    while (start := data.find(old, search_from)) >= 0:
        if _is_big_endian(data, start, old, width):
            search_from = start + 1
            continue
        end = search_from = _string_end(data, start, width)
        data[start:end] = data[start:end].replace(old, new).ljust(end - start, b"\0")


def _is_big_endian(data: bytearray, start: int, old: bytes, width: int) -> bool:
    """Tell whether what looks like little-endian text belongs to big-endian text.

    ASCII of either order looks like the other from one character's zeros on. Wide text lies at
    multiples of its width, which decides.
    """
    shift = width - 1
    if not shift or old[0] == 0 or (start - shift) % width:
        return False
    return data.startswith(old[-shift:] + old[:-shift], start - shift)


def _string_end(data: bytearray, start: int, width: int) -> int:
    """Return where the string that holds `start` ends: at its NUL character or with the file."""
    nul = bytes(width)
    end = data.find(nul, start)
    while end >= 0 and (end - start) % width:
        end = data.find(nul, end + 1)
    if end >= 0:
        return end
    return len(data) - (len(data) - start) % width


def _relocate_launcher(data: bytearray, placeholder: str, prefix: str) -> bytearray:
    """Change the interpreter of a Windows launcher: the line between the program and its ZIP.

    Nothing else is changed in Windows binaries; their libraries are found beside them.
    """
    old = re.escape(placeholder.encode())
    line = re.compile(rb'(#! *)("?)' + old + rb'([^\r\n"]*)("?)(?=[^\r\n]*\r?\nPK\x03\x04)')
    new = prefix.encode()

    def rewritten(match: re.Match[bytes]) -> bytes:
        quote = b'"' if match[2] or b" " in new else b""
        return match[1] + quote + new + match[3] + quote

    return bytearray(line.sub(rewritten, data, count=1))


def _usable_shebang(
    data: bytearray, placeholder: str, prefix: str, limit: int
) -> tuple[bytes, bytearray]:
    """Split a text into a first line that the kernel can use in `prefix`, and the rest.

    The first part is empty when the first line needs no care.
    """
    old = placeholder.encode()
    if not data.startswith(b"#!"):
        return b"", data
    first, newline, rest = data.partition(b"\n")
    if len(first.replace(old, prefix.encode())) <= limit and not _has_space(prefix):
        return b"", data
    match = re.match(rb"#![ \t]*(" + re.escape(old) + rb"[^ \t\r]*)([^\r]*)(\r?)$", first)
    if match is None:
        return b"", data
    try:
        interpreter = match[1].replace(old, prefix.encode()).decode()
        options = match[2].replace(old, prefix.encode()).decode().rstrip()
    except UnicodeDecodeError:
        return b"", data
    ending = match[3] + (newline or b"\n")
    header = None
    if _PYTHON.search(interpreter) and not match[3] and not _has_foreign_cookie(rest):
        header = interpreter_header(interpreter, options, limit=limit)
    if header is not None:
        return header.encode(), rest
    program = interpreter.rpartition("/")[2]
    # Without -S, env takes the options for a part of the program's name.
    split = " -S" if options else ""
    return f"#!/usr/bin/env{split} {program}{options}".encode() + ending, rest


def _has_foreign_cookie(rest: bytearray) -> bool:
    """Tell whether the second line names an encoding, which only works on the second line."""
    match = _COOKIE.match(rest.partition(b"\n")[0])
    return match is not None and match[1].lower() not in _UTF8_NAMES


def _has_space(path: str) -> bool:
    return any(character.isspace() for character in path)
