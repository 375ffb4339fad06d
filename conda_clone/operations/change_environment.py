"""Create, install, update, remove: from a request to a changed environment.

Every change has two halves, so that a caller can show the first and ask before the second:

1. `prepare_*` finds out what would change; it writes nothing but caches.
2. `carry_out` fetches what is missing and runs the transaction.
"""

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

from conda_clone import __version__
from conda_clone.config.settings import ChannelSettings
from conda_clone.core.channels.errors import NoChannelsConfiguredError
from conda_clone.core.planning.errors import PackagesNotFoundInChannelsError
from conda_clone.core.planning.request import EnvironmentRequest, Verb
from conda_clone.core.planning.state import EnvironmentState
from conda_clone.core.solver.errors import UnsatisfiableError
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.models.events import Caution, stage
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageCacheRecord
from conda_clone.models.values import replace, value
from conda_clone.operations.plugin_seams import run_transaction, solver_for, virtual_packages
from conda_clone.operations.prepared_change import PreparedChange, fetch, prepared_change
from conda_clone.operations.session import Session

if TYPE_CHECKING:
    from conda_clone.core.channels.index import Index
    from conda_clone.core.env_formats.explicit import ExplicitPackage
    from conda_clone.core.planning.solver import ChannelIndex
    from conda_clone.core.transaction.executor import Around, Reversible

__all__ = [
    "Inspection",
    "carry_out",
    "prepare_explicit",
    "prepare_removal",
    "prepare_solve",
    "read_state",
]


@value(kw_only=True)
class Inspection:
    """What is wanted of a solve beside its solution.

    Attributes:
        explain: What is not at its newest, and why.
        save_to: The file to save the solve in, or None.
    """

    explain: bool = False
    save_to: str | None = None


_NO_INSPECTION = Inspection()


def read_state(
    session: Session, prefix: str, *, new: bool = False, with_paths: bool = True
) -> EnvironmentState:
    """Read what planning must know of an environment; one that does not exist yet is empty.

    Args:
        session: The invocation.
        prefix: The environment.
        new: It is about to be created, so that what is there now does not count.
        with_paths: Read what records say of each file.

    Raises:
        CorruptedEnvironmentError: A record or the history cannot be understood.
    """
    virtual = virtual_packages(session)
    if new:
        return EnvironmentState(virtual_packages=virtual)
    # 3 ms, and a new environment has nothing to read.
    from conda_clone.core.prefix.history import History
    from conda_clone.core.prefix.prefix_data import PrefixData
    from conda_clone.core.prefix.state_file import pinned_specs

    prefix_data = PrefixData(prefix, session.channels.config, with_paths=with_paths)
    if not prefix_data.is_environment:
        return EnvironmentState(virtual_packages=virtual)
    installed = prefix_data.records()
    wishes = History(prefix).requested_specs()
    return EnvironmentState(
        installed=installed,
        requested={name: spec for name, spec in wishes.items() if name in installed},
        pins=tuple(MatchSpec(text) for text in pinned_specs(prefix)),
        virtual_packages=virtual,
    )


def prepare_solve(
    session: Session, request: EnvironmentRequest, inspection: Inspection = _NO_INSPECTION
) -> PreparedChange:
    """Solve a request; each configured index file is tried until one has a solution.

    Args:
        session: The invocation.
        request: What is asked.
        inspection: What else is wanted of the solve.

    Raises:
        NoChannelsConfiguredError: There is no channel to take packages from.
        CondaError: No channel can be read, or nothing satisfies the request.
    """
    if _asks_for_nothing(session, request):
        history = HistoryUpdate(command=request.command)
        return prepared_change(
            session, request, PrefixChange(prefix=request.prefix, history=history)
        )
    state = read_state(session, request.prefix, new=request.verb is Verb.CREATE)
    settings = _with_channels_of_specs(session.channels, request)
    if not settings.channels and request.specs_to_add:
        raise NoChannelsConfiguredError([str(spec) for spec in request.specs_to_add])
    *first, last = settings.repodata_fns
    for repodata_fn in first:
        index = _open_index(session, settings, repodata_fn)
        try:
            return _solve_with(session, _Asked(request, state, inspection), index)
        except (UnsatisfiableError, PackagesNotFoundInChannelsError):
            continue
    index = _open_index(session, settings, last)
    try:
        return _solve_with(session, _Asked(request, state, inspection), index)
    except (UnsatisfiableError, PackagesNotFoundInChannelsError) as error:
        from conda_clone.operations.whereabouts import with_whereabouts  # only where it failed

        raise with_whereabouts(session, settings, index, error) from None


