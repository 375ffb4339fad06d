"""`--solver pyrattler`: the solver of py-rattler, on the index that this program has read.

1. Every record that the wishes can lead to is written to a small index, one for each channel and
   platform.
2. py-rattler solves: what is installed is preferred, what is pinned is required.
3. What it chooses are records of ours again, by their addresses.
"""

import asyncio
import json
import tempfile
from pathlib import Path

from conda.core.solve import Solver
from conda.exceptions import UnsatisfiableError
from conda.models.match_spec import MatchSpec
from conda.plugins import hookimpl
from conda.plugins.types import CondaSolver


class RattlerSolver(Solver):
    def solve_final_state(self, update_modifier=None, deps_modifier=None, **options):
        if str(deps_modifier) == "no_deps":  # another question than the one py-rattler answers
            return super().solve_final_state(update_modifier, deps_modifier, **options)
        wishes = self._wishes(str(update_modifier))
        known = self._reachable(wishes)
        modifiers = [str(update_modifier)]
        if modifiers == ["freeze_installed"]:  # what cannot stay may move
            modifiers.append("update_specs")
        with tempfile.TemporaryDirectory() as folder:
            while True:
                try:
                    chosen = asyncio.run(self._solve(folder, known, wishes, modifiers.pop(0)))
                except UnsatisfiableError:
                    if not modifiers:
                        raise
                else:
                    return [known[record.url] for record in chosen]

    def _wishes(self, update_modifier):
        """Return what the environment must satisfy: wishes of old, and those of today."""
        wishes = dict(self.state.requested)
        if update_modifier == "update_all":
            wishes = {name: MatchSpec(name) for name in self.state.installed}
        for name in self.state.installed:
            wishes.setdefault(name, MatchSpec(name))
        wishes.update((spec.name, spec) for spec in self.specs_to_add)
        return wishes

    def _reachable(self, wishes):
        known = {}
        waiting = [*wishes, *self.state.installed]
        seen = set()
        while waiting:
            name = waiting.pop()
            if name in seen or name.startswith("__"):
                continue
            seen.add(name)
            candidates = [*self.index.records(name)]
            if name in self.state.installed:
                candidates.append(self.state.installed[name])
            for record in candidates:
                known.setdefault(record.url, record)
                waiting += [MatchSpec(text).name for text in record.depends]
        return known

    async def _solve(self, folder, known, wishes, update_modifier):
        import rattler.exceptions

        frozen = str(update_modifier) == "freeze_installed"
        named = {spec.name for spec in self.specs_to_add}
        kept = [
            _as_rattler(record)
            for name, record in self.state.installed.items()
            if name not in named and update_modifier != "update_all"
        ]
        pins = [] if self.request.ignore_pinned else [*self.state.pins]
        pins += [MatchSpec(text) for text in self.settings.pinned_packages]
        try:
            return await rattler.solve_with_sparse_repodata(
                specs=[str(spec) for spec in wishes.values()],
                constraints=[str(spec) for spec in pins],
                sparse_repodata=self._written(folder, known.values()),
                locked_packages=[] if frozen else kept,
                pinned_packages=kept if frozen else [],
                virtual_packages=[_virtual(record) for record in self.state.virtual_packages],
                channel_priority=(
                    rattler.ChannelPriority.Disabled
                    if str(self.settings.channel_priority) == "disabled"
                    else rattler.ChannelPriority.Strict
                ),
            )
        except rattler.exceptions.SolverError as error:
            raise UnsatisfiableError(f"py-rattler has found no solution: {error}") from error

    def _written(self, folder, records):
        import rattler

        indexes = {}
        for record in records:
            base = record.url.rpartition("/")[0]
            indexes.setdefault((base, record.subdir), []).append(record)
        order = {url: number for number, url in enumerate(self.index.channel_order)}
        ranked = sorted(
            indexes, key=lambda place: order.get(place[0].rpartition("/")[0], len(order))
        )
        sources = []
        for number, (base, subdir) in enumerate(ranked):
            entries = {"packages": {}, "packages.conda": {}}
            for record in indexes[base, subdir]:
                key = "packages.conda" if record.fn.endswith(".conda") else "packages"
                entries[key][record.fn] = _entry(record)
            path = Path(folder) / f"{number}.json"
            path.write_text(json.dumps({"info": {"subdir": subdir}, **entries}))
            channel = rattler.Channel(base.rpartition("/")[0])
            sources.append(rattler.SparseRepoData(channel, subdir, path))
        return sources


def _entry(record):
    entry = {
        "name": record.name,
        "version": record.version,
        "build": record.build,
        "build_number": record.build_number,
        "subdir": record.subdir,
        "depends": list(record.depends),
        "constrains": list(record.constrains),
        "timestamp": record.timestamp,
        "track_features": " ".join(record.track_features),
        "sha256": record.sha256,
        "md5": record.md5,
        "size": record.size,
    }
    if record.noarch:
        entry["noarch"] = str(getattr(record.noarch, "value", record.noarch))
    return {key: value for key, value in entry.items() if value not in (None, "")}


def _as_rattler(record):
    import rattler

    package = rattler.PackageRecord(
        record.name,
        record.version,
        rattler.BuildString(record.build),
        record.build_number,
        record.subdir,
        depends=list(record.depends),
        constrains=list(record.constrains),
    )
    base = record.url.rpartition("/")[0].rpartition("/")[0]
    return rattler.RepoDataRecord(package, record.fn, record.url, base)


def _virtual(record):
    import rattler

    return rattler.GenericVirtualPackage(
        rattler.PackageName(record.name),
        rattler.Version(record.version),
        rattler.BuildString(record.build),
    )


@hookimpl
def conda_solvers():
    yield CondaSolver(name="pyrattler", backend=RattlerSolver)
