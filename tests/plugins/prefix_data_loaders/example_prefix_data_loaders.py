"""Finds packages that a file called `extra.txt` names."""

from conda.models.records import PrefixRecord
from conda.plugins import hookimpl
from conda.plugins.types import CondaPrefixDataLoader


def load(prefix, records):
    path = prefix / "extra.txt"
    names = path.read_text().split() if path.exists() else []
    return {
        name: PrefixRecord(
            name=name,
            version="1.0",
            build="extra_0",
            build_number=0,
            channel="extra",
            subdir="noarch",
            fn=f"{name}-1.0-extra_0",
        )
        for name in names
    }


@hookimpl
def conda_prefix_data_loaders():
    yield CondaPrefixDataLoader(name="extra", loader=load)
