"""The steps that a plan consists of: what is done, never how; frozen and serialisable.

Steps are made of texts, numbers, tuples and package records only, so that they can be printed,
compared and written to a journal. `actions` performs them. Paths are relative to the prefix, with
forward slashes, where nothing else is said.
"""

from enum import StrEnum
from typing import NamedTuple

from conda_clone.core.transaction.change import CopiedFiles, HistoryUpdate
from conda_clone.models.records import PackageCacheRecord
from conda_clone.models.values import value

__all__ = [
    "AppendHistory",
    "CompilePyc",
    "CopyFiles",
    "EntryPointScript",
    "FileAction",
    "FileLink",
    "LinkFiles",
    "MakeEntryPoints",
    "MakePrefix",
    "Module",
    "PackageId",
    "PackageModules",
    "RegisterEnvironment",
    "RemoveRecord",
    "RunScript",
    "ScriptKind",
    "Step",
    "StepGroup",
    "UnlinkFiles",
    "WriteRecord",
]


class FileAction(StrEnum):
    """How one packaged file gets into the prefix."""

    LINK = "link"
    COPY = "copy"
    RELOCATE = "relocate"
    DIRECTORY = "directory"


class ScriptKind(StrEnum):
    """When a package's own script runs; also a part of the script's file name."""

    PRE_LINK = "pre-link"
    POST_LINK = "post-link"
    PRE_UNLINK = "pre-unlink"


class PackageId(NamedTuple):
    """What messages and scripts need to know about a package."""

    name: str
    version: str
    build_number: int
    dist: str


class FileLink(NamedTuple):
    """One packaged file and where it lands.

    Attributes:
        source: Path in the package.
        target: Path in the prefix.
        action: How it gets there.
        path_type: As packaged: "hardlink", "softlink" or "directory".
        sha256: Of the packaged content, when the package says it.
        size: Of the packaged content in bytes, when the package says it.
        placeholder: What the prefix replaces; only with `RELOCATE`.
        file_mode: "text" or "binary"; only with `RELOCATE`.
        no_link: Whether the package forbids links.
    """

    source: str
    target: str
    action: FileAction
    path_type: str = "hardlink"
    sha256: str | None = None
    size: int | None = None
    placeholder: str | None = None
    file_mode: str | None = None
    no_link: bool = False


class EntryPointScript(NamedTuple):
    """A script that calls a Python function.

    Attributes:
        target: Where the script lies.
        module: What it imports from.
        function: What it calls, dotted.
        launcher: On Windows, the program that starts the script; None elsewhere.
    """

    target: str
    module: str
    function: str
    launcher: str | None = None


class Module(NamedTuple):
    """A module to be compiled.

    Attributes:
        source: Where it lies in the prefix.
        compiled: Where its compiled form comes.
        packaged: Its path in the package, if its content is that of the package; else None.
    """

    source: str
    compiled: str
    packaged: str | None = None


class PackageModules(NamedTuple):
    """The modules of one package.

    Attributes:
        dist: Which package.
        modules: What to compile.
        kept: Absolute path of the folder in the package cache for what is compiled, or empty.
    """

    dist: str
    modules: tuple[Module, ...]
    kept: str = ""


@value()
class MakePrefix:
    """Make the folder of the environment and its `conda-meta`, unless they exist."""


@value(kw_only=True)
class RunScript:
    """Run a script that a package brings for this moment.

    Attributes:
        package: Whose script.
        kind: Which moment.
        path: The script, in the prefix; of a pre-link script, in the package.
        source_dir: Absolute path of the extracted package; pre-link scripts lie there.
        opposite: The script that undoes this one, when the package has it.
    """

    package: PackageId
    kind: ScriptKind
    path: str
    source_dir: str = ""
    opposite: str | None = None


@value(kw_only=True)
class UnlinkFiles:
    """Take the files of an installed package out.

    Attributes:
        package: Which package.
        paths: What to remove, in reverse order; paths that others own are not among them.
        directories: Folders to remove if nothing is left in them in the end, deepest first.
    """

    package: PackageId
    paths: tuple[str, ...]
    directories: tuple[str, ...]


@value(kw_only=True)
class RemoveRecord:
    """Remove a record from `conda-meta`."""

    package: PackageId
    file_name: str


@value(kw_only=True)
class LinkFiles:
    """Put the files of a package in.

    Attributes:
        package: Which package.
        source_dir: Absolute path of the extracted package.
        link_type: How to link: the numbers of `link.type` in records.
        subdir: Platform of the environment, which decides how files are relocated.
        files: What to put where, in the package's order.
        owned: Targets that another package owns, which therefore may be replaced.
    """

    package: PackageId
    source_dir: str
    link_type: int
    subdir: str
    files: tuple[FileLink, ...]
    owned: frozenset[str] = frozenset()


@value(kw_only=True)
class MakeEntryPoints:
    """Write the scripts that call a package's Python functions.

    Attributes:
        package: Whose entry points.
        python: The interpreter that runs them.
        subdir: Platform of the environment.
        scripts: The scripts.
        owned: As in `LinkFiles`.
    """

    package: PackageId
    python: str
    subdir: str
    scripts: tuple[EntryPointScript, ...]
    owned: frozenset[str] = frozenset()


@value(kw_only=True)
class CompilePyc:
    """Byte-compile the modules of all linked `noarch: python` packages in one call.

    Attributes:
        python: The interpreter.
        version: Its major and minor number.
        packages: Their modules.
    """

    python: str
    version: str
    packages: tuple[PackageModules, ...]


@value(kw_only=True)
class WriteRecord:
    """Write the record of a linked package; what linking found out is filled in then.

    Attributes:
        package: Which package.
        record: Where it comes from.
        files: Its files, as in `LinkFiles`.
        scripts: Its entry points, as in `MakeEntryPoints`.
        link_type: As in `LinkFiles`.
        requested_specs: What the user asked for.
    """

    package: PackageId
    record: PackageCacheRecord
    files: tuple[FileLink, ...]
    scripts: tuple[EntryPointScript, ...]
    link_type: int
    requested_specs: tuple[str, ...]


@value()
class RegisterEnvironment:
    """Add the environment to the user's list of environments."""


@value(kw_only=True)
class AppendHistory:
    """Add a block to `conda-meta/history`.

    Attributes:
        removed: Unlinked packages, as history lines name them.
        added: Linked packages likewise.
        update: What the user asked for.
    """

    removed: tuple[str, ...]
    added: tuple[str, ...]
    update: HistoryUpdate


@value()
class CopyFiles:
    """Copy files of another environment that no package brings."""

    copied: CopiedFiles


Step = (
    MakePrefix
    | RunScript
    | UnlinkFiles
    | RemoveRecord
    | LinkFiles
    | MakeEntryPoints
    | CompilePyc
    | CopyFiles
    | WriteRecord
    | RegisterEnvironment
    | AppendHistory
)


@value(kw_only=True)
class StepGroup:
    """Steps that belong together: those of one package, or the closing ones.

    Attributes:
        title: What a person calls them.
        steps: In the order they are done.
    """

    title: str
    steps: tuple[Step, ...]
