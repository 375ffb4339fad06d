"""`__quantum` has a version that an override replaces; `__absent` is not there."""

from conda.common.constants import NULL
from conda.plugins import hookimpl
from conda.plugins.types import CondaVirtualPackage


@hookimpl
def conda_virtual_packages():
    yield CondaVirtualPackage(
        name="quantum",
        version=lambda: "2.1",
        build="entangled",
        override_entity="version",
        empty_override=NULL,
        version_validation=lambda version: version.removesuffix("-beta"),
    )
    yield CondaVirtualPackage(name="absent", version=lambda: NULL)
