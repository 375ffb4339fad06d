"""What this program brings for each hook itself, as a table of names; nothing is imported.

Their names are taken: a plugin that gives an item of the same name is refused.
"""

__all__ = ["BUILTIN", "Builtin", "builtin_items"]


class Builtin:
    """One row: an item that needs no plugin.

    Attributes:
        name: What users call it.
        home: `module:attribute` of what does it, below `conda_clone`.
    """

    __slots__ = ("home", "name")

    def __init__(self, name: str, home: str) -> None:
        self.name = name
        self.home = home


def _rows(home: str, *names: str) -> tuple[Builtin, ...]:
    return tuple(Builtin(name, home) for name in names)


BUILTIN = {
    "conda_solvers": _rows("core.planning.solver:Solver", "classic", "libmamba", "rattler"),
    "conda_virtual_packages": (
        Builtin("archspec", "core.virtual_packages.archspec:detect"),
        Builtin("conda", "core.virtual_packages:detect_all"),
        Builtin("cuda", "core.virtual_packages.cuda:detect"),
        Builtin("freebsd", "core.virtual_packages:detect_all"),
        *_rows("core.virtual_packages.linux:detect", "linux", "glibc", "unix"),
        Builtin("osx", "core.virtual_packages.osx:detect"),
        Builtin("win", "core.virtual_packages.windows:detect"),
    ),
    "conda_reporter_backends": (
        *_rows("cli.output.console:HumanConsole", "classic", "console"),
        Builtin("json", "cli.output.json_output:JsonConsole"),
    ),
    "conda_prefix_data_loaders": (Builtin("pypi", "core.prefix.python_packages:python_packages"),),
    "conda_package_extractors": _rows(
        "gateways.archives.extract:extract_archive", "conda", "tar.bz2"
    ),
}
"""Hook -> rows, sorted by nothing but importance."""


def builtin_items(hook: str) -> tuple[Builtin, ...]:
    """Return the rows of a hook; formats of environment files and health checks have own tables."""
    return BUILTIN.get(hook, ())
