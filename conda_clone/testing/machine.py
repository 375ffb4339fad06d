"""Makes a channel out of this machine: its Python, and distributions installed for it.

The packages are real ones (some 30 MB, thousands of files, compiled code, programs that run), and
need no network. This is what the demo shows, and what tests of the whole tool install.
"""

from typing import TYPE_CHECKING

from packaging.utils import canonicalize_name

from conda_clone.models.subdir import native_subdir
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.distributions import (
    DistributionAbsentError,
    distribution_package,
    find_distribution,
    requirements,
)
from conda_clone.testing.interpreter import python_package, running_interpreter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from conda_clone.testing.packages import BuiltPackage

__all__ = [
    "DISTRIBUTIONS",
    "build_machine_channel",
    "pack_distribution",
    "pack_distributions",
    "pack_python",
]

DISTRIBUTIONS = ("pip", "pycosat", "requests", "ruamel.yaml", "setuptools", "tqdm")
"""What a machine channel holds beside Python if nothing else is asked for, where installed."""


def build_machine_channel(
    directory: "Path", names: "Iterable[str]" = DISTRIBUTIONS
) -> ChannelBuilder:
    """Build and write a channel with Python, the named distributions and all that they need.

    Distributions that are not installed are left out; `channel.packages` tells what is in.
    """
    channel = ChannelBuilder(directory, subdir=native_subdir())
    pack_python(channel)
    pack_distributions(channel, names)
    channel.write()
    return channel


def pack_python(channel: ChannelBuilder) -> "BuiltPackage":
    """Add the running Python as the package `python`."""
    return channel.add(**python_package(running_interpreter()))


def pack_distribution(
    channel: ChannelBuilder, name: str, *, build_number: int = 0
) -> "BuiltPackage":
    """Add one installed distribution.

    Raises:
        DistributionAbsentError: It is not installed, or cannot be packed.
    """
    fields = distribution_package(
        find_distribution(name), running_interpreter(), build_number=build_number
    )
    return channel.add(**fields)


def pack_distributions(channel: ChannelBuilder, names: "Iterable[str]") -> dict[str, str]:
    """Add distributions and all that they need; return the absent ones with the reason."""
    absent: dict[str, str] = {}
    seen: set[str] = set()
    waiting = list(names)
    while waiting:
        name = canonicalize_name(waiting.pop())
        if name in seen:
            continue
        seen.add(name)
        try:
            pack_distribution(channel, name)
        except DistributionAbsentError as error:
            absent[name] = str(error)
        else:
            waiting.extend(item.name for item in requirements(find_distribution(name)))
    return absent
