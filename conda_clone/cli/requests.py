"""Parsed arguments become an `EnvironmentRequest`: specs, modifiers and the target."""

import argparse
from dataclasses import dataclass

from conda_clone.core.env_formats.errors import EnvironmentFileNotFound
from conda_clone.core.env_formats.explicit import (
    ExplicitPackage,
    is_explicit_list,
    names_package_file,
    parse_explicit,
)
from conda_clone.core.env_formats.requirements_txt import parse_spec_list
from conda_clone.core.planning.request import (
    DepsModifier,
    EnvironmentRequest,
    UpdateModifier,
    Verb,
)
from conda_clone.errors import CondaValueError
from conda_clone.gateways.disk.read import read_text
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.operations.change_environment import Inspection
from conda_clone.operations.session import Session

__all__ = ["Wanted", "build_request", "read_inspection", "read_wanted"]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the command line and the files it names ask for: specs, or archives, never both."""

    specs: tuple[MatchSpec, ...] = ()
    archives: tuple[ExplicitPackage, ...] = ()

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked for."""
        return not self.specs and not self.archives


def read_wanted(args: argparse.Namespace, session: Session) -> Wanted:
    """Collect specs and archives from arguments and from the files of --file.

    Raises:
        EnvironmentFileNotFound: A file is not there.
        CondaValueError: Archives and names are mixed.
        InvalidMatchSpec: A spec cannot be understood.
    """
    texts = [text.strip("\"'") for text in args.packages]
    lines: list[str] = []
    for filename in args.file or ():
        lines += _read_lines(filename)
    if is_explicit_list(tuple(lines)):
        if texts:
            raise _mixed()
        return Wanted(archives=_archives(lines, session))
    texts += lines
    files = [text for text in texts if names_package_file(text)]
    if not files:
        return Wanted(specs=tuple(MatchSpec(text) for text in texts))
    if len(files) < len(texts):
        raise _mixed()
    return Wanted(archives=_archives(texts, session))


def _read_lines(filename: str) -> tuple[str, ...]:
    if filename.endswith((".yml", ".yaml")):
        raise CondaValueError(
            f"`{filename}` is no list of specs.",
            hint="Give a text file with one spec per line, or one that holds @EXPLICIT and URLs.",
        )
    try:
        return parse_spec_list(read_text(filename))
    except FileNotFoundError as error:
        raise EnvironmentFileNotFound(filename) from error


def _archives(lines: list[str], session: Session) -> tuple[ExplicitPackage, ...]:
    return parse_explicit(tuple(lines), cwd=session.cwd, environ=session.environment)


def _mixed() -> CondaValueError:
    return CondaValueError(
        "Package files or URLs cannot be combined with package names.",
        hint="Install the files with a command of their own.",
    )


def build_request(
    args: argparse.Namespace,
    session: Session,
    verb: Verb,
    prefix: str,
    specs: tuple[MatchSpec, ...] = (),
) -> EnvironmentRequest:
    """Return the request that the arguments of a changing command stand for."""
    flag = vars(args).get
    removing = verb is Verb.REMOVE
    return EnvironmentRequest(
        verb=verb,
        prefix=prefix,
        specs_to_add=() if removing else specs,
        specs_to_remove=specs if removing else (),
        update_modifier=_update_modifier(args, session, verb),
        deps_modifier=_deps_modifier(args, session),
        ignore_pinned=bool(flag("no_pin") or session.configuration.value("ignore_pinned")),
        force_reinstall=bool(
            flag("force_reinstall") or session.configuration.value("force_reinstall")
        ),
        force_remove=bool(flag("force_remove") or session.configuration.value("force_remove")),
        remove_features=bool(flag("features")),
        remove_all=removing and bool(flag("all")),
        # A file says by itself what the environment shall hold.
        default_packages=not (flag("no_default_packages") or flag("file")),
        time_limit=flag("timeout"),
        command=session.command,
    )


def read_inspection(args: argparse.Namespace) -> Inspection:
    """Return what the arguments want of a solve beside its solution."""
    flag = vars(args).get
    return Inspection(explain=bool(flag("explain")), save_to=flag("save_solve"))


def _update_modifier(args: argparse.Namespace, session: Session, verb: Verb) -> UpdateModifier:
    """An install leaves alone what it can, unless the user says how far things may move."""
    usual = UpdateModifier.FREEZE_INSTALLED if verb is Verb.INSTALL else UpdateModifier.UPDATE_SPECS
    return UpdateModifier(_chosen("update_modifier", args, session) or usual)


def _deps_modifier(args: argparse.Namespace, session: Session) -> DepsModifier:
    return DepsModifier(_chosen("deps_modifier", args, session) or DepsModifier.NOT_SET)


def _chosen(name: str, args: argparse.Namespace, session: Session) -> str | None:
    """Return what an option says, else the setting of that name if there is one."""
    given = vars(args).get(name)
    if given is None and session.configuration.is_given(name):
        given = session.configuration.value(name)
    return None if given is None else str(given)
