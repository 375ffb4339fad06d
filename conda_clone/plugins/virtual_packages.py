"""Facts about the machine that plugins tell, with the overrides that each allows."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from conda_clone.plugins.interfaces import NULL, Null

if TYPE_CHECKING:
    from conda_clone.plugins.manager import Plugins
    from conda_clone.plugins.types import CondaVirtualPackage

__all__ = ["facts_of_plugins"]

_HOOK = "conda_virtual_packages"
_PREFIX = "CONDA_OVERRIDE_"
_Value = str | Null | None


def facts_of_plugins(
    plugins: "Plugins", environ: Mapping[str, str], settings: Mapping[str, str]
) -> list[tuple[str, str, str]]:
    """Return name, version and build of the packages that plugins give.

    Args:
        plugins: The plugins of this run.
        environ: Environment variables; those called `CONDA_OVERRIDE_<NAME>` win.
        settings: The setting `override_virtual_packages`.
    """
    overrides = {key.strip("_").upper(): str(value) for key, value in settings.items()}
    overrides.update(
        (key.removeprefix(_PREFIX), value)
        for key, value in environ.items()
        if key.startswith(_PREFIX)
    )
    facts = []
    for each in plugins.contributions(_HOOK):
        fact = plugins.guarded(each.plugin, _HOOK, _fact, each.item, overrides)
        if fact is not None:
            facts.append(fact)
    return facts


def _fact(item: "CondaVirtualPackage", overrides: Mapping[str, str]) -> tuple[str, str, str] | None:
    override = overrides.get(item.name.upper().replace("-", "_")) if item.override_entity else None
    values: dict[str, _Value] = {}
    for entity in ("version", "build"):
        if override is not None and entity == item.override_entity:
            values[entity] = override or item.empty_override
        else:
            given = getattr(item, entity)
            values[entity] = given() if callable(given) else given
    version, build = values["version"], values["build"]
    if version is NULL or build is NULL:
        return None
    if isinstance(version, str) and item.version_validation is not None:
        version = item.version_validation(version)
    return f"__{item.name}", str(version or "0"), str(build or "0")
