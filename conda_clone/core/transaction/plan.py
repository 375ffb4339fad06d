"""Turn a change and the contents of its packages into the steps of a transaction; pure.

The order is that of spec/formats.md, section 8: packages are taken out, dependents first, then put
in, dependencies first; then all modules are compiled at once, records written, the environment
registered and the history continued. The plan is complete before anything is touched.
"""

from collections.abc import Iterator, Mapping, Sequence

from conda_clone.core.transaction.change import PrefixChange
from conda_clone.core.transaction.clobber import Ownership, Targets, parent_folders
from conda_clone.core.transaction.errors import ClobberError
from conda_clone.core.transaction.layout import Layout, PackageToLink
from conda_clone.core.transaction.paths import (
    PythonTarget,
    compiled_folder,
    python_target,
    scripts_folder,
    unsafe_reason,
)
from conda_clone.core.transaction.steps import (
    AppendHistory,
    CompilePyc,
    CopyFiles,
    LinkFiles,
    MakeEntryPoints,
    MakePrefix,
    PackageId,
    PackageModules,
    RegisterEnvironment,
    RemoveRecord,
    RunScript,
    ScriptKind,
    Step,
    StepGroup,
    UnlinkFiles,
    WriteRecord,
)
from conda_clone.models.records import PackageRecord, PrefixRecord
from conda_clone.models.values import value

__all__ = ["Plan", "make_plan"]


@value(kw_only=True)
class Plan:
    """All that a transaction will do, and what should be known before.

    Attributes:
        groups: The steps in order.
        conflicts: Paths with two owners; the later package wins if it may.
        impossible: Paths that cannot be what two packages want them to be.
        left_alone: Paths of installed records that lead out of the prefix, as sentences.
    """

    groups: tuple[StepGroup, ...]
    conflicts: tuple[ClobberError, ...] = ()
    impossible: tuple[ClobberError, ...] = ()
    left_alone: tuple[str, ...] = ()


def make_plan(
    change: PrefixChange,
    packages: Sequence[PackageToLink],
    installed: Mapping[str, PrefixRecord],
    *,
    subdir: str,
    ignore_case: bool = False,
    register: bool = False,
) -> Plan:
    """Return the plan that carries out `change`.

    Args:
        change: What is to become of the environment.
        packages: The packages to link, in the order of `change.link`.
        installed: All packages of the environment now, by name.
        subdir: Platform of the environment, such as `linux-64`.
        ignore_case: Whether its file system takes `A` and `a` for one name.
        register: Whether the environment is new and shall be listed.

    Raises:
        LinkError: A `noarch: python` package has no Python to be installed for.
    """
    return _Planner(change, packages, installed, subdir, ignore_case=ignore_case).plan(
        register=register
    )


