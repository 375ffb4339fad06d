"""The part of an environment that pip installs: pip does it, inside the environment."""

import os
import re
import tempfile
from dataclasses import dataclass

from conda_clone.core.env_formats.errors import CondaEnvException
from conda_clone.errors import NotWritableError
from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.disk.write import unused_name_beside, write_new
from conda_clone.gateways.processes import run, run_passthrough
from conda_clone.operations.run import activated_environment
from conda_clone.operations.session import Session

__all__ = ["install_with_pip", "uninstall_with_pip"]

_REQUIREMENTS = "condaenv.requirements.txt"
# What would lead pip to another place, to packages of another place, or to nothing at all. The rest
# of its variables, which say where packages come from, is the user's choice.
_ELSEWHERE = (
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_DRY_RUN"),
    *("PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE"),
)
# Settings of the user may say the same; and an environment is none of `venv`, nor the system.
_INSIDE = {
    "PIP_USER": "0",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PYTHONNOUSERSITE": "1",
}
_INSTALLED = re.compile(r"^Successfully installed (.*)$", re.MULTILINE)


def install_with_pip(
    session: Session, prefix: str, lines: tuple[str, ...], folder: str
) -> tuple[str, ...]:
    """Let pip install what the lines say, and return what it says it has installed.

    Args:
        session: The invocation.
        prefix: An environment that has pip.
        lines: Those of a requirements file, with options and relative paths.
        folder: Where relative paths in them start: pip runs there.

    Raises:
        CondaEnvException: There is no Python, or pip has failed. The packages of conda stay.
    """
    python = _python_of(prefix)
    if not os.path.exists(python):
        raise CondaEnvException(
            f"There are packages for pip, but `{prefix}` has no Python.",
            hint="Add `python` and `pip` to the dependencies.",
        )
    requirements = _written(lines, folder)
    argv = [python, "-m", "pip", "install", "-U", "-r", requirements, "--exists-action=b"]
    session.console.print("Installing packages with pip ...")
    try:
        done = _run(session, prefix, argv, folder)
    finally:
        remove_file(requirements)
    if done.status:
        raise CondaEnvException(
            f"pip has failed with status {done.status}: its packages are missing in `{prefix}`.",
            hint="All others are there. Correct the `pip` part of the file, and run"
            " `conda env update`.",
        )
    found = _INSTALLED.search(done.output)
    return tuple(found[1].split()) if found else ()


def uninstall_with_pip(session: Session, prefix: str, names: tuple[str, ...]) -> None:
    """Let pip take packages away that it has installed.

    Raises:
        CondaEnvException: pip has failed.
    """
    argv = [_python_of(prefix), "-m", "pip", "uninstall", "-y", *names]
    session.console.print("Removing packages with pip ...")
    done = _run(session, prefix, argv, prefix)
    if done.status:
        raise CondaEnvException(
            f"pip has failed with status {done.status}: not all of {', '.join(names)} are gone."
        )


def _python_of(prefix: str) -> str:
    return os.path.join(prefix, "python.exe" if os.name == "nt" else "bin/python")


@dataclass(frozen=True, slots=True)
class _Done:
    status: int
    output: str


def _run(session: Session, prefix: str, argv: list[str], folder: str) -> _Done:
    """Run pip; people see its output as it comes, programs get it on the error stream."""
    environ = activated_environment(session, prefix)
    environ = {name: text for name, text in environ.items() if name not in _ELSEWHERE} | _INSIDE
    if not session.console.json:
        return _Done(run_passthrough(argv, env=environ, cwd=folder), "")
    completed = run(argv, env=environ, cwd=folder)
    for text in (completed.stdout, completed.stderr):
        if text.strip():
            session.console.note(text.rstrip())
    return _Done(completed.returncode, completed.stdout)


def _written(lines: tuple[str, ...], folder: str) -> str:
    """Write the lines into a file beside the one they come from, as `-r other.txt` needs it."""
    content = "".join(f"{line}\n" for line in lines).encode()
    path = unused_name_beside(os.path.join(folder, _REQUIREMENTS))
    try:
        write_new(path, content)
    except NotWritableError:  # a folder of somebody else
        path = unused_name_beside(os.path.join(tempfile.gettempdir(), _REQUIREMENTS))
        write_new(path, content)
    return path
