"""Words after `conda` that plugins add."""

import argparse
import errno
from traceback import format_exception

from conda_clone.cli.plugin_hooks import warn
from conda_clone.cli.registry import Command, find_command
from conda_clone.errors import CondaError
from conda_clone.plugins.errors import PluginError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.operations.session import Session
    from conda_clone.plugins.discovery import InstalledPlugin
    from conda_clone.plugins.manager import Plugins
    from conda_clone.plugins.types import CondaSubcommand

__all__ = ["PluginCommand", "plugin_commands"]

# A full disk, what may not be written, a reader that went away: no fault of the plugin.
_OF_THE_MACHINE = frozenset(
    {errno.EACCES, errno.EDQUOT, errno.ENOSPC, errno.EPERM, errno.EPIPE, errno.EROFS}
)
_HOOK = "conda_subcommands"


class PluginCommand(Command):
    """The row of a command that a plugin adds; at once the command itself.

    Attributes:
        plugin: Where it comes from.
    """

    __slots__ = ("_item", "plugin")

    def __init__(self, item: "CondaSubcommand", plugin: "InstalledPlugin") -> None:
        super().__init__(item.name, item.summary, aliases=item.aliases)
        self.plugin = plugin
        self._item = item

    @property
    def takes_raw_words(self) -> bool:
        """Whether the plugin parses its arguments itself."""
        return self._item.configure_parser is None

    def configure(self, parser: argparse.ArgumentParser) -> None:
        """Declare the options as the plugin does."""
        if self._item.configure_parser is not None:
            self._item.configure_parser(parser)

    def execute(self, args: argparse.Namespace, session: "Session") -> int:
        """Run the plugin's function.

        Raises:
            CondaError: The plugin says so, or has failed.
        """
        try:
            status = self._item.action(args.plugin_words if self.takes_raw_words else args)
        except CondaError:
            raise
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _OF_THE_MACHINE:
                raise
            if session.output.verbosity:
                session.console.note("".join(format_exception(error)))
            raise PluginError(
                f"The command `{self.name}` of the plugin `{self.plugin.name}`"
                f" ({self.plugin.provider}) has failed: {type(error).__name__}: {error}",
                hint="Tell its authors; with -v, the command shows where it happened.",
            ) from error
        return status if isinstance(status, int) else 0


def plugin_commands(plugins: "Plugins") -> "list[PluginCommand]":
    """Return the commands of plugins, sorted; a word that is taken is told and left out."""
    found = []
    for each in plugins.contributions(_HOOK):
        taken = [word for word in (each.item.name, *each.item.aliases) if find_command(word)]
        if taken:
            warn(
                f"The plugin `{each.plugin.name}` ({each.plugin.provider}) adds a command"
                f" `{taken[0]}`, but conda has one of that name; it is left out."
            )
        else:
            found.append(PluginCommand(each.item, each.plugin))
    return found
