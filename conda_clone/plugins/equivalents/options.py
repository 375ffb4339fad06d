"""`conda.cli.helpers`: groups of options for the parsers of plugins."""

import argparse
from collections.abc import Callable, Iterable
from typing import Any

__all__ = [
    "LazyChoicesAction",
    "add_output_and_prompt_options",
    "add_parser_channels",
    "add_parser_frozen_env",
    "add_parser_help",
    "add_parser_json",
    "add_parser_networking",
    "add_parser_platform",
    "add_parser_prefix",
    "add_parser_prefix_to_group",
    "add_parser_prompt",
    "add_parser_show_channel_urls",
    "add_parser_solver",
    "add_parser_verbose",
]


class LazyChoicesAction(argparse.Action):
    """An option whose choices are found out when they are needed."""

    def __init__(
        self, *arguments: Any, choices_func: Callable[[], Iterable[str]], **options: Any
    ) -> None:
        super().__init__(*arguments, **options)
        self.choices_func = choices_func

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - the interface of argparse
        namespace: argparse.Namespace,
        values: Any,
        option_string: str | None = None,
    ) -> None:
        """Keep the value if it is among the choices.

        Raises:
            argparse.ArgumentError: It is not.
        """
        choices = list(self.choices_func())
        if values not in choices:
            listed = ", ".join(map(repr, choices))
            raise argparse.ArgumentError(
                self, f"invalid choice: {values!r} for {option_string} (choose from {listed})"
            )
        setattr(namespace, self.dest, values)


def add_parser_help(parser: argparse.ArgumentParser) -> None:
    """Declare -h, for parsers that were made without."""
    parser.add_argument("-h", "--help", action="help", help="Show this help and end.")


def add_parser_prefix(
    parser: argparse.ArgumentParser, *, prefix_required: bool = False
) -> argparse._MutuallyExclusiveGroup:
    """Declare which environment is meant."""
    group = parser.add_argument_group("target environment").add_mutually_exclusive_group(
        required=prefix_required
    )
    add_parser_prefix_to_group(group)
    return group


def add_parser_prefix_to_group(group: argparse._MutuallyExclusiveGroup) -> None:
    """Declare the two ways to name an environment."""
    group.add_argument("-n", "--name", metavar="ENVIRONMENT", help="Name of the environment.")
    group.add_argument("-p", "--prefix", metavar="PATH", help="Path of the environment.")


def add_parser_json(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Declare how a command talks."""
    group = parser.add_argument_group("output")
    _flag(group, "--json", text="Write one JSON document to stdout; implies --yes.")
    group.add_argument("--console", metavar="BACKEND", help="Who shows progress and results.")
    add_parser_verbose(group)
    _flag(group, "-q", "--quiet", text="Show neither progress nor hints.")
    return group


def add_parser_verbose(parser: argparse._ActionsContainer) -> None:
    """Declare -v."""
    parser.add_argument(
        "-v", "--verbose", dest="verbosity", action="count", help="Say more; can be repeated."
    )


def add_parser_prompt(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Declare whether to ask, and whether to act."""
    group = parser.add_argument_group("confirmation")
    _flag(group, "-d", "--dry-run", text="Only show what would be done.")
    _flag(group, "-y", "--yes", dest="always_yes", text="Do not ask for confirmation.")
    return group


def add_output_and_prompt_options(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Declare both of these."""
    add_parser_prompt(parser)
    return add_parser_json(parser)


def add_parser_channels(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Declare where packages come from."""
    group = parser.add_argument_group("channels")
    group.add_argument(
        "-c", "--channel", action="append", metavar="CHANNEL", help="Search this channel too."
    )
    _flag(group, "-O", "--override-channels", text="Search only channels given with -c.")
    return group


def add_parser_networking(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Declare how connections are made."""
    group = parser.add_argument_group("network")
    _flag(group, "-C", "--use-index-cache", text="Use cached indexes, however old.")
    _flag(group, "-k", "--insecure", text="Do not check certificates.")
    _flag(group, "--offline", text="Do not use the network.")
    return group


def add_parser_platform(parser: argparse.ArgumentParser) -> None:
    """Declare the platform that packages are for."""
    parser.add_argument("--platform", "--subdir", dest="subdir", help="Platform of the packages.")


def add_parser_solver(parser: argparse._ActionsContainer) -> None:
    """Declare who chooses packages."""
    parser.add_argument("--solver", help="Who chooses packages.")


def add_parser_frozen_env(parser: argparse._ActionsContainer) -> None:
    """Declare whether a frozen environment may be changed."""
    parser.add_argument(
        "--override-frozen",
        action="store_false",
        dest="protect_frozen_envs",
        default=None,
        help="Change the environment although it is marked as frozen.",
    )


def add_parser_show_channel_urls(parser: argparse._ActionsContainer) -> None:
    """Declare whether channels of packages are shown."""
    parser.add_argument("--show-channel-urls", action="store_true", default=None)


def _flag(
    group: argparse._ActionsContainer, *flags: str, text: str = "", dest: str | None = None
) -> None:
    options = {} if dest is None else {"dest": dest}
    group.add_argument(*flags, action="store_true", default=None, help=text, **options)  # type: ignore[arg-type] # mypy takes `dest` for any option
