"""Hold an environment against a description."""

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.operations.list_packages import packages_of_pip
from conda_clone.operations.session import Session

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.models.records import PrefixRecord

__all__ = ["differences"]


def differences(session: Session, prefix: str, described: EnvironmentFile) -> list[str]:
    """Return a sentence for each package that is missing or another one, in the file's order.

    Raises:
        CorruptedEnvironmentError: A record of the environment cannot be understood.
    """
    installed = PrefixData(prefix, session.channels.config, with_paths=False).records()
    found = [
        _difference(MatchSpec(text), installed.get(MatchSpec(text).name))
        for text in described.specs
    ]
    of_pip = {record.name: record for record in packages_of_pip(session, prefix, installed)}
    found += [_difference_of_pip(line, {**installed, **of_pip}) for line in described.pip]
    return [sentence for sentence in found if sentence]


def _difference(spec: MatchSpec, record: "PrefixRecord | None") -> str:
    if record is None:
        return f"{spec.name} not found"
    if spec.match(record):
        return ""
    running = f"{record.name}={record.version}={record.build}"
    return f"{spec.name} found but mismatch. Specification pkg: {spec}, Running pkg: {running}"


def _difference_of_pip(line: str, installed: "dict[str, PrefixRecord]") -> str:
    """Compare one line for pip; options, paths and addresses name no package to look for."""
    from packaging.requirements import InvalidRequirement, Requirement  # 10 ms
    from packaging.utils import canonicalize_name

    try:
        requirement = Requirement(line)
    except InvalidRequirement:
        return ""
    name = canonicalize_name(requirement.name)
    record = installed.get(name)
    if record is None:
        return f"{name} not found"
    if requirement.specifier.contains(record.version, prereleases=True):
        return ""
    return (
        f"{name} found but mismatch. Specification pkg: {requirement}, "
        f"Running pkg: {name}=={record.version}"
    )
