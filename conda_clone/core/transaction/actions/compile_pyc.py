"""Byte-compile the modules of `noarch: python` packages with the interpreter of the prefix."""

import os

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.steps import CompilePyc
from conda_clone.gateways.processes import ProgramNotStartedError, run
from conda_clone.models.events import Caution

__all__ = ["stage_compiled"]

# Starting worker processes takes longer than compiling this many modules.
_WORTH_WORKERS = 200


def stage_compiled(step: CompilePyc, work: Workplace) -> None:
    """Compile the staged modules of all packages by one call of the interpreter.

    A module that cannot be compiled is no error (some packages bring templates or code for other
    Python versions); it is not in the record then.
    """
    stage = work.stage
    sources = [
        os.path.relpath(stage.path_for(source), stage.root)
        for _, pairs in step.modules
        for source, _ in pairs
    ]
    staged = os.path.lexists(f"{stage.root}/{step.python}")
    python = f"{stage.root}/{step.python}" if staged else work.path(step.python)
    try:
        run(
            _command(python, step.version, len(sources)),
            env=_environment(work, staged=staged),
            cwd=stage.root,
            input="".join(f"{source}\n" for source in sources),
        )
    except ProgramNotStartedError as error:
        work.reporter.report(Caution(f"Modules were not compiled. {error.message}"))
    for dist, pairs in step.modules:
        _note_compiled(work, dist, pairs)


def _command(python: str, version: str, count: int) -> list[str]:
    # Relative paths keep the prefix out of the compiled files; importing fills it in.
    options = ["-q", "-l", "-i", "-"]
    isolation: list[str] = []
    if not version.startswith("2."):
        # Nothing in the prefix or in the user's home may stand in for the standard library.
        isolation = ["-I", "-X", "utf8"]
        if count > _WORTH_WORKERS:
            options += ["-j", "0"]
    return [python, *isolation, "-Wi", "-m", "compileall", *options]


def _environment(work: Workplace, *, staged: bool) -> dict[str, str]:
    """Return an environment without what would make Python another one than it will be."""
    environ = {
        name: value
        for name, value in work.environ.items()
        if not name.startswith("PYTHON") and name != "SOURCE_DATE_EPOCH"
    }
    if staged:
        # Libraries that the interpreter needs may be staged, or stay where they are.
        folders = (f"{work.stage.root}/lib", work.path("lib"))
        for variable in ("LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"):
            given = environ.get(variable)
            environ[variable] = os.pathsep.join([*folders, given] if given else folders)
    return environ


def _note_compiled(work: Workplace, dist: str, pairs: tuple[tuple[str, str], ...]) -> None:
    findings = work.findings(dist)
    for source, compiled in pairs:
        folder = os.path.dirname(work.stage.path_for(source))
        path = os.path.relpath(compiled, os.path.dirname(source) or ".")
        try:
            findings.sizes[compiled] = os.stat(f"{folder}/{path}").st_size
        except OSError:  # not compiled
            continue
        findings.compiled.append(compiled)
