"""What an environment has beside conda's packages, and its file does not name any more."""

from collections.abc import Iterable, Mapping

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.prefix.python_packages import (
    PythonPackage,
    distributions_of,
    python_packages,
)
from conda_clone.models.events import Caution, Notice
from conda_clone.operations.environment_variables import keep_variables
from conda_clone.operations.pip_dependents import needs_of
from conda_clone.operations.pip_packages import uninstall_with_pip
from conda_clone.operations.session import Session

__all__ = ["prune_beside_packages"]

# pip cannot take itself away, and every environment that uses it has the other two.
_TOOLS = ("pip", "setuptools", "wheel")
# Options of requirements files that name no package.
_PLAIN_OPTIONS = (
    *("--index-url", "-i", "--extra-index-url", "--no-index", "--find-links", "-f"),
    *("--trusted-host", "--pre", "--prefer-binary", "--no-binary", "--only-binary"),
)


def prune_beside_packages(session: Session, prefix: str, described: EnvironmentFile) -> None:
    """Take away variables and packages of pip that a file does not ask for.

    What packages of pip need stays with them. Where the lines for pip lead elsewhere (`-r`, paths,
    URLs), nobody knows what they ask for: then packages of pip are named, but stay.

    Raises:
        CondaEnvException: pip has failed.
        CorruptedEnvironmentError: A record of the environment cannot be understood.
    """
    gone = keep_variables(session, prefix, described.variables)
    if gone:
        session.console.report(
            Notice(f"Not set any more, as the file does not: {', '.join(gone)}.")
        )
    installed = PrefixData(prefix, session.channels.config, with_paths=False).records()
    packages = {each.name: each for each in python_packages(prefix, installed)}
    # What pip has put in the place of a package of conda: without it, nothing would be there.
    of_conda = {name for record in installed.values() for name in distributions_of(record)}
    extra = sorted(packages.keys() - of_conda - set(_TOOLS))
    asked = _asked_for(described.pip)
    if asked is not None and extra:
        kept = _closure(asked, packages, python_version=installed["python"].version)
        extra = [name for name in extra if name not in kept]
        if extra:
            uninstall_with_pip(session, prefix, tuple(extra))
    elif extra:
        session.console.report(
            Caution(
                "The lines for pip do not say all names, so that everything that pip has installed"
                f" stays: {', '.join(extra)}."
            )
        )


def _asked_for(lines: Iterable[str]) -> set[str] | None:
    """Return the names that lines for pip ask for; None when they lead elsewhere."""
    from packaging.requirements import InvalidRequirement, Requirement  # 10 ms
    from packaging.utils import canonicalize_name

    names = set()
    for line in lines:
        text = line.partition(" #")[0].strip()
        if not text or text.startswith("#") or text.startswith(_PLAIN_OPTIONS):
            continue
        try:
            names.add(str(canonicalize_name(Requirement(text).name)))
        except InvalidRequirement:
            return None
    return names


def _closure(
    asked: set[str], packages: Mapping[str, PythonPackage], *, python_version: str
) -> set[str]:
    """Return what is asked for and all that it needs, among the packages of pip."""
    kept: set[str] = set()
    pending = sorted(asked)
    while pending:
        name = pending.pop()
        if name in packages and name not in kept:
            kept.add(name)
            pending += needs_of(packages[name], python_version, optional=True)
    return kept
