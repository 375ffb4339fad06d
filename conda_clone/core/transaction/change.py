"""`PrefixChange`: what is to become of one environment, and `ChangeReport`: the same, for reading.

A change is complete before anything is touched: planning makes it, the console shows it, the
transaction carries it out.
"""

from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.models.values import value

__all__ = ["CopiedFiles", "HistoryUpdate", "PrefixChange"]


@value(kw_only=True)
class HistoryUpdate:
    """What one block of `conda-meta/history` says beside the packages (spec/formats.md, section 7).

    Attributes:
        command: The command line as the user gave it, secrets removed.
        update_specs: Canonical texts of specs that the user asked for.
        remove_specs: Canonical texts of specs that the user gave up.
        neutered_specs: Canonical texts of older wishes that had to be weakened.
    """

    command: str = ""
    update_specs: tuple[str, ...] = ()
    remove_specs: tuple[str, ...] = ()
    neutered_specs: tuple[str, ...] = ()


@value(kw_only=True)
class CopiedFiles:
    """Files of another environment that no package brings, and that this one gets too.

    Attributes:
        source: Absolute path of the other environment.
        paths: Relative paths; what is there already stays. In text, the other environment's path
            becomes that of this one.
        edited: Relative paths of packaged files that the user has changed; they come in the place
            of what the packages bring, and otherwise like `paths`.
        folders: Relative paths of folders that no package brings, and their permission bits.
        memory: Relative paths of files that are taken over as they are, in the place of what the
            change itself would write.
    """

    source: str
    paths: tuple[str, ...] = ()
    edited: tuple[str, ...] = ()
    folders: tuple[tuple[str, int], ...] = ()
    memory: tuple[str, ...] = ()


@value(kw_only=True)
class PrefixChange:
    """The difference between an environment as it is and as it shall be.

    Attributes:
        prefix: Absolute path of the environment; need not exist yet.
        unlink: Installed packages to take out, dependents before their dependencies.
        link: Packages to put in, dependencies before their dependents.
        history: What to write into the history.
        requested_specs: Package name to the spec texts that asked for it.
        replaces: The environment is made anew; one that is there goes, with all that is in it.
        copied: Files that come from another environment.
    """

    prefix: str
    unlink: tuple[PrefixRecord, ...] = ()
    link: tuple[PackageRecord, ...] = ()
    history: HistoryUpdate = HistoryUpdate()
    requested_specs: tuple[tuple[str, tuple[str, ...]], ...] = ()
    replaces: bool = False
    copied: CopiedFiles | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether there is nothing to do."""
        return not self.unlink and not self.link
