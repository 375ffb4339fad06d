"""Run the scripts that packages bring for linking and unlinking (spec/formats.md, section 8)."""

import os

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.environment_lock import lock_descriptors
from conda_clone.core.transaction.errors import LinkError
from conda_clone.core.transaction.steps import RunScript, ScriptKind
from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.processes import (
    Completed,
    ProgramNotStartedError,
    run,
    without_secrets,
)
from conda_clone.models.events import Caution, Notice

__all__ = ["Script", "script_command", "script_environment"]

# Scripts are sourced, as they may `return`, in the shell in which packages are activated first.
_BASH = """\
for activation in "$PREFIX"/etc/conda/activate.d/*.sh; do
    if [ -f "$activation" ]; then . "$activation"; fi
done
. "$1"
"""
_OPPOSITE = {
    ScriptKind.POST_LINK: ScriptKind.PRE_UNLINK,
    ScriptKind.PRE_UNLINK: ScriptKind.POST_LINK,
}


class Script:
    """Performs `RunScript`.

    A failing post-link script stops the transaction. A failing script of another kind is reported:
    nobody could remove a package whose pre-unlink script is broken otherwise.

    Args:
        step: What to run.
        workplace: Where.
        prefix: The folder that the script works on, if not the environment's own.
    """

    def __init__(self, step: RunScript, workplace: Workplace, prefix: str | None = None) -> None:
        self._step = step
        self._work = workplace
        self._prefix = prefix or workplace.prefix
        self._finished = False

    def run(self) -> None:
        """Run the script and report the messages that it left.

        Raises:
            LinkError: A post-link script failed.
        """
        kind, dist = self._step.kind, self._step.package.dist
        if kind is ScriptKind.PRE_LINK:
            self._caution(
                f"The package `{dist}` runs a pre-link script, which can change the package cache."
            )
        path = self._path(self._step.path)
        if not os.path.isfile(path):
            return
        if path.endswith(".bat") != (os.name == "nt"):
            self._caution(f"The {kind} script of the package `{dist}` is for another platform.")
            return
        problem = self._run(kind, path)
        self._report_messages()
        if problem is None:
            self._finished = True
        elif kind is ScriptKind.POST_LINK:
            raise LinkError(
                f"The post-link script of the package `{dist}` failed: {problem}",
                hint="Tell the people who maintain the package.",
                package=dist,
                script=path,
            )
        else:
            self._caution(f"The {kind} script of the package `{dist}` failed: {problem}")

    def reverse(self) -> None:
        """Run the script that the package has for the opposite moment."""
        if not self._finished or self._step.opposite is None:
            return
        self._finished = False
        path = self._path(self._step.opposite)
        kind = _OPPOSITE[self._step.kind]
        if os.path.isfile(path) and (problem := self._run(kind, path)) is not None:
            self._caution(
                f"The {kind} script of the package `{self._step.package.dist}` failed: {problem}"
            )

    def _path(self, relative: str) -> str:
        if self._step.kind is ScriptKind.PRE_LINK:
            return f"{self._step.source_dir}/{relative}"
        return f"{self._prefix}/{relative}"

    def _run(self, kind: ScriptKind, path: str) -> str | None:
        """Run a script; return what went wrong, or None."""
        environment = script_environment(self._step, self._work, self._prefix)
        shells = ("cmd.exe",) if os.name == "nt" else ("bash", "sh")
        done: Completed | None = None
        for shell in shells:
            try:
                done = run(
                    script_command(shell, path),
                    env=environment,
                    cwd=self._prefix,
                    inherited=lock_descriptors(self._prefix),
                )
            except ProgramNotStartedError:
                continue
            break
        if done is None:
            return f"there is no {' or '.join(shells)} to run the {kind} script."
        if done.returncode == 0:
            return None
        output = "\n".join(filter(None, (done.stdout.strip(), done.stderr.strip())))
        ending = f"\n{output}" if output else ""
        return f"it ended with status {done.returncode}.{ending}"

    def _report_messages(self) -> None:
        path = f"{self._prefix}/.messages.txt"
        try:
            text = read_bytes(path).decode("utf-8", "replace").strip()
        except FileNotFoundError:
            return
        remove_file(path)
        if text:
            self._work.reporter.report(Notice(text))

    def _caution(self, text: str) -> None:
        self._work.reporter.report(Caution(text))


def script_command(shell: str, path: str) -> tuple[str, ...]:
    """Return the command that runs a script in a shell."""
    if shell == "cmd.exe":
        return (shell, "/d", "/c", path)
    return (shell, "-c", _BASH, shell, path)


def script_environment(step: RunScript, workplace: Workplace, prefix: str) -> dict[str, str]:
    """Return the variables that a script sees: those of an activated environment, and its own."""
    folders = ["", "Library/bin", "Scripts", "bin"] if step.path.endswith(".bat") else ["bin"]
    search = [os.path.join(prefix, folder) if folder else prefix for folder in folders]
    own = {
        "CONDA_PREFIX": prefix,
        "CONDA_DEFAULT_ENV": prefix,
        "CONDA_SHLVL": "1",
        "ROOT_PREFIX": workplace.root_prefix,
        "PREFIX": prefix,
        "PKG_NAME": step.package.name,
        "PKG_VERSION": step.package.version,
        "PKG_BUILDNUM": str(step.package.build_number),
        "PATH": os.pathsep.join(filter(None, [*search, workplace.environ.get("PATH", "")])),
    }
    if step.kind is ScriptKind.PRE_LINK:
        own["SOURCE_DIR"] = step.source_dir
    return {**without_secrets(workplace.environ), **own}
