"""`Solver` and `Transaction`: from a wish about an environment to its change, for programs."""

import os
from typing import TYPE_CHECKING, TypedDict, Unpack

from conda_clone.core.planning.diff import difference
from conda_clone.core.planning.request import (
    DepsModifier,
    EnvironmentRequest,
    UpdateModifier,
    Verb,
)
from conda_clone.core.prefix.locate import is_environment
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.transaction.change import HistoryUpdate, PrefixChange
from conda_clone.core.transaction.errors import EnvironmentChangedError
from conda_clone.errors import CondaValueError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.prefix_graph import PrefixGraph
from conda_clone.operations.change_environment import carry_out, prepare_removal, prepare_solve
from conda_clone.operations.prepared_change import PreparedChange, fetch, prepared_change
from conda_clone.operations.target import existing_environment, new_environment, remember_platform

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conda_clone.models.channel import Channel
    from conda_clone.models.records import PackageRecord, PrefixRecord
    from conda_clone.operations.embedded import Conda
    from conda_clone.operations.session import Session

__all__ = ["SolveOptions", "Solver", "Transaction"]

_COMMAND = "conda_clone.api"


class SolveOptions(TypedDict, total=False):
    """How a wish is to be understood.

    Attributes:
        channels: Where packages come from, instead of the configured channels.
        update_modifier: How far packages that are not named may move.
        deps_modifier: Whether dependencies, or only dependencies, are linked.
        ignore_pinned: Leave pins out of account.
        force_reinstall: Link the named packages anew even if nothing changes.
        force_remove: Take out the named packages and nothing else.
        time_limit: Seconds after which the best answer found so far is taken.
        command: What the history of the environment says of the change.
    """

    channels: "Sequence[str | Channel] | None"
    update_modifier: UpdateModifier
    deps_modifier: DepsModifier
    ignore_pinned: bool
    force_reinstall: bool
    force_remove: bool
    time_limit: float | None
    command: str


class Solver:
    """Chooses the packages of one environment; the answer is found once, when it is asked for.

    Args:
        conda: The configuration.
        prefix: The environment; it need not exist.
        specs_to_add: What is wanted.
        specs_to_remove: What is to go; then nothing can be added.
        options: How the wish is to be understood.

    Raises:
        CondaValueError: Something is to be added and something to be removed.
        InvalidMatchSpec: A text is no spec.
    """

    def __init__(
        self,
        conda: "Conda",
        prefix: str,
        specs_to_add: "Sequence[str | MatchSpec]" = (),
        specs_to_remove: "Sequence[str | MatchSpec]" = (),
        **options: "Unpack[SolveOptions]",
    ) -> None:
        if specs_to_add and specs_to_remove:
            raise CondaValueError(
                "One solve either adds or removes packages.", hint="Remove them first."
            )
        self.prefix = os.path.abspath(prefix)
        verb = Verb.REMOVE if specs_to_remove else Verb.INSTALL
        if verb is Verb.INSTALL and not is_environment(self.prefix):
            verb = Verb.CREATE
        usual = UpdateModifier.FREEZE_INSTALLED
        self._request = EnvironmentRequest(
            verb=verb,
            prefix=self.prefix,
            specs_to_add=tuple(MatchSpec(str(spec)) for spec in specs_to_add),
            specs_to_remove=tuple(MatchSpec(str(spec)) for spec in specs_to_remove),
            update_modifier=options.get("update_modifier", usual),
            deps_modifier=options.get("deps_modifier", DepsModifier.NOT_SET),
            ignore_pinned=options.get("ignore_pinned", False),
            force_reinstall=options.get("force_reinstall", False),
            force_remove=options.get("force_remove", False),
            default_packages=False,
            time_limit=options.get("time_limit"),
            command=options.get("command", _COMMAND),
        )
        self._conda = conda
        self._session = conda.session(options.get("channels"), command=self._request.command)
        self._prepared: PreparedChange | None = None
        self._installed: dict[str, PrefixRecord] = {}

    def solve_final_state(self) -> "tuple[PackageRecord, ...]":
        """Return all packages of the environment as it shall be, dependencies first.

        Raises:
            CondaError: No channel can be read, or nothing satisfies the wish.
        """
        change = self.solve_for_diff()
        leaving = {record.name for record in change.unlink}
        staying = [record for name, record in self._installed.items() if name not in leaving]
        return tuple(PrefixGraph([*staying, *change.link]).sorted())

    def solve_for_diff(self) -> PrefixChange:
        """Return the change that turns the environment into its final state.

        Raises:
            CondaError: As for `solve_final_state`.
        """
        return self._solved().change

    def solve_for_transaction(self) -> "Transaction":
        """Return what makes the change.

        Raises:
            CondaError: As for `solve_final_state`.
        """
        return Transaction(self._session, self._solved(), self._installed)

    def transaction_to(
        self,
        final: "Iterable[PackageRecord]",
        *,
        relink: "Sequence[str]" = (),
        specs_to_add: "Sequence[str | MatchSpec] | None" = None,
        specs_to_remove: "Sequence[str | MatchSpec] | None" = None,
    ) -> "Transaction":
        """Return what turns the environment into one with packages of somebody else's choice.

        Args:
            final: All packages of the environment as it shall be, in any order.
            relink: Names of packages to link anew even if they stay the same.
            specs_to_add: What the history says was asked for; by default what this solver was.
            specs_to_remove: What the history says was to go; the same.
        """
        installed = self._conda.prefix_data(self.prefix).records()
        wishes = self._request.specs_to_add if specs_to_add is None else specs_to_add
        removals = self._request.specs_to_remove if specs_to_remove is None else specs_to_remove
        named = {spec.name: spec for spec in (MatchSpec(str(wish)) for wish in wishes)}
        history = HistoryUpdate(
            command=self._request.command,
            update_specs=tuple(map(str, wishes)),
            remove_specs=tuple(map(str, removals)),
        )
        change = difference(
            self.prefix, installed, tuple(final), history, wishes=named, relink=relink
        )
        return Transaction(
            self._session, prepared_change(self._session, self._request, change), installed
        )

    def _solved(self) -> PreparedChange:
        if self._prepared is None:
            self._installed = self._conda.prefix_data(self.prefix).records()
            solve = prepare_removal if self._request.verb is Verb.REMOVE else prepare_solve
            self._prepared = solve(self._session, self._request)
        return self._prepared


