"""Write the scripts that start the Python functions of a package."""

from functools import partial

from conda_clone.core.transaction.actions.action import Workplace
from conda_clone.core.transaction.errors import LinkError
from conda_clone.core.transaction.relocate import SHEBANG_LIMITS, interpreter_header
from conda_clone.core.transaction.steps import EntryPointScript, MakeEntryPoints
from conda_clone.gateways.disk.write import write_new

__all__ = ["launcher_text", "script_text", "stage_entry_points"]


def stage_entry_points(step: MakeEntryPoints, work: Workplace) -> None:
    """Write every script, and its launcher where the platform needs one.

    Raises:
        LinkError: The prefix has a name that no script can start a program in.
    """
    work.owned |= step.owned
    interpreter = work.path(step.python)
    limit = SHEBANG_LIMITS["osx" if step.subdir.startswith("osx-") else "linux"]
    header = interpreter_header(interpreter, limit=limit)
    if header is None:
        raise LinkError(
            f"Scripts cannot start `{interpreter}`: its path has quotes or backslashes in it.",
            hint="Create the environment at a path without them.",
        )
    findings = work.findings(step.package.dist)
    for script in step.scripts:
        texts = {script.target: script_text(script, header)}
        if script.launcher is not None:
            texts[script.launcher] = launcher_text(script)
        for target, text in texts.items():
            data = text.encode()
            work.stage.place(target, partial(write_new, data=data, mode=0o755))
            findings.sizes[target] = len(data)


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
