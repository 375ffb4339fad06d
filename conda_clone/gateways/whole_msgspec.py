"""`msgspec`, loaded as a whole: Ctrl-C waits meanwhile.

One that an exception leaves half loaded crashes the interpreter when it is loaded once more: by
another thread that has not heard of Ctrl-C yet, or by a program that goes on.
"""

from conda_clone.gateways.signals import signals_deferred

with signals_deferred():
    import msgspec

__all__ = ["msgspec"]
