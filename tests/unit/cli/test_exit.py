import errno
import io
import json
import sys

import pytest

from conda_clone.cli.exit import settle
from conda_clone.errors import (
    ArgumentError,
    CondaError,
    CondaMultiError,
    CondaSystemExit,
    DryRunExit,
)

Captured = pytest.CaptureFixture[str]


def settled(error: BaseException, *, json: bool = False, verbosity: int = 0) -> int:
    return settle(error, json=json, verbosity=verbosity, command="conda list")


@pytest.mark.parametrize(("code", "status"), [(None, 0), (0, 0), (2, 2), ("text", 1)])
def test_an_exit_keeps_its_status(code: object, status: int, capsys: Captured) -> None:
    assert settled(SystemExit(code)) == status
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (CondaError("x"), 1),
        (ArgumentError("x"), 2),
        (DryRunExit(), 0),
        (CondaSystemExit(), 0),
    ],
)
def test_an_error_has_its_status(error: CondaError, status: int, capsys: Captured) -> None:
    assert settled(error) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith(f"\n{type(error).__name__}: ")


def test_the_hint_has_its_own_line(capsys: Captured) -> None:
    settled(CondaError("It broke.", hint="Mend it."))
    assert capsys.readouterr().err == "\nCondaError: It broke.\nhint: Mend it.\n\n"


def test_programs_get_a_document(capsys: Captured) -> None:
    assert settled(CondaError("It broke.", part="wheel"), json=True) == 1
    out, err = capsys.readouterr()
    assert err == ""
    assert json.loads(out) == {
        "caused_by": None,
        "error": "CondaError: It broke.",
        "exception_name": "CondaError",
        "exception_type": "<class 'conda_clone.errors.CondaError'>",
        "message": "It broke.",
        "part": "wheel",
    }


def test_several_errors_are_all_shown(capsys: Captured) -> None:
    error = CondaMultiError([CondaError("One."), ArgumentError("Two.")])
    settled(error)
    assert capsys.readouterr().err == "\nCondaError: One.\n\nArgumentError: Two.\n\n"
    settled(error, json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["exception_name"] == "CondaMultiError"
    assert [each["exception_name"] for each in document["errors"]] == [
        "CondaError",
        "ArgumentError",
    ]


def test_an_early_end_leaves_the_document_alone(capsys: Captured) -> None:
    assert settled(DryRunExit(), json=True) == 0
    out, err = capsys.readouterr()
    assert out == ""
    assert "Dry run" in err


def test_an_interrupt_is_an_error(capsys: Captured) -> None:
    assert settled(KeyboardInterrupt()) == 1
    assert capsys.readouterr().err == "\nCondaError: Operation aborted.\n\n"


def test_a_bug_is_named_without_its_place(capsys: Captured) -> None:
    assert settled(ZeroDivisionError("by zero")) == 1
    err = capsys.readouterr().err
    assert err.startswith("\nZeroDivisionError: by zero\n")
    assert "Traceback" not in err
    assert "bug" in err


def test_a_bug_shows_its_place_to_those_who_ask(capsys: Captured) -> None:
    settled(ZeroDivisionError("by zero"), verbosity=1)
    assert "ZeroDivisionError: by zero" in capsys.readouterr().err


def test_a_bug_is_a_document_for_programs(capsys: Captured) -> None:
    settled(ZeroDivisionError("by zero"), json=True)
    document = json.loads(capsys.readouterr().out)
    assert document["exception_name"] == "ZeroDivisionError"
    assert document["command"] == "conda list"
    assert "traceback" not in document
    settled(ZeroDivisionError("by zero"), json=True, verbosity=1)
    assert json.loads(capsys.readouterr().out)["traceback"]


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (errno.ENOSPC, "NoSpaceLeftError"),
        (errno.EACCES, "NotWritableError"),
        (errno.EROFS, "NotWritableError"),
        (errno.EIO, "OSError"),
    ],
)
def test_errors_of_the_system_are_translated(number: int, name: str, capsys: Captured) -> None:
    assert settled(OSError(number, "no", "/some/file")) == 1
    err = capsys.readouterr().err
    assert err.startswith(f"\n{name}: ")
    assert "/some/file" in err


@pytest.mark.parametrize(
    ("error", "limit"),
    [
        (OSError(errno.EMFILE, "no", "/some/file"), "ulimit -n"),
        (OSError(errno.ENFILE, "no"), "fs.file-max"),
        (BlockingIOError(errno.EAGAIN, "no"), "ulimit -u"),
        (RuntimeError("can't start new thread"), "ulimit -u"),
        (OSError(errno.ENOMEM, "no"), "ulimit -v"),
        (MemoryError(), "ulimit -v"),
    ],
)
def test_a_limit_is_no_bug(error: BaseException, limit: str, capsys: Captured) -> None:
    assert settled(error) == 1
    err = capsys.readouterr().err
    assert err.startswith("\nLimitReached: The system does not let this program ")
    assert limit in err


def test_a_closed_pipe_is_not_worth_a_word(
    monkeypatch: pytest.MonkeyPatch, capsys: Captured
) -> None:
    monkeypatch.setattr(sys, "stdout", io.StringIO())
    assert settled(BrokenPipeError()) == 1
    assert capsys.readouterr().err == ""
