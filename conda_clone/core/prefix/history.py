"""`conda-meta/history`: what happened to an environment, and what its user asked for.

The grammar is that of spec/formats.md, section 7: blocks that start with `==> DATE <==`, comments
that say who asked for what, and lines that say which packages came (`+`) and went (`-`). Blocks of
old programs list the whole state instead, and their comments list specs separated by commas.
Revision N is the state after the N-th block. Reading never fails on a line that is not understood,
because histories are years old and edited by hand.
"""

import os

from conda_clone.core.prefix.errors import CondaHistoryError
from conda_clone.models.later_pattern import pattern

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator
    from datetime import datetime

    from conda_clone.models.match_spec.spec import MatchSpec

__all__ = ["History", "Revision", "dist_name_of", "format_block"]

_HEADER = pattern(r"==>\s*(.+?)\s*<==")
_SPECS = pattern(r"#\s*(\w+)\s+specs:\s*(.*)")
_COMMAND = pattern(r"#\s*cmd:\s*(.*)")
# A comma separates specs only where a name follows: `a,b >=1,<2` are two specs.
_SPEC_COMMA = pattern(r",\s*(?=[A-Za-z_*:/^])")
_ADDING = ("update", "install", "create")
_REMOVING = ("remove", "uninstall")


class Revision:
    """The environment after one block of the history.

    Attributes:
        number: 0 for the first block.
        date: When it happened, as the file says it.
        command: The command line, or "" when the block has none.
        added: What came with this block, sorted; texts such as `URL/subdir::name-version-build`.
        removed: What went with it, sorted.
        state: All packages after it, sorted.
        specs: Action ("update", "remove", "neutered" ...) and spec texts, in file order.
    """

    __slots__ = ("added", "command", "date", "number", "removed", "specs", "state")

    def __init__(
        self,
        number: int,
        date: str,
        *,
        command: str = "",
        before: "Iterable[str]" = (),
        after: "Iterable[str]" = (),
        specs: "Iterable[tuple[str, tuple[str, ...]]]" = (),
    ) -> None:
        old, new = set(before), set(after)
        self.number = number
        self.date = date
        self.command = command
        self.added = tuple(sorted(new - old))
        self.removed = tuple(sorted(old - new))
        self.state = tuple(sorted(new))
        self.specs = tuple(specs)


class History:
    """The history of the environment at `prefix`; one that has no file yet has no revisions."""

    __slots__ = ("_prefix", "_revisions")

    def __init__(self, prefix: str) -> None:
        self._prefix = prefix
        self._revisions: tuple[Revision, ...] | None = None

    @property
    def path(self) -> str:
        """The file, whether it exists or not."""
        return os.path.join(self._prefix, "conda-meta", "history")

    def revisions(self) -> tuple[Revision, ...]:
        """Return all revisions, oldest first."""
        if self._revisions is None:
            self._revisions = tuple(_parse(_read(self.path)))
        return self._revisions

    def state_at(self, number: int) -> tuple[str, ...]:
        """Return the packages of revision `number`.

        Raises:
            CondaHistoryError: There is no such revision.
        """
        revisions = self.revisions()
        if not 0 <= number < len(revisions):
            known = f"0 to {len(revisions) - 1}" if revisions else "none"
            raise CondaHistoryError(
                f"`{self._prefix}` has no revision {number}; there are: {known}.",
                hint="`conda list --revisions` shows them.",
            )
        return revisions[number].state

    def requested_specs(
        self, installed: "Collection[str] | None" = None, *, at: int | None = None
    ) -> "dict[str, MatchSpec]":
        """Return what the user asked for, by package name.

        The requests of all blocks are replayed: an update adds a spec or replaces the one of its
        name, a removal deletes it, a neutered spec replaces it by a weaker one. Texts that are not
        specs are left out.

        Args:
            installed: Names of installed packages; requests for others are dropped when given.
            at: Number of the last revision that counts; all of them count when not given.
        """
        requested: dict[str, MatchSpec] = {}
        for revision in self.revisions()[: None if at is None else at + 1]:
            for action, texts in revision.specs:
                specs = {spec.name: spec for spec in map(_spec_or_none, texts) if spec is not None}
                if action in _REMOVING:
                    for name in specs:
                        requested.pop(name, None)
                else:
                    requested.update(specs)
        if installed is None:
            return requested
        return {name: spec for name, spec in requested.items() if name in installed}

    def append_block(
        self,
        old: "Iterable[str]",
        new: "Iterable[str]",
        *,
        when: "datetime",
        tool_version: str,
        command: str = "",
        update_specs: "Iterable[str]" = (),
        remove_specs: "Iterable[str]" = (),
        neutered_specs: "Iterable[str]" = (),
    ) -> None:
        """Add the block that turns the packages `old` into `new`; makes the file when needed."""
        from conda_clone.gateways.disk.write import append_text, make_directories  # tempfile

        make_directories(os.path.dirname(self.path))
        text = format_block(
            old,
            new,
            when=when,
            tool_version=tool_version,
            command=command,
            specs={"update": update_specs, "remove": remove_specs, "neutered": neutered_specs},
        )
        append_text(self.path, text)
        self._revisions = None


