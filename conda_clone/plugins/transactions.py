"""What plugins do first and last when an environment changes.

All actions are verified before any is executed. They belong to the change: what is done last is
done when the files are in place, before the change counts. So a failure at any moment means that
every action that was begun is reversed, the last one first, and that the environment is as it was;
what cannot be reversed is part of the error. Where a setting lets a failed change stay, nothing is
reversed. After success each action may tidy up.
"""

from typing import TYPE_CHECKING, Any, Literal

from conda_clone.core.transaction.executor import Around
from conda_clone.errors import CondaError, CondaMultiError, CondaVerificationError
from conda_clone.models.events import Caution
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.plugins.equivalents.aliases import add_names

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from conda_clone.core.transaction.change import PrefixChange
    from conda_clone.models.events import Reporter
    from conda_clone.plugins.manager import Contribution, Plugins

__all__ = ["HOOKS", "ActionNotReversedError", "run_transaction"]

_FIRST = "conda_pre_transaction_actions"
_LAST = "conda_post_transaction_actions"
HOOKS = (_FIRST, _LAST)


class ActionNotReversedError(CondaError):
    """An action of a plugin was begun and could not be taken back."""

    def __init__(self, action: str, reason: str) -> None:
        super().__init__(
            f"{action} cannot be taken back: {reason}.",
            hint="The packages are as they were; what the plugin did elsewhere may have stayed.",
        )


def run_transaction(
    plugins: "Plugins",
    change: "PrefixChange",
    execute: "Callable[[Around | None], None]",
    reporter: "Reporter",
) -> None:
    """Execute a transaction with what plugins do around it.

    Args:
        plugins: The plugins of this run.
        change: What becomes of the environment.
        execute: Changes it, and runs what it is given around the steps of the change; undoes that
            when anything fails.
        reporter: Who hears of what does not undo the change.

    Raises:
        CondaError: An action is in the way or fails, or the transaction does.
        CondaMultiError: And some action could not be taken back.
    """
    add_names()
    shared: dict[str, Any] = {}
    first, last = (_Actions(_made(plugins, hook, change, shared)) for hook in HOOKS)
    first.verify()
    last.verify()
    try:
        execute(Around(first, last))
    except BaseException as error:
        remaining = (*last.remaining, *first.remaining)
        if remaining and isinstance(error, CondaError):
            raise CondaMultiError((error, *remaining)) from error
        _tell(reporter, remaining)
        raise
    _tell(reporter, (*first.tidy(), *last.tidy()))


def _tell(reporter: "Reporter", problems: "Sequence[CondaError]") -> None:
    for problem in problems:
        reporter.report(Caution(str(problem)))


def _made(
    plugins: "Plugins", hook: str, change: "PrefixChange", shared: dict[str, Any]
) -> "list[_GuardedAction]":
    history = change.history
    made = [
        (
            each,
            plugins.guarded(
                each.plugin,
                hook,
                each.item.action,
                shared,
                change.prefix,
                change.unlink,
                change.link,
                _specs(history.remove_specs),
                _specs(history.update_specs),
                _specs(history.neutered_specs),
            ),
        )
        for each in plugins.contributions(hook)
    ]
    return [_GuardedAction(action, each) for each, action in made if action is not None]


def _specs(texts: tuple[str, ...]) -> tuple[MatchSpec, ...]:
    return tuple(MatchSpec(text) for text in texts)


class _Actions:
    """The actions of one hook, in their order: `Reversible` for a transaction.

    Attributes:
        remaining: What was begun and could not be taken back.
    """

    def __init__(self, actions: "list[_GuardedAction]") -> None:
        self._actions = actions
        self._begun: list[_GuardedAction] = []
        self.remaining: list[CondaError] = []

    def verify(self) -> None:
        """Ask each whether the change may be made.

        Raises:
            CondaError: One is against it.
        """
        for action in self._actions:
            action.verify()

    def run(self) -> None:
        """Execute all.

        Raises:
            CondaError: One has failed; none after it has begun.
        """
        for action in self._actions:
            self._begun.append(action)
            action.call("execute")

    def reverse(self) -> None:
        """Take back what was begun, the last one first; `remaining` says what could not be."""
        while self._begun:
            problem = self._begun.pop().reverse()
            if problem is not None:
                self.remaining.append(problem)

    def tidy(self) -> list[CondaError]:
        """Let each tidy up; return what went wrong, which undoes nothing any more."""
        problems = []
        for action in self._actions:
            try:
                action.call("cleanup")
            except CondaError as error:
                problems.append(error)
        return problems


class _GuardedAction:
    """An action of a plugin, all of whose errors are a `CondaError` that names it."""

    def __init__(self, action: Any, contribution: "Contribution") -> None:
        self._action = action
        name, provider = contribution.item.name, contribution.plugin.provider
        self.title = f"The action `{name}` ({provider})"

    def verify(self) -> None:
        problem = self.call("verify")
        if isinstance(problem, CondaError):
            raise problem
        if isinstance(problem, Exception):
            raise CondaVerificationError(
                f"{self.title} is against the change: {problem}",
                hint="Run the command with --no-plugins to change the environment all the same.",
            ) from problem

    def reverse(self) -> ActionNotReversedError | None:
        try:
            self._action.reverse()
        except Exception as error:  # noqa: BLE001 - one of the seams for errors of plugins
            reason = f"{type(error).__name__}: {error}"
            return ActionNotReversedError(self.title, reason.rstrip("."))
        return None

    def call(self, method: Literal["verify", "execute", "cleanup"]) -> object:
        try:
            return getattr(self._action, method)()
        except CondaError:
            raise
        except Exception as error:
            raise CondaError(
                f"{self.title} has failed: {type(error).__name__}: {error}",
                hint="Run the command with --no-plugins, or remove the plugin.",
            ) from error
