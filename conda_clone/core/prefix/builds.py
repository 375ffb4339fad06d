"""Hidden folders beside environments: what is on its way to being one, or has just been one.

An environment is built in such a folder, and goes there when it is deleted, so that under its own
name it is there completely or not at all. Who finds one that nobody is at work in may remove it.
"""

import os

__all__ = ["FORMER", "build_path", "is_build"]

FORMER = "-former"
"""How the name ends that a whole environment gets while it is being replaced, where that takes two
renames."""

_MARK = ".txn-"
_DIGITS = 8
_HEXADECIMAL = frozenset("0123456789abcdef")


def build_path(prefix: str, identity: str) -> str:
    """Return where an environment is built that will be at `prefix`; `identity` has 8 digits.

    >>> build_path("/envs/sci", "1a2b3c4d")
    '/envs/.sci.txn-1a2b3c4d'
    """
    folder, name = os.path.split(prefix)
    return os.path.join(folder, f".{name}{_MARK}{identity}")


def is_build(name: str) -> bool:
    """Tell whether a folder of that name is no environment of the user.

    >>> is_build(".sci.txn-1a2b3c4d"), is_build(".sci.txn-1a2b3c4d-former")
    (True, True)
    >>> is_build(".sci"), is_build(".sci.txn-notes")
    (False, False)
    """
    stem, mark, identity = name.removesuffix(FORMER).rpartition(_MARK)
    is_ours = len(identity) == _DIGITS and _HEXADECIMAL.issuperset(identity)
    return bool(mark) and stem.startswith(".") and is_ours
