import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from conda_clone.gateways.processes import (
    Completed,
    Dialogue,
    ProgramNotStartedError,
    run,
    run_passthrough,
)

PYTHON = sys.executable


def test_output_and_status_are_kept() -> None:
    code = "import sys; print('out', sys.stdin.read()); print('err', file=sys.stderr); sys.exit(3)"
    assert run([PYTHON, "-Ic", code], input="ü") == Completed(3, "out ü\n", "err\n")


def test_standard_input_is_empty_by_default() -> None:
    assert run([PYTHON, "-Ic", "import sys; print(repr(sys.stdin.read()))"]).stdout == "''\n"


def test_environment_and_folder_are_those_given(tmp_path: Path) -> None:
    code = "import os; print(os.getcwd(), os.environ.get('A'), os.environ.get('HOME'))"
    done = run([PYTHON, "-Ic", code], env={"A": "b"}, cwd=str(tmp_path))
    assert done.stdout == f"{tmp_path.resolve()} b None\n"


def test_undecodable_output_is_replaced() -> None:
    code = r"import sys; sys.stdout.buffer.write(b'a\xffb')"
    assert run([PYTHON, "-Ic", code]).stdout == "a\ufffdb"


def test_output_can_be_let_through(capfd: pytest.CaptureFixture[str]) -> None:
    assert run([PYTHON, "-Ic", "print('seen')"], capture=False) == Completed(0)
    assert capfd.readouterr().out == "seen\n"


def test_a_program_that_takes_too_long_is_killed() -> None:
    with pytest.raises(TimeoutError, match="did not end within"):
        run([PYTHON, "-Ic", "import time; time.sleep(60)"], timeout=0.2)


def test_what_cannot_be_started_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramNotStartedError) as caught:
        run(["no-such-program"])
    assert caught.value.details == {"program": "no-such-program"}
    (tmp_path / "data").touch()
    with pytest.raises(ProgramNotStartedError, match="Permission denied"):
        run_passthrough([str(tmp_path / "data")])


def test_passing_through_returns_the_status_of_a_shell(capfd: pytest.CaptureFixture[str]) -> None:
    code = "import sys; print(sys.argv[1]); sys.exit(7)"
    assert run_passthrough([PYTHON, "-Ic", code, "a b"], env={}) == 7
    assert capfd.readouterr().out == "a b\n"
    code = "import os, signal; os.kill(os.getpid(), signal.SIGKILL)"
    assert run_passthrough([PYTHON, "-Ic", code]) == 128 + signal.SIGKILL


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_signals_reach_the_program_and_handlers_come_back(
    tmp_path: Path, number: signal.Signals
) -> None:
    ready = tmp_path / "ready"
    code = (
        "import pathlib, signal, sys, time\n"
        f"signal.signal({int(number)}, lambda *_: sys.exit(42))\n"
        f"pathlib.Path({str(ready)!r}).touch()\n"
        "time.sleep(60)\n"
    )
    before = signal.getsignal(number)

    def send_when_ready() -> None:
        while not ready.exists():
            time.sleep(0.01)
        os.kill(os.getpid(), number)

    sender = threading.Thread(target=send_when_ready)
    sender.start()
    assert run_passthrough([PYTHON, "-Ic", code]) == 42
    sender.join()
    assert signal.getsignal(number) is before


def test_another_thread_can_pass_through_too() -> None:
    statuses: list[int] = []
    thread = threading.Thread(
        target=lambda: statuses.append(run_passthrough([PYTHON, "-Ic", "raise SystemExit(5)"]))
    )
    thread.start()
    thread.join()
    assert statuses == [5]


ECHO = "import sys\nfor line in sys.stdin:\n    print(line.upper(), end='', flush=True)\n"


def test_a_program_can_be_asked_again_and_again() -> None:
    program = Dialogue([sys.executable, "-c", ECHO], env={})
    assert program.ask(b"one\ntwo\n", 2) == [b"ONE\n", b"TWO\n"]
    assert program.ask(b"three\n", 1) == [b"THREE\n"]
    program.end()


def test_a_program_that_has_ended_answers_nothing() -> None:
    program = Dialogue([sys.executable, "-c", "print('first')"], env={})
    assert program.ask(b"", 2) == [b"first\n"]
    assert program.ask(b"x" * (1 << 17), 1) == []
    program.end()


def test_who_asks_is_told_of_an_interruption() -> None:
    program = Dialogue([sys.executable, "-c", "input()\ninput()"], env={})
    stopper = threading.Timer(0.1, program.interrupt)
    stopper.start()
    assert program.ask(b"one\n", 1) == []
    stopper.join()
    program.end()


def test_a_dialogue_with_nobody_is_named(tmp_path: Path) -> None:
    with pytest.raises(ProgramNotStartedError, match="absent"):
        Dialogue([str(tmp_path / "absent")], env={})
