"""The health checks of an environment: what each looks at, and how it repairs.

`plugins.builtin` has the table of them.

A check changes nothing. Its fixer looks again before it acts, because another one may have repaired
the same thing, and is only called for an environment whose lock is held.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.prefix.registry import Registry
from conda_clone.core.transaction.damage import Damage, find_damage
from conda_clone.errors import CondaError
from conda_clone.gateways.disk.lock import supports_locks
from conda_clone.gateways.disk.read import read_text
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from conda_clone.operations.plugin_seams import virtual_packages
from conda_clone.operations.repair import add_packages, restore_packages
from conda_clone.operations.session import Session

__all__ = [
    "ALTERED_FILES",
    "CONSISTENCY",
    "ENVIRONMENT_TXT",
    "FILE_LOCKING",
    "MISSING_FILES",
    "PINNED",
    "REQUESTS_CA_BUNDLE",
    "Finding",
    "HealthCheck",
]

_Details = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a check has found.

    Attributes:
        ok: Whether all is well.
        summary: That in one sentence.
        details: What is wrong, by what it is wrong with: mostly packages and their files.
    """

    ok: bool
    summary: str
    details: _Details = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class HealthCheck:
    """One thing that can be wrong with an environment.

    Attributes:
        name: What it is called on the command line.
        summary: What it looks at.
        check: Looks at an environment; None means that there is nothing to look at.
        fix: What the fixer does, or "".
        fixer: Repairs the environment; returns an exit status.
    """

    name: str
    summary: str
    check: Callable[[Session, str], Finding | None]
    fix: str = ""
    fixer: Callable[[Session, str], int] | None = None


def _altered_files(session: Session, prefix: str) -> Finding:
    details = {
        damage.record.dist_name: damage.altered
        for damage in _damage(session, prefix)
        if damage.altered
    }
    return _finding(
        details,
        good="No package has altered files.",
        bad=f"{_having(details)} altered files.",
    )


def _missing_files(session: Session, prefix: str) -> Finding:
    details = {
        damage.record.dist_name: damage.missing
        for damage in _damage(session, prefix, contents=False)
    }
    return _finding(
        details,
        good="No package has missing files.",
        bad=f"{_having(details)} missing files.",
    )


def _restore_altered(session: Session, prefix: str) -> int:
    return _restore(session, prefix, [each for each in _damage(session, prefix) if each.altered])


def _restore_missing(session: Session, prefix: str) -> int:
    return _restore(session, prefix, _damage(session, prefix, contents=False))


def _restore(session: Session, prefix: str, damaged: Sequence[Damage]) -> int:
    if damaged:
        restore_packages(session, prefix, [damage.record for damage in damaged])
    return 0


def _damage(session: Session, prefix: str, *, contents: bool = True) -> list[Damage]:
    installed = PrefixData(prefix, session.channels.config).records()
    return list(find_damage(prefix, installed, contents=contents))


def _consistency(session: Session, prefix: str) -> Finding:
    details = {
        name: tuple(f"needs {text}" for text in unmet)
        for name, unmet in _unmet(session, prefix).items()
    }
    for name, broken in _broken_constraints(session, prefix).items():
        details[name] = (*details.get(name, ()), *(f"cannot be with {text}" for text in broken))
    return _finding(
        details,
        good="The packages of the environment fit together.",
        bad=f"{_having(details)} unmet dependencies, or cannot be with others.",
    )


def _install_dependencies(session: Session, prefix: str) -> int:
    """Install what is missing; what the machine lacks cannot be installed."""
    texts = dict.fromkeys(text for unmet in _unmet(session, prefix).values() for text in unmet)
    wanted = [spec for spec in map(MatchSpec.parse, texts) if not spec.name.startswith("__")]
    if wanted:
        add_packages(session, prefix, wanted)
    return 0 if _consistency(session, prefix).ok else 1


def _unmet(session: Session, prefix: str) -> dict[str, tuple[str, ...]]:
    installed, present = _packages(session, prefix)
    unmet = {}
    for record in installed:
        missing = tuple(text for text in record.depends if not _is_fulfilled(text, present))
        if missing:
            unmet[record.dist_name] = missing
    return unmet


def _broken_constraints(session: Session, prefix: str) -> dict[str, tuple[str, ...]]:
    installed, present = _packages(session, prefix)
    broken = {}
    for record in installed:
        specs = (MatchSpec.parse(text) for text in record.constrains)
        others = tuple(
            present[spec.name].dist_name
            for spec in specs
            if spec.name in present and not spec.match(present[spec.name])
        )
        if others:
            broken[record.dist_name] = others
    return broken


def _packages(
    session: Session, prefix: str
) -> tuple[Sequence[PackageRecord], dict[str, PackageRecord]]:
    """Return what is installed, and by name all that dependencies can find."""
    installed = list(PrefixData(prefix, session.channels.config).records().values())
    virtual = virtual_packages(session)
    return installed, {each.name: each for each in (*virtual, *installed)}