class _Planner:
    """The state of making one plan."""

    def __init__(
        self,
        change: PrefixChange,
        packages: Sequence[PackageToLink],
        installed: Mapping[str, PrefixRecord],
        subdir: str,
        *,
        ignore_case: bool,
    ) -> None:
        self._change = change
        self._subdir = subdir
        self._scripts = scripts_folder(subdir)
        unlinked = {record.name for record in change.unlink}
        self._staying = [record for name, record in installed.items() if name not in unlinked]
        self._python = _python_of([*self._staying, *(package.record for package in packages)])
        self._linked = [Layout(package, self._python, subdir) for package in packages]
        self._ownership = Ownership(ignore_case=ignore_case)
        self._left_alone: list[str] = []

    def plan(self, *, register: bool) -> Plan:
        unlinking = tuple(self._unlink_groups())
        for record in self._staying:
            self._ownership.add_installed(record.dist_str, record.files)
        linking = tuple(self._link_groups())
        return Plan(
            groups=(
                StepGroup(title="environment", steps=(MakePrefix(),)),
                *unlinking,
                *linking,
                *self._closing_groups(register=register),
            ),
            conflicts=tuple(self._ownership.conflicts),
            impossible=tuple(self._ownership.impossible),
            left_alone=tuple(self._left_alone),
        )

    def _unlink_groups(self) -> Iterator[StepGroup]:
        """Yield one group per package to take out."""
        kept = {path for record in self._staying for path in record.files}
        for record in self._change.unlink:
            package = package_id(record)
            paths = tuple(path for path in self._safe_paths(record) if path not in kept)
            folders = parent_folders(paths) | {
                path.path for path in record.paths if path.path_type == "directory"
            }
            removable = folders - {"conda-meta"}
            steps: list[Step] = []
            script = self._script(record.name, ScriptKind.PRE_UNLINK)
            if script in record.files:
                opposite = self._script(record.name, ScriptKind.POST_LINK)
                steps.append(
                    RunScript(
                        package=package,
                        kind=ScriptKind.PRE_UNLINK,
                        path=script,
                        opposite=opposite if opposite in record.files else None,
                    )
                )
            steps.append(
                UnlinkFiles(
                    package=package,
                    paths=paths,
                    directories=tuple(sorted(removable, key=_depth, reverse=True)),
                )
            )
            steps.append(RemoveRecord(package=package, file_name=f"{record.dist_name}.json"))
            yield StepGroup(title=record.dist_name, steps=tuple(steps))

    def _safe_paths(self, record: PrefixRecord) -> Iterator[str]:
        """Yield the paths of a record that lie in the prefix, in reverse order."""
        for path in sorted(set(record.files), reverse=True):
            reason = unsafe_reason(path)
            if reason is None:
                yield path
            else:
                self._left_alone.append(
                    f"`{path}` of `{record.dist_str}` is left alone, because {reason}."
                )

    def _link_groups(self) -> Iterator[StepGroup]:
        """Yield one group per package to put in."""
        for layout in self._linked:
            record = layout.package.record
            package = package_id(record)
            owned = self._ownership.add_linked(
                Targets(
                    package=record.dist_str,
                    files=layout.targets(),
                    folders=layout.folders,
                    links=layout.links,
                )
            )
            steps: list[Step] = []
            packaged = {file.source for file in layout.files}
            source_dir = record.extracted_package_dir
            pre_link = self._script(record.name, ScriptKind.PRE_LINK)
            if pre_link in packaged:
                steps.append(
                    RunScript(
                        package=package,
                        kind=ScriptKind.PRE_LINK,
                        path=pre_link,
                        source_dir=source_dir,
                    )
                )
            steps.append(
                LinkFiles(
                    package=package,
                    source_dir=source_dir,
                    link_type=layout.package.link_type,
                    subdir=self._subdir,
                    files=layout.files,
                    owned=owned,
                )
            )
            if layout.scripts and self._python is not None:
                steps.append(
                    MakeEntryPoints(
                        package=package,
                        python=self._python.executable,
                        subdir=self._subdir,
                        scripts=layout.scripts,
                        owned=owned,
                    )
                )
            post_link = self._script(record.name, ScriptKind.POST_LINK)
            if post_link in packaged:
                pre_unlink = self._script(record.name, ScriptKind.PRE_UNLINK)
                steps.append(
                    RunScript(
                        package=package,
                        kind=ScriptKind.POST_LINK,
                        path=post_link,
                        opposite=pre_unlink if pre_unlink in packaged else None,
                    )
                )
            yield StepGroup(title=record.dist_name, steps=tuple(steps))

    def _closing_groups(self, *, register: bool) -> Iterator[StepGroup]:
        """Yield what is done once for all packages."""
        modular = [layout for layout in self._linked if layout.modules]
        if modular and self._python is not None:
            compilation = CompilePyc(
                python=self._python.executable,
                version=self._python.version,
                packages=tuple(_modules(layout, self._python) for layout in modular),
            )
            yield StepGroup(title="compiled modules", steps=(compilation,))
        requested = dict(self._change.requested_specs)
        records = tuple(
            WriteRecord(
                package=package_id(layout.package.record),
                record=layout.package.record,
                files=layout.files,
                scripts=layout.scripts,
                link_type=layout.package.link_type,
                requested_specs=requested.get(layout.package.record.name, ()),
            )
            for layout in self._linked
        )
        if records:
            yield StepGroup(title="records", steps=records)
        if register:
            yield StepGroup(title="registration", steps=(RegisterEnvironment(),))
        history = AppendHistory(
            removed=tuple(record.dist_str for record in self._change.unlink),
            added=tuple(record.dist_str for record in self._change.link),
            update=self._change.history,
        )
        yield StepGroup(title="history", steps=(history,))
        if self._change.copied is not None:
            yield StepGroup(title="other files", steps=(CopyFiles(self._change.copied),))

    def _script(self, name: str, kind: ScriptKind) -> str:
        extension = "bat" if self._subdir.startswith("win-") else "sh"
        return f"{self._scripts}/.{name}-{kind}.{extension}"


def package_id(record: PackageRecord) -> PackageId:
    """Return what steps keep of a record."""
    return PackageId(record.name, record.version, record.build_number, record.dist_str)


def _modules(layout: Layout, python: PythonTarget) -> PackageModules:
    kept = compiled_folder(layout.package.record, python)
    return PackageModules(layout.dist, layout.modules, kept)


def _python_of(records: Sequence[PackageRecord]) -> PythonTarget | None:
    """Return the Python of the final state; one that is linked comes after one that stays."""
    found = [record for record in records if record.name == "python"]
    return python_target(found[-1]) if found else None


def _depth(path: str) -> tuple[int, str]:
    return path.count("/"), path
