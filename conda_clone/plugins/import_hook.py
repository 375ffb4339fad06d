"""Let plugins that were written for conda import the names that they know.

`install` adds a finder of modules to the end of Python's list, and only where no real conda can be
imported. What a module offers is a row of `equivalents.names`: nothing is loaded before its name is
asked for, and a name that has no row is an ordinary `ImportError`, which says which it was.
"""

import sys
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from importlib.util import find_spec, spec_from_loader
from types import ModuleType

from conda_clone.plugins.equivalents.names import MODULES

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["install", "is_installed"]

_TOP = "conda"


def install() -> None:
    """Make `conda` and its modules importable, unless they are or have been made so."""
    if not is_installed() and find_spec(_TOP) is None:
        sys.meta_path.append(_Finder())


def is_installed() -> bool:
    """Tell whether `conda` is made of our equivalents."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)


class _Finder(MetaPathFinder):
    """Finds the modules that the table has."""

    def find_spec(
        self,
        fullname: str,
        path: "Sequence[str] | None",  # noqa: ARG002 - the protocol of finders
        target: ModuleType | None = None,  # noqa: ARG002 - as above
    ) -> ModuleSpec | None:
        if fullname not in MODULES:
            return None
        is_package = any(name.startswith(f"{fullname}.") for name in MODULES)
        return spec_from_loader(fullname, _Loader(), is_package=is_package)


class _Loader(Loader):
    """Makes a module whose attributes are looked up in the table."""

    def exec_module(self, module: ModuleType) -> None:
        """Give the module the names of its row."""
        homes = MODULES[module.__name__]

        def look_up(name: str) -> object:
            home = homes.get(name)
            if home is None:
                raise AttributeError(
                    f"`{module.__name__}.{name}` is none of the names that conda_clone offers to"
                    " plugins; docs/reference/plugins.md lists them"
                )
            value = resolve(home)
            setattr(module, name, value)
            return value

        module.__getattr__ = look_up  # type: ignore[method-assign] # PEP 562
        module.__dir__ = lambda: sorted(homes)  # type: ignore[method-assign] # PEP 562
        module.__doc__ = f"What plugins may import from `{module.__name__}`."
        # What `from module import *` gives.
        module.__all__ = sorted(homes)  # type: ignore[attr-defined] # an ordinary attribute


def resolve(home: str) -> object:
    """Return what `module:name` stands for, below `conda_clone` unless it begins with a dot.

    A module alone stands for itself; `.module:name` is one of the standard library.
    """
    path, _, name = home.partition(":")
    module = import_module(path[1:] if path.startswith(".") else f"conda_clone.{path}")
    return getattr(module, name) if name else module
