"""Looks for a file called `motto.txt`, and can write one."""

from pathlib import Path

from conda.plugins import hookimpl
from conda.plugins.types import CondaHealthCheck


def look(prefix, verbose):
    if (Path(prefix) / "motto.txt").exists():
        print("✅ There is a motto.")
    else:
        print("❌ There is no motto.")


def write(prefix, args, confirm):
    confirm("Write a motto?")
    (Path(prefix) / "motto.txt").write_text("Festina lente.")
    return 0


@hookimpl
def conda_health_checks():
    yield CondaHealthCheck(
        name="motto",
        action=look,
        fixer=write,
        summary="Whether there is a motto.",
        fix="Write one.",
    )
