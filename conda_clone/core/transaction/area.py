"""`Area`: the folder `conda-meta/.txn`, where a transaction keeps what is not the environment yet.

Its parts, and what their presence means to whoever finds them (`recovery`):

```
stage/    the new files, laid out as in the environment
back/     the old ones, numbered, once the change is being made
journal   the change is decided: it can be finished, or undone, from here on
undo      the journal's name while the change is being undone
done      the journal's name when the change is made, and only tidying up is left
frozen    the same file as `conda-meta/frozen` while the change is being made
```

The marker of CEP 22 keeps programs that know no journals, conda among them, from changing an
environment that is half-way.

Other programs read `conda-meta/*.json` and `conda-meta/history` only, and pass over this folder.
Needs nothing but the standard library: a broken base environment repairs itself with this.
"""

import os
from contextlib import suppress

from conda_clone.gateways.disk import mutations

__all__ = ["Area"]

_FOLDER = os.path.join("conda-meta", ".txn")
_MESSAGE = (
    b'{"message": "It is being changed, or a change was interrupted: '
    b'`python -m conda_clone.recover PREFIX` finishes that."}\n'
)


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

    __slots__ = (
        "_frozen",
        "_marker",
        "back",
        "done",
        "folder",
        "journal",
        "prefix",
        "stage",
        "undo",
    )

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.folder = os.path.join(prefix, _FOLDER)
        self.stage = os.path.join(self.folder, "stage")
        self.back = os.path.join(self.folder, "back")
        self.journal = os.path.join(self.folder, "journal")
        self.undo = os.path.join(self.folder, "undo")
        self.done = os.path.join(self.folder, "done")
        self._frozen = os.path.join(self.folder, "frozen")
        self._marker = os.path.join(prefix, "conda-meta", "frozen")

    def exists(self) -> bool:
        """Tell whether there is anything to recover; one `lstat`."""
        try:
            os.lstat(self.folder)
        except OSError:
            return False
        return True

    def freeze(self) -> None:
        """Mark the environment as not to be changed by others, unless somebody has or will."""
        if os.path.lexists(self._marker) or os.path.lexists(self.staged("conda-meta/frozen")):
            return
        descriptor = mutations.create(self._frozen)
        try:
            mutations.write(descriptor, _MESSAGE)
        finally:
            os.close(descriptor)
        # A second name for one file tells our marker from one of the user, whatever it says.
        with suppress(OSError):  # no hard links here: then there is no marker
            mutations.link(self._frozen, self._marker)

    def thaw(self) -> None:
        """Remove the marker, if it is ours."""
        with suppress(FileNotFoundError):
            if os.path.samefile(self._frozen, self._marker):
                mutations.unlink(self._marker)
        with suppress(FileNotFoundError):
            mutations.unlink(self._frozen)

    def path(self, relative: str) -> str:
        """Return the absolute path of something in the environment."""
        return f"{self.prefix}/{relative}"

    def staged(self, relative: str) -> str:
        """Return where the new file of that place waits."""
        return f"{self.stage}/{relative}"

    def backed(self, number: str) -> str:
        """Return where the old file of that number waits."""
        return f"{self.back}/{number}"
