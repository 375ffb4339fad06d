"""Words that are taken for packages or programs, but are what an environment is called."""

import argparse
from collections.abc import Iterable
from typing import TypeVar

from conda_clone.errors import CondaError
from conda_clone.operations.environments import names_environment
from conda_clone.operations.session import Session

__all__ = ["meant_environment", "with_meant_environment"]

_Error = TypeVar("_Error", bound=CondaError)


def meant_environment(
    args: argparse.Namespace, session: Session, words: Iterable[str]
) -> str | None:
    """Return the first word that an environment is called by, where options name none."""
    if args.name or args.prefix:
        return None
    return next((word for word in words if names_environment(session, word)), None)


def with_meant_environment(
    error: _Error, args: argparse.Namespace, session: Session, words: Iterable[str], instead: str
) -> _Error:
    """Return an error about words that nothing is called, with the command that was meant.

    Args:
        error: The error.
        args: Those of the command.
        session: The invocation.
        words: What the user has written.
        instead: The right command, with `{}` for the environment.
    """
    name = meant_environment(args, session, words)
    if name is not None:
        error.hint = f"`{name}` is an environment: `{instead.format(name)}`."
    return error
