"""What is installed in an environment."""

import re

from conda_clone.core.prefix.errors import PackageNotInstalledError
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.errors import CondaValueError
from conda_clone.operations.plugin_seams import with_packages_of_plugins
from conda_clone.plugins.builtin import builtin_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conda_clone.core.prefix.history import Revision
    from conda_clone.models.records import PackageRecord, PrefixRecord
    from conda_clone.operations.session import Session

__all__ = [
    "in_link_order",
    "installed_packages",
    "packages_of_pip",
    "revisions",
    "sizes_on_disk",
]


def installed_packages(
    session: "Session",
    prefix: str,
    *,
    pattern: str | None = None,
    full_name: bool = False,
    with_pip: bool = False,
    with_files: bool = False,
) -> "list[PrefixRecord]":
    """Return the installed records sorted by name, all or those whose name fits.

    Args:
        session: The invocation.
        prefix: The environment.
        pattern: Regular expression to find in names, in any case; or a name.
        full_name: `pattern` is the whole name.
        with_pip: What only pip knows is listed as well.
        with_files: The files of such packages are looked up.

    Raises:
        CondaValueError: `pattern` is no regular expression.
        PackageNotInstalledError: Nothing fits.
    """
    records = PrefixData(prefix, session.channels.config, with_paths=False).records()
    if with_pip:
        for row in builtin_items("conda_prefix_data_loaders"):
            added = row.load()(session, prefix, records, with_files=with_files)
            if added:
                records = _joined(prefix, records, added)
        records = with_packages_of_plugins(session, prefix, records)
    if pattern is None:
        return list(records.values())
    if full_name:
        fitting = [record for name, record in records.items() if name == pattern.lower()]
    else:
        try:
            expression = re.compile(pattern, re.IGNORECASE)
        except re.error as error:
            raise CondaValueError(
                f"`{pattern}` is not a regular expression: {error}.",
                hint="Use --full-name to look for a name as it is.",
            ) from error
        fitting = [record for name, record in records.items() if expression.search(name)]
    if not fitting:
        raise PackageNotInstalledError(prefix, pattern)
    return fitting


def _joined(
    prefix: str, records: "Mapping[str, PrefixRecord]", added: "Iterable[PrefixRecord]"
) -> "dict[str, PrefixRecord]":
    """Return the packages of conda and of pip; what pip has replaced is only pip's any more."""
    from conda_clone.core.prefix.python_packages import is_replaced_by_pip, normalised  # as below

    of_pip = {record.name: record for record in added}
    kept = {
        name: record
        for name, record in records.items()
        if normalised(name) not in of_pip or not is_replaced_by_pip(prefix, record)
    }
    return dict(sorted({**of_pip, **kept}.items()))


def packages_of_pip(
    session: "Session",
    prefix: str,
    installed: "Mapping[str, PrefixRecord]",
    *,
    with_files: bool = False,
) -> "list[PrefixRecord]":
    """Return records that stand for what pip has installed, sorted by name."""
    if "python" not in installed:
        return []
    from conda_clone.core.prefix.python_packages import (  # only environments of Python
        files_of,
        python_packages,
    )
    from conda_clone.models.channel import Channel
    from conda_clone.models.records import PackageRecord, PrefixRecord

    channel = Channel.from_text("pypi", session.channels.config)
    return [
        PrefixRecord.from_record(
            PackageRecord(
                name=package.name,
                version=package.version,
                build="pypi_0",
                build_number=0,
                channel=channel,
                subdir="pypi",
                fn=package.anchor,
                url="",
            ),
            files=files_of(prefix, package) if with_files else (),
        )
        for package in python_packages(prefix, installed)
    ]


def in_link_order(records: "list[PrefixRecord]") -> "list[PackageRecord]":
    """Return the records with dependencies before what needs them.

    Of those that could come next, the ones with fewer levels of dependencies below them do, then
    the first in the alphabet: conda's order, which people compare their lists by. What the machine
    must have counts as a level.
    """
    from conda_clone.models.match_spec.spec import MatchSpec  # only --explicit
    from conda_clone.models.prefix_graph import PrefixGraph

    levels: dict[str, int] = {}
    linked = PrefixGraph(records).sorted()
    for record in linked:
        needed = {MatchSpec.parse(text).name for text in record.depends}
        below = [0 if name.startswith("__") else levels.get(name, -1) for name in needed]
        if record.noarch == "python":
            below.append(levels.get("python", -1))
        levels[record.name] = max(below, default=-1) + 1
    return sorted(linked, key=lambda record: (levels[record.name], record.name))


def sizes_on_disk(prefix: str, records: "Iterable[PrefixRecord]") -> list[int]:
    """Return the bytes that the files of each package take in an environment."""
    from conda_clone.core.prefix.contents import size_of_files  # only --size

    return [size_of_files(prefix, record.files) for record in records]


def revisions(prefix: str) -> "tuple[Revision, ...]":
    """Return the history of an environment, oldest first."""
    from conda_clone.core.prefix.history import History  # only --revisions

    return History(prefix).revisions()
