"""`conda.reporters`: how plugins write, ask, and show that they are at work."""

import sys
from types import TracebackType
from typing import Any

from conda_clone.errors import CondaSystemExit, DryRunExit
from conda_clone.plugins.equivalents.context import context

__all__ = ["confirm_yn", "get_progress_bar", "get_spinner", "render"]


def render(data: Any, style: str | None = None, **_: Any) -> None:
    """Write something: names and values in columns, anything else as it is."""
    if isinstance(data, dict) and style == "detail_view":
        width = max((len(str(name)) for name in data), default=0)
        data = "\n".join(f"{name!s:>{width}} : {value}" for name, value in data.items())
    sys.stdout.write(f"{data}\n")


def confirm_yn(
    message: str = "Proceed",
    default: str = "yes",
    dry_run: bool | None = None,  # noqa: FBT001 - the public interface
) -> bool:
    """Ask whether to go on; nobody is asked when the answer is known.

    Raises:
        DryRunExit: Nothing is to be changed.
        CondaSystemExit: The answer is no.
    """
    if context.dry_run if dry_run is None else dry_run:
        raise DryRunExit
    if context.always_yes:
        return True
    sys.stdout.write(f"{message} ({'[y]/n' if default == 'yes' else 'y/[n]'})? ")
    sys.stdout.flush()
    answer = sys.stdin.readline().strip().lower() or default
    if not answer.startswith("y"):
        raise CondaSystemExit
    return True


class _Spinner:
    """Says that something is at work, and how it ended."""

    def __init__(self, message: str, fail_message: str = "failed\n") -> None:
        self._message = message
        self._fail_message = fail_message

    def __enter__(self) -> None:
        if not (context.json or context.quiet):
            sys.stdout.write(f"{self._message}: ...working... ")
            sys.stdout.flush()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if not (context.json or context.quiet):
            sys.stdout.write("done\n" if kind is None else self._fail_message)
            sys.stdout.flush()


def get_spinner(message: str, fail_message: str = "failed\n") -> _Spinner:
    """Return a context manager that says that something is at work."""
    return _Spinner(message, fail_message)


def get_progress_bar(description: str, **options: Any) -> Any:
    """Return a bar that shows nothing: our own bars follow events."""
    from conda_clone.plugins.interfaces import ProgressBarBase

    return ProgressBarBase(description, **options)
