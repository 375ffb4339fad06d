"""`conda plugins`: which plugins are installed, what they add, and whether they work."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.output.tables import format_columns
from conda_clone.operations.plugins import PluginDescription, describe_plugins
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the subcommands."""
    commands = parser.add_subparsers(dest="subcommand", metavar="SUBCOMMAND", required=True)
    listing = commands.add_parser(
        "list",
        help="List the plugins, and what each adds.",
        description="List the plugins with the distributions that they come from, whether they are"
        " enabled, and what each adds. Every enabled plugin is imported for it.",
    )
    listing.add_argument(
        "--builtin", action="store_true", help="List also what needs no plugin, by hook."
    )
    options.add_output_options(listing)


def execute(args: argparse.Namespace, session: Session) -> int:
    """List the plugins."""
    described = describe_plugins(session, builtin=args.builtin)
    if session.console.json:
        session.console.document({"plugins": [each.document() for each in described]})
    elif described:
        rows = [(each.name, each.provider, each.state, _adds(each)) for each in described]
        lines = format_columns([("# Name", "Distribution", "State", "Adds"), *rows])
        session.console.print("\n".join(lines))
        for each in described:
            if each.failure:
                session.console.note(f"{each.name}: {each.failure}")
    else:
        session.console.print("No plugins are installed.")
    return 0


def _adds(plugin: PluginDescription) -> str:
    return "; ".join(
        f"{hook.removeprefix('conda_')}: {', '.join(names)}" if names else hook
        for hook, names in plugin.adds.items()
    )
