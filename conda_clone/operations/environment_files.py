"""Files that describe environments: found, read, and made to count for an invocation."""

import os
import sys
from contextlib import ExitStack, contextmanager

from conda_clone.core.env_formats.environment import EnvironmentFile, merged
from conda_clone.core.env_formats.errors import EnvironmentFileNotFound
from conda_clone.core.env_formats.reading import FileToRead, choose_reader
from conda_clone.errors import CondaValueError
from conda_clone.gateways.disk.delete import remove_tree
from conda_clone.gateways.disk.read import read_text
from conda_clone.gateways.disk.write import make_temporary_directory, write_new
from conda_clone.models.events import Caution
from conda_clone.operations.plugin_seams import readers
from conda_clone.operations.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

__all__ = [
    "DEFAULT_FILES",
    "read_environment_files",
    "use_channels_of",
]

DEFAULT_FILES = ("environment.yml", "environment.yaml")
_WITHOUT_FILE = (
    "Name another one with -f FILE, or create an environment without: `conda create -n NAME"
    " PACKAGE ...`."
)
_LARGEST = 32 << 20  # bytes of a file from the network
_REMOTE = ("http://", "https://", "ftp://", "file://")


def read_environment_files(
    session: Session, filenames: "Sequence[str]", form: str | None = None
) -> EnvironmentFile:
    """Read one or several files, and tell what is strange in them.

    Args:
        session: The invocation.
        filenames: Paths, URLs, or `-` for standard input; empty for `environment.yml`.
        form: The format of all of them; by default each one's name says it.

    Raises:
        EnvironmentFileNotFound: A file is not there.
        EnvironmentFileInvalid: A file is not in its format; all its problems are in the error.
        SpecNotFound: There is no such format.
        CondaHTTPError: A file cannot be fetched.
    """
    described = merged(tuple(_read(session, name, form) for name in filenames or _default(session)))
    if described.archives and described.specs:
        raise CondaValueError(
            "The files name archives as well as specs, which cannot be combined.",
            hint="Use them one after the other.",
        )
    for caution in described.cautions:
        session.console.report(Caution(caution))
    return described


def use_channels_of(session: Session, described: EnvironmentFile) -> None:
    """Let the channels of a file come before the configured ones, or take their place."""
    given = session.configuration.overrides_channels
    configured = session.channels.channels if described.use_defaults or given else ()
    first, last = (configured, described.channels) if given else (described.channels, configured)
    session.use_channels(tuple(dict.fromkeys((*first, *last))))


def _default(session: Session) -> tuple[str, ...]:
    for name in DEFAULT_FILES:
        if os.path.isfile(os.path.join(session.cwd, name)):
            return (name,)
    return DEFAULT_FILES[:1]


def _read(session: Session, filename: str, form: str | None) -> EnvironmentFile:
    with ExitStack() as kept:
        if filename == "-" or filename.startswith(_REMOTE):
            text = sys.stdin.read() if filename == "-" else _fetched(session, filename)
            file = _of_text(session, text, filename, kept)
        else:
            file = _of_path(session, filename)
        return choose_reader(readers(session.plugins), file, form).format.read(file)


def _of_path(session: Session, filename: str) -> FileToRead:
    path = os.path.join(session.cwd, os.path.expanduser(filename))
    if not os.path.exists(path):
        error = EnvironmentFileNotFound(filename)
        if filename in DEFAULT_FILES:
            error.hint = _WITHOUT_FILE
        raise error
    return FileToRead(
        source=filename,
        folder=os.path.dirname(os.path.abspath(path)),
        subdir=session.channels.subdirs[0],
        environ=session.environment,
        text=lambda: _text(path, filename),
        path=lambda: path,
    )


def _text(path: str, filename: str) -> str:
    try:
        return read_text(path)
    except OSError as error:
        raise CondaValueError(
            f"`{filename}` cannot be read: {error.strerror}.",
            hint="Name a file that you may read, or `-` for standard input.",
        ) from error


def _of_text(session: Session, text: str, name: str, kept: ExitStack) -> FileToRead:
    """Return what came by a connection or a pipe; on disk it is only if somebody asks for that."""
    file = FileToRead(
        source=_without_secrets(name),
        folder=session.cwd,
        subdir=session.channels.subdirs[0],
        environ=session.environment,
        text=lambda: text,
        path=lambda: kept.enter_context(_kept_in_a_file(text, file.name)),
    )
    return file


@contextmanager
def _kept_in_a_file(text: str, name: str) -> "Iterator[str]":
    """Write a text into a temporary file of a name."""
    from tempfile import gettempdir  # 6 ms, and only with plugins

    base = "environment" if name in {"", ".", ".."} else name
    folder = make_temporary_directory(os.path.join(gettempdir(), base))
    try:
        path = os.path.join(folder, base)
        write_new(path, text.encode(), mode=0o600)
        yield path
    finally:
        remove_tree(folder)


def _without_secrets(filename: str) -> str:
    from conda_clone.models.url import redact  # urllib.parse: 5 ms

    return redact(filename) if "://" in filename else filename


def _fetched(session: Session, url: str) -> str:
    from conda_clone.gateways.network.transport import Request  # loads requests

    with session.transport.open(Request(url)) as response:
        response.raise_for_status()
        body = b""
        for chunk in response.iter_bytes():
            body += chunk
            if len(body) > _LARGEST:
                raise CondaValueError(f"`{_without_secrets(url)}` is too large for a description.")
    return body.decode("utf-8-sig", "replace")
