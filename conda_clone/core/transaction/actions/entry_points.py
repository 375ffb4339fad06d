"""Write the scripts that start the Python functions of a package."""

from conda_clone.core.transaction.actions.action import Action, Workplace
from conda_clone.core.transaction.actions.placement import Placement
from conda_clone.core.transaction.errors import LinkError
from conda_clone.core.transaction.relocate import SHEBANG_LIMITS, interpreter_header
from conda_clone.core.transaction.steps import EntryPointScript, MakeEntryPoints
from conda_clone.gateways.disk.write import write_atomically

__all__ = ["MakeEntryPointsAction", "launcher_text", "script_text"]


class MakeEntryPointsAction(Action):
    """Performs `MakeEntryPoints`."""

    def __init__(self, step: MakeEntryPoints, workplace: Workplace) -> None:
        self._step = step
        self._work = workplace
        self._placement = Placement(workplace, step.package.dist, step.owned)
        self._findings = workplace.findings(step.package.dist)

    def execute(self) -> None:
        """Write every script, and its launcher where the platform needs one.

        Raises:
            LinkError: The prefix has a name that no script can start a program in.
        """
        interpreter = self._work.path(self._step.python)
        limit = SHEBANG_LIMITS["osx" if self._step.subdir.startswith("osx-") else "linux"]
        header = interpreter_header(interpreter, limit=limit)
        if header is None:
            raise LinkError(
                f"Scripts cannot start `{interpreter}`: its path has quotes or backslashes in it.",
                hint="Create the environment at a path without them.",
            )
        for script in self._step.scripts:
            self._write(script.target, script_text(script, header))
            if script.launcher is not None:
                self._write(script.launcher, launcher_text(script))

    def reverse(self) -> None:
        """Remove the scripts."""
        self._placement.undo()

    def _write(self, target: str, text: str) -> None:
        data = text.encode()
        write_atomically(self._placement.room_for(target), data, mode=0o755, sync=False)
        self._findings.sizes[target] = len(data)


def script_text(script: EntryPointScript, header: str) -> str:
    """Return the text of a script; on Windows nobody reads the header."""
    imported = script.function.partition(".")[0]
    return (
        f"{header}"
        "# -*- coding: utf-8 -*-\n"
        "import re\n"
        "import sys\n"
        "\n"
        f"from {script.module} import {imported}\n"
        "\n"
        "if __name__ == '__main__':\n"
        r"    sys.argv[0] = re.sub(r'(-script\.pyw?|\.exe)?$', '', sys.argv[0])"
        "\n"
        f"    sys.exit({script.function}())\n"
    )


def launcher_text(script: EntryPointScript) -> str:
    """Return the text of the Windows program that runs the script beside it."""
    name = script.target.rpartition("/")[2]
    return f'@"%~dp0..\\python.exe" "%~dp0{name}" %*\r\n'
