"""Surgery on PATH: which folders an environment puts there, and how they come and go.

Entries that are not an environment's keep their place, empty ones too: some people rely on them.
"""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["executable_folders", "joined", "replaced", "split", "without"]

# Compiler environments of Windows packages; those that exist go first (spec/commands.md, activate).
_WINDOWS_TOOLCHAINS = ("ucrt64", "clang64", "mingw64", "clangarm64")


def split(text: str, separator: str = os.pathsep) -> list[str]:
    """Return the entries of a PATH, empty ones included."""
    return text.split(separator) if text else []


def joined(entries: "Sequence[str]", separator: str = os.pathsep) -> str:
    """Return the text of a PATH."""
    return separator.join(entries)


def executable_folders(
    prefix: str, *, windows: bool = os.name == "nt", separator: str = os.sep
) -> list[str]:
    """Return the folders of an environment that belong on PATH, the first one first."""
    prefix = prefix.rstrip(separator) or separator
    if not windows:
        return [f"{prefix}{separator}bin"]
    library = prefix + "\\Library\\"
    toolchains = [f"{library}{name}\\bin" for name in _WINDOWS_TOOLCHAINS]
    return [
        prefix,
        *[folder for folder in toolchains if os.path.isdir(folder)],
        library + "mingw-w64\\bin",
        library + "usr\\bin",
        library + "bin",
        prefix + "\\Scripts",
        prefix + "\\bin",
    ]


def without(entries: "Sequence[str]", folders: "Sequence[str]") -> list[str]:
    """Return the entries without the first occurrence of each folder."""
    left = list(entries)
    for folder in folders:
        if folder in left:
            left.remove(folder)
    return left


def replaced(entries: "Sequence[str]", old: "Sequence[str]", new: "Sequence[str]") -> list[str]:
    """Return the entries with `new` where `old` begins; in front where `old` is missing."""
    place = next((place for place, entry in enumerate(entries) if entry in old), 0)
    before = without(entries[:place], old)
    return [*before, *new, *without(entries[place:], old)]
