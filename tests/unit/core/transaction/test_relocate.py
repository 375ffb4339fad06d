import subprocess
import sys
from pathlib import Path

import pytest

from conda_clone.core.transaction.errors import PaddingError
from conda_clone.core.transaction.relocate import (
    codesign_arguments,
    interpreter_header,
    is_mach_o,
    relocate,
)

OLD = "/opt/placeholder_placeholder"
NEW = "/home/me/env"


def text(data: str | bytes, prefix: str = NEW, subdir: str = "linux-64") -> bytearray:
    data = data.encode() if isinstance(data, str) else data
    return relocate(bytearray(data), OLD, prefix, mode="text", subdir=subdir)


def binary(data: bytes, prefix: str = NEW, subdir: str = "linux-64") -> bytearray:
    return relocate(bytearray(data), OLD, prefix, mode="binary", subdir=subdir)


def test_text_gets_the_prefix_at_every_occurrence() -> None:
    assert text(f"a={OLD}/lib:{OLD}/share\n{OLD}") == b"a=%s/lib:%s/share\n%s" % (
        (NEW.encode(),) * 3
    )


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
def test_text_is_replaced_in_wide_encodings(encoding: str) -> None:
    assert text(f"x {OLD}/é".encode(encoding)) == f"x {NEW}/é".encode(encoding)


def test_text_without_the_placeholder_is_left_as_it_is() -> None:
    assert text("#!/bin/sh\necho\n") == b"#!/bin/sh\necho\n"


def test_windows_text_gets_forward_slashes() -> None:
    assert text(f"p={OLD}/x", r"C:\Users\me", subdir="win-64") == b"p=C:/Users/me/x"


def test_a_short_shebang_is_replaced_in_place() -> None:
    assert text(f"#!{OLD}/bin/python -E\nx={OLD}\n") == b"#!%s/bin/python -E\nx=%s\n" % (
        NEW.encode(),
        NEW.encode(),
    )


def shebang_prefix(length: int) -> str:
    """Return a prefix for which the line `#!PREFIX/bin/perl` has `length` bytes."""
    return "/" + "p" * (length - len("#!/bin/perl") - 1)


@pytest.mark.parametrize(
    ("length", "subdir", "is_kept"),
    [
        (126, "linux-64", True),
        (127, "linux-64", True),
        (128, "linux-64", False),
        (256, "linux-64", False),
        (4096, "linux-64", False),
        (128, "osx-64", True),
        (512, "osx-arm64", True),
        (513, "osx-64", False),
    ],
)
def test_shebang_lines_are_kept_up_to_the_limit_of_the_kernel(
    length: int, subdir: str, is_kept: bool
) -> None:
    prefix = shebang_prefix(length)
    found = text(f"#!{OLD}/bin/perl\n1;\n", prefix, subdir)
    expected = f"#!{prefix}/bin/perl\n1;\n" if is_kept else "#!/usr/bin/env perl\n1;\n"
    assert found == expected.encode()


def test_a_long_shebang_with_options_lets_env_split_them() -> None:
    found = text(f"#! {OLD}/bin/perl -w -T\r\n1;\r\n", "/my env")
    assert found == b"#!/usr/bin/env -S perl -w -T\r\n1;\r\n"


def test_a_long_shebang_with_an_encoding_cookie_below_is_not_moved_away_from_it() -> None:
    script = f"#!{OLD}/bin/python\n# -*- coding: latin-1 -*-\n"
    assert text(script, "/my env") == b"#!/usr/bin/env python\n# -*- coding: latin-1 -*-\n"


def test_an_utf8_cookie_is_no_obstacle() -> None:
    script = f"#!{OLD}/bin/python3.8\n# -*- coding: utf-8 -*-\nx\n"
    assert text(script, "/my env") == (
        b"#!/bin/sh\n'''exec' \"/my env/bin/python3.8\" \"$0\" \"$@\"\n' '''\n"
        b"# -*- coding: utf-8 -*-\nx\n"
    )


def test_a_script_of_one_line_gets_a_line_end() -> None:
    assert text(f"#!{OLD}/bin/perl", "/my env") == b"#!/usr/bin/env perl\n"


def test_a_shebang_that_is_no_text_is_only_replaced() -> None:
    data = f"#!{OLD}/bin/x".encode() + b"\xff arg\n"
    assert text(data, "/my env") == b"#!/my env/bin/x\xff arg\n"


