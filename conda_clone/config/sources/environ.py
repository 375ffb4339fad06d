"""Environment variables `CONDA_<NAME>` as a source of settings.

Lists are written with the separator of the setting between their items; a scalar that ends in
`!important` is final.
"""

from conda_clone.config.errors import variable_of
from conda_clone.config.parameters import PARAMETERS
from conda_clone.config.schema import ListOf, Node, Scalar
from conda_clone.config.sources.source import ENVIRONMENT, Source

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from conda_clone.config.parameters import Parameter
    from conda_clone.config.schema import Anything, MapOf

__all__ = ["read_environ", "with_plugin_variables"]

_IMPORTANT = "!important"
# conda-build sets CONDA_BUILD=1 in the environments where it runs builds.
_TAKEN = frozenset({"CONDA_BUILD"})


def read_environ(environ: "Mapping[str, str]") -> Source:
    """Return the source that the variables make; unknown names are no settings."""
    entries: dict[str, Node] = {}
    for parameter in PARAMETERS.values():
        for name in (parameter.name, *parameter.aliases):
            variable = "CONDA_" + name.upper()
            if variable in environ and variable not in _TAKEN:
                entries[name] = _read(environ[variable], parameter.kind)
    return Source(ENVIRONMENT, entries)


def with_plugin_variables(
    source: Source, environ: "Mapping[str, str]", rows: "Iterable[Parameter]"
) -> Source:
    """Return the source of the variables with those `CONDA_PLUGINS_<NAME>` that are declared."""
    given: dict[str, Node] = {}
    for row in rows:
        for name in (row.name, *row.aliases):
            variable = variable_of(name)
            if variable in environ:
                given[name.partition(".")[2]] = _read(environ[variable], row.kind)
    return Source(source.name, {**source.entries, "plugins": Node(given)}) if given else source


def _read(text: str, kind: "Scalar | ListOf | MapOf | Anything") -> Node:
    if isinstance(kind, ListOf):
        items = [item.strip() for item in text.split(kind.separator)]
        return Node(tuple([Node(item) for item in items if item]))
    if isinstance(kind, Scalar) and text.endswith(_IMPORTANT):
        return Node(text.removesuffix(_IMPORTANT).strip(), final=True)
    return Node(text)
