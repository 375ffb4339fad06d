"""Let shells know the `conda` function when they start."""

import shutil

from conda_clone.gateways.processes import run
from conda_clone.operations.session import Session
from conda_clone.shells.init.apply import FileResult, apply_plan
from conda_clone.shells.init.plan import InitWish, Place, plan_init, usual_shells
from conda_clone.shells.main import program_variables

__all__ = ["init_shells"]


def init_shells(session: Session, wish: InitWish, *, dry_run: bool) -> list[FileResult]:
    """Change profiles and launchers, and return what has become of each.

    Raises:
        CondaError: A profile cannot be read or written.
    """
    place = Place(
        root_prefix=session.paths.root_prefix,
        home=session.paths.home,
        environ=session.environment,
        program=program_variables(session.executable, session.paths.root_prefix),
        powershell_profiles=_powershell_profiles(wish),
    )
    return apply_plan(plan_init(wish, place), dry_run=dry_run)


def _powershell_profiles(wish: InitWish) -> tuple[str, ...]:
    """Ask every PowerShell that there is for its profiles."""
    if "powershell" not in (wish.shells or usual_shells()):
        return ()
    names = ["CurrentUserAllHosts"] if wish.user else []
    names += ["AllUsersAllHosts"] if wish.system else []
    profiles: list[str] = []
    for program in ("powershell", "pwsh", "pwsh-preview"):
        path = shutil.which(program)
        for name in names if path else ():
            told = run([path or program, "-NoLogo", "-NoProfile", "-Command", f"$PROFILE.{name}"])
            profiles += [line.strip() for line in told.stdout.splitlines() if line.strip()][:1]
    return tuple(dict.fromkeys(profiles))
