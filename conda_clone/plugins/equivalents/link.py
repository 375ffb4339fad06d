"""`conda.core.link` and `conda.misc`: changes of environments that plugins make themselves."""

import sys
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from conda_clone.core.env_formats.explicit import EXPLICIT_MARKER, parse_explicit
from conda_clone.core.planning.explicit import record_of_url
from conda_clone.models.records import PackageRecord
from conda_clone.plugins.equivalents.context import context
from conda_clone.plugins.equivalents.instance import current

__all__ = [
    "PrefixSetup",
    "UnlinkLinkTransaction",
    "get_package_records_from_explicit",
    "install_explicit_packages",
]


class PrefixSetup(NamedTuple):
    """The change of one environment."""

    target_prefix: str
    unlink_precs: Sequence[PackageRecord]
    link_precs: Sequence[PackageRecord]
    remove_specs: Sequence[Any] = ()
    update_specs: Sequence[Any] = ()
    neutered_specs: Sequence[Any] = ()


class UnlinkLinkTransaction:
    """Changes of environments, made one after the other; each completely or not at all.

    Attributes:
        prefix_setups: Environment -> its change.
    """

    def __init__(self, *setups: PrefixSetup) -> None:
        self.prefix_setups = {setup.target_prefix: setup for setup in setups}
        self._transactions = [_transaction(setup) for setup in setups]

    @property
    def nothing_to_do(self) -> bool:
        """Whether all environments are as wanted already."""
        return all(each.nothing_to_do for each in self._transactions)

    def download_and_extract(self) -> None:
        """Bring all packages into a cache.

        Raises:
            CondaError: A download or an extraction failed.
        """
        for each in self._transactions:
            each.fetch()

    def prepare(self) -> None:
        """Do nothing: `execute` prepares."""

    verify = prepare

    def execute(self) -> None:
        """Make the changes.

        Raises:
            CondaError: The environment in question is as it was before.
        """
        for each in self._transactions:
            each.execute()

    def print_transaction_summary(self) -> None:
        """Write what changes: a line per package."""
        for setup in self.prefix_setups.values():
            lines = [f"## Package Plan ##\n\n  environment location: {setup.target_prefix}\n"]
            lines += [f"  - {record.dist_name}" for record in setup.unlink_precs]
            lines += [f"  + {record.dist_name}" for record in setup.link_precs]
            sys.stdout.write("\n".join(lines) + "\n")


def _transaction(setup: PrefixSetup) -> Any:
    conda = current()
    leaving = {record.name for record in (*setup.unlink_precs, *setup.link_precs)}
    installed = conda.prefix_data(setup.target_prefix).records()
    staying = [record for name, record in installed.items() if name not in leaving]
    return conda.solver(setup.target_prefix).transaction_to(
        [*staying, *setup.link_precs],
        relink=[record.name for record in setup.link_precs],
        specs_to_add=setup.update_specs,
        specs_to_remove=setup.remove_specs,
    )


def get_package_records_from_explicit(lines: Iterable[str]) -> tuple[PackageRecord, ...]:
    """Return the records of the archives that the lines of an explicit list name.

    Raises:
        CondaValueError: A line names none.
    """
    wanted = tuple(line for line in lines if line and not line.startswith(("#", EXPLICIT_MARKER)))
    configuration = context.configuration
    config = configuration.channel_settings().config
    return tuple(
        record_of_url(each.url, config, md5=each.md5, sha256=each.sha256)
        for each in parse_explicit(wanted, cwd=".", environ=configuration.environ)
    )


def install_explicit_packages(
    package_cache_records: Iterable[Any], prefix: str, requested_specs: Iterable[Any] = ()
) -> None:
    """Put packages that a cache has into an environment.

    Args:
        package_cache_records: The packages.
        prefix: The environment, which need not exist.
        requested_specs: What the history says was asked for.

    Raises:
        CondaError: The environment is as it was before.
    """
    setup = PrefixSetup(
        str(prefix), (), tuple(package_cache_records), update_specs=tuple(requested_specs)
    )
    UnlinkLinkTransaction(setup).execute()
