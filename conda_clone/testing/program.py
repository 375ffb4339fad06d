"""Runs command lines, in this process or as a process of its own, and keeps what they wrote."""

import io
import json
import os
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from unittest import mock

from conda_clone.cli.main import main

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = ["Outcome", "Program"]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one command line came to."""

    status: int
    stdout: str
    stderr: str

    @property
    def document(self) -> Any:
        """The one JSON document that `--json` promises; anything else on stdout is a failure."""
        return json.loads(self.stdout)

    @property
    def error(self) -> str:
        """The `exception_name` of a failed command."""
        if self.stdout.startswith("{"):
            return str(self.document["exception_name"])
        name, colon, _ = self.stderr.strip().partition(":")
        return name if colon else ""


class Program:
    """The program together with the folders that its user has.

    Attributes:
        root: Root prefix; `envs` and `pkgs` lie in it.
        channel: Address of the channel that commands search by default.
        environment: Every environment variable that commands see.
    """

    def __init__(self, root: "Path", home: "Path", channel: str) -> None:
        self.root = root
        self.envs = root / "envs"
        self.pkgs = root / "pkgs"
        self.channel = channel
        self.environment = {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "COLUMNS": "100",
            "TZ": "UTC",
            "CONDA_ROOT_PREFIX": str(root),
            "CONDA_CHANNELS": channel,
            "CONDA_SUBDIR": "linux-64",
        }

    def __call__(
        self, *words: "str | Path", stdin: str = "", env: "Mapping[str, str] | None" = None
    ) -> Outcome:
        """Run `conda WORDS` and return what came of it."""
        stdout, stderr = io.StringIO(), io.StringIO()
        with (
            mock.patch.dict(os.environ, {**self.environment, **(env or {})}, clear=True),
            mock.patch("sys.stdin", io.StringIO(stdin)),
            redirect_stdout(stdout),
            redirect_stderr(stderr),
        ):
            try:
                status = main([str(word) for word in words])
            except SystemExit as end:
                status = end.code if isinstance(end.code, int) else int(bool(end.code))
        return Outcome(status, stdout.getvalue(), stderr.getvalue())

    def as_process(
        self, *words: "str | Path", stdin: str = "", env: "Mapping[str, str] | None" = None
    ) -> Outcome:
        """Do the same in a process of its own, as a shell would."""
        process = subprocess.run(
            [sys.executable, "-m", "conda_clone", *map(str, words)],
            input=stdin,
            env={**self.environment, **(env or {})},
            capture_output=True,
            text=True,
            check=False,
        )
        return Outcome(process.returncode, process.stdout, process.stderr)

    def succeed(self, *words: "str | Path", **options: Any) -> Outcome:
        """Run a command that must not fail."""
        outcome = self(*words, **options)
        assert outcome.status == 0, outcome.stderr or outcome.stdout
        return outcome

    def prefix(self, name: str) -> "Path":
        """Return where the environment of that name lies."""
        return self.envs / name

    def installed(self, name: str) -> list[str]:
        """Return name-version-build of all packages of an environment, those of pip apart."""
        rows = self.succeed("list", "-p", self.prefix(name), "--json").document
        return sorted(row["dist_name"] for row in rows if row["channel"] != "pypi")
