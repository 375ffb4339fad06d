"""What this program brings for each hook itself, as a table of names; nothing is imported.

Who looks for an item of a hook looks here and among the contributions of plugins, and takes what a
row stands for by `Builtin.load`: there is no other list of what is built in. Names and aliases are
taken: a plugin that gives an item of the same name is refused.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["BUILTIN", "Builtin", "builtin_items", "builtin_named", "load_builtin"]


class Builtin:
    """One row: an item that needs no plugin.

    Attributes:
        name: What users call it.
        home: `module:attribute` of what does it, below `conda_clone`.
        aliases: Other names.
        filenames: Patterns of names of files that stand for it.
    """

    __slots__ = ("aliases", "filenames", "home", "name")

    def __init__(
        self,
        name: str,
        home: str,
        aliases: tuple[str, ...] = (),
        filenames: tuple[str, ...] = (),
    ) -> None:
        self.name = name
        self.home = home
        self.aliases = aliases
        self.filenames = filenames

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.name, *self.aliases)

    def load(self) -> "Any":
        """Return what does it; its type is that of the hook."""
        from importlib import import_module  # each row pays only for itself

        module, _, attribute = self.home.partition(":")
        return getattr(import_module(f"conda_clone.{module}"), attribute)


def _rows(home: str, *names: str) -> tuple[Builtin, ...]:
    return tuple(Builtin(name, home) for name in names)


_FAMILIES = "core.virtual_packages.families"
_CHECKS = "operations.health_checks"
_READING = "core.env_formats.reading"
_WRITING = "core.env_formats.writing"

BUILTIN = {
    "conda_solvers": _rows("core.planning.solver:Solver", "classic", "libmamba", "rattler"),
    "conda_virtual_packages": (
        Builtin("conda", f"{_FAMILIES}:conda"),
        Builtin("archspec", f"{_FAMILIES}:archspec"),
        *_rows(f"{_FAMILIES}:cuda", "cuda", "cuda_arch"),
        *_rows(f"{_FAMILIES}:linux", "linux", "glibc", "unix"),
        Builtin("osx", f"{_FAMILIES}:osx"),
        Builtin("win", f"{_FAMILIES}:windows"),
        Builtin("freebsd", f"{_FAMILIES}:freebsd"),
    ),
    "conda_health_checks": (
        Builtin("altered-files", f"{_CHECKS}:ALTERED_FILES"),
        Builtin("consistency", f"{_CHECKS}:CONSISTENCY"),
        Builtin("environment-txt", f"{_CHECKS}:ENVIRONMENT_TXT"),
        Builtin("file-locking", f"{_CHECKS}:FILE_LOCKING"),
        Builtin("missing-files", f"{_CHECKS}:MISSING_FILES"),
        Builtin("pinned", f"{_CHECKS}:PINNED"),
        Builtin("requests-ca-bundle", f"{_CHECKS}:REQUESTS_CA_BUNDLE"),
    ),
    "conda_reporter_backends": (
        Builtin("classic", "cli.output.console:HumanConsole", aliases=("console",)),
        Builtin("json", "cli.output.json_output:JsonConsole"),
    ),
    "conda_prefix_data_loaders": (Builtin("pypi", "operations.list_packages:packages_of_pip"),),
    "conda_environment_specifiers": (
        Builtin(
            "environment.yml",
            f"{_READING}:ENVIRONMENT_YML",
            aliases=("environment-yaml", "environment-json", "cep-24", "yaml", "yml", "json"),
            filenames=("*.yml", "*.yaml", "*.json"),
        ),
        Builtin(
            "requirements",
            f"{_READING}:PACKAGE_LIST",
            aliases=("requirements.txt", "explicit", "reqs", "txt"),
            filenames=("*.txt",),
        ),
    ),
    "conda_environment_exporters": (
        Builtin(
            "environment-yaml",
            f"{_WRITING}:yaml_text",
            aliases=("environment.yml", "yaml", "yml", "environment.yaml"),
            filenames=("environment.yml", "environment.yaml", "*.yml", "*.yaml"),
        ),
        Builtin(
            "environment-json",
            f"{_WRITING}:json_text",
            aliases=("environment.json", "json"),
            filenames=("environment.json",),
        ),
        Builtin(
            "explicit",
            f"{_WRITING}:explicit_text",
            aliases=("explicit.txt",),
            filenames=("explicit.txt",),
        ),
        Builtin(
            "requirements",
            f"{_WRITING}:requirements_text",
            aliases=("requirements.txt", "reqs", "txt"),
            filenames=("requirements.txt", "spec.txt"),
        ),
    ),
    "conda_package_extractors": (
        Builtin("conda", "gateways.archives.extract:extract_archive", filenames=("*.conda",)),
        Builtin("tar.bz2", "gateways.archives.extract:extract_archive", filenames=("*.tar.bz2",)),
    ),
}
"""Hook -> rows, in the order in which they are tried."""


def builtin_items(hook: str) -> tuple[Builtin, ...]:
    """Return the rows of a hook; most hooks have none."""
    return BUILTIN.get(hook, ())


def builtin_named(hook: str, name: str) -> Builtin | None:
    """Return the row of a hook that has a name, in any case of letters, or None."""
    wanted = name.lower().strip()
    return next((row for row in builtin_items(hook) if wanted in row.names), None)


def load_builtin(hook: str, name: str) -> "Any":
    """Return what the row of a name stands for.

    Raises:
        KeyError: There is no such row.
    """
    row = builtin_named(hook, name)
    if row is None:
        raise KeyError(name)
    return row.load()
