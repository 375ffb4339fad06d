"""How much an archive may ask for before it is taken for an attack.

The limits are far above every real package: the largest known have some 200,000 members, and zstd
never exceeds a ratio of 1000 over a gigabyte of anything that people install.
"""

from conda_clone.models.values import value

__all__ = ["DEFAULT_LIMITS", "Limits"]


@value()
class Limits:
    """Bounds of one extraction.

    Attributes:
        members: Files, links and folders in one archive.
        depth: Folders above a file.
        ratio: Decompressed bytes per compressed byte, once `ratio_after` bytes came out.
        ratio_after: Bytes that any archive may decompress to.
        file: Bytes of one file; a sparse one states its size without having to deliver it.
        header: Bytes of one extended header, such as a long name.
        window_log: Binary logarithm of the memory that a zstd frame may ask for (128 MiB, which is
            the limit of the zstd programs too).
    """

    members: int = 1_000_000
    depth: int = 256
    ratio: int = 1000
    ratio_after: int = 1 << 30
    file: int = 1 << 36
    header: int = 1 << 20
    window_log: int = 27


DEFAULT_LIMITS = Limits()
