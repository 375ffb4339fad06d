"""What a package that lies extracted in a cache takes in an environment."""

import os

from conda_clone.gateways.disk.errors import ParseError
from conda_clone.gateways.disk.read import read_json, tree_size

__all__ = ["unpacked_size"]

_INFO = "info"
_PATHS = os.path.join(_INFO, "paths.json")


def unpacked_size(folder: str) -> int:
    """Return the bytes of the files that an extracted package brings, those about it apart.

    Args:
        folder: The extracted package.
    """
    try:
        return _stated(read_json(os.path.join(folder, _PATHS)))
    except (ParseError, OSError, KeyError, TypeError, AttributeError):
        # Old packages do not state sizes; looking at each file takes five times as long.
        return tree_size(folder) - tree_size(os.path.join(folder, _INFO))


def _stated(value: object) -> int:
    """Return the sum of the sizes that `paths.json` states; links to files have none."""
    total = 0
    for path in value["paths"]:  # type: ignore[index]  # what is none of these is caught above
        if path["path_type"] == "hardlink":
            total += path["size_in_bytes"]
    return total
