"""The program on a small channel with a bit of everything."""

from tests.support.program import conda, small_channel

__all__ = ["conda", "small_channel"]
