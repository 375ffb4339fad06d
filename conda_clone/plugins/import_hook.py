"""Let plugins that were written for conda import the names that they know.

`install` adds a finder of modules to the end of Python's list, and only where no real conda can be
imported. What a module offers is a row of `equivalents.names`: nothing is loaded before its name is
asked for, and a name that has no row is an ordinary `ImportError`, which says which it was.

Processes that `multiprocessing` starts anew get the import path of this one, and none of its
finders: so a folder is added to the end of the path, too, in which there is a module `conda` that
calls `serve`.
"""

import os
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

__all__ = ["install", "is_installed", "serve"]

_TOP = "conda"
_FOLDER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "in_processes")


def install() -> None:
    """Make `conda` and its modules importable, unless they are or have been made so."""
    if not is_installed() and find_spec(_TOP) is None:
        sys.meta_path.append(_Finder())
        sys.path.append(_FOLDER)


def is_installed() -> bool:
    """Tell whether `conda` is made of our equivalents."""
    return any(isinstance(finder, _Finder) for finder in sys.meta_path)


def serve(module: ModuleType) -> None:
    """Make a module that was found by its path offer what the table has, and have modules."""
    if not is_installed():
        sys.meta_path.append(_Finder())
    module.__path__ = []
    _Loader().exec_module(module)


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
