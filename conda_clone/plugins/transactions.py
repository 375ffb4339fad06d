"""What plugins do first and last when an environment changes.

All actions are verified before any is executed. When the transaction fails, those that were
executed are reversed, the last one first; afterwards each may tidy up. An action of the last kind
runs when the environment has changed already: its error is told, the packages stay.
"""

from typing import TYPE_CHECKING, Any

from conda_clone.errors import CondaError, CondaVerificationError
from conda_clone.models.match_spec.spec import MatchSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from conda_clone.core.transaction.change import PrefixChange
    from conda_clone.plugins.interfaces import Action
    from conda_clone.plugins.manager import Plugins

__all__ = ["HOOKS", "run_transaction"]

_FIRST = "conda_pre_transaction_actions"
_LAST = "conda_post_transaction_actions"
HOOKS = (_FIRST, _LAST)


def run_transaction(
    plugins: "Plugins", change: "PrefixChange", execute: "Callable[[], None]"
) -> None:
    """Execute a transaction with what plugins do around it.

    Args:
        plugins: The plugins of this run.
        change: What becomes of the environment.
        execute: Changes it.

    Raises:
        CondaError: An action is in the way or fails, or the transaction does.
    """
    shared: dict[str, Any] = {}
    actions = {hook: _actions(plugins, hook, change, shared) for hook in HOOKS}
    every = [action for hook in HOOKS for action in actions[hook]]
    for action in every:
        _verify(action)
    done: list[Action] = []
    try:
        _execute(actions[_FIRST], done)
        execute()
        _execute(actions[_LAST], done)
    except BaseException:
        for action in reversed(done):
            action.reverse()
        raise
    for action in every:
        action.cleanup()


def _actions(
    plugins: "Plugins", hook: str, change: "PrefixChange", shared: dict[str, Any]
) -> "list[Action]":
    history = change.history
    made = [
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
        )
        for each in plugins.contributions(hook)
    ]
    return [action for action in made if action is not None]


def _specs(texts: tuple[str, ...]) -> tuple[MatchSpec, ...]:
    return tuple(MatchSpec(text) for text in texts)


def _verify(action: "Action") -> None:
    problem = action.verify()
    if isinstance(problem, CondaError):
        raise problem
    if isinstance(problem, Exception):
        raise CondaVerificationError(
            f"`{type(action).__name__}` of a plugin is against the change: {problem}",
            hint="Run the command with --no-plugins to change the environment all the same.",
        ) from problem


def _execute(actions: "list[Action]", done: "list[Action]") -> None:
    for action in actions:
        done.append(action)
        try:
            action.execute()
        except CondaError:
            raise
        except Exception as error:
            raise CondaError(
                f"`{type(action).__name__}` of a plugin: {type(error).__name__}: {error}",
                hint="Run the command with --no-plugins, or remove the plugin.",
            ) from error