def _is_fulfilled(text: str, present: Mapping[str, PackageRecord]) -> bool:
    """Tell whether a dependency is there, or needs not be for its condition does not hold."""
    spec = MatchSpec.parse(text)
    found = present.get(spec.name)
    if found is not None and spec.match(found):
        return True
    condition = spec.condition
    return condition is not None and not condition.holds(lambda each: _is_fulfilled(each, present))


def _environment_txt(session: Session, prefix: str) -> Finding:
    return _finding(
        {} if Registry(session.paths.environments_txt).has(prefix) else {prefix: ()},
        good="The environment is in the user's list of environments.",
        bad=f"The environment is not in `{session.paths.environments_txt}`.",
    )


def _register(session: Session, prefix: str) -> int:
    return 0 if Registry(session.paths.environments_txt).register(prefix) else 1


def _file_locking(session: Session, prefix: str) -> Finding | None:
    supported = supports_locks(os.path.join(prefix, "conda-meta", "history"))
    if supported is None:
        return None
    return _finding(
        {} if supported and session.caches.locks else {prefix: ()},
        good="The file system of the environment has locks.",
        bad="The setting `no_lock` is on: commands do not take turns."
        if supported
        else "The file system of the environment has no locks: files stand for them.",
    )


def _pinned(session: Session, prefix: str) -> Finding | None:
    del session
    lines = _pinned_lines(prefix)
    if lines is None:
        return None
    wrong = tuple(line.strip() for line in lines if not _is_valid_pin(line))
    return _finding(
        {_pinned_path(prefix): wrong} if wrong else {},
        good="All pins can be understood.",
        bad=f"`{_pinned_path(prefix)}` has lines that are no specs.",
    )


def _repair_pinned(session: Session, prefix: str) -> int:
    """Turn lines that are no specs into comments."""
    del session
    lines = _pinned_lines(prefix) or []
    repaired = (line if _is_valid_pin(line) else f"# not a spec: {line}" for line in lines)
    write_atomically(_pinned_path(prefix), "".join(f"{line}\n" for line in repaired))
    return 0


def _pinned_path(prefix: str) -> str:
    return os.path.join(prefix, "conda-meta", "pinned")


def _pinned_lines(prefix: str) -> list[str] | None:
    try:
        return read_text(_pinned_path(prefix)).splitlines()
    except FileNotFoundError:
        return None


def _is_valid_pin(line: str) -> bool:
    text = line.strip()
    if not text or text.startswith("#"):
        return True
    try:
        spec = MatchSpec(text)
    except CondaError:
        return False
    return spec.name_is_exact


def _requests_ca_bundle(session: Session, prefix: str) -> Finding | None:
    del prefix
    path = session.environment.get("REQUESTS_CA_BUNDLE")
    if not path:
        return None
    reason = _ca_problem(path)
    return _finding(
        {"REQUESTS_CA_BUNDLE": (reason,)} if reason else {},
        good="REQUESTS_CA_BUNDLE names certificates that can be read.",
        bad=f"REQUESTS_CA_BUNDLE names `{path}`, which is of no use: {reason}.",
    )


def _ca_problem(path: str) -> str:
    """Return what is wrong with a file or folder of certificates, or ""."""
    import ssl  # 10 ms, where the variable is set

    if not os.path.exists(path):
        return "it does not exist"
    if os.path.isdir(path):
        return ""
    try:
        ssl.create_default_context(cafile=path)
    except (OSError, ValueError) as error:  # `SSLError` is an `OSError`
        return str(error)
    return ""


def _finding(details: _Details, *, good: str, bad: str) -> Finding:
    return Finding(ok=not details, summary=bad if details else good, details=details)


def _having(details: _Details) -> str:
    return "1 package has" if len(details) == 1 else f"{len(details)} packages have"


_REINSTALL = "Put the affected packages in place again."

ALTERED_FILES = HealthCheck(
    name="altered-files",
    summary="Packages whose files have another content than when they were installed.",
    check=_altered_files,
    fix=_REINSTALL,
    fixer=_restore_altered,
)
CONSISTENCY = HealthCheck(
    name="consistency",
    summary="Packages that lack a dependency, or cannot be with another one.",
    check=_consistency,
    fix="Install the missing dependencies.",
    fixer=_install_dependencies,
)
ENVIRONMENT_TXT = HealthCheck(
    name="environment-txt",
    summary="Whether the user's list of environments has this one.",
    check=_environment_txt,
    fix="Add the environment to the list.",
    fixer=_register,
)
FILE_LOCKING = HealthCheck(
    name="file-locking",
    summary="Whether commands can take turns by locks.",
    check=_file_locking,
)
MISSING_FILES = HealthCheck(
    name="missing-files",
    summary="Packages whose files are gone.",
    check=_missing_files,
    fix=_REINSTALL,
    fixer=_restore_missing,
)
PINNED = HealthCheck(
    name="pinned",
    summary="Whether all pins of the environment can be understood.",
    check=_pinned,
    fix="Turn the lines that are no specs into comments.",
    fixer=_repair_pinned,
)
REQUESTS_CA_BUNDLE = HealthCheck(
    name="requests-ca-bundle",
    summary="Whether REQUESTS_CA_BUNDLE names certificates.",
    check=_requests_ca_bundle,
)
