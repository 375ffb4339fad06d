"""The static table of commands.

It is data: `conda --help` and the choice of a command read it without importing any command.
"""

__all__ = ["COMMANDS", "DISTRIBUTED", "OTHER_WORDS", "Command", "find_command"]


class Command:
    """One row: what a command is called, and where it lives.

    Attributes:
        name: The word on the command line.
        module: The module with `configure` and `execute`, imported when the command is chosen.
        summary: One line for `conda --help`.
        aliases: Other words for the same.
        repairs_settings: Whether it runs even if settings have values that they cannot have.
        usual: Whether short help describes it.
    """

    __slots__ = ("aliases", "module", "name", "repairs_settings", "summary", "usual")

    def __init__(
        self,
        name: str,
        summary: str,
        *,
        aliases: tuple[str, ...] = (),
        repairs_settings: bool = False,
        usual: bool = True,
    ) -> None:
        self.name = name
        self.module = f"conda_clone.cli.commands.{name}"
        self.summary = summary
        self.aliases = aliases
        self.repairs_settings = repairs_settings
        self.usual = usual


COMMANDS = (
    Command("activate", "Make an environment the active one of this shell."),
    Command("clean", "Remove archives, unused packages and cached indexes.", usual=False),
    Command("commands", "List the commands there are.", usual=False),
    Command("compare", "Say how an environment differs from a file.", usual=False),
    Command("completion", "Let a shell complete commands, options and names.", usual=False),
    Command("config", "Show and change settings.", repairs_settings=True),
    Command("create", "Create an environment."),
    Command("deactivate", "Leave the active environment of this shell."),
    Command("doctor", "Look for damage in an environment, and repair it.", aliases=("check",)),
    Command("env", "Work with environments as a whole."),
    Command("export", "Write an environment down, to be created elsewhere."),
    Command("info", "Show facts about this installation."),
    Command("init", "Let shells know the `conda` function when they start."),
    Command("install", "Install packages into an environment."),
    Command("list", "List the packages of an environment."),
    Command("notices", "Show what channels want to tell those who use them.", usual=False),
    Command("package", "Say which files are of which packages, or of none.", usual=False),
    Command("plugins", "List plugins, and what they add.", repairs_settings=True, usual=False),
    Command("remove", "Remove packages, or a whole environment.", aliases=("uninstall",)),
    Command("rename", "Give an environment another name or place.", usual=False),
    Command("run", "Run a program inside an environment."),
    Command("search", "Search channels for packages."),
    Command("update", "Update packages to their newest versions.", aliases=("upgrade",)),
)

# Found by name, but listed nowhere: docs/reference/solve-snapshots.md has it.
DEVELOPER_COMMANDS = (Command("replay", "Solve again what --save-solve has saved."),)

# Commands that people know, and the packages that bring them.
DISTRIBUTED = {
    "build": "conda-build",
    "convert": "conda-build",
    "debug": "conda-build",
    "develop": "conda-build",
    "index": "conda-index",
    "inspect": "conda-build",
    "lock": "conda-lock",
    "metapackage": "conda-build",
    "pack": "conda-pack",
    "render": "conda-build",
    "skeleton": "conda-build",
    "token": "conda-token",
    "verify": "conda-verify",
}

# What people type who know other tools, and what it is here.
OTHER_WORDS = {
    "add": "install",
    "clone": "create --clone",
    "delete": "remove",
    "environment": "env",
    "environments": "env list",
    "envs": "env list",
    "exec": "run",
    "find": "search",
    "freeze": "export",
    "help": "--help",
    "history": "list --revisions",
    "ls": "list",
    "new": "create",
    "rm": "remove",
    "shell": "activate",
    "show": "search --info",
    "version": "--version",
}


def find_command(word: str) -> Command | None:
    """Return the command that `word` names."""
    for command in (*COMMANDS, *DEVELOPER_COMMANDS):
        if word == command.name or word in command.aliases:
            return command
    return None