class Transaction:
    """A change that is known and not yet made.

    Attributes:
        change: What becomes of the environment.
        to_fetch: The packages that no cache holds yet.
    """

    def __init__(
        self,
        session: "Session",
        prepared: PreparedChange,
        installed: "dict[str, PrefixRecord]",
    ) -> None:
        self._session = session
        self._prepared = prepared
        self._known = _identities(installed)
        self.change = prepared.change
        self.to_fetch = prepared.to_fetch

    @property
    def nothing_to_do(self) -> bool:
        """Whether the environment is as wanted already."""
        return self.change.is_empty

    def fetch(self) -> None:
        """Bring the packages into a cache, extracted; `execute` does so too.

        Raises:
            CondaError: A download or an extraction failed; nothing half-done stays behind.
        """
        try:
            fetch(self._session, self.change.link)
        finally:
            self._session.close()

    def execute(self) -> None:
        """Make the change, while nobody else can change the environment.

        Raises:
            EnvironmentChangedError: It is not as it was when the change was planned.
            CondaError: Something failed; the environment is as it was before.
        """
        if self.nothing_to_do and is_environment(self.change.prefix):
            return
        try:
            is_new = self._take()
            carry_out(self._session, self._prepared, fetch(self._session, self.change.link))
            if is_new:
                remember_platform(self._session, self.change.prefix)
        finally:
            self._session.close()

    def _take(self) -> bool:
        """Keep others from the environment; return whether it is about to be made."""
        prefix = self.change.prefix
        if not is_environment(prefix):
            new_environment(self._session, name=None, path=prefix)
            if self._known:
                raise EnvironmentChangedError(prefix)
            return True
        existing_environment(self._session, name=None, path=prefix)
        config = self._session.channels.config
        if _identities(PrefixData(prefix, config, with_paths=False).records()) != self._known:
            raise EnvironmentChangedError(prefix)
        return False


def _identities(records: "dict[str, PrefixRecord]") -> frozenset[str]:
    return frozenset(record.dist_name for record in records.values())
