"""The program on a small channel with a bit of everything."""

from tests.support.plugins import install
from tests.support.program import conda, small_channel

__all__ = ["conda", "install", "small_channel"]
