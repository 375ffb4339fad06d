"""`EnvChange` in the languages of shells: one module per language, loaded when it is asked for.

Every dialect has the same names: `CONVENTIONS`, `quoted(text)`, and `render(change)`, which returns
text that the shell evaluates. Every value, path and name goes through the dialect's one quoting
function, so that nothing of it can run.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any, Protocol

    from conda_clone.shells.activator import Conventions
    from conda_clone.shells.env_change import EnvChange
    from conda_clone.shells.facts import EnvironmentFacts, SettingsFacts

    class Dialect(Protocol):
        """The language of a shell."""

        CONVENTIONS: Conventions

        def quoted(self, text: str) -> str:
            """Return a text as it means itself."""

        def render(self, change: EnvChange) -> str:
            """Return the text that makes the change when the shell evaluates it."""

    class PreparedDialect(Protocol):
        """The language of a shell that can do without the program."""

        NAME: str

        def settings_text(self, facts: SettingsFacts, form: str) -> str:
            """Return the prepared settings."""

        def environment_text(self, facts: EnvironmentFacts, form: str) -> str:
            """Return what is prepared for an environment."""


__all__ = ["PREPARED_SHELLS", "SHELLS", "dialect", "prepared_dialect"]

# Name in `conda shell.NAME` -> module of this package.
SHELLS = {
    "posix": "posix",
    "ash": "posix",
    "bash": "posix",
    "dash": "posix",
    "ksh": "posix",
    "zsh": "posix",
    "csh": "csh",
    "tcsh": "csh",
    "fish": "fish",
    "xonsh": "xonsh",
    "powershell": "powershell",
    "cmd.exe": "cmd_exe",
}


# Those whose functions read prepared files.
_PREPARED = {
    "posix": "posix_prepared",
    "fish": "fish_prepared",
    "powershell": "powershell_prepared",
}
PREPARED_SHELLS = ("posix", "fish", "powershell")


def dialect(shell: str) -> "Dialect":
    """Return the dialect of a shell that `SHELLS` names."""
    module: Dialect = _module(SHELLS[shell])
    return module


def prepared_dialect(shell: str) -> "PreparedDialect | None":
    """Return how to prepare activation for a shell that `SHELLS` names, if that can be done."""
    name = _PREPARED.get(SHELLS[shell])
    if name is None:
        return None
    module: PreparedDialect = _module(name)
    return module


def _module(name: str) -> "Any":
    # importlib.import_module would bring three modules more into every activation.
    return __import__(f"{__name__}.{name}", fromlist=["NAME"])
