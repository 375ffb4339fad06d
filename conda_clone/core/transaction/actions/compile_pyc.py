"""Byte-compile the modules of `noarch: python` packages with the interpreter of the prefix.

What was compiled is kept beside the package in its cache (`compiled_forms`): the next environment
with the same Python copies it, and starts no interpreter where everything has been compiled before.
What was compiled while packages were being fetched (`compiling_ahead`) is taken in the same way.
"""

import os
from collections.abc import Mapping, Sequence

from conda_clone.core.transaction.actions import compiled_forms
from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.steps import CompilePyc, Module, PackageModules
from conda_clone.gateways import module_compiler
from conda_clone.gateways.processes import Completed, ProgramNotStartedError, run
from conda_clone.models.events import Caution

__all__ = ["COMPILER", "interpreter_environment", "stage_compiled"]

# Nothing in the prefix or in the user's home may stand in for the standard library, or run.
COMPILER = ("-I", "-S", "-X", "utf8", "-Wi", module_compiler.__file__)
_OLD_COMPILER = ("-Wi", "-m", "compileall", "-q", "-l", "-i", "-")


def stage_compiled(step: CompilePyc, work: Workplace) -> None:
    """Stage the compiled forms of all modules: those that are kept, and by one call the others.

    A module that cannot be compiled is no error (some packages bring templates or code for other
    Python versions); it is not in the record then.
    """
    missing: list[tuple[PackageModules, list[Module]]] = []
    ahead = {} if work.ahead is None else work.ahead.finish()
    for package in step.packages:
        made = ahead.get(package.kept)
        if made is not None:
            work.made_ahead.append((made, package.kept))
        modules = compiled_forms.stage_kept(package, made or package.kept, work)
        if modules:
            missing.append((package, modules))
    if not missing:
        return
    seen = _compile(step, work, [module for _, modules in missing for module in modules])
    for package, modules in missing:
        _note_compiled(work, package.dist, modules)
        if seen.issuperset(modules):
            work.newly_compiled.append(package)


def _compile(step: CompilePyc, work: Workplace, modules: list[Module]) -> set[Module]:
    """Compile modules; return those that are compiled, or never can be."""
    stage = work.stage
    staged = os.path.lexists(f"{stage.root}/{step.python}")
    python = f"{stage.root}/{step.python}" if staged else work.path(step.python)
    paths = [_staged_paths(module, work) for module in modules]
    # Libraries that the interpreter needs may be staged, or stay where they are.
    folders = [f"{stage.root}/lib", work.path("lib")] if staged else []
    is_old = step.version.startswith("2.")
    if is_old:
        given = "".join(f"{source}\n" for source, _ in paths)
    else:
        given = "".join(f"{source}\0{compiled}\0{source}\0" for source, compiled in paths)
    try:
        done = run(
            [python, *(_OLD_COMPILER if is_old else COMPILER)],
            env=interpreter_environment(work.environ, folders),
            cwd=stage.root,
            input=given,
        )
    except ProgramNotStartedError as error:
        work.reporter.report(Caution(f"Modules were not compiled. {error.message}"))
        return set()
    return set() if is_old else {modules[number] for number in _numbers(done, len(modules))}


def _staged_paths(module: Module, work: Workplace) -> tuple[str, str]:
    """Return where a module and its compiled form are, relative to the stage."""
    source = work.stage.path_for(module.source)[len(work.stage.root) + 1 :]
    # The folder of a module may be a link; its compiled form lies in or below it.
    below = module.compiled[len(os.path.dirname(module.source)) :].lstrip("/")
    return source, os.path.join(os.path.dirname(source), below)


def _numbers(done: Completed, count: int) -> set[int]:
    """Return the numbers that the compiler has written, each on a line."""
    return {int(line) for line in done.stdout.split() if line.isdigit() and int(line) < count}


def interpreter_environment(environ: Mapping[str, str], folders: Sequence[str]) -> dict[str, str]:
    """Return an environment without what would make Python another one than it will be.

    Args:
        environ: The environment of this program.
        folders: Where libraries lie that an interpreter needs which is not in its place yet.
    """
    found = {
        name: value
        for name, value in environ.items()
        if not name.startswith("PYTHON") and name != "SOURCE_DATE_EPOCH"
    }
    if folders:
        for variable in ("LD_LIBRARY_PATH", "DYLD_FALLBACK_LIBRARY_PATH"):
            given = found.get(variable)
            found[variable] = os.pathsep.join([*folders, given] if given else folders)
    return found


def _note_compiled(work: Workplace, dist: str, modules: list[Module]) -> None:
    findings = work.findings(dist)
    for module in modules:
        _, compiled = _staged_paths(module, work)
        try:
            size = os.stat(f"{work.stage.root}/{compiled}").st_size
        except OSError:  # not compiled
            continue
        findings.sizes[module.compiled] = size
        findings.compiled.append(module.compiled)
