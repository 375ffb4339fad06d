"""What a change of conda's packages means for those that pip has installed.

conda neither removes nor moves them: a person is told before agreeing what will not work any more.
"""

import os
from collections.abc import Iterable, Mapping

from conda_clone.core.planning.errors import PackagesNotFoundInPrefixError
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.prefix.python_packages import (
    PythonPackage,
    distributions_of,
    python_packages,
    site_packages_of,
)
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.operations.session import Session

__all__ = ["consequences_for_pip", "needs_of", "with_advice_about_pip"]


def consequences_for_pip(session: Session, change: PrefixChange) -> tuple[str, ...]:
    """Return a sentence for each thing that packages of pip lose by a change.

    Raises:
        CorruptedEnvironmentError: A record of the environment cannot be understood.
    """
    new = {record.name: record for record in change.link}
    going = [record for record in change.unlink if record.name not in new]
    old_python = next((each for each in change.unlink if each.name == "python"), None)
    if not going and old_python is None:
        return ()
    installed = PrefixData(change.prefix, session.channels.config, with_paths=False).records()
    packages = python_packages(change.prefix, installed)
    if not packages:
        return ()
    if old_python is not None:
        left_behind = _left_behind(old_python, new.get("python"), packages)
        if left_behind:
            return (left_behind,)
    python = installed["python"]
    return tuple(_stranded(packages, _lost(going, installed, packages), python.version))


def _left_behind(
    old: PrefixRecord, new: PackageRecord | None, packages: tuple[PythonPackage, ...]
) -> str:
    names = ", ".join(f"`{each.name}`" for each in packages)
    if new is None:
        return f"Python goes, but not what pip has installed for it: {names}."
    if site_packages_of(old) == site_packages_of(new):
        return ""
    return (
        f"Python {new.version} does not see what pip has installed for {old.version}: {names}."
        " Install it again with pip."
    )


def _lost(
    going: Iterable[PrefixRecord],
    installed: Mapping[str, PrefixRecord],
    packages: tuple[PythonPackage, ...],
) -> dict[str, str]:
    """Return the distributions that nobody provides any more, and the packages they were of."""
    going = tuple(going)
    names = {record.name for record in going}
    staying = [record for record in installed.values() if record.name not in names]
    kept = {each.name for each in packages}
    kept.update(name for record in staying for name in distributions_of(record))
    return {
        name: record.name
        for record in going
        for name in distributions_of(record)
        if name not in kept
    }


def _stranded(
    packages: tuple[PythonPackage, ...], lost: Mapping[str, str], python_version: str
) -> Iterable[str]:
    for package in packages if lost else ():
        for name in needs_of(package, python_version):
            if name in lost:
                yield (
                    f"`{package.name}`, which pip has installed, needs `{lost[name]}`, which goes."
                )


def needs_of(
    package: PythonPackage, python_version: str, *, optional: bool = False
) -> Iterable[str]:
    """Return the normalised names of what a package of pip requires here.

    Args:
        package: The package.
        python_version: The Python of its environment.
        optional: Requirements of its extras count as well.
    """
    from packaging.requirements import InvalidRequirement, Requirement  # 10 ms
    from packaging.utils import canonicalize_name

    machine = {
        "extra": "",
        "python_full_version": python_version,
        "python_version": ".".join(python_version.split(".")[:2]),
    }
    for text in package.requires:
        try:
            requirement = Requirement(text)
        except InvalidRequirement:  # older tools wrote what they liked
            continue
        marker = requirement.marker
        is_optional = optional and "extra" in str(marker)
        if marker is None or is_optional or marker.evaluate(machine):
            yield canonicalize_name(requirement.name)


def with_advice_about_pip(
    session: Session, error: PackagesNotFoundInPrefixError
) -> PackagesNotFoundInPrefixError:
    """Say how to remove what is not found among conda's packages, where pip has installed it."""
    prefix = str(error.details["prefix"])
    installed = PrefixData(prefix, session.channels.config, with_paths=False).records()
    known = {each.name for each in python_packages(prefix, installed)}
    asked = error.details["package_name"]
    of_pip = [name for name in asked if name in known] if isinstance(asked, list) else []
    if of_pip:
        names = " ".join(of_pip)
        error.hint = (
            f"pip has installed it: `conda run -p {_quoted(prefix)} python -m pip uninstall"
            f" {names}` removes it."
        )
    return error


def _quoted(path: str) -> str:
    return f'"{path}"' if " " in path or os.sep == "\\" else path
