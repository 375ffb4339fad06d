"""Option groups that several commands share (spec/commands.md, section 1).

An option that stands for a setting has the setting's name as `dest` and None as default, so that
`overrides` can tell what was really given.
"""

import argparse

from conda_clone.cli.solver_option import SolverAction
from conda_clone.models.subdir import KNOWN_SUBDIRS

__all__ = [
    "add_change_options",
    "add_channel_options",
    "add_frozen_option",
    "add_link_options",
    "add_network_options",
    "add_output_options",
    "add_outx_options",
    "add_package_specs",
    "add_platform_option",
    "add_prompt_options",
    "add_save_solve_option",
    "add_show_channel_urls_option",
    "add_solver_name_option",
    "add_solver_options",
    "add_target_options",
    "add_time_limit_option",
    "add_update_options",
    "add_verbosity_option",
]


def add_output_options(parser: argparse.ArgumentParser) -> None:
    """Declare OUT: how the command talks."""
    group = parser.add_argument_group("output")
    _flag(group, "--json", help="Print one JSON document; implies --yes.")
    _flag(group, "--json-lines", help="The same on one line, after a line for each progress.")
    group.add_argument("--console", metavar="BACKEND", help=argparse.SUPPRESS)
    add_verbosity_option(group)
    _flag(group, "-q", "--quiet", help="Show neither progress nor hints.")


def add_verbosity_option(group: argparse._ActionsContainer) -> None:
    """Declare --verbose and its two shorthands."""
    group.add_argument(
        "-v", "--verbose", dest="verbosity", action="count", help="Say more; can be repeated."
    )
    _flag(group, "--debug", help=argparse.SUPPRESS)
    _flag(group, "--trace", help=argparse.SUPPRESS)


def add_prompt_options(parser: argparse.ArgumentParser) -> None:
    """Declare PROMPT: whether to ask, and whether to act."""
    group = parser.add_argument_group("confirmation")
    _flag(group, "-d", "--dry-run", help="Only show what would be done.")
    _flag(group, "-y", "--yes", dest="always_yes", help="Do not ask for confirmation.")
    group.add_argument(
        "--lock-timeout",
        type=_waiting_time,
        metavar="SECONDS",
        help="Wait so long for others who change the same; 0 not to wait.",
    )


def add_target_options(parser: argparse.ArgumentParser) -> None:
    """Declare TARGET: which environment."""
    group = parser.add_argument_group("target environment").add_mutually_exclusive_group()
    group.add_argument(
        "-n", "--name", type=_given, metavar="ENVIRONMENT", help="Name of the environment."
    )
    group.add_argument(
        "-p", "--prefix", type=_given, metavar="PATH", help="Path of the environment."
    )


def add_channel_options(parser: argparse.ArgumentParser) -> None:
    """Declare CHAN: where packages come from."""
    group = parser.add_argument_group("channels")
    group.add_argument(
        "-c",
        "--channel",
        dest="channels",
        metavar="CHANNEL",
        action="append",
        help="Search this channel first; can be repeated.",
    )
    _flag(group, "-O", "--override-channels", help="Search only channels given with -c.")
    group = parser.add_argument_group("indexes of channels")
    group.add_argument(
        "--use-local",
        dest="channels",
        action="append_const",
        const="local",
        help="Search the channel of packages built on this machine: the same as `-c local`.",
    )
    group.add_argument(
        "--repodata-fn",
        dest="repodata_fns",
        metavar="FILENAME",
        action="append",
        help="Name of the index file on the server; can be repeated, the first that helps counts.",
    )
    group.add_argument(
        "--experimental", choices=("jlap", "lock"), action="append", help=argparse.SUPPRESS
    )
    _flag(group, "--no-lock", help="Do not lock the cache of indexes.")
    _switch(group, "repodata-use-zst", help="Whether compressed indexes are asked for.")
    _switch(group, "repodata-use-shards", help="Whether sharded indexes are asked for.")