def format_block(
    old: "Iterable[str]",
    new: "Iterable[str]",
    *,
    when: "datetime",
    tool_version: str,
    command: str,
    specs: "dict[str, Iterable[str]]",
) -> str:
    """Return the text of one block."""
    before, after = set(old), set(new)
    lines = [f"==> {when.strftime('%Y-%m-%d %H:%M:%S')} <=="]
    lines.append("# cmd: " + command.replace("\n", "\\n"))
    lines.append(f"# conda version: {tool_version}")
    lines += [f"-{dist}" for dist in sorted(before - after)]
    lines += [f"+{dist}" for dist in sorted(after - before)]
    lines += [f"# {action} specs: {list(texts)}" for action, texts in _present(specs)]
    return "\n".join(lines) + "\n"


def dist_name_of(dist: str) -> tuple[str, str, str]:
    """Split the text of one history line into name, version and build.

    A text that is not of the form `[channel::]name-version-build` is all name.
    """
    stem = dist.rpartition("::")[2].rpartition("/")[2]
    parts = stem.rsplit("-", 2)
    if len(parts) != 3:  # noqa: PLR2004 - name, version and build
        return stem, "", ""
    return parts[0], parts[1], parts[2]


def _present(specs: "dict[str, Iterable[str]]") -> "Iterator[tuple[str, tuple[str, ...]]]":
    for action, texts in specs.items():
        listed = tuple(texts)
        if listed:
            yield action, listed


def _read(path: str) -> str:
    from conda_clone.gateways.disk.read import read_text  # keeps locate's users light

    if not os.path.isfile(path):
        return ""
    return read_text(path)


def _parse(text: str) -> "Iterator[Revision]":
    state: set[str] = set()
    for number, (date, lines) in enumerate(_blocks(text)):
        before = set(state)
        changes, command, specs = _block_content(lines)
        _apply(state, changes)
        yield Revision(number, date, command=command, before=before, after=state, specs=specs)


def _blocks(text: str) -> "Iterator[tuple[str, list[str]]]":
    date: str | None = None
    lines: list[str] = []
    for raw in text.splitlines():
        line = raw.strip()
        header = _HEADER.match(line)
        if header:
            if date is not None:
                yield date, lines
            date, lines = header.group(1), []
        elif line:
            lines.append(line)
    if date is not None:
        yield date, lines


def _block_content(
    lines: "Iterable[str]",
) -> "tuple[list[str], str, list[tuple[str, tuple[str, ...]]]]":
    changes: list[str] = []
    specs: list[tuple[str, tuple[str, ...]]] = []
    command = ""
    for line in lines:
        if not line.startswith("#"):
            changes.append(line)
        elif match := _COMMAND.match(line):
            command = match.group(1)
        elif match := _SPECS.match(line):
            action = match.group(1)
            specs.append(("update" if action in _ADDING else action, _spec_list(match.group(2))))
    return changes, command, specs


def _apply(state: set[str], changes: list[str]) -> None:
    """Bring `state` up to date: lines with signs change it, lines without replace it."""
    if not changes:
        return
    if not any(line.startswith(("+", "-")) for line in changes):
        state.clear()
        state.update(changes)
        return
    for line in changes:
        if line.startswith("-"):
            state.discard(line[1:].strip())
        else:
            state.add(line.removeprefix("+").strip())


def _spec_list(text: str) -> tuple[str, ...]:
    """Read the specs of a comment: a list as Python writes it, or names separated by commas."""
    text = text.strip()
    if text.startswith("["):
        import ast  # 3 ms, and many commands never look at what was requested

        try:
            value = ast.literal_eval(text)
        except (SyntaxError, ValueError):
            return ()
        return tuple(item for item in value if isinstance(item, str))
    return tuple(spec for spec in (part.strip() for part in _SPEC_COMMA.split(text)) if spec)


def _spec_or_none(text: str) -> "MatchSpec | None":
    from conda_clone.errors import CondaError
    from conda_clone.models.match_spec.spec import MatchSpec  # listing needs no specs

    try:
        return MatchSpec(text)
    except CondaError:  # written by another program, or by hand
        return None
