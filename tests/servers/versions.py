"""Prints which real servers tests talk to on this machine: `python -m tests.servers.versions`."""

import re
import shutil
import subprocess
import sys
from importlib import metadata

from tests.servers.running import PLACES

__all__: list[str] = []

_PROGRAMS = {
    "nginx": ["-v"],
    "squid": ["-v"],
    "docker-registry": ["--version"],
    "openssl": ["version"],
}
_DISTRIBUTIONS = ("pproxy", "pyftpdlib", "moto", "boto3", "PySocks", "trustme", "truststore")
_VERSION = re.compile(r"\d+\.\d+[\w.+-]*")


def main() -> None:
    """Print a line for each."""
    for name, arguments in _PROGRAMS.items():
        sys.stdout.write(f"{name} {_of_program(name, arguments)}\n")
    for name in _DISTRIBUTIONS:
        try:
            version = metadata.version(name)
        except metadata.PackageNotFoundError:
            version = "is not installed"
        sys.stdout.write(f"{name} {version}\n")


def _of_program(name: str, arguments: list[str]) -> str:
    path = shutil.which(name, path=PLACES)
    if path is None:
        return "is not installed"
    done = subprocess.run([path, *arguments], capture_output=True, text=True, check=False)
    found = _VERSION.search(done.stdout + done.stderr)
    return found.group() if found else "of an unknown version"


if __name__ == "__main__":
    main()
