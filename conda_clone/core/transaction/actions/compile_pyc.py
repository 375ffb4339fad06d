"""Byte-compile the modules of `noarch: python` packages with the interpreter of the prefix."""

import os

from conda_clone.core.transaction.actions.action import Action, Workplace
from conda_clone.core.transaction.actions.placement import Placement
from conda_clone.core.transaction.steps import CompilePyc
from conda_clone.gateways.processes import ProgramNotStartedError, run
from conda_clone.models.events import Caution

__all__ = ["CompilePycAction"]

# Starting worker processes takes longer than compiling this many modules.
_WORTH_WORKERS = 200


class CompilePycAction(Action):
    """Performs `CompilePyc`: one call of the interpreter for all packages.

    A module that cannot be compiled is no error (some packages bring templates or code for other
    Python versions); it is not in the record then.
    """

    def __init__(self, step: CompilePyc, workplace: Workplace) -> None:
        self._step = step
        self._work = workplace
        compiled = frozenset(path for _, pairs in step.modules for _, path in pairs)
        self._placement = Placement(workplace, step.python, compiled)

    def execute(self) -> None:
        """Compile, and note down what came into being."""
        for _, pairs in self._step.modules:
            for _, compiled in pairs:
                self._placement.room_for(compiled)
        sources = [source for _, pairs in self._step.modules for source, _ in pairs]
        try:
            run(
                self._command(len(sources)),
                env=self._environment(),
                cwd=self._work.prefix,
                input="".join(f"{source}\n" for source in sources),
            )
        except ProgramNotStartedError as error:
            self._work.reporter.report(Caution(f"Modules were not compiled. {error.message}"))
        self._placement.drop_empty_folders()
        for dist, pairs in self._step.modules:
            self._note_compiled(dist, [compiled for _, compiled in pairs])

    def reverse(self) -> None:
        """Remove the compiled modules."""
        self._placement.undo()

    def _command(self, count: int) -> list[str]:
        # Relative paths keep the prefix out of the compiled files; importing fills it in.
        options = ["-q", "-l", "-i", "-"]
        isolation: list[str] = []
        if not self._step.version.startswith("2."):
            # Nothing in the prefix or in the user's home may stand in for the standard library.
            isolation = ["-I", "-X", "utf8"]
            if count > _WORTH_WORKERS:
                options += ["-j", "0"]
        python = self._work.path(self._step.python)
        return [python, *isolation, "-Wi", "-m", "compileall", *options]

    def _environment(self) -> dict[str, str]:
        """Return an environment without what would make Python another one than it will be."""
        return {
            name: value
            for name, value in self._work.environ.items()
            if not name.startswith("PYTHON") and name != "SOURCE_DATE_EPOCH"
        }

    def _note_compiled(self, dist: str, paths: list[str]) -> None:
        findings = self._work.findings(dist)
        for path in paths:
            try:
                findings.sizes[path] = os.stat(self._work.path(path)).st_size
            except OSError:  # not compiled
                continue
            findings.compiled.append(path)
