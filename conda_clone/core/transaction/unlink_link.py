"""`UnlinkLinkTransaction`: change one environment, completely or not at all.

The stages are those of the methods: `plan` makes the steps, `verify` looks whether they can be
done, `execute` does them and goes back on any error. Each calls those before it when needed.
"""

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import datetime

from conda_clone.config.settings import LinkSettings, PathSettings
from conda_clone.core.prefix.builds import build_path
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.prefix.registry import Registry
from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.area import Area
from conda_clone.core.transaction.change import PrefixChange
from conda_clone.core.transaction.errors import EnvironmentChangedError
from conda_clone.core.transaction.executor import Around, Executor
from conda_clone.core.transaction.first_site import FirstSite
from conda_clone.core.transaction.layout import PackageToLink
from conda_clone.core.transaction.package_contents import read_package
from conda_clone.core.transaction.plan import Plan, make_plan
from conda_clone.core.transaction.recovery import prefix_lock, recover
from conda_clone.core.transaction.sites import NewSite, OldSite, Site
from conda_clone.core.transaction.steps import RunScript, ScriptKind, StepGroup
from conda_clone.core.transaction.verify import needed_bytes, verify
from conda_clone.errors import CondaError, NoSpaceLeftError
from conda_clone.gateways.disk.delete import remove_empty_parents, remove_file
from conda_clone.gateways.disk.link import LinkKind, best_link_kind
from conda_clone.gateways.disk.read import list_directory
from conda_clone.gateways.disk.write import make_directories
from conda_clone.models.channel import ChannelConfig
from conda_clone.models.events import Caution, Notice
from conda_clone.models.records import PackageCacheRecord, PrefixRecord

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.core.transaction.compiling_ahead import CompilingAhead
    from conda_clone.models.events import Reporter

__all__ = ["UnlinkLinkTransaction"]


