"""Which folders of other file systems, or of elsewhere in the same one, show below a folder.

Deleting a folder deletes what shows in it: that is somebody's data, not a part of the folder.
"""

import os
import re

__all__ = ["mounts_below"]

_MOUNTS = "/proc/self/mountinfo"
_ESCAPED = re.compile(rb"\\([0-7]{3})")
_PLACE = 4  # the column of a line that says where


def mounts_below(folder: str) -> tuple[str, ...]:
    """Return the mount points below a folder, itself left out, in the order they were made.

    Only Linux says them; elsewhere there seem to be none.
    """
    start = os.path.join(os.path.realpath(folder), "")
    try:
        with open(_MOUNTS, "rb") as stream:
            lines = stream.read().splitlines()
    except OSError:
        return ()
    places = (os.fsdecode(_ESCAPED.sub(_character, line.split(b" ")[_PLACE])) for line in lines)
    return tuple(place for place in places if place.startswith(start))


def _character(escaped: re.Match[bytes]) -> bytes:
    return bytes([int(escaped[1], 8)])
