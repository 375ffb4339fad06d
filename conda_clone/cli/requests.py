"""Parsed arguments become an `EnvironmentRequest`: specs, modifiers and the target."""

import argparse
from collections.abc import Sequence

from conda_clone.core.env_formats.environment import EnvironmentFile
from conda_clone.core.env_formats.explicit import (
    EXPLICIT_MARKER,
    ExplicitPackage,
    names_package_file,
    parse_explicit,
)
from conda_clone.core.planning.request import (
    DepsModifier,
    EnvironmentRequest,
    UpdateModifier,
    Verb,
)
from conda_clone.errors import ArgumentError, CondaValueError
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.values import replace, value
from conda_clone.operations.change_environment import Inspection
from conda_clone.operations.environment_files import read_environment_files, use_channels_of
from conda_clone.operations.session import Session

__all__ = [
    "Wanted",
    "build_request",
    "named_target",
    "read_inspection",
    "read_wanted",
    "wanted_by_file",
]


@value()
class Wanted:
    """What the command line and the files it names ask for: specs, or archives, never both.

    Attributes:
        specs: Packages to choose versions of.
        archives: Packages as they are.
        described: What the files say, beside packages too; None without files.
    """

    specs: tuple[MatchSpec, ...] = ()
    archives: tuple[ExplicitPackage, ...] = ()
    described: EnvironmentFile | None = None

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing was asked for."""
        described = self.described
        beside = described is not None and bool(described.pip or described.variables)
        return not (self.specs or self.archives or beside)


def read_wanted(args: argparse.Namespace, session: Session) -> Wanted:
    """Collect specs and archives from arguments and from the files of --file.

    Channels that the files name are used from now on.

    Raises:
        EnvironmentFileNotFound: A file is not there.
        EnvironmentFileInvalid: A file is not in its format.
        CondaValueError: Archives and names are mixed.
        InvalidMatchSpec: A spec cannot be understood.
    """
    texts = [text.strip("\"'") for text in args.packages]
    if not args.file:
        return _wanted(session, texts)
    form = vars(args).get("environment_format")
    return wanted_by_file(session, read_environment_files(session, args.file, form), texts)


def wanted_by_file(
    session: Session, described: EnvironmentFile, texts: Sequence[str] = ()
) -> Wanted:
    """Return what a file asks for, and the specs of the command line; its channels are used.

    Raises:
        CondaValueError: Archives and names are mixed.
    """
    if described.channels or not described.use_defaults:
        use_channels_of(session, described)
    if described.archives and texts:
        raise _mixed()
    wanted = _wanted(session, [*texts, *described.specs, *described.archives])
    return replace(wanted, described=described)


def _wanted(session: Session, texts: Sequence[str]) -> Wanted:
    files = [text for text in texts if names_package_file(text) or text == EXPLICIT_MARKER]
    if not files:
        return Wanted(specs=tuple(MatchSpec(text) for text in texts))
    if len(files) < len(texts):
        raise _mixed()
    return Wanted(archives=_archives(files, session))


def _archives(lines: Sequence[str], session: Session) -> tuple[ExplicitPackage, ...]:
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
        # A list of specs says by itself what the environment shall hold.
        default_packages=not (flag("no_default_packages") or flag("file")),
        time_limit=flag("timeout"),
        command=session.command,
    )


def named_target(
    args: argparse.Namespace, described: EnvironmentFile | None, *, needed: bool = False
) -> tuple[str | None, str | None]:
    """Return name and path: options before the file, and in that its name, which fits anywhere.

    Args:
        args: The options.
        described: What files say; None without files.
        needed: Files that name nothing are not enough.

    Raises:
        ArgumentError: Neither options nor files say what to call it.
    """
    if args.name or args.prefix or described is None:
        return args.name, args.prefix
    if needed and not (described.name or described.prefix):
        raise ArgumentError(
            f"Neither `{described.source}` nor the command line names the environment.",
            hint="Give it a name with -n NAME, or a path with -p PATH.",
        )
    return (described.name, None) if described.name else (None, described.prefix)


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
