"""Formats of environment files that plugins read and write.

They are made into the types of our own formats; `core.env_formats` chooses among all.
"""

from functools import partial
from typing import TYPE_CHECKING, Any

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.env_formats.reading import FileToRead, Format, Reader
from conda_clone.core.env_formats.writing import Exporter
from conda_clone.errors import CondaError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.plugins.equivalents.environment import Environment, EnvironmentConfig
from conda_clone.plugins.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conda_clone.core.env_formats.writing import ExportedEnvironment
    from conda_clone.plugins.manager import Contribution, Plugins

__all__ = ["exporters_of_plugins", "readers_of_plugins"]

_READERS = "conda_environment_specifiers"
_WRITERS = "conda_environment_exporters"


def readers_of_plugins(plugins: "Plugins") -> tuple[Reader, ...]:
    """Return the formats that plugins read.

    Raises:
        PluginError: Two of them, or one of them and ours, have the same name.
    """
    return tuple(
        Reader(
            name=each.item.name,
            aliases=tuple(each.item.aliases),
            filenames=tuple(each.item.default_filenames),
            format=Format(
                recognises=partial(_can_handle, plugins, each), read=partial(_read, each)
            ),
        )
        for each in plugins.contributions(_READERS)
    )


def _can_handle(plugins: "Plugins", reader: "Contribution", file: FileToRead) -> bool:
    kind = reader.item.environment_spec
    if not getattr(kind, "detection_supported", True):
        return False
    path = file.path()
    try:
        return bool(plugins.guarded(reader.plugin, _READERS, lambda: kind(path).can_handle()))
    except CondaError:  # whoever cannot make sense of a file says so in their own way
        return False


def _read(reader: "Contribution", file: FileToRead) -> EnvironmentFile:
    """Return what a file says; that for the platform that is wanted, if it is about several.

    Raises:
        CondaError: The file is not in the format.
    """
    try:
        described = reader.item.environment_spec(file.path())
        platforms = getattr(described, "available_platforms", ())
        if hasattr(described, "env_for") and file.subdir in platforms:
            return _as_ours(described.env_for(file.subdir), file)
        return _as_ours(described.env, file)
    except CondaError:
        raise
    except Exception as error:
        raise PluginError(
            f"`{file.source}` cannot be read as `{reader.item.name}` ({reader.plugin.provider}):"
            f" {error}",
            hint=None,
        ) from error


def _as_ours(environment: Any, file: FileToRead) -> EnvironmentFile:
    config = environment.config
    external = dict(environment.external_packages or {})
    archives = tuple(_line(record) for record in environment.explicit_packages or ())
    return EnvironmentFile(
        source=file.source,
        folder=file.folder,
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


def exporters_of_plugins(plugins: "Plugins") -> "tuple[Exporter, ...]":
    """Return the formats that plugins write.

    Raises:
        PluginError: Two of them, or one of them and ours, have the same name.
    """
    return tuple(
        Exporter(
            name=each.item.name,
            aliases=tuple(each.item.aliases),
            filenames=tuple(each.item.default_filenames),
            text=partial(_written, each),
        )
        for each in plugins.contributions(_WRITERS)
    )


def _written(writer: "Contribution", environments: "Sequence[ExportedEnvironment]") -> str:
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
