"""`conda doctor`: look whether an environment is as it should be, and repair it."""

import argparse
from collections.abc import Sequence

from conda_clone.cli import options
from conda_clone.cli.output.terminal import wrapped
from conda_clone.errors import CondaError
from conda_clone.operations.doctor import choose_checks, examine, known_checks
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.health_checks import Finding, HealthCheck
from conda_clone.operations.session import Session
from conda_clone.operations.target import existing_environment

__all__ = ["configure", "execute"]

_WHAT_NEXT = "hint: -v names the files and packages, --fix repairs what can be repaired."
_Findings = Sequence[tuple[HealthCheck, Finding | CondaError]]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "checks", metavar="NAME", nargs="*", help="Run these health checks only (see --list)."
    )
    parser.add_argument("--list", action="store_true", help="List the health checks there are.")
    parser.add_argument(
        "--fix", "--heal", action="store_true", help="Repair what is wrong, after asking."
    )
    parser.add_argument(
        "--strict", action="store_true", help="Exit with status 1 if anything is wrong."
    )
    options.add_target_options(parser)
    options.add_network_options(parser)
    options.add_prompt_options(parser)
    options.add_output_options(parser)
    options.add_frozen_option(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Run the checks, and repair what they find where that is asked for.

    Raises:
        CondaError: The environment does not exist, or must not be changed; or a repair failed, and
            the environment is as it was before that.
    """
    if args.list:
        _list(session)
        return 0
    checks, unknown = choose_checks(session, args.checks)
    for name in unknown:
        session.console.note(f"WARNING: There is no health check called `{name}`.")
    if args.fix:
        prefix = existing_environment(
            session, name=args.name, path=args.prefix, override_frozen=args.override_frozen
        )
    else:
        prefix = prefix_to_read(session, name=args.name, path=args.prefix)
    session.console.print(f"Health of the environment at {prefix}:\n")
    findings = list(examine(session, prefix, checks))
    for check, found in findings:
        _show(session, check, found)
    status, fixes = _repair(session, prefix, findings) if args.fix else (0, {})
    if args.fix and not session.output.dry_run:
        findings = list(examine(session, prefix, checks))
    is_well = all(isinstance(found, Finding) and found.ok for _, found in findings)
    if not (is_well or args.fix) and session.console.width is not None:
        session.console.note(_WHAT_NEXT)
    session.console.document(_document(prefix, findings, fixes, is_well=is_well))
    return 1 if args.strict and not is_well else status


def _list(session: Session) -> None:
    checks = known_checks(session)
    session.console.print("Available health checks:\n")
    for check in checks:
        fix = f" (--fix: {check.fix})" if check.fix else ""
        line = f"  {check.name}: {check.summary}{fix}"
        session.console.print(wrapped(line, session.console.width))
    rows = [
        {"name": check.name, "summary": check.summary, "fix": check.fix or None} for check in checks
    ]
    session.console.document({"success": True, "health_checks": rows})


def _show(session: Session, check: HealthCheck, found: Finding | CondaError) -> None:
    console = session.console
    if isinstance(found, CondaError):
        console.note(f"WARNING: The check `{check.name}` could not be made. {found}")
        return
    console.print(wrapped(f"{'✅' if found.ok else '❌'} {found.summary}", console.width))
    for what, problems in found.details.items():
        if session.output.verbosity == 0:
            console.print(f"  {what}" + (f": {len(problems)}" if problems else ""))
            continue
        console.print(f"  {what}")
        for problem in problems:
            console.print(f"    {problem}")


def _repair(session: Session, prefix: str, findings: _Findings) -> tuple[int, dict[str, int]]:
    """Let fixers repair what was found; return the last status that is not 0, and all."""
    status, fixes = 0, {}
    for check, found in findings:
        if check.fixer is None or not isinstance(found, Finding) or found.ok:
            continue
        session.console.print(f"\n{check.name}: {check.fix}")
        if session.output.dry_run or not _agrees(session):
            continue
        fixes[check.name] = check.fixer(session, prefix)
        status = fixes[check.name] or status
    if session.output.dry_run:
        session.console.note("Dry run: nothing has been repaired.")
    return status, fixes


def _agrees(session: Session) -> bool:
    if session.output.always_yes or session.console.json:
        return True
    return session.console.confirm("Proceed", default=False)


def _document(
    prefix: str, findings: _Findings, fixes: dict[str, int], *, is_well: bool
) -> dict[str, object]:
    checks: dict[str, object] = {}
    for check, found in findings:
        entry: dict[str, object] = {"ok": None, "summary": str(found), "details": {}}
        if isinstance(found, Finding):
            details = {what: list(problems) for what, problems in found.details.items()}
            entry = {"ok": found.ok, "summary": found.summary, "details": details}
        if check.name in fixes:
            entry["fix_status"] = fixes[check.name]
        checks[check.name] = entry
    return {"success": True, "prefix": prefix, "ok": is_well, "checks": checks}