def add_solver_options(parser: argparse.ArgumentParser) -> None:
    """Declare SOLVE: how packages are chosen."""
    group = parser.add_argument_group("solver")
    for flag, value, text in (
        (
            "--strict-channel-priority",
            "strict",
            "Lower channels never provide what higher ones do.",
        ),
        ("--channel-priority", "flexible", argparse.SUPPRESS),
        ("--no-channel-priority", "disabled", "Versions count more than the order of channels."),
    ):
        _constant(group, flag, dest="channel_priority", value=value, text=text)
    which = group.add_mutually_exclusive_group()
    _constant(
        which,
        "--no-deps",
        dest="deps_modifier",
        value="no_deps",
        text="Install only what is named, without dependencies; the result may not work.",
    )
    _constant(
        which,
        "--only-deps",
        dest="deps_modifier",
        value="only_deps",
        text="Install only the dependencies of what is named.",
    )
    _flag(group, "--no-pin", default=False, help="Leave pins out of account.")
    group.add_argument(
        "--strategy",
        dest="solver_strategy",
        choices=("highest", "lowest", "lowest-direct"),
        help="Choose the newest versions that fit (the default), the oldest, or the oldest of what"
        " is named with the newest of the rest.",
    )
    group.add_argument(
        "--exclude-newer",
        metavar="DATE",
        help="Leave out packages published after this date (2026-03-01), or younger than 7d.",
    )
    _flag(
        group, "--explain", default=False, help="Say what is not at its newest, and what holds it."
    )
    add_time_limit_option(group)
    add_save_solve_option(group)
    add_solver_name_option(group)


def add_time_limit_option(group: argparse._ActionsContainer) -> None:
    """Declare --timeout."""
    group.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        help="Take the best answer that has been found after so many seconds of solving.",
    )