def _asks_for_nothing(session: Session, request: EnvironmentRequest) -> bool:
    """Tell whether an environment without packages is wanted, which needs no channel."""
    wishes = session.solve
    defaults = wishes.create_default_packages if request.default_packages else ()
    return request.verb is Verb.CREATE and not (
        request.specs_to_add or defaults or wishes.track_features
    )


def _open_index(session: Session, settings: ChannelSettings, repodata_fn: str) -> "Index":
    # 15 ms, which who removes packages or names archives does not spend.
    from conda_clone.core.channels.index import Index

    with stage(session.console, f"Collecting package metadata ({repodata_fn})"):
        cache_dir = os.path.join(session.caches.first_for_indexes(), "cache")
        return Index.open(settings, session.transport, cache_dir, session.console, repodata_fn)


class _Asked(NamedTuple):
    """A request with what is there, and what else is wanted."""

    request: EnvironmentRequest
    state: EnvironmentState
    inspection: Inspection


def _solve_with(session: Session, asked: _Asked, index: "Index") -> PreparedChange:
    with stage(session.console, "Solving environment"):
        if not all(spec.name_is_exact for spec in asked.request.specs_to_add):
            from conda_clone.operations.pattern_specs import with_names  # only for patterns

            named = with_names(session, asked.request, asked.state, index)
            asked = asked._replace(request=named)
        index.reach(_wishes(asked))
        solve = partial(_solve_in_time, session, asked)
        if not session.channels.offline:
            return solve(index)
        from conda_clone.operations.at_hand import solve_offline  # only offline

        return solve_offline(solve, index, session.caches, dry_run=session.output.dry_run)


def _solve_in_time(session: Session, asked: _Asked, index: "ChannelIndex") -> PreparedChange:
    """Solve with what was published early enough, where settings say when."""
    settings = session.solve
    if not settings.exclude_newer and not settings.exclude_newer_package:
        return _solve(session, asked, index)
    from conda_clone.core.planning.recency import PublishedBefore  # only where a limit is set

    early = PublishedBefore(index, settings, session.clock())
    try:
        return _solve(session, asked, early)
    except PackagesNotFoundInChannelsError as error:
        raise early.explained(error) from None


def _wishes(asked: _Asked) -> tuple[MatchSpec, ...]:
    """Return what the solver will begin with."""
    state = asked.state
    installed = [MatchSpec(name) for name in state.installed if name not in state.requested]
    return (*asked.request.specs_to_add, *state.requested.values(), *installed)


def _solve(session: Session, asked: _Asked, index: "ChannelIndex") -> PreparedChange:
    solver = solver_for(session, asked.request, asked.state, index)
    if asked.inspection.save_to is None:
        change = solver.solve_for_diff()
    else:
        from conda_clone.operations.solve_snapshots import solve_and_save  # only where asked

        change = solve_and_save(session, solver, asked.inspection.save_to)
    prepared = prepared_change(session, asked.request, change)
    if not solver.is_best:
        prepared = replace(prepared, is_best=False)
        session.console.report(
            Caution(
                f"The time limit of {asked.request.time_limit:g} seconds passed while better"
                " packages were still being looked for: these fit, but newer ones may as well."
            )
        )
    if not asked.inspection.explain or solver.solved is None:
        return prepared
    from conda_clone.core.solver.held_back import held_back  # as above

    return replace(
        prepared, held_back=held_back(solver.solved.problem, index, solver.solved.records)
    )


def _with_channels_of_specs(
    settings: ChannelSettings, request: EnvironmentRequest
) -> ChannelSettings:
    """Channels that a spec names (`channel::package`) are searched as well, after the others."""
    named = [spec.channel for spec in request.specs_to_add if spec.channel]
    more = [channel for channel in named if "*" not in channel]
    return replace(settings, channels=tuple(dict.fromkeys([*settings.channels, *more])))


