"""Run health checks on an environment: those of `plugins.builtin`, and those of plugins."""

import logging
from collections.abc import Iterator, Sequence

from conda_clone.errors import CondaError
from conda_clone.operations.health_checks import Finding, HealthCheck
from conda_clone.operations.session import Session
from conda_clone.plugins.builtin import builtin_items

__all__ = ["choose_checks", "examine", "known_checks"]

_HOOK = "conda_health_checks"
_LOG = logging.getLogger(__name__)


def known_checks(session: Session) -> tuple[HealthCheck, ...]:
    """Return every check, ours and those of plugins."""
    own = tuple(row.load() for row in builtin_items(_HOOK))
    plugins = session.plugins
    if plugins is None or not plugins.implements(_HOOK):
        return own
    from conda_clone.operations.plugin_checks import checks_of_plugins  # only with plugins

    return (*own, *checks_of_plugins(plugins))


def choose_checks(
    session: Session, names: Sequence[str]
) -> tuple[tuple[HealthCheck, ...], tuple[str, ...]]:
    """Return the checks of these names, or all without names; and the names that none has."""
    checks = known_checks(session)
    if not names:
        return checks, ()
    known = {check.name: check for check in checks}
    chosen = tuple(known[name] for name in dict.fromkeys(names) if name in known)
    return chosen, tuple(name for name in names if name not in known)


def examine(
    session: Session, prefix: str, checks: Sequence[HealthCheck]
) -> Iterator[tuple[HealthCheck, Finding | CondaError]]:
    """Yield what each check has found, or why it could not look.

    Checks that have nothing to look at are left out.
    """
    for check in checks:
        try:
            finding = check.check(session, prefix)
        except CondaError as error:
            _LOG.info("The health check %s has failed", check.name, exc_info=True)
            yield check, error
            continue
        if finding is not None:
            yield check, finding
