"""`conda export`, also `conda env export`: write an environment down, to be created elsewhere."""

import argparse
import os

from conda_clone.cli import options
from conda_clone.core.env_formats.writing import exporter_for, exporter_named
from conda_clone.errors import ArgumentError
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.export import ExportWishes, describe_environment
from conda_clone.operations.plugin_seams import exporters
from conda_clone.operations.session import Session
from conda_clone.plugins.builtin import builtin_items

__all__ = ["configure", "execute"]

_NAMES = sorted(name for row in builtin_items("conda_environment_exporters") for name in row.names)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    group = parser.add_argument_group("what is written")
    group.add_argument(
        "-f",
        "--file",
        metavar="FILE",
        help="Write to this file; its name says the format, unless --format does.",
    )
    group.add_argument(
        "--format",
        dest="export_format",
        metavar="FORMAT",
        help=f"One of {', '.join(_NAMES)}, or one of a plugin; by default YAML.",
    )
    group.add_argument("--no-builds", action="store_true", help="Leave out build strings.")
    group.add_argument(
        "--from-history",
        action="store_true",
        help="Write what was asked for, instead of all that is installed.",
    )
    group.add_argument(
        "--ignore-channels",
        action="store_true",
        help="Leave out channels that only installed packages come from.",
    )
    group.add_argument(
        "-c",
        "--channel",
        dest="export_channels",
        action="append",
        default=[],
        metavar="CHANNEL",
        help="Write this channel, before those of the settings.",
    )
    group.add_argument(
        "-O",
        "--override-channels",
        dest="override_export_channels",
        action="store_true",
        help="Write only the channels of --channel.",
    )
    group.add_argument(
        "--platform",
        "--subdir",
        dest="export_platforms",
        action="append",
        metavar="PLATFORM",
        help="Solve for this platform as well; can be repeated.",
    )
    group.add_argument(
        "--override-platforms",
        action="store_true",
        help="Leave out the platforms of the setting export_platforms.",
    )
    options.add_target_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Describe the environment, and write that to a file or to standard output.

    Raises:
        ArgumentError: There is no such format.
        EnvironmentExporterNotDetected: The name of the file says no format.
        CondaValueError: The format cannot express the environment.
        CondaError: The environment cannot be read, or the file cannot be written.
    """
    chosen = args.export_format or (None if args.file else _default_format(session))
    known = exporters(session.plugins)
    if args.export_format is not None:
        names = sorted(name for each in known for name in (each.name, *each.aliases))
        if args.export_format.lower().strip() not in names:
            raise ArgumentError(
                f"There is no format `{args.export_format}`.",
                hint=f"Choose one of these: {', '.join(names)}.",
            )
    exporter = exporter_named(chosen, known) if chosen else exporter_for(args.file, known)
    prefix = prefix_to_read(session, name=args.name, path=args.prefix)
    configured = () if args.override_platforms else session.configuration.value("export_platforms")
    wishes = ExportWishes(
        builds=not args.no_builds,
        from_history=args.from_history,
        ignore_channels=args.ignore_channels,
        channels=tuple(args.export_channels),
        override_channels=args.override_export_channels,
        platforms=tuple(dict.fromkeys((*(args.export_platforms or ()), *configured))),
    )
    text = exporter.text(describe_environment(session, prefix, wishes))
    if args.file is None:
        session.console.print(text.rstrip("\n"))
        session.console.document(_as_document(exporter.name, text))
        return 0
    path = os.path.abspath(os.path.join(session.cwd, os.path.expanduser(args.file)))
    write_atomically(path, text)
    session.console.document({"success": True, "file": path, "format": exporter.name})
    return 0


def _as_document(name: str, text: str) -> object:
    if name != "environment-json":
        return {"success": True, "format": name, "content": text}
    import json  # 5 ms

    return json.loads(text)


def _default_format(session: Session) -> str:
    return "environment-json" if session.console.json else "environment-yaml"
