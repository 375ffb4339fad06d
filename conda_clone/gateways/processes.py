"""Start programs: with their output kept, or with this process' own streams.

A program that cannot be started raises `ProgramNotStartedError`; one that ends badly is a result,
not an error, for only the caller knows what its status means.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress

from conda_clone.errors import CondaError
from conda_clone.gateways.log import log
from conda_clone.models.values import value

TYPE_CHECKING = False
if TYPE_CHECKING:
    from subprocess import Popen

__all__ = [
    "Completed",
    "Dialogue",
    "ProgramNotStartedError",
    "run",
    "run_passthrough",
    "without_secrets",
]


_SECRET_WORDS = frozenset({"TOKEN", "PASSWORD", "PASSWD", "PASSPHRASE", "SECRET", "SECRETS"})


class ProgramNotStartedError(CondaError):
    """A program does not exist, or may not be executed."""

    def __init__(self, program: str, reason: str) -> None:
        super().__init__(f"Cannot start `{program}`: {reason}.", program=program)


@value()
class Completed:
    """What a program left behind.

    Attributes:
        returncode: Its exit status; -N when signal N ended it.
        stdout: What it wrote, decoded as UTF-8 with replacement; empty when not captured.
        stderr: The same of its error stream.
    """

    returncode: int
    stdout: str = ""
    stderr: str = ""


def run(
    argv: Sequence[str],
    *,
    env: Mapping[str, str] | None = None,
    cwd: str | None = None,
    input: str | None = None,  # noqa: A002 - the name subprocess gives it
    capture: bool = True,
    timeout: float | None = None,
    inherited: Sequence[int] = (),
) -> Completed:
    """Run a program to its end.

    Args:
        argv: The program and its arguments; no shell is involved.
        env: Its environment; None is that of this process.
        cwd: Its working folder.
        input: What it reads on its standard input; None means an empty one.
        capture: Keep its output in the result, instead of letting it through.
        timeout: Seconds after which it is killed.
        inherited: Open files that it gets, under their numbers; not on Windows.

    Raises:
        ProgramNotStartedError: It cannot be started.
        TimeoutError: It took longer than `timeout`.
    """
    import subprocess  # 6 ms

    stream = subprocess.PIPE if capture else None
    with _start_errors(argv[0]):
        process = subprocess.Popen(
            list(argv),
            stdin=subprocess.DEVNULL if input is None else subprocess.PIPE,
            stdout=stream,
            stderr=stream,
            env=None if env is None else dict(env),
            cwd=cwd,
            pass_fds=inherited if os.name != "nt" else (),
        )
    with process:
        try:
            out, err = process.communicate(None if input is None else input.encode(), timeout)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise TimeoutError(f"`{argv[0]}` did not end within {timeout} s") from error
        except BaseException:
            process.kill()
            raise
    log("processes", "%s: %d", " ".join(argv), process.returncode)
    return Completed(process.returncode, _decode(out), _decode(err))


class Dialogue:
    """A program that is asked by its standard input, and answers by lines.

    It ends when this process does, or when it is told to; its error stream is thrown away.

    Args:
        argv: The program and its arguments; no shell is involved.
        env: Its environment.

    Raises:
        ProgramNotStartedError: It cannot be started.
    """

    def __init__(self, argv: Sequence[str], *, env: Mapping[str, str]) -> None:
        import subprocess  # 6 ms

        with _start_errors(argv[0]):
            self._process = subprocess.Popen(
                list(argv),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=dict(env),
            )
        log("processes", "%s", " ".join(argv))

    def ask(self, question: bytes, lines: int) -> list[bytes]:
        """Return so many lines of answer; fewer where the program has ended."""
        asked, answers = self._process.stdin, self._process.stdout
        assert asked is not None  # noqa: S101 - both are pipes, as started above
        assert answers is not None  # noqa: S101
        try:
            asked.write(question)
            asked.flush()
        except BrokenPipeError:
            return []
        found = (answers.readline() for _ in range(lines))
        return [line for line in found if line]

    def end(self) -> None:
        """End the program, whatever it is doing; nobody may be asking it."""
        self._process.kill()
        with suppress(BrokenPipeError), self._process:  # closes the pipes, and waits
            pass

    def interrupt(self) -> None:
        """Let the program end; who is asking it is told."""
        self._process.kill()


def run_passthrough(
    argv: Sequence[str], *, env: Mapping[str, str] | None = None, cwd: str | None = None
) -> int:
    """Run a program on this process' own streams; return the status a shell would report.

    Signals that ask this process to end are passed on to the program, which decides what to do;
    a terminal sends Ctrl-C to both anyway. A program ended by signal N gives 128 + N.

    Raises:
        ProgramNotStartedError: It cannot be started.
    """
    import subprocess  # 6 ms

    sys.stdout.flush()
    sys.stderr.flush()
    with _start_errors(argv[0]):
        process = subprocess.Popen(list(argv), env=None if env is None else dict(env), cwd=cwd)
    with _signals_passed_on(process):
        status = process.wait()
    log("processes", "%s: %d", " ".join(argv), status)
    return 128 - status if status < 0 else status


def without_secrets(environ: Mapping[str, str]) -> dict[str, str]:
    """Return the variables for a program that comes from others, such as a script of a package.

    Tokens, passwords and keys go, by what variables are called; those in addresses go too, apart
    from proxies, which whoever downloads something needs.

    >>> without_secrets({"PATH": "/bin", "GITHUB_TOKEN": "tk", "CONDA_CHANNELS": "https://u:p@h/c"})
    {'PATH': '/bin', 'CONDA_CHANNELS': 'https://h/c'}
    """
    from conda_clone.models.url import redact_urls  # loaded with whatever installs packages

    return {
        name: value if "PROXY" in name.upper() else redact_urls(value)
        for name, value in environ.items()
        if not _SECRET_WORDS.intersection(name.upper().split("_")) and not _is_key(name)
    }


def _is_key(name: str) -> bool:
    return name.upper().endswith(("API_KEY", "ACCESS_KEY", "PRIVATE_KEY"))


@contextmanager
def _start_errors(program: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise ProgramNotStartedError(program, error.strerror or "unknown reason") from error


@contextmanager
def _signals_passed_on(process: "Popen[bytes]") -> Iterator[None]:
    """Send the signals that would end this process to `process` instead, while inside.

    Only the main thread may change handlers; elsewhere nothing is passed on.
    """
    import signal
    import threading

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    previous = {}
    for name in ("SIGTERM", "SIGHUP", "SIGUSR1", "SIGUSR2"):
        if number := getattr(signal, name, None):
            previous[number] = signal.signal(
                number, lambda received, _frame: process.send_signal(received)
            )
    # A terminal sends Ctrl-C to the whole foreground group: passing it on would interrupt twice.
    from_terminal = os.name != "nt" and sys.stdin is not None and sys.stdin.isatty()
    previous[signal.SIGINT] = signal.signal(
        signal.SIGINT,
        signal.SIG_IGN if from_terminal else lambda received, _frame: process.send_signal(received),
    )
    try:
        yield
    finally:
        for number, handler in previous.items():
            signal.signal(number, handler)


def _decode(data: bytes | None) -> str:
    return "" if data is None else data.decode("utf-8", "replace")
