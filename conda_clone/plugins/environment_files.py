"""Formats of environment files that plugins read and write.

A format is chosen by its name, then by the name of the file, then by asking those that can tell by
the content (spec/plugins.md, section 2).
"""

from fnmatch import fnmatch
from typing import TYPE_CHECKING, Any

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.errors import CondaError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.plugins.equivalents.environment import Environment, EnvironmentConfig
from conda_clone.plugins.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conda_clone.core.env_formats.writing import ExportedEnvironment
    from conda_clone.plugins.manager import Contribution, Plugins

__all__ = ["READERS", "WRITERS", "find_reader", "find_writer", "read_file", "written"]

_OURS = (".yml", ".yaml", ".json", ".txt")
READERS = "conda_environment_specifiers"
WRITERS = "conda_environment_exporters"


class AmbiguousEnvironmentSpecPlugin(CondaError):
    """Several plugins can read a file, and nothing says which is meant."""


def find_reader(plugins: "Plugins", path: str, form: str | None) -> "Contribution | None":
    """Return the format of a plugin that a file is in, or None.

    A file of a name that has one of our endings is given only to those who claim its name.

    Args:
        plugins: The plugins of this run.
        path: The file.
        form: The format that was named, or None.

    Raises:
        AmbiguousEnvironmentSpecPlugin: Several could be.
    """
    known = plugins.contributions(READERS)
    if form is not None:
        return _named(known, form)
    base = path.replace("\\", "/").rpartition("/")[2]
    by_name = [
        each for each in known if any(fnmatch(base, name) for name in each.item.default_filenames)
    ]
    if len(by_name) == 1:
        return by_name[0]
    unclaimed = () if base.lower().endswith(_OURS) else known
    able = [each for each in by_name or unclaimed if _can_handle(plugins, each, path)]
    if len(able) > 1:
        names = ", ".join(each.item.name for each in able)
        raise AmbiguousEnvironmentSpecPlugin(
            f"`{path}` can be read as {names}.", hint="Say which one with --format."
        )
    return able[0] if able else None


def _named(known: "Sequence[Contribution]", form: str) -> "Contribution | None":
    wanted = form.lower().strip()
    return next((each for each in known if wanted in (each.item.name, *each.item.aliases)), None)


def _can_handle(plugins: "Plugins", reader: "Contribution", path: str) -> bool:
    kind = reader.item.environment_spec
    if not getattr(kind, "detection_supported", True):
        return False
    try:
        return bool(plugins.guarded(reader.plugin, READERS, lambda: kind(path).can_handle()))
    except PluginError:  # both this and False mean no
        return False


def read_file(
    reader: "Contribution", path: str, platform: str, *, source: str, folder: str
) -> EnvironmentFile:
    """Return what a file says about an environment.

    Args:
        reader: The format.
        path: The file.
        platform: The platform that is wanted, for files that are about several.
        source: What messages call the file.
        folder: Absolute path of the folder that relative paths in it start at.

    Raises:
        CondaError: The file is not in its format.
    """
    try:
        described = reader.item.environment_spec(path)
        if hasattr(described, "env_for") and platform in getattr(
            described, "available_platforms", ()
        ):
            return _as_ours(described.env_for(platform), source, folder)
        return _as_ours(described.env, source, folder)
    except CondaError:
        raise
    except Exception as error:
        raise PluginError(
            f"`{source}` cannot be read as `{reader.item.name}` ({reader.plugin.provider}):"
            f" {error}",
            hint=None,
        ) from error


def _as_ours(environment: Any, source: str, folder: str) -> EnvironmentFile:
    config = environment.config
    external = dict(environment.external_packages or {})
    archives = tuple(_line(record) for record in environment.explicit_packages or ())
    return EnvironmentFile(
        source=source,
        folder=folder,
        name=environment.name,
        channels=tuple(map(str, getattr(config, "channels", None) or ())),
        specs=() if archives else tuple(map(str, environment.requested_packages or ())),
        archives=archives,
        pip=tuple(external.get("pip", ())),
        variables=dict(environment.variables or {}),
    )


def _line(record: Any) -> str:
    digest = f"sha256:{record.sha256}" if record.sha256 else record.md5
    return f"{record.url}#{digest}" if digest else str(record.url)


def find_writer(
    plugins: "Plugins", form: str | None, filename: str | None
) -> "Contribution | None":
    """Return the format of a plugin with a name, or that the name of a file stands for."""
    known = plugins.contributions(WRITERS)
    if form is not None:
        return _named(known, form)
    base = (filename or "").replace("\\", "/").rpartition("/")[2]
    return next((each for each in known if base in each.item.default_filenames), None)


def written(writer: "Contribution", environments: "Sequence[ExportedEnvironment]") -> str:
    """Return the text of a file about environments, one for each platform.

    Raises:
        CondaError: The plugin cannot say it.
    """
    item = writer.item
    models = [_as_model(each) for each in environments]
    if item.multiplatform_export is None and len(models) > 1:
        raise PluginError(f"`{item.name}` is a format for one platform.", hint=None)
    try:
        if item.multiplatform_export is not None:
            return str(item.multiplatform_export(models))
        return str(item.export(models[0]))
    except CondaError:
        raise
    except Exception as error:
        raise PluginError(
            f"`{item.name}` ({writer.plugin.provider}) cannot write the environment: {error}",
            hint=None,
        ) from error


def _as_model(environment: "ExportedEnvironment") -> Environment:
    return Environment(
        prefix=environment.prefix,
        platform=environment.platform,
        name=environment.name,
        config=EnvironmentConfig(channels=environment.channels),
        requested_packages=[MatchSpec(text) for text in environment.specs],
        explicit_packages=list(environment.records),
        external_packages={"pip": list(environment.pip)} if environment.pip else {},
        variables=dict(environment.variables),
    )
