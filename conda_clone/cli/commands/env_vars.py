"""`conda env config vars`: the variables that an environment sets when it is activated."""

import argparse

from conda_clone.cli import options
from conda_clone.core.env_formats.environment import is_variable_name
from conda_clone.errors import CondaValueError
from conda_clone.operations import environment_variables
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare `vars` and what can be done with them, below `conda env config`."""
    commands = parser.add_subparsers(dest="config_command", metavar="SUBCOMMAND")
    variables = commands.add_parser(
        "vars",
        help="Variables that activation sets.",
        description="Show and change the variables that activation sets.",
    )
    variables.set_defaults(show_help=variables.format_help)
    actions = variables.add_subparsers(dest="action", metavar="ACTION")
    listing = actions.add_parser("list", help="Show them.", description="Show the variables.")
    options.add_target_options(listing)
    options.add_output_options(listing)
    setting = actions.add_parser(
        "set",
        help="Add or change some.",
        description="Add variables, or change their values.",
        epilog="Example: conda env config vars set -n lab DATA=/srv/data",
    )
    setting.add_argument(
        "variables", nargs="*", metavar="NAME=VALUE", help="Variable with its value."
    )
    options.add_target_options(setting)
    unsetting = actions.add_parser(
        "unset", help="Take some out.", description="Take variables out."
    )
    unsetting.add_argument("variables", nargs="*", metavar="NAME", help="Variable to take out.")
    options.add_target_options(unsetting)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Show or change the variables.

    Raises:
        CondaError: The environment does not exist, or a name cannot be one of a variable.
    """
    if getattr(args, "action", None) is None:
        text = args.show_help()
        session.console.print(text)
        session.console.document({"help": text})
        return 0
    if args.action == "list":
        _list(args, session)
        return 0
    if args.action == "set":
        wanted = dict(_assignment(word) for word in args.variables)
        if "PATH" in wanted:
            session.console.note("WARNING: Activation works PATH out itself: yours is left out.")
        prefix = environment_variables.set_variables(
            session, wanted, name=args.name, path=args.prefix
        )
    else:
        prefix = environment_variables.unset_variables(
            session, args.variables, name=args.name, path=args.prefix
        )
    if args.variables and prefix == session.environment.get("CONDA_PREFIX"):
        session.console.print("`conda activate` this environment again to see the change.")
    session.console.document({"success": True, "prefix": prefix})
    return 0


def _list(args: argparse.Namespace, session: Session) -> None:
    prefix = prefix_to_read(session, name=args.name, path=args.prefix)
    variables = environment_variables.variables_of(prefix)
    if session.console.json:
        session.console.document(variables)
    elif variables:
        session.console.print("\n".join(f"{name} = {value}" for name, value in variables.items()))


def _assignment(word: str) -> tuple[str, str]:
    """Read `NAME=VALUE`; a name alone gets an empty value."""
    name, _, value = word.partition("=")
    if not is_variable_name(name):
        raise CondaValueError(
            f"`{name}` cannot be the name of a variable.",
            hint="Names hold letters, digits and underscores, and do not begin with a digit.",
        )
    if "\0" in value:
        raise CondaValueError(f"The value of `{name}` contains a NUL character.")
    return name, value
