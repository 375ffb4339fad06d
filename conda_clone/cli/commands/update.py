"""`conda update`: bring packages of an environment to their newest versions."""

import argparse

from conda_clone.cli import options
from conda_clone.cli.commands.install import install_into
from conda_clone.cli.obsolete import add_obsolete_options
from conda_clone.cli.requests import Wanted, read_wanted
from conda_clone.core.planning.errors import CondaUpdatePackageError
from conda_clone.core.planning.request import UpdateModifier, Verb
from conda_clone.core.prefix.errors import PackageNotInstalledError
from conda_clone.errors import CondaValueError
from conda_clone.operations.change_environment import read_state
from conda_clone.operations.session import Session
from conda_clone.operations.target import existing_environment

__all__ = ["configure", "execute"]

_ADDS = "`conda install {}` adds it."
_OURSELVES = "conda"
_OTHER_WAY = "This program is no package of an environment: update it in the way it was installed."


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    options.add_change_options(parser)
    options.add_update_options(parser)
    options.add_frozen_option(parser)
    add_obsolete_options(parser, "--force-pscheck", "--unknown", "--prune")


def execute(args: argparse.Namespace, session: Session) -> int:
    """Update what was named, or everything.

    Raises:
        CondaValueError: Neither names nor --all were given.
        CondaUpdatePackageError: A spec says more than a name.
        PackageNotInstalledError: A named package is not there to be updated.
        CondaError: The environment is as it was before.
    """
    wanted = read_wanted(args, session)
    everything = args.update_modifier == UpdateModifier.UPDATE_ALL
    if wanted.is_empty and not everything:
        raise CondaValueError(
            "There is nothing to update.",
            hint="Name packages (`conda update -n myenv scipy`), or use --all.",
        )
    prefix = existing_environment(
        session, name=args.name, path=args.prefix, override_frozen=args.override_frozen
    )
    _check_names(session, prefix, wanted)
    return install_into(args, session, prefix, wanted, Verb.UPDATE)


def _check_names(session: Session, prefix: str, wanted: Wanted) -> None:
    if wanted.archives:
        raise CondaUpdatePackageError([archive.url for archive in wanted.archives])
    if more := [str(spec) for spec in wanted.specs if not spec.is_name_only]:
        raise CondaUpdatePackageError(more)
    installed = read_state(session, prefix).installed
    for spec in wanted.specs:
        if spec.name not in installed:
            error = PackageNotInstalledError(prefix, spec.name)
            error.hint = _OTHER_WAY if spec.name == _OURSELVES else _ADDS.format(spec.name)
            raise error
