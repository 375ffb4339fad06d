"""The history of an environment as text and as JSON."""

import re

from conda_clone.cli.output.terminal import wrapped
from conda_clone.core.prefix.history import Revision, dist_name_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["revision_document", "revision_lines"]

_ADDRESS = re.compile(r"\([a-z]+://[^\s)]*?([^/\s)]+/[^/\s)]+)\)")


def revision_document(revision: Revision) -> dict[str, object]:
    """Return what scripts read of one revision (spec/commands.md, list)."""
    document: dict[str, object] = {"date": revision.date, "rev": revision.number}
    install: list[str] = []
    remove: list[str] = []
    upgrade: list[dict[str, str]] = []
    downgrade: list[dict[str, str]] = []
    for old, new in _pairs(revision):
        if old is None and new is not None:
            install.append(_flat(new))
        elif new is None and old is not None:
            remove.append(_flat(old))
        elif old is not None and new is not None:
            change = {"old": _flat(old), "new": _flat(new)}
            (upgrade if _rises(old, new) else downgrade).append(change)
    document.update(install=install, remove=remove, upgrade=upgrade, downgrade=downgrade)
    return document


def revision_lines(revision: Revision, *, width: int | None = None) -> list[str]:
    """Return what people read of one revision.

    Args:
        revision: The revision.
        width: Columns of the terminal. Where lines would be longer, addresses of channels are cut
            to their last two parts.
    """
    lines = [f"{revision.date}  (rev {revision.number})"]
    for old, new in _pairs(revision):
        if old is None and new is not None:
            lines.append(f"    +{dist_name_of(new)[0]}-{_short(new)}")
        elif new is None and old is not None:
            lines.append(f"    -{dist_name_of(old)[0]}-{_short(old)}")
        elif old is not None and new is not None:
            name = dist_name_of(new)[0]
            lines.append(f"     {name}  {{{_short(old)} -> {_short(new)}}}")
    if width is None or max(map(len, lines)) <= width:
        return lines
    return [wrapped(_ADDRESS.sub(r"(\1)", line), width) for line in lines]


def _pairs(revision: Revision) -> "Iterator[tuple[str | None, str | None]]":
    """Yield what went and what came, by name: removals first, then arrivals, then changes."""
    old = {dist_name_of(dist)[0]: dist for dist in revision.removed}
    new = {dist_name_of(dist)[0]: dist for dist in revision.added}
    for name in sorted(old.keys() - new.keys()):
        yield old[name], None
    for name in sorted(new.keys() - old.keys()):
        yield None, new[name]
    for name in sorted(old.keys() & new.keys()):
        yield old[name], new[name]


def _flat(dist: str) -> str:
    """Return `name-version-build-channel/subdir`, the form that scripts know."""
    channel, separator, stem = dist.rpartition("::")
    return f"{stem}-{channel}" if separator else dist


def _short(dist: str) -> str:
    channel, separator, _ = dist.rpartition("::")
    version = dist_name_of(dist)[1]
    return f"{version} ({channel})" if separator else version


def _rises(old: str, new: str) -> bool:
    """Tell whether the change goes to a newer version, or to a later build of the same."""
    from conda_clone.errors import CondaError
    from conda_clone.models.version import VersionOrder  # only for changes

    (_, old_version, old_build), (_, new_version, new_build) = dist_name_of(old), dist_name_of(new)
    try:
        before, after = VersionOrder(old_version), VersionOrder(new_version)
    except CondaError:  # an old history may hold anything
        return (new_version, new_build) >= (old_version, old_build)
    if before == after:
        return _number(new_build) >= _number(old_build)
    return before < after


def _number(build: str) -> int:
    digits = build.rpartition("_")[2]
    return int(digits) if digits.isdigit() else 0