class UnlinkLinkTransaction:
    """The change of one environment.

    Args:
        change: What is to become of the environment.
        packages: The extracted packages, in the order of `change.link`.
        links: How files get into the prefix.
        paths: Where the root prefix and the list of environments are.
        channel_config: How channels in records are understood.
        reporter: Who hears about progress, messages of packages, and files put aside.
        environ: Environment variables that scripts and the interpreter inherit.
        now: The time that the history tells.
        tool_version: The version that the history tells.
        installed: The packages of the environment by name, if the caller has read them.
        ahead: Compiles modules of the packages since they have come, if the caller has had it done.
    """

    def __init__(  # noqa: PLR0913 - everything that a transaction needs meets here
        self,
        change: PrefixChange,
        packages: Sequence[PackageCacheRecord],
        *,
        links: LinkSettings,
        paths: PathSettings,
        channel_config: ChannelConfig,
        reporter: "Reporter",
        environ: Mapping[str, str],
        now: datetime,
        tool_version: str,
        installed: Mapping[str, PrefixRecord] | None = None,
        ahead: "CompilingAhead | None" = None,
    ) -> None:
        self._change = change
        self._packages = tuple(packages)
        self._links = links
        self._paths = paths
        self._channel_config = channel_config
        self._reporter = reporter
        self._environ = environ
        self._now = now
        self._tool_version = tool_version
        self._prefix_data = PrefixData(change.prefix, channel_config)
        self._installed = installed
        self._ahead = ahead
        self._plan: Plan | None = None
        self._around: Around | None = None
        self._record_names: frozenset[str] = frozenset()
        self._is_verified = False

    def plan(self) -> tuple[StepGroup, ...]:
        """Return the steps of the transaction; nothing is changed.

        Raises:
            CondaVerificationError: A package is not in the package cache.
            InvalidPackageMetadata: A package does not say what it holds, or holds harmful paths.
            LinkError: A package for any Python has no Python to be installed for.
        """
        return self._made_plan().groups

    def verify(self) -> None:
        """Look whether the plan can be carried out; nothing is changed.

        Raises:
            CondaError: What is in the way.
            CondaMultiError: Several things are, or clobbering is.
        """
        plan = self._made_plan()
        verify(plan, self._change.prefix, self._links, self._reporter, is_new=self._change.replaces)
        self._is_verified = True

    def execute(self, around: Around | None = None) -> None:
        """Carry the change out, after verifying it if that was not done.

        Args:
            around: What else belongs to the change, and is undone with it.

        Raises:
            CondaError: Something failed; the environment is as it was before.
            CondaMultiError: Something failed, and so did going back.
        """
        if not self._is_verified:
            self.verify()
        self._around = around
        plan = self._made_plan()
        prefix = self._change.prefix
        if not os.path.lexists(prefix):
            site = FirstSite if _runs_before_linking(plan) else NewSite
            self._execute_at(site(prefix, self._links.durability), plan)
            return
        if self._change.replaces:
            self._tell_all(recover(prefix, wait=True))
            self._execute_at(NewSite(prefix, self._links.durability, replaces=True), plan)
            return
        self._execute_in_place(plan)

    def _execute_in_place(self, plan: Plan) -> None:
        """Change the folder that is there."""
        prefix = self._change.prefix
        make_directories(os.path.join(prefix, "conda-meta"))
        lock = prefix_lock(prefix)
        lock.acquire(on_wait=self._tell_waiting)
        try:
            self._check_unchanged()
            self._execute_at(OldSite(prefix, self._links.durability), plan)
        finally:
            lock.release()

    def _execute_at(self, site: Site, plan: Plan) -> None:
        try:
            site.open()
        except BaseException:
            site.undo()
            raise
        workplace = Workplace(
            site.prefix,
            site.stage_root,
            root_prefix=self._paths.root_prefix,
            environ=self._environ,
            reporter=self._reporter,
            is_new=isinstance(site, NewSite),
            ahead=self._ahead,
        )
        executor = Executor(
            workplace,
            site,
            registry=Registry(self._paths.environments_txt),
            now=self._now,
            tool_version=self._tool_version,
            roll_back=self._links.rollback_enabled,
            around=self._around,
        )
        try:
            executor.run(plan.groups)
        except NoSpaceLeftError as error:
            needed = needed_bytes(plan.groups) or None
            raise NoSpaceLeftError(error.path, needed=needed, free=error.free) from error

    def _check_unchanged(self) -> None:
        """Refuse to change an environment that is not the one that was planned for."""
        messages = recover(self._change.prefix, wait=True)
        self._tell_all(messages)
        if messages or _record_names(self._change.prefix) != self._record_names:
            raise EnvironmentChangedError(self._change.prefix)

    def _tell_all(self, messages: Sequence[str]) -> None:
        for message in messages:
            self._reporter.report(Caution(message))

    def _tell_waiting(self, holder: str) -> None:
        self._reporter.report(
            Notice(f"Waiting for {holder}, which works on `{self._change.prefix}` ...")
        )

    def _made_plan(self) -> Plan:
        if self._plan is None:
            self._plan = self._make_plan()
        return self._plan

    def _make_plan(self) -> Plan:
        kinds: dict[str, LinkKind] = {}
        with self._probe() as probe:
            packages = [
                PackageToLink(
                    record=record,
                    contents=read_package(record),
                    link_type=self._link_kind(record, probe, kinds),
                )
                for record in self._packages
            ]
        self._record_names = _record_names(self._change.prefix)
        installed = self._installed
        if self._change.replaces:
            installed = {}
        elif installed is None:
            installed = self._prefix_data.records()
        return make_plan(
            self._change,
            packages,
            installed,
            subdir=self._subdir(installed),
            ignore_case=sys.platform in {"darwin", "win32"},
            register=self._paths.register_envs
            and (self._change.replaces or not self._prefix_data.is_environment),
        )

    @contextmanager
    def _probe(self) -> Iterator[str]:
        """Return an unused path for trying links, where recovery tidies up."""
        prefix = self._change.prefix
        if self._change.replaces or not os.path.isdir(prefix):
            while not os.path.isdir(os.path.dirname(prefix)):
                prefix = os.path.dirname(prefix)
            beside = build_path(prefix, os.urandom(4).hex())
            try:
                yield beside
            finally:
                _remove_probe(beside)
            return
        folder = Area(prefix).folder
        with suppress(CondaError):  # told by `verify`
            make_directories(folder)
        probe = os.path.join(folder, f"probe-{os.urandom(4).hex()}")
        try:
            yield probe
        finally:
            _remove_probe(probe)
            remove_empty_parents(os.path.join(folder, "-"), prefix)

    def _link_kind(
        self, record: PackageCacheRecord, probe: str, kinds: dict[str, LinkKind]
    ) -> LinkKind:
        """Return how to link a package; tried once per package cache."""
        cache = os.path.dirname(record.extracted_package_dir)
        if cache not in kinds:
            kinds[cache] = best_link_kind(
                record.extracted_package_dir,
                probe,
                allow_softlinks=self._links.allow_softlinks,
                always_copy=self._links.always_copy,
                always_softlink=self._links.always_softlink,
            )
        return kinds[cache]

    def _subdir(self, installed: Mapping[str, PrefixRecord]) -> str:
        """Return the platform of the environment: that of its first package that has one."""
        for record in (*self._packages, *installed.values()):
            if record.subdir != "noarch":
                return record.subdir
        return self._channel_config.subdir


def _runs_before_linking(plan: Plan) -> bool:
    return any(
        isinstance(step, RunScript) and step.kind is ScriptKind.PRE_LINK
        for group in plan.groups
        for step in group.steps
    )


def _remove_probe(path: str) -> None:
    """Make up for a link that was made, but could not be removed at once."""
    with suppress(CondaError, OSError):
        remove_file(path)


def _record_names(prefix: str) -> frozenset[str]:
    """Return the names of the records that an environment has now."""
    try:
        names = list_directory(os.path.join(prefix, "conda-meta"))
    except NotADirectoryError:  # told by `verify`
        return frozenset()
    return frozenset(name for name in names if name.endswith(".json"))
