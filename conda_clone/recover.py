"""`python -m conda_clone.recover PREFIX ...`: bring environments out of interrupted changes.

Every command does so by itself; this is for environments whose own Python or packages are in the
middle of the change. It needs nothing but the standard library of any Python.
"""

import sys

from conda_clone.core.transaction.recovery import recover
from conda_clone.errors import CondaError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]


def main(argv: "Sequence[str] | None" = None) -> int:
    """Recover the environments at the given paths; return the exit status."""
    import os

    prefixes = sys.argv[1:] if argv is None else list(argv)
    if not prefixes or any(word.startswith("-") for word in prefixes):
        sys.stderr.write("usage: python -m conda_clone.recover PREFIX [PREFIX ...]\n")
        return 2
    status = 0
    for prefix in map(os.path.abspath, prefixes):
        try:
            messages = recover(prefix, wait=True)
        except (CondaError, OSError) as error:
            sys.stderr.write(f"{type(error).__name__}: {error}\n")
            status = 1
            continue
        sys.stdout.writelines(f"{line}\n" for line in messages or [f"`{prefix}` is whole."])
    return status


if __name__ == "__main__":
    raise SystemExit(main())
