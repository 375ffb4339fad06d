"""`conda env create` and `conda env update`: make an environment what files say."""

import argparse
from dataclasses import replace

from conda_clone.cli import options
from conda_clone.cli.change_flow import make_as_described
from conda_clone.cli.commands.create import create_environment
from conda_clone.cli.commands.install import make_change
from conda_clone.cli.requests import build_request, named_target, wanted_by_file
from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.planning.request import UpdateModifier, Verb
from conda_clone.errors import CondaValueError
from conda_clone.operations.change_environment import prepare_explicit, prepare_solve
from conda_clone.operations.environment_files import read_environment_files
from conda_clone.operations.environments import is_there
from conda_clone.operations.pip_pruning import prune_beside_packages
from conda_clone.operations.pruning import prepare_exact
from conda_clone.operations.session import Session
from conda_clone.operations.target import existing_environment, new_environment
from conda_clone.plugins.builtin import builtin_items

__all__ = ["configure_create", "configure_update", "create", "update"]

_FORMATS = sorted(
    name for row in builtin_items("conda_environment_specifiers") for name in row.names
)


def configure_create(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `conda env create`."""
    _add_file_options(parser)
    parser.add_argument(
        "--no-default-packages",
        action="store_true",
        help="Leave out the packages of the setting create_default_packages.",
    )
    options.add_target_options(parser)
    options.add_platform_option(parser)
    options.add_network_options(parser)
    options.add_prompt_options(parser)
    options.add_solver_name_option(parser)
    options.add_output_options(parser)


def configure_update(parser: argparse.ArgumentParser) -> None:
    """Declare the options of `conda env update`."""
    _add_file_options(parser)
    parser.add_argument(
        "--prune",
        action="store_true",
        help="Take out everything that the file does not ask for, so that only it counts.",
    )
    options.add_target_options(parser)
    options.add_network_options(parser)
    options.add_prompt_options(parser)
    options.add_frozen_option(parser)
    options.add_solver_name_option(parser)
    options.add_output_options(parser)


def _add_file_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("environment file")
    group.add_argument(
        "-f",
        "--file",
        dest="env_files",
        action="extend",
        nargs="+",
        metavar="FILE",
        help="A path, a URL, or `-` for standard input; several say together what is wanted."
        " By default environment.yml.",
    )
    group.add_argument(
        "--format",
        "--environment-specifier",
        "--env-spec",
        dest="environment_format",
        metavar="FORMAT",
        help=f"Format of the files, if their names do not say it: {', '.join(_FORMATS)},"
        " or one of a plugin.",
    )


def create(args: argparse.Namespace, session: Session) -> int:
    """Create an environment from files.

    Raises:
        ArgumentError: Neither options nor files say what to call it.
        CondaValueError: It exists, and --yes was not given.
        CondaError: Nothing was created; an environment that was in the way is untouched.
        CondaEnvException: All is there but the packages of pip.
    """
    described = _read(args, session)
    name, path = named_target(args, described, needed=not session.output.dry_run)
    wanted = wanted_by_file(session, described)
    target = new_environment(session, name=name, path=path)
    if target.replaces_environment and not session.output.always_yes:
        raise CondaValueError(
            f"There is an environment at `{target.prefix}` already.",
            hint="Use --yes to replace it, or `conda env update` to change it.",
        )
    create_environment(args, session, target, wanted, asks=False)
    return 0


def update(args: argparse.Namespace, session: Session) -> int:
    """Change an environment into what files say; one that is not there is created.

    Raises:
        CondaError: The environment is as it was before.
        CondaEnvException: All is there but the packages of pip.
    """
    described = _read(args, session)
    wanted = wanted_by_file(session, described)
    name, path = named_target(args, described)
    if not is_there(session, name=name, path=path):
        target = new_environment(session, name=name, path=path)
        create_environment(args, session, target, wanted, asks=False)
        return 0
    prefix = existing_environment(
        session, name=name, path=path, override_frozen=args.override_frozen
    )
    request = build_request(args, session, Verb.INSTALL, prefix, wanted.specs)
    request = replace(request, update_modifier=UpdateModifier.UPDATE_SPECS)
    if args.prune:
        prepared = prepare_exact(session, request, wanted.archives)
    elif wanted.archives:
        prepared = prepare_explicit(session, request, wanted.archives)
    else:
        prepared = prepare_solve(session, request)
    document = make_change(session, prepared, asks=False, described=described)
    if session.output.dry_run:
        return 0
    make_as_described(session, prefix, described, document)
    if args.prune:
        prune_beside_packages(session, prefix, described)
    return 0


def _read(args: argparse.Namespace, session: Session) -> EnvironmentFile:
    return read_environment_files(session, args.env_files or (), args.environment_format)
