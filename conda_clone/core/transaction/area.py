"""`Area`: the folder `conda-meta/.txn`, where a transaction keeps what is not the environment yet.

Its parts, and what their presence means to whoever finds them (`recovery`):

```
stage/    the new files, laid out as in the environment
back/     the old ones, numbered, once the change is being made
journal   the change is decided: it can be finished, or undone, from here on
undo      the journal's name while the change is being undone
done      the journal's name when the change is made, and only tidying up is left
```

Other programs read `conda-meta/*.json` and `conda-meta/history` only, and pass over this folder.
Needs nothing but the standard library: a broken base environment repairs itself with this.
"""

import os

__all__ = ["Area"]

_FOLDER = os.path.join("conda-meta", ".txn")


class Area:
    """The place of one environment's transactions; nothing needs to exist.

    Attributes:
        prefix: Absolute path of the environment.
        folder: The area itself.
        stage: Where new files wait.
        back: Where old files wait.
        journal: The decided change.
        undo: The decided change that is being undone.
        done: The change that has been made.
    """

    __slots__ = ("back", "done", "folder", "journal", "prefix", "stage", "undo")

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.folder = os.path.join(prefix, _FOLDER)
        self.stage = os.path.join(self.folder, "stage")
        self.back = os.path.join(self.folder, "back")
        self.journal = os.path.join(self.folder, "journal")
        self.undo = os.path.join(self.folder, "undo")
        self.done = os.path.join(self.folder, "done")

    def exists(self) -> bool:
        """Tell whether there is anything to recover; one `lstat`."""
        try:
            os.lstat(self.folder)
        except OSError:
            return False
        return True

    def path(self, relative: str) -> str:
        """Return the absolute path of something in the environment."""
        return f"{self.prefix}/{relative}"

    def staged(self, relative: str) -> str:
        """Return where the new file of that place waits."""
        return f"{self.stage}/{relative}"

    def backed(self, number: str) -> str:
        """Return where the old file of that number waits."""
        return f"{self.back}/{number}"
