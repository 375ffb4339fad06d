"""Small functions and constants of `conda.common` and its relatives that plugins call."""

import os
import re
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from hashlib import new as new_digest
from io import StringIO
from shlex import join
from types import SimpleNamespace
from typing import Any, ParamSpec, Self, TypeVar

from conda_clone.core.prefix.registry import Registry
from conda_clone.core.prefix.state_file import pinned_specs
from conda_clone.gateways.disk.delete import remove_file, remove_tree
from conda_clone.gateways.network.auth import basic_auth
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.url import PACKAGE_EXTENSIONS
from conda_clone.plugins.equivalents.context import context

__all__ = [
    "BIN_DIRECTORY",
    "DummyExecutor",
    "ThreadLimitedThreadPoolExecutor",
    "captured",
    "dals",
    "dashlist",
    "download",
    "expand",
    "get_pinned_specs",
    "get_python_short_path",
    "list_all_known_prefixes",
    "on_win",
    "paths_equal",
    "quote_for_shell",
    "register_env",
    "remove_auth",
    "rm_rf",
    "split_anaconda_token",
    "strip_pkg_extension",
    "time_recorder",
    "unregister_env",
    "win_path_to_unix",
]

P = ParamSpec("P")
T = TypeVar("T")

_THREADS = 10
on_win = os.name == "nt"
BIN_DIRECTORY = "Scripts" if on_win else "bin"


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

    def __init__(self, max_workers: int | None = None) -> None:
        super().__init__(max_workers or _THREADS)


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


def dals(text: str) -> str:
    """Return a text without its common indentation, and without blank lines around."""
    from textwrap import dedent

    return dedent(text).strip("\n") + "\n" if text.strip() else ""


def dashlist(items: Iterable[Any], indent: int = 2) -> str:
    """Return one line per item, each after a dash, beginning with a line break."""
    return "".join(f"\n{' ' * indent}- {item}" for item in items)


def quote_for_shell(*arguments: str) -> str:
    """Return arguments as one line of a shell."""
    return join(arguments)


def rm_rf(path: Any, **_: Any) -> bool:
    """Remove a file or a folder with everything in it."""
    target = str(path)
    if os.path.isdir(target) and not os.path.islink(target):
        remove_tree(target)
        return True
    return remove_file(target)


def list_all_known_prefixes() -> list[str]:
    """Return the environments that are on users' lists or in the configured folders."""
    paths = context.configuration.path_settings()
    return Registry(paths.environments_txt).list_all(paths.envs_dirs, paths.root_prefix)


def register_env(location: Any) -> None:
    """Put an environment on the user's list."""
    paths = context.configuration.path_settings()
    Registry(paths.environments_txt).register(str(location))


def unregister_env(location: Any) -> None:
    """Take an environment off the user's list."""
    paths = context.configuration.path_settings()
    Registry(paths.environments_txt).unregister(str(location))


@contextmanager
def captured() -> Iterator[SimpleNamespace]:
    """Keep what is written meanwhile: `stdout` and `stderr` of what this gives."""
    kept = SimpleNamespace(stdout="", stderr="")
    with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
        try:
            yield kept
        finally:
            kept.stdout, kept.stderr = out.getvalue(), err.getvalue()


def expand(path: str) -> str:
    """Return an absolute path, variables and `~` replaced."""
    return os.path.abspath(os.path.expanduser(os.path.expandvars(path)))


def paths_equal(first: str, second: str) -> bool:
    """Tell whether two paths are the same, however they are written."""
    return os.path.normcase(os.path.abspath(first)) == os.path.normcase(os.path.abspath(second))


def get_python_short_path(python_version: str | None = None) -> str:
    """Return where Python lies in an environment."""
    return "python.exe" if on_win else os.path.join(BIN_DIRECTORY, f"python{python_version or ''}")


def win_path_to_unix(path: str, prefix: str = "") -> str:
    """Return a path of Windows as programs that were ported from Unix write it."""
    found = re.sub(r"([A-Za-z]):[\\/]", lambda match: f"{prefix}/{match[1].lower()}/", path)
    return found.replace("\\", "/").replace(";", ":")


def strip_pkg_extension(path: str) -> tuple[str, str | None]:
    """Return the path of a package archive without its ending, and that ending."""
    for ending in PACKAGE_EXTENSIONS:
        if path.endswith(ending):
            return path.removesuffix(ending), ending
    return path, None


def download(
    url: str,
    target_full_path: Any,
    md5: str | None = None,
    sha256: str | None = None,
    **_: Any,
) -> None:
    """Fetch a file, which must have the digests that are given.

    Raises:
        CondaHTTPError: The server refuses, or cannot be reached.
        ChecksumMismatchError: It is another file.
    """
    from conda_clone.gateways.disk.write import write_atomically
    from conda_clone.gateways.network.errors import ChecksumMismatchError
    from conda_clone.gateways.network.session import build_transport
    from conda_clone.gateways.network.transport import Request

    transport = build_transport(context.configuration.network_settings())
    with transport.open(Request(url)) as response:
        response.raise_for_status()
        body = b"".join(response.iter_bytes())
    for kind, wanted in (("sha256", sha256), ("md5", md5)):
        found = new_digest(kind, body, usedforsecurity=False).hexdigest()
        if wanted is not None and wanted != found:
            raise ChecksumMismatchError(
                url, str(target_full_path), checksum_type=kind, expected=wanted, actual=found
            )
    write_atomically(str(target_full_path), body)


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


def get_pinned_specs(prefix: str) -> tuple[MatchSpec, ...]:
    """Return the specs that settings and the environment pin."""
    texts = (*context.configuration.value("pinned_packages"), *pinned_specs(prefix))
    return tuple(MatchSpec(text) for text in texts)
