"""Writes the names of packages, one in each line."""

from conda.plugins import hookimpl
from conda.plugins.types import CondaEnvironmentExporter


def export(environment):
    names = sorted(spec.name for spec in environment.requested_packages)
    return f"wish list for {environment.platform}\n" + "\n".join(names) + "\n"


@hookimpl
def conda_environment_exporters():
    yield CondaEnvironmentExporter(
        name="wish-list",
        aliases=("wishes",),
        default_filenames=("packages.wish",),
        export=export,
        description="One name in each line.",
    )
