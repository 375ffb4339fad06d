"""Run the steps of a plan: stage all, decide, apply, run scripts, commit; or go back.

Until the change is decided nothing in the environment is different. From then on it is undone on
any error, Ctrl-C included, and finished or undone by the next command if this program is killed.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import NamedTuple, Protocol

from conda_clone.core.prefix.registry import Registry
from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.actions.compile_pyc import stage_compiled
from conda_clone.core.transaction.actions.compiled_forms import keep
from conda_clone.core.transaction.actions.copy_files import stage_copies
from conda_clone.core.transaction.actions.entry_points import stage_entry_points
from conda_clone.core.transaction.actions.history import stage_history
from conda_clone.core.transaction.actions.link_files import stage_files
from conda_clone.core.transaction.actions.link_scripts import Script
from conda_clone.core.transaction.actions.prefix_records import stage_record
from conda_clone.core.transaction.actions.unlink_files import free_files, free_record
from conda_clone.core.transaction.errors import RollbackError
from conda_clone.core.transaction.sites import Site
from conda_clone.core.transaction.steps import (
    AppendHistory,
    CompilePyc,
    CopyFiles,
    LinkFiles,
    MakeEntryPoints,
    MakePrefix,
    RegisterEnvironment,
    RemoveRecord,
    RunScript,
    ScriptKind,
    Step,
    StepGroup,
    UnlinkFiles,
    WriteRecord,
)
from conda_clone.errors import CondaError, CondaMultiError
from conda_clone.gateways.signals import signals_deferred
from conda_clone.models.events import (
    Caution,
    Notice,
    TransferAdvanced,
    TransferFinished,
    TransferStarted,
)

__all__ = ["Around", "Executor", "Reversible"]

_LABEL = "Linking"
_LONGEST_LIST = 10


class Reversible(Protocol):
    """Something that belongs to a change beside its steps."""

    def run(self) -> None:
        """Do it; an error undoes the change."""

    def reverse(self) -> None:
        """Undo it, because something has failed."""


class Around(NamedTuple):
    """What belongs to a change beside its steps.

    Attributes:
        first: Done before anything is staged.
        last: Done when the files are in place and all scripts have run, before the change counts.
    """

    first: Reversible
    last: Reversible


class Executor:
    """Performs the groups of one plan.

    Args:
        workplace: What is changed.
        site: Where the change is built.
        registry: The user's list of environments.
        now: The time that the history tells.
        tool_version: The version that the history tells.
        roll_back: Whether an error in a script undoes the change.
        around: What else belongs to the change.
    """

    def __init__(
        self,
        workplace: Workplace,
        site: Site,
        *,
        registry: Registry,
        now: datetime,
        tool_version: str,
        roll_back: bool = True,
        around: Around | None = None,
    ) -> None:
        self._work = workplace
        self._site = site
        self._registry = registry
        self._now = now
        self._tool_version = tool_version
        self._roll_back = roll_back
        self._before: list[Script] = []
        self._after: list[Reversible] = []
        self._around = around
        self._ran: list[Reversible] = []
        self._must_register = False
        self._is_newly_listed = False
        self._is_applied = False

    def run(self, groups: tuple[StepGroup, ...]) -> None:
        """Perform all steps.

        Raises:
            CondaError: A step failed; the environment is as it was before.
            CondaMultiError: A step failed, and undoing failed too.
        """
        report = self._work.reporter.report
        report(TransferStarted(_LABEL, len(groups), unit="step"))
        done = False
        try:
            with self._going_back():
                if self._around is not None:
                    self._run(self._around.first)
                for group in groups:
                    for step in group.steps:
                        self._prepare(step)
                    report(TransferAdvanced(_LABEL, 1))
                self._carry_out()
            done = True
        finally:
            report(TransferFinished(_LABEL, ok=done))
        self._tidy()
        if self._must_register:
            # Who took another environment off the list meanwhile has taken lines of nothing, too.
            self._registry.register(self._work.prefix)
        self._tell_kept(groups)
        # Last, because nobody but later environments would miss it.
        keep(self._work.newly_compiled, self._work, durability=self._site.durability)

    def _prepare(self, step: Step) -> None:
        """Stage what a step brings, and note down the rest."""
        if isinstance(step, RunScript):
            self._prepare_script(step)
        elif isinstance(step, AppendHistory):
            stage_history(step, self._work, now=self._now, tool_version=self._tool_version)
        elif isinstance(step, RegisterEnvironment):
            self._must_register = True
        else:
            perform: Callable[[Step, Workplace], None] = _PERFORMERS[type(step)]
            perform(step, self._work)

    def _prepare_script(self, step: RunScript) -> None:
        """Run a pre-link script, which belongs to staging; keep the others for their time."""
        if step.kind is ScriptKind.PRE_LINK:
            Script(step, self._work, self._site.work_prefix).run()
        elif step.kind is ScriptKind.PRE_UNLINK:
            self._before.append(Script(step, self._work))
        else:
            self._after.append(Script(step, self._work))

    def _carry_out(self) -> None:
        if self._around is not None:
            self._after.append(self._around.last)
        self._site.decide(self._work, has_scripts=bool(self._before or self._after))
        for before in self._before:
            self._run(before)
        if self._must_register:
            self._list()
        with signals_deferred():
            self._site.apply()
            self._is_applied = True
        for after in self._after:
            self._run(after)
        with signals_deferred():
            self._site.commit()

    def _run(self, script: Reversible) -> None:
        self._ran.append(script)
        script.run()

    @contextmanager
    def _going_back(self) -> Iterator[None]:
        """Undo what was done if the block does not come to its end."""
        try:
            yield
        except BaseException as error:
            with signals_deferred():
                if self._is_kept_despite(error):
                    self._site.commit()
                    self._tidy()
                    text = f"`{self._work.prefix}` stays changed: `rollback_enabled` is false."
                    self._work.reporter.report(Caution(text))
                else:
                    self._go_back(error)
            raise

    def _is_kept_despite(self, error: BaseException) -> bool:
        """Tell whether a script failed whose failing shall not undo the change."""
        return not self._roll_back and isinstance(error, CondaError) and self._is_applied

    def _go_back(self, error: BaseException) -> None:
        problems: list[Exception] = []
        steps = [script.reverse for script in reversed(self._ran) if script in self._after]
        steps.append(self._site.undo)
        steps += [script.reverse for script in reversed(self._ran) if script not in self._after]
        if self._is_newly_listed:
            steps.append(self._forget)
        for step in steps:
            try:
                step()
            except (CondaError, OSError) as problem:
                problems.append(problem)
        if not problems:
            return
        reason = "; ".join(str(problem).rstrip(".") for problem in problems)
        failure = RollbackError(self._work.prefix, reason)
        if isinstance(error, CondaError):
            raise CondaMultiError((error, failure)) from error
        self._work.reporter.report(Caution(str(failure)))

    def _list(self) -> None:
        """List the environment before it is there, for a killed program cannot do so afterwards.

        A line of something that is not there counts for nothing.
        """
        known = self._registry.has(self._work.prefix)
        self._is_newly_listed = self._registry.register(self._work.prefix) and not known

    def _forget(self) -> None:
        self._registry.unregister(self._work.prefix)

    def _tidy(self) -> None:
        """Delete what only going back needed; failing to do so is not worth more than a word."""
        try:
            self._site.tidy()
        except (CondaError, OSError) as error:
            self._work.reporter.report(Caution(f"Temporary files remain. {error}"))

    def _tell_kept(self, groups: tuple[StepGroup, ...]) -> None:
        """Tell where things of the user are now; once per package, for they can be many."""
        places: dict[str, list[str]] = {}
        for path, saved in self._site.saved:
            package = _package_of(path, groups)
            places.setdefault(package, []).append(self._work.path(saved))
        for package, paths in places.items():
            listed = "".join(f"\n  {path}" for path in paths[:_LONGEST_LIST])
            rest = len(paths) - _LONGEST_LIST
            more = f"\n  and {rest} more of that ending" if rest > 0 else ""
            text = f"Files of yours were in the way of `{package}` and are kept as:{listed}{more}"
            self._work.reporter.report(Notice(text))
        for path in self._site.kept:
            text = f"Something else had changed a file meanwhile; it is kept as `{path}`."
            self._work.reporter.report(Caution(text))


def _package_of(path: str, groups: tuple[StepGroup, ...]) -> str:
    """Return the package that brings a file, or files below a folder."""
    below = f"{path}/"
    for group in groups:
        for step in group.steps:
            if isinstance(step, LinkFiles):
                targets = [file.target for file in step.files]
            elif isinstance(step, MakeEntryPoints):
                targets = [script.target for script in step.scripts]
            else:
                continue
            if any(target == path or target.startswith(below) for target in targets):
                return step.package.dist
    return "a package"


def _nothing(step: Step, work: Workplace) -> None:
    """Making the environment's folder is the business of its site."""


_PERFORMERS: dict[type[Step], Callable[..., None]] = {
    MakePrefix: _nothing,
    UnlinkFiles: free_files,
    RemoveRecord: free_record,
    LinkFiles: stage_files,
    MakeEntryPoints: stage_entry_points,
    CompilePyc: stage_compiled,
    CopyFiles: stage_copies,
    WriteRecord: stage_record,
}
