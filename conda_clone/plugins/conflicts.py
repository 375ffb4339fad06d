"""Names that two items of one hook have in common, with who gives them."""

from typing import TYPE_CHECKING

from conda_clone.plugins.builtin import builtin_items
from conda_clone.plugins.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conda_clone.plugins.manager import Contribution

__all__ = ["check_extensions", "check_names"]

_OWN = "conda-clone itself"

# Names that mean our own solver because people have them in their settings, though plugins exist
# that are called so: whoever installs one of these means the plugin.
_GIVEN_WAY = frozenset({"libmamba", "rattler"})


def check_names(hook: str, contributions: "Iterable[Contribution]") -> None:
    """Refuse items that cannot be told apart.

    Raises:
        PluginError: Names every pair, with distributions and versions.
    """
    taken = {name for row in builtin_items(hook) for name in row.names}
    owners = dict.fromkeys(taken - _GIVEN_WAY, _OWN)
    items = [(each, (each.item.name, *getattr(each.item, "aliases", ()))) for each in contributions]
    _check(hook, owners, items)


def check_extensions(extractors: "Iterable[Contribution]") -> None:
    """Refuse ways to extract archives whose names have the same end.

    Raises:
        PluginError: Names every pair, with distributions and versions.
    """
    hook = "conda_package_extractors"
    taken = [pattern.lstrip("*") for row in builtin_items(hook) for pattern in row.filenames]
    items = [(each, tuple(each.item.extensions)) for each in extractors]
    _check(hook, dict.fromkeys(taken, _OWN), items)


def _check(
    hook: str, owners: dict[str, str], items: "Iterable[tuple[Contribution, tuple[str, ...]]]"
) -> None:
    clashes = []
    for each, names in items:
        for name in dict.fromkeys(names):
            if name in owners:
                clashes.append(
                    f"`{name}` comes from {owners[name]} and from {each.plugin.provider}"
                )
            owners[name] = each.plugin.provider
    if clashes:
        raise PluginError(
            f"Plugins stand in each other's way in `{hook}`: {'; '.join(clashes)}.",
            hook=hook,
        )