def _seconds(text: str) -> float:
    """Return a positive number of seconds."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0.0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return seconds


def add_save_solve_option(group: argparse._ActionsContainer) -> None:
    """Declare --save-solve."""
    group.add_argument(
        "--save-solve",
        metavar="FILE",
        help="Save what was solved in a file, without secrets, for a report or a test.",
    )


def add_solver_name_option(group: argparse._ActionsContainer) -> None:
    """Declare --solver."""
    group.add_argument("--solver", metavar="NAME", action=SolverAction, help=argparse.SUPPRESS)


def add_update_options(parser: argparse.ArgumentParser) -> None:
    """Declare UPD: how far packages that are not named may move."""
    group = parser.add_argument_group("extent of the update").add_mutually_exclusive_group()
    for flags, value, text in (
        (
            ("--freeze-installed", "--no-update-deps"),
            "freeze_installed",
            "Do not change packages that are installed already.",
        ),
        (("--update-deps",), "update_deps", "Update dependencies too."),
        (
            ("-S", "--satisfied-skip-solve"),
            "specs_satisfied_skip_solve",
            "Do nothing if what is asked for is installed already.",
        ),
        (("--update-all", "--all"), "update_all", "Update everything in the environment."),
        (("--update-specs",), "update_specs", "Update what is named, and what that requires."),
    ):
        _constant(group, *flags, dest="update_modifier", value=value, text=text)
    _flag(
        parser,
        "--force-reinstall",
        default=False,
        help="Link the named packages anew even if they are there.",
    )


def add_link_options(parser: argparse.ArgumentParser) -> None:
    """Declare LINK: how files get into the environment."""
    group = parser.add_argument_group("linking")
    _flag(group, "--force", default=False, help=argparse.SUPPRESS)
    _flag(group, "--copy", dest="always_copy", help="Copy files rather than link them.")
    _switch(group, "shortcuts", help="Whether packages may add menu entries.")
    group.add_argument(
        "--shortcuts-only",
        metavar="PACKAGE",
        action="append",
        help="Only this package may add menu entries; can be repeated.",
    )
    _flag(
        group,
        "--clobber",
        help="Let packages replace each other's files without a word.",
    )


def add_network_options(parser: argparse.ArgumentParser) -> None:
    """Declare NET: how servers are talked to."""
    group = parser.add_argument_group("network")
    _flag(group, "-C", "--use-index-cache", help="Trust cached indexes even if they are old.")
    group.add_argument(
        "-k",
        "--insecure",
        dest="ssl_verify",
        action="store_const",
        const=False,
        help="Do not verify the certificates of servers.",
    )
    _flag(group, "--offline", help="Do not use the network.")


def add_outx_options(parser: argparse.ArgumentParser) -> None:
    """Declare OUTX: --download-only and what the plan shows."""
    group = parser.add_argument_group("download and display")
    _flag(group, "--download-only", help="Fetch packages, but install nothing.")
    add_show_channel_urls_option(group)


def add_show_channel_urls_option(group: argparse._ActionsContainer) -> None:
    """Declare --show-channel-urls and its opposite."""
    _flag(group, "--show-channel-urls", help="Show where packages come from.")
    group.add_argument(
        "--no-show-channel-urls",
        dest="show_channel_urls",
        action="store_const",
        const=False,
        help=argparse.SUPPRESS,
    )


def add_platform_option(parser: argparse.ArgumentParser) -> None:
    """Declare --platform."""
    subdirs = sorted(KNOWN_SUBDIRS)
    parser.add_argument(
        "--subdir",
        "--platform",
        dest="subdir",
        metavar="SUBDIR",
        choices=subdirs,
        help="Choose packages for it, such as osx-arm64 or win-64.",
    )


def add_change_options(parser: argparse.ArgumentParser) -> None:
    """Declare everything that commands have in common which put packages into environments."""
    add_package_specs(parser)
    add_target_options(parser)
    add_channel_options(parser)
    add_solver_options(parser)
    add_link_options(parser)
    add_network_options(parser)
    add_outx_options(parser)
    add_prompt_options(parser)
    add_output_options(parser)


def add_package_specs(parser: argparse.ArgumentParser) -> None:
    """Declare the packages to work on, named on the command line or in files."""
    parser.add_argument(
        "packages",
        metavar="package_spec",
        nargs="*",
        help="A name, a spec such as 'numpy>=2', a URL or a file.",
    )
    parser.add_argument(
        "-f",
        "--file",
        metavar="FILE",
        action="append",
        help="A list of specs or an environment file; can be repeated.",
    )
    parser.add_argument(
        "--format",
        "--environment-specifier",
        "--env-spec",
        dest="environment_format",
        metavar="FORMAT",
        help="Format of the files, if their names do not say it.",
    )
    parser.add_argument("--dev", action="count", help=argparse.SUPPRESS)


def add_frozen_option(parser: argparse.ArgumentParser) -> None:
    """Declare --override-frozen."""
    _flag(parser, "--override-frozen", default=False, help="Change it even if it is frozen.")


def _waiting_time(text: str) -> float:
    """Return a number of seconds; 0 is one as well."""
    return 0.0 if text == "0" else _seconds(text)


def _given(text: str) -> str:
    """Refuse what a script gives whose variable is not set: the active environment is not meant."""
    if not text:
        message = "it is empty"
        raise argparse.ArgumentTypeError(message)
    return text


def _flag(
    group: argparse._ActionsContainer,
    *flags: str,
    help: str,  # noqa: A002 - argparse calls it so
    dest: str | None = None,
    default: bool | None = None,
) -> None:
    name = dest or flags[-1].lstrip("-").replace("-", "_")
    group.add_argument(*flags, dest=name, action="store_true", default=default, help=help)


def _constant(
    group: argparse._ActionsContainer, *flags: str, dest: str, value: str, text: str
) -> None:
    group.add_argument(*flags, dest=dest, action="store_const", const=value, help=text)


def _switch(group: argparse._ActionsContainer, name: str, *, help: str) -> None:  # noqa: A002 - as above
    group.add_argument(f"--{name}", action=argparse.BooleanOptionalAction, default=None, help=help)
