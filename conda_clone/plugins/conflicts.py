"""Names that two items of one hook have in common, with who gives them."""

from typing import TYPE_CHECKING

from conda_clone.plugins.builtin import builtin_items
from conda_clone.plugins.errors import PluginError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from conda_clone.plugins.manager import Contribution

__all__ = ["OWN", "check_names"]

OWN = "conda-clone itself"

# Names that mean our own solver because people have them in their settings, though plugins exist
# that are called so: whoever installs one of these means the plugin.
_GIVEN_WAY = frozenset({"libmamba", "rattler"})


def check_names(hook: str, contributions: "Iterable[Contribution]") -> None:
    """Refuse items that cannot be told apart.

    Raises:
        PluginError: Names every pair, with distributions and versions.
    """
    owners = {row.name: OWN for row in builtin_items(hook) if row.name not in _GIVEN_WAY}
    clashes = []
    for each in contributions:
        for name in dict.fromkeys((each.item.name, *getattr(each.item, "aliases", ()))):
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
