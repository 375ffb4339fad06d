"""What create, install, update and remove have in common: show, ask, fetch, carry out, report."""

from contextlib import AbstractContextManager, nullcontext
from time import monotonic

from conda_clone.cli.output.change_report import actions_document, change_text
from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.errors import CondaExitZero, CondaSystemExit, DryRunExit
from conda_clone.models.events import Caution, Notice
from conda_clone.models.records import PackageCacheRecord
from conda_clone.operations.change_environment import carry_out
from conda_clone.operations.prepared_change import PreparedChange, fetch
from conda_clone.operations.session import Session

__all__ = [
    "ALREADY_INSTALLED",
    "confirm_or_exit",
    "finish_dry_run",
    "make_as_described",
    "report_nothing_to_do",
    "run_change",
]

ALREADY_INSTALLED = "All requested packages already installed."


def confirm_or_exit(session: Session, question: str, *, default: bool = True) -> None:
    """Go on only if the user agrees.

    Raises:
        CondaSystemExit: The user does not.
    """
    if session.output.always_yes or session.console.json:
        return
    if not session.console.confirm(question, default=default):
        raise CondaSystemExit


def report_nothing_to_do(session: Session, prepared: PreparedChange) -> None:
    """Say that the environment is as asked for already."""
    session.console.report(Notice(f"\n# {ALREADY_INSTALLED}\n"))
    session.console.document(
        {"success": True, "message": ALREADY_INSTALLED, **_explain(session, prepared)}
    )


def _explain(session: Session, prepared: PreparedChange) -> dict[str, object]:
    """Say what is not at its newest, if that was asked; return the part of the document."""
    if prepared.held_back is None:
        return {}
    from conda_clone.cli.output.held_back import (  # only with --explain
        held_back_document,
        held_back_text,
    )
    from conda_clone.cli.output.spec_text import as_typed

    session.console.print(as_typed(held_back_text(prepared.held_back)))
    return {"held_back": held_back_document(prepared.held_back)}


def finish_dry_run(session: Session, document: dict[str, object]) -> None:
    """End a dry run: with the document for programs, by an early exit for people.

    Raises:
        DryRunExit: Always, unless the output is JSON.
    """
    session.console.document({**document, "dry_run": True})
    if not session.console.json:
        raise DryRunExit


def run_change(
    session: Session,
    prepared: PreparedChange,
    *,
    around: AbstractContextManager[None] | None = None,
    asks: bool = True,
    described: EnvironmentFile | None = None,
) -> dict[str, object]:
    """Show a prepared change, ask, make it, and return the document about it.

    Args:
        session: The invocation.
        prepared: What to do.
        around: Entered when everything is fetched, left when the change is made or has failed.
        asks: Whether the user is asked at all.
        described: What follows from a file; None without files.

    Raises:
        CondaExitZero: A dry run or a download ends here, or the user says no.
        CondaError: Nothing has changed.
    """
    change = prepared.change
    document: dict[str, object] = {
        "success": True,
        "actions": actions_document(change, prepared.to_fetch),
        "prefix": change.prefix,
    }
    if not prepared.is_best:
        document["optimal"] = False
    _show_plan(session, prepared, described)
    document |= _explain(session, prepared)
    _tell_consequences(session, prepared)
    if session.output.dry_run:
        finish_dry_run(session, document)
        return document
    if asks and not session.output.download_only:
        confirm_or_exit(session, "Proceed")
    started = monotonic()
    packages = _fetched(session, change)
    if session.output.download_only:
        session.console.document(document)
        _finish_download(session)
        return document
    with around or nullcontext():
        carry_out(session, prepared, packages)
    _tell_result(session, change, monotonic() - started)
    session.console.document(document)
    if change.link:
        _show_new_notices(session)
    return document


def _fetched(session: Session, change: PrefixChange) -> tuple[PackageCacheRecord, ...]:
    """Bring what is to be linked."""
    if not change.link:
        return ()
    compiles = not session.output.download_only
    return fetch(session, change.link, as_stated=False, compiles=compiles)


def _tell_result(session: Session, change: PrefixChange, seconds: float) -> None:
    """Say on a terminal what has been done, and how long it took."""
    if session.console.width is None or session.console.quiet:
        return
    from conda_clone.cli.output.plan_screen import summary  # loaded for the plan

    session.console.print(f"\n{summary(change)} in {seconds:.1f} s.")


def _show_new_notices(session: Session) -> None:
    """Show what channels want to tell, at most once a day."""
    from conda_clone.cli.output.notices import notice_text  # after a change, 1 ms is nothing
    from conda_clone.operations.new_notices import new_notices

    for notice in new_notices(session):
        session.console.note(notice_text(notice))


def _show_plan(
    session: Session, prepared: PreparedChange, described: EnvironmentFile | None
) -> None:
    width = session.console.width
    if width is None:
        session.console.print(change_text(prepared.change, prepared.to_fetch))
        return
    from conda_clone.cli.output.plan_screen import plan_screen  # only on terminals
    from conda_clone.operations.plan_sizes import plan_sizes

    sizes = plan_sizes(session, prepared)
    session.console.print(plan_screen(prepared.change, prepared.to_fetch, sizes, width=width))
    if described is not None and described.pip:
        lines = "".join(f"  {line}\n" for line in described.pip)
        session.console.print(f"pip will be given these lines afterwards:\n\n{lines}")


def _tell_consequences(session: Session, prepared: PreparedChange) -> None:
    """Say what packages of pip lose, unless the whole environment goes."""
    if not prepared.change.unlink or prepared.request.remove_all:
        return
    from conda_clone.operations.pip_dependents import consequences_for_pip  # not for new ones

    for sentence in consequences_for_pip(session, prepared.change):
        session.console.report(Caution(sentence))


def make_as_described(
    session: Session,
    prefix: str,
    described: EnvironmentFile | None,
    document: dict[str, object],
) -> None:
    """Add what is no package of conda: variables, and the packages of pip.

    Args:
        session: The invocation.
        prefix: The environment, with its packages.
        described: What it is to be; None when no file says so.
        document: The document about the packages, which gets what pip has done.

    Raises:
        CondaEnvException: pip has failed; the packages of conda stay.
    """
    if described is None:
        return
    if described.variables:
        from conda_clone.operations.environment_variables import add_variables  # few files have any

        add_variables(session, prefix, described.variables)
    if not described.pip:
        return
    from conda_clone.operations.pip_packages import install_with_pip  # only where it has work

    installed = install_with_pip(session, prefix, described.pip, described.folder)
    if not installed:
        return
    if not document:  # conda had nothing to do
        document |= {"success": True, "actions": {"PREFIX": prefix}, "prefix": prefix}
    actions = document["actions"]
    if isinstance(actions, dict):
        actions["PIP"] = list(installed)
    session.console.document(document)


def _finish_download(session: Session) -> None:
    """End a --download-only run.

    Raises:
        CondaExitZero: Always, unless the output is JSON.
    """
    if not session.console.json:
        raise CondaExitZero("The packages are in the cache; the environment is unchanged.")
