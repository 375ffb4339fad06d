"""Small functions and constants of `conda.common` and its relatives that plugins call."""

import os
from collections.abc import Callable, Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from typing import Any, ParamSpec, Self, TypeVar

from conda_clone.gateways.network.auth import basic_auth

__all__ = [
    "DummyExecutor",
    "ThreadLimitedThreadPoolExecutor",
    "dashlist",
    "dumps",
    "on_win",
    "paths_equal",
    "remove_auth",
    "split_anaconda_token",
    "time_recorder",
]

P = ParamSpec("P")
T = TypeVar("T")

on_win = os.name == "nt"


class DummyExecutor(Executor):
    """Calls at once, in this thread."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> "Future[T]":
        """Call, and return what came of it."""
        future: Future[T] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:  # noqa: BLE001 - the caller asks the future for it
            future.set_exception(error)
        return future


class ThreadLimitedThreadPoolExecutor(ThreadPoolExecutor):
    """Threads, ten at most."""

    def __init__(self, max_workers: int = 10) -> None:
        super().__init__(max_workers)


class time_recorder:  # noqa: N801 - a decorator and context manager
    """Measures nothing."""

    def __init__(self, entry_name: str | None = None, module_name: str | None = None) -> None:
        self.names = entry_name, module_name

    def __call__(self, function: Callable[P, T]) -> Callable[P, T]:
        """Return the function as it is."""
        return function

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        pass


def dashlist(items: Iterable[Any], indent: int = 2) -> str:
    """Return one line per item, each after a dash, beginning with a line break."""
    return "".join(f"\n{' ' * indent}- {item}" for item in items)


def dumps(value: Any, **options: Any) -> str:
    """Return a value as JSON."""
    import json

    return json.dumps(value, **{"indent": 2, "default": str, **options})


def paths_equal(first: str, second: str) -> bool:
    """Tell whether two paths are the same, however they are written."""
    return os.path.normcase(os.path.abspath(first)) == os.path.normcase(os.path.abspath(second))


def remove_auth(url: str) -> str:
    """Return an address without user and password, the token kept."""
    return basic_auth(url)[0]


def split_anaconda_token(url: str) -> tuple[str, str | None]:
    """Return an address without its token, and the token."""
    before, mark, rest = url.partition("/t/")
    if not mark:
        return url, None
    token, slash, path = rest.partition("/")
    return f"{before}{slash}{path}", token
