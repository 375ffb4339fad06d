"""Channels as seen by the solver and by search: cached indexes, read by package name.

| module | holds |
|---|---|
| index | `Index`: the records visible through an ordered list of channels |
| subdir_data | `SubdirData`: the records of one platform folder of one channel |
| reach | fetches, many at a time, the names that a solve will probably ask for |
| likely | which packages can be chosen, as far as what is wanted decides that |
| memory | what has been worked out from a state of some channels, kept for the next solve |
| repodata | how the index of one platform folder is fetched, cached and opened |
| notices, read_notices | what channels want to tell those who use them, and what was read of it |
| errors | channels that cannot be read, or may not be used |
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.core.channels.subdir_data import SubdirData

__all__ = ["SubdirData"]


def __getattr__(name: str) -> object:
    if name == "SubdirData":
        from conda_clone.core.channels.subdir_data import SubdirData  # 20 ms with its imports

        return SubdirData
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
