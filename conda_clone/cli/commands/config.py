"""`conda config`: show settings, and change the files that hold them."""

import argparse
import operator
import os
import sys
from collections.abc import Mapping, Sequence

from conda_clone.cli import options
from conda_clone.cli.output.terminal import wrapped
from conda_clone.config.configuration import Configuration
from conda_clone.config.describe import (
    described,
    effective_values,
    origins,
    shown_names,
    values_by_source,
)
from conda_clone.config.edit import Change
from conda_clone.config.errors import Origin, combine, variable_of
from conda_clone.config.parameters import Parameter, canonical_name, close_names
from conda_clone.config.schema import ListOf, MapOf
from conda_clone.config.sources.source import COMMAND_LINE
from conda_clone.config.template import default_in_yaml
from conda_clone.config.validate import errors_of_sources
from conda_clone.errors import ArgumentError
from conda_clone.operations import configure as operation
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    show = parser.add_argument_group("show settings").add_mutually_exclusive_group()
    show.add_argument(
        "--show",
        nargs="*",
        metavar="KEY",
        help="Show what settings come to; -v: where from.",
    )
    show.add_argument("--show-sources", action="store_true", help="Show what each source says.")
    show.add_argument(
        "--describe",
        nargs="*",
        metavar="KEY",
        help="Tell what settings are for.",
    )
    show.add_argument(
        "--validate",
        action="store_true",
        help="Look for all that is wrong, in a file or in all.",
    )
    show.add_argument(
        "--write-default",
        action="store_true",
        help="Write a file with all settings as comments.",
    )
    _add_changes(parser.add_argument_group("read or change a file").add_mutually_exclusive_group())
    where = parser.add_argument_group("which file (by default ~/.condarc)")
    where = where.add_mutually_exclusive_group()
    where.add_argument("--system", action="store_true", help="The file of the base environment.")
    where.add_argument("--env", action="store_true", help="The file of the active environment.")
    where.add_argument("--file", metavar="FILE", help="This file.")
    parser.add_argument("--force", "-f", action="store_true", help=argparse.SUPPRESS)
    options.add_target_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Show or change what was asked for; nothing, when nothing was.

    Raises:
        ArgumentError: Unknown settings were named, or several files.
    """
    if args.show is not None:
        _show(args.show, session)
    elif args.show_sources:
        _show_sources(session)
    elif args.describe is not None:
        _describe(args.describe, session)
    elif args.validate:
        _validate(args, session)
    elif args.write_default:
        path = _chosen_file(args, session)
        operation.write_template(session.configuration, path)
        session.console.document({"success": True, "rc_path": path})
    else:
        _change_and_get(args, session)
    return 0


def _change_and_get(args: argparse.Namespace, session: Session) -> None:
    path = _chosen_file(args, session)
    warnings: list[str] = []
    values: Mapping[str, object] = {}
    if args.changes:
        warnings += operation.change_file(session.configuration, path, args.changes).warnings
    if args.stdin:
        warnings += operation.merge_into_file(session.configuration, path, sys.stdin.read())
    if args.get is not None:
        written = operation.read_file(session.configuration, path, args.get)
        warnings += [_unknown_key(key) for key in written.unknown]
        values = written.values
    for line in _get_lines(values):
        session.console.print(line)
    for warning in () if session.console.json else warnings:
        session.console.note(warning)
    session.console.document(
        {"success": True, "rc_path": path, "warnings": warnings, "get": values}
    )


def _unknown_key(key: str) -> str:
    close = close_names(key)
    meant = f"; did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else ""
    return f"Unknown key: '{key}'{meant}"


def _validate(args: argparse.Namespace, session: Session) -> None:
    if args.file or args.system or args.env or args.name or args.prefix:
        findings = operation.validate_file(session.configuration, _chosen_file(args, session))
    else:
        findings = operation.validate(session.configuration)
    if findings.error or not session.console.json:
        for warning in findings.warnings:
            session.console.note(f"WARNING: {warning}")
    if findings.error:
        raise findings.error
    session.console.document({"success": True, "warnings": findings.warnings})


class _Remember(argparse.Action):
    """Keeps all changes in the order of the command line."""

    def __call__(
        self,
        parser: argparse.ArgumentParser,  # noqa: ARG002 - as argparse calls it
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        option_string: str | None = None,  # noqa: ARG002 - as argparse calls it
    ) -> None:
        words = [str(value) for value in values or ()]
        changes = [*(getattr(namespace, self.dest) or ()), Change(self.const, *words)]
        setattr(namespace, self.dest, changes)


def _add_changes(group: argparse._MutuallyExclusiveGroup) -> None:
    group.add_argument(
        "--get", nargs="*", metavar="KEY", help="Show what the file says, or some of it."
    )
    pair = ("KEY", "VALUE")
    for flags, verb, words, text in (
        (("--append",), "append", pair, "Add a value to the end of a list."),
        (("--prepend", "--add"), "prepend", pair, "Add a value to the front of a list."),
        (("--set",), "set", pair, "Set a value; KEY.NAME is one entry of a map."),
        (("--remove",), "remove", pair, "Remove a value from a list."),
        (("--remove-key",), "remove_key", ("KEY",), "Remove a setting with its value."),
    ):
        group.add_argument(
            *flags,
            dest="changes",
            action=_Remember,
            const=verb,
            nargs=len(words),
            metavar=words,
            help=text,
        )
    group.add_argument(
        "--stdin", action="store_true", help="Put in settings that standard input has in YAML."
    )


def _chosen_file(args: argparse.Namespace, session: Session) -> str:
    chosen = [bool(choice) for choice in (args.file, args.system, args.env)]
    chosen.append(bool(args.name or args.prefix))
    if sum(chosen) > 1:
        raise ArgumentError("--file, --system, --env, --name and --prefix name different files.")
    configuration = session.configuration
    if args.file:
        return os.path.abspath(os.path.join(session.cwd, os.path.expanduser(args.file)))
    if args.system:
        return operation.file_of_system(configuration)
    active = session.environment.get("CONDA_PREFIX")
    if args.env and active:
        return operation.file_of_prefix(active)
    if args.name or args.prefix:
        return operation.file_of_prefix(prefix_to_read(session, name=args.name, path=args.prefix))
    path = operation.file_of_user(configuration)
    if args.env:
        session.console.note(f"No environment is active: `{path}` is used.")
    return path


def _show(keys: Sequence[str], session: Session) -> None:
    configuration = session.configuration
    names = _known(keys, configuration) or shown_names(configuration)
    if keys and session.console.json:
        for name in names:  # programs expect one error: that of the first name asked for
            effective_values(configuration, [name])
    values = effective_values(configuration, names)
    # What is wrong with other settings is not to be overlooked, nor what is right to be kept back.
    errors = errors_of_sources(configuration.sources, configuration.parameters)
    if not (errors and session.console.json):
        session.console.document(values)
        session.console.print("\n".join(_shown(values, configuration)))
    if errors:
        raise combine(errors)


def _known(keys: Sequence[str], configuration: Configuration) -> list[str]:
    """Return the names of settings that were named, of plugins' settings with `plugins.`.

    Raises:
        ArgumentError: Some are no settings.
    """
    of_plugins = {
        name: row.name
        for row in configuration.plugin_rows.values()
        for name in (row.name, *row.aliases)
    }
    names = {key: of_plugins.get(key) or canonical_name(key) for key in keys}
    unknown = [key for key, name in names.items() if name is None]
    if unknown:
        close = [name for key in unknown for name in close_names(key, of_plugins)]
        raise ArgumentError(
            "\n  - ".join(["Invalid configuration parameters: ", *unknown]),
            hint=f"Did you mean {' or '.join(f'`{name}`' for name in close)}?" if close else None,
        )
    return [name for name in names.values() if name]


def _describe(keys: Sequence[str], session: Session) -> None:
    of_plugins = {row.name: row for row in session.configuration.plugin_rows.values()}
    known = {**session.configuration.parameters, **of_plugins}
    chosen = [known[name] for name in _known(keys, session.configuration)]
    rows = chosen or [row for row in known.values() if not row.is_hidden]
    as_conda = chosen or sorted(
        (row for row in rows if not row.is_own), key=operator.attrgetter("name")
    )
    session.console.document([described(row) for row in as_conda])
    if session.console.json:
        return
    group = ""
    for row in rows:
        if not chosen and row.group != group:
            group = row.group
            session.console.print(f"{'' if row is rows[0] else chr(10)}{group}\n{'=' * len(group)}")
        described_row = "\n".join(_description(row))
        session.console.print(wrapped(described_row, session.console.width))


def _description(row: Parameter) -> list[str]:
    kind = row.kind
    lines = [f"\n{row.name}", f"  {row.description}", f"  Expected is {kind.expected}."]
    if row.is_idle:
        lines.append("  It is accepted, but nothing reads it so far.")
    if row.aliases:
        lines.append(f"  Also called {', '.join(row.aliases)}.")
    if not isinstance(kind, MapOf):
        between = f", with `{kind.separator}` between items" if isinstance(kind, ListOf) else ""
        lines.append(f"  In the environment: {variable_of(row.name)}{between}.")
    return [*lines, "  By default:", *(f"    {line}" for line in default_in_yaml(row))]


def _show_sources(session: Session) -> None:
    by_source = values_by_source(session.configuration)
    session.console.document(by_source)
    for source, values in by_source.items():
        session.console.print("\n".join([f"==> {source} <==", *_lines(values), ""]))


def _shown(values: Mapping[str, object], configuration: Configuration) -> list[str]:
    """Return the lines of all values; with --verbose each with the place that it comes from.

    The option must be given: scripts read the lines in spite of a setting for all commands.
    """
    if configuration.source_of("verbosity") != COMMAND_LINE:
        return _lines(values)
    return [
        line
        for name, value in values.items()
        for line in (
            _traced(name, value, origins(configuration, name))
            if configuration.is_given(name.partition(".")[0])
            else _by_default(name, value)
        )
    ]


def _traced(name: str, value: object, places: Mapping[object, Origin]) -> list[str]:
    """Return the lines of a value that was given, each part with its place."""
    if isinstance(value, Mapping) and value:
        parts: list[tuple[object, object]] = [(key, {key: item}) for key, item in value.items()]
    elif isinstance(value, tuple) and value:
        parts = [(item, (item,)) for item in value]
    else:
        return [f"{name}: {_scalar(value)}{_place(places.get(None))}"]
    lines = [f"{name}:"]
    for key, part in parts:
        first, *rest = _lines(part, "  ")
        lines += [first + _place(places.get(key) if isinstance(key, str) else None), *rest]
    return lines


def _place(origin: Origin | None) -> str:
    return f"  # {origin}" if origin else ""


def _by_default(name: str, value: object) -> list[str]:
    first, *rest = _lines({name: value})
    return [f"{first}  # by default", *rest]


def _lines(value: object, indent: str = "") -> list[str]:
    """Return a value in the form of YAML that people know from conda."""
    lines = []
    if isinstance(value, Mapping):
        for key, item in value.items():
            if isinstance(item, Mapping | tuple) and item:
                lines += [f"{indent}{key}:", *_lines(item, indent + "  ")]
            else:
                lines.append(f"{indent}{key}: {_scalar(item)}")
    elif isinstance(value, tuple):
        for item in value:
            below = _lines(item, indent + "  ")
            lines.append(f"{indent}- {below[0].lstrip() if below else _scalar(item)}")
            lines += below[1:]
    else:
        return []
    return lines


def _scalar(value: object) -> str:
    if isinstance(value, Mapping | tuple):
        return "{}" if isinstance(value, Mapping) else "[]"
    return str(value)


def _get_lines(values: Mapping[str, object]) -> list[str]:
    """Return the options of `conda config` that would make these values."""
    lines = []
    for name, value in values.items():
        if isinstance(value, Mapping):
            lines += _get_lines({f"{name}.{key}": item for key, item in value.items()})
        elif isinstance(value, tuple):
            added = [f"--add {name} '{item}'" for item in reversed(value)]
            if len(added) > 1:
                added[0] += "   # lowest priority"
                added[-1] += "   # highest priority"
            lines += added
        else:
            lines.append(f"--set {name} {value}")
    return lines