@pytest.mark.parametrize("folder", ["with space", "spécial ünï", "l" * 200, "it's $HOME"])
def test_relocated_python_scripts_run_from_any_prefix(tmp_path: Path, folder: str) -> None:
    prefix = tmp_path / folder
    (prefix / "bin").mkdir(parents=True)
    (prefix / "bin" / "python3").symlink_to(sys.executable)
    script = prefix / "bin" / "tool"
    source = (
        f"#!{OLD}/bin/python3 -E\nimport sys\nprint(sys.argv[1:], sys.flags.ignore_environment)\n"
    )
    script.write_bytes(text(source, str(prefix)))
    script.chmod(0o755)
    done = subprocess.run([script, "a b", "c"], capture_output=True, text=True, check=False)
    expected = "['a b', 'c'] 1\n"
    if "$" in folder:  # no quotes survive both the shell and Python
        assert script.read_text().startswith("#!/usr/bin/env -S python3 -E\n")
        expected = done.stdout
    assert (done.returncode, done.stdout) == (0, expected)


def test_binary_strings_move_up_and_are_padded() -> None:
    data = b"\x7fELF\0" + OLD.encode() + b"/lib/data\0\1\2"
    gap = b"\0" * (len(OLD) - len(NEW))
    assert binary(data) == b"\x7fELF\0" + NEW.encode() + b"/lib/data" + gap + b"\0\1\2"


def test_binary_string_with_two_placeholders_is_padded_once_at_its_end() -> None:
    old, new = OLD.encode(), NEW.encode()
    gap = b"\0" * 2 * (len(OLD) - len(NEW))
    data = b"-L" + old + b"/lib:" + old + b"/share\0END"
    assert binary(data) == b"-L" + new + b"/lib:" + new + b"/share" + gap + b"\0END"


def test_binary_string_at_the_end_of_the_file_needs_no_nul() -> None:
    data = b"x\0" + OLD.encode() + b"/y"
    assert binary(data) == b"x\0" + NEW.encode() + b"/y" + b"\0" * (len(OLD) - len(NEW))


def test_binary_of_equal_length_needs_no_padding() -> None:
    prefix = "/" + "x" * (len(OLD) - 1)
    assert binary(OLD.encode() + b"/a\0b", prefix) == prefix.encode() + b"/a\0b"


@pytest.mark.parametrize(
    ("encoding", "width"),
    [("utf-16-le", 2), ("utf-16-be", 2), ("utf-32-le", 4), ("utf-32-be", 4)],
)
def test_binary_wide_strings_end_at_a_wide_nul(encoding: str, width: int) -> None:
    # The zeros of two neighbouring letters are not the end: it must be aligned.
    data = b"\1" * width + f"{OLD}/aĀb".encode(encoding) + b"\0" * width + b"END"
    gap = b"\0" * width * (len(OLD) - len(NEW))
    assert (
        binary(data) == b"\1" * width + f"{NEW}/aĀb".encode(encoding) + gap + b"\0" * width + b"END"
    )


def test_binary_with_a_longer_prefix_is_refused() -> None:
    with pytest.raises(PaddingError):
        binary(OLD.encode() + b"\0", OLD + "x")


def test_binary_without_the_placeholder_does_not_care_about_the_prefix() -> None:
    assert binary(b"nothing here\0", OLD + "x") == b"nothing here\0"


def test_windows_binaries_are_changed_in_the_launcher_line_only() -> None:
    old, new = OLD.encode(), rb"C:\my env"
    data = b"MZ" + old + b"\0#!" + old + b"\\python.exe\r\nPK\x03\x04zip"
    expected = b"MZ" + old + b'\0#!"' + new + b'\\python.exe"\r\nPK\x03\x04zip'
    assert binary(data, new.decode(), "win-64") == expected


def test_a_header_is_impossible_with_quotes_of_both_languages() -> None:
    assert interpreter_header("/a 'b'''c/python", limit=127) is None
    assert interpreter_header("/a b\\c/python", limit=127) is None


def test_mach_o_files_are_recognised_and_signed_ad_hoc() -> None:
    assert is_mach_o(b"\xcf\xfa\xed\xfe rest")
    assert not is_mach_o(b"\x7fELF")
    assert codesign_arguments("/e/lib/x.dylib") == (
        "/usr/bin/codesign",
        "-s",
        "-",
        "-f",
        "/e/lib/x.dylib",
    )