def prepare_removal(
    session: Session,
    request: EnvironmentRequest,
    inspection: Inspection = _NO_INSPECTION,
    *,
    is_deletion: bool = False,
) -> PreparedChange:
    """Find out what leaves when packages are removed, or is put back; no channel is read.

    Args:
        session: The invocation.
        request: What is asked.
        inspection: What else is wanted.
        is_deletion: The environment goes as a whole.

    Raises:
        PackagesNotFoundInPrefixError: A spec matches nothing that is installed.
        RemoveError: The removal would break the installation in the root prefix.
    """
    # 1 ms, and only here
    from conda_clone.core.planning.removal import check_protected, solve_removal
    from conda_clone.operations.put_back import lost_packages

    needs_paths = not is_deletion or inspection.save_to is not None
    state = read_state(session, request.prefix, with_paths=needs_paths)
    if inspection.save_to is not None:
        from conda_clone.operations.solve_snapshots import save_removal  # only where asked

        save_removal(session, request, state, inspection.save_to)
    change = solve_removal(request, state)
    if not request.remove_all and not request.force_remove:
        leaving = {record.name for record in change.unlink}
        staying = [record for name, record in state.installed.items() if name not in leaving]
        lost = lost_packages(request.prefix, staying, session.caches)
        if lost:
            change = solve_removal(request, state, lost)
    check_protected(
        change.unlink, request.prefix, session.paths.root_prefix, forced=request.force_remove
    )
    return PreparedChange(request=request, change=change, is_deletion=is_deletion)


def prepare_explicit(
    session: Session, request: EnvironmentRequest, packages: "Sequence[ExplicitPackage]"
) -> PreparedChange:
    """Fetch archives named by URL, and find out what putting them in changes.

    The archives come first, because only they know their dependencies, hence their order; a dry
    run does without.

    Raises:
        CondaError: An archive cannot be had, or is not what its digest says.
    """
    # 2 ms, and only here
    from conda_clone.core.planning.explicit import change_to_explicit, record_of_url

    config = session.channels.config
    records = [
        record_of_url(each.url, config, md5=each.md5, sha256=each.sha256) for each in packages
    ]
    output = session.output
    is_certain = (output.always_yes or session.console.json) and not output.download_only
    fetched = records if output.dry_run else fetch(session, records, compiles=is_certain)
    state = read_state(session, request.prefix, new=request.verb is Verb.CREATE)
    change = change_to_explicit(request, state, fetched, session.solve.disallowed_packages)
    return PreparedChange(request=request, change=change)


def carry_out(
    session: Session, prepared: PreparedChange, packages: Sequence[PackageCacheRecord]
) -> None:
    """Run the transaction of a prepared change.

    Args:
        session: The invocation.
        prepared: What to do.
        packages: What `fetch` returned for `prepared.change.link`.

    Raises:
        CondaError: The environment is as it was before.
    """
    if prepared.is_deletion and not _has_farewells(prepared.change):
        run_transaction(session, prepared.change, _do_what_is_around)
        return
    # 15 ms that a dry run does not spend.
    from conda_clone.config.activation import activation_settings
    from conda_clone.core.transaction.unlink_link import UnlinkLinkTransaction
    from conda_clone.shells.prepared import refresh_environment

    transaction = UnlinkLinkTransaction(
        prepared.change,
        packages,
        links=session.links,
        paths=session.paths,
        channel_config=session.channels.config,
        reporter=session.console,
        environ=session.environment,
        now=session.clock(),
        tool_version=__version__,
        ahead=session.ahead,
    )
    with stage(session.console, "Preparing transaction"):
        transaction.plan()
    with stage(session.console, "Verifying transaction"):
        transaction.verify()
    with stage(session.console, "Executing transaction"):
        run_transaction(session, prepared.change, transaction.execute)
    refresh_environment(prepared.change.prefix, activation_settings(session.configuration))


def _has_farewells(change: PrefixChange) -> bool:
    """Tell whether packages that go have scripts for that moment."""
    from conda_clone.core.transaction.deletion import FAREWELLS  # loaded for what follows

    return any(path.endswith(FAREWELLS) for record in change.unlink for path in record.files)


def _do_what_is_around(around: "Around | None") -> None:
    """Do what plugins add to a change that is nothing else: the folder is deleted afterwards."""
    begun: list[Reversible] = []
    try:
        for each in around or ():
            begun.append(each)
            each.run()
    except BaseException:
        for each in reversed(begun):
            each.reverse()
        raise
