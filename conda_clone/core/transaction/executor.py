"""Run the steps of a plan in order; on any error, Ctrl-C included, undo all that ran."""

from collections.abc import Callable
from datetime import datetime

from conda_clone.core.prefix.registry import Registry
from conda_clone.core.transaction.actions.action import Action, Workplace
from conda_clone.core.transaction.actions.compile_pyc import CompilePycAction
from conda_clone.core.transaction.actions.entry_points import MakeEntryPointsAction
from conda_clone.core.transaction.actions.history import AppendHistoryAction
from conda_clone.core.transaction.actions.link_files import LinkFilesAction
from conda_clone.core.transaction.actions.link_scripts import RunScriptAction
from conda_clone.core.transaction.actions.prefix_records import (
    RemoveRecordAction,
    WriteRecordAction,
)
from conda_clone.core.transaction.actions.registry import (
    MakePrefixAction,
    RegisterEnvironmentAction,
)
from conda_clone.core.transaction.actions.unlink_files import UnlinkFilesAction
from conda_clone.core.transaction.errors import RollbackError
from conda_clone.core.transaction.steps import (
    AppendHistory,
    CompilePyc,
    LinkFiles,
    MakeEntryPoints,
    MakePrefix,
    RegisterEnvironment,
    RemoveRecord,
    RunScript,
    Step,
    StepGroup,
    UnlinkFiles,
    WriteRecord,
)
from conda_clone.errors import CondaError, CondaMultiError
from conda_clone.models.events import (
    Caution,
    Notice,
    TransferAdvanced,
    TransferFinished,
    TransferStarted,
)

__all__ = ["Executor"]

_LABEL = "Linking"
_LONGEST_LIST = 10


class Executor:
    """Performs the groups of one plan.

    Args:
        workplace: Where.
        registry: The user's list of environments.
        now: The time that the history tells.
        tool_version: The version that the history tells.
        roll_back: Whether an error undoes what ran.
    """

    def __init__(
        self,
        workplace: Workplace,
        *,
        registry: Registry,
        now: datetime,
        tool_version: str,
        roll_back: bool = True,
    ) -> None:
        self._work = workplace
        self._registry = registry
        self._now = now
        self._tool_version = tool_version
        self._roll_back = roll_back
        self._started: list[Action] = []

    def run(self, groups: tuple[StepGroup, ...]) -> None:
        """Perform all steps.

        Raises:
            CondaMultiError: A step failed, and undoing failed too.
        """
        report = self._work.reporter.report
        report(TransferStarted(_LABEL, len(groups), unit="step"))
        done = False
        try:
            for group in groups:
                for step in group.steps:
                    action = self._action(step)
                    self._started.append(action)
                    action.execute()
                report(TransferAdvanced(_LABEL, 1))
            done = True
            self._tell_saved()
        except BaseException as error:
            if self._roll_back:
                self._go_back(error)
            raise
        finally:
            report(TransferFinished(_LABEL, ok=done))
            if done or not self._roll_back:
                self._clean_up()

    def _go_back(self, error: BaseException) -> None:
        """Undo all that was started, the last first.

        An impatient Ctrl-C must not stop this half-way: reversing is repeatable, and repeated.
        """
        while self._started:
            try:
                self._started[-1].reverse()
            except KeyboardInterrupt:
                continue
            except (CondaError, OSError) as problem:
                self._work.problems.append(problem)
            self._started.pop()
        if not self._work.problems:
            return
        reason = "; ".join(str(problem).rstrip(".") for problem in self._work.problems)
        failure = RollbackError(self._work.prefix, reason, self._work.aside)
        if isinstance(error, CondaError):
            raise CondaMultiError((error, failure)) from error
        self._work.reporter.report(Caution(str(failure)))

    def _tell_saved(self) -> None:
        """Tell where things of the user are now; once per package, for they can be many."""
        places: dict[str, list[str]] = {}
        for package, saved in self._work.saved:
            places.setdefault(package, []).append(saved)
        for package, paths in places.items():
            listed = "".join(f"\n  {path}" for path in paths[:_LONGEST_LIST])
            rest = len(paths) - _LONGEST_LIST
            more = f"\n  and {rest} more of that ending" if rest > 0 else ""
            text = f"Files of yours were in the way of `{package}` and are kept as:{listed}{more}"
            self._work.reporter.report(Notice(text))

    def _clean_up(self) -> None:
        """Delete what only going back needed; failing to do so is not worth more than a word."""
        for action in self._started:
            try:
                action.cleanup()
            except (CondaError, OSError) as error:
                self._work.reporter.report(Caution(f"Temporary files remain. {error}"))

    def _action(self, step: Step) -> Action:
        """Return the performer of a step."""
        work = self._work
        if isinstance(step, RegisterEnvironment):
            return RegisterEnvironmentAction(work, self._registry)
        if isinstance(step, AppendHistory):
            return AppendHistoryAction(step, work, now=self._now, tool_version=self._tool_version)
        if isinstance(step, MakePrefix):
            return MakePrefixAction(work)
        make: Callable[..., Action] = _PERFORMERS[type(step)]
        return make(step, work)


_PERFORMERS: dict[type[Step], Callable[..., Action]] = {
    RunScript: RunScriptAction,
    UnlinkFiles: UnlinkFilesAction,
    RemoveRecord: RemoveRecordAction,
    LinkFiles: LinkFilesAction,
    MakeEntryPoints: MakeEntryPointsAction,
    CompilePyc: CompilePycAction,
    WriteRecord: WriteRecordAction,
}
