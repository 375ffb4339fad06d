"""`conda search`: find packages in channels or in environments."""

import argparse
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from conda_clone.cli import options
from conda_clone.cli.output.record_documents import full_record
from conda_clone.cli.output.tables import format_columns, human_size
from conda_clone.cli.output.terminal import wrapped
from conda_clone.models.records import PackageRecord
from conda_clone.operations.search import search_channels, search_environments
from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]

_RIGHT = (1, 2)
_WIDTHS = (22, 15, 15)
_MILLISECONDS = 1000
_IDLE = (
    "--canonical",
    "--full-name",
    "--names-only",
    "--unknown",
    "--outdated",
    "--spec",
    "--reverse-dependency",
)
_SHORT = {"--full-name": ("-f",), "--outdated": ("-o",)}


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument(
        "match_spec",
        nargs="?",
        default="*",
        help="Spec to look for, such as 'numpy>=2'; `*` in a name stands for anything.",
    )
    parser.add_argument("--envs", action="store_true", help="Search environments, not channels.")
    parser.add_argument("-i", "--info", action="store_true", help="Show all of each package.")
    options.add_platform_option(parser)
    parser.add_argument(
        "--skip-flexible-search",
        action="store_true",
        help="If there is no match, do not look for names that contain the spec's name.",
    )
    for option in _IDLE:
        short = _SHORT.get(option, ())
        parser.add_argument(*short, option, action="store_true", help=argparse.SUPPRESS)
    options.add_channel_options(parser)
    options.add_network_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Show what is found.

    Options of older versions that are accepted and do nothing are told.

    Raises:
        PackagesNotFoundInChannelsError: Nothing in the channels matches.
        PackagesNotFoundError: Nothing in the environments matches.
        CondaError: A channel cannot be read.
    """
    for option in _IDLE:
        if getattr(args, option.lstrip("-").replace("-", "_")):
            session.console.note(f"{option} has no effect.")
    if args.envs:
        _show_environments(session, search_environments(session, args.match_spec))
        return 0
    result = search_channels(session, args.match_spec, flexible=not args.skip_flexible_search)
    if result.relaxed_to is not None:
        session.console.print(f"No match found for: {args.match_spec}. Search: {result.relaxed_to}")
    by_name: dict[str, list[dict[str, object]]] = {}
    if session.console.json:
        for record in result.records:
            document = full_record(record)
            exports = result.run_exports(record) if args.info else {}
            by_name.setdefault(record.name, []).append(
                document | ({"run_exports": exports} if exports else {})
            )
        session.console.document(by_name)
    elif args.info:
        for record in result.records:
            details = "\n".join(_details(record, result.run_exports(record)))
            session.console.print(wrapped(details, session.console.width))
    else:
        session.console.print("\n".join(_table(result.records, session.console.width)))
    return 0


def _table(records: Sequence[PackageRecord], width: int | None) -> list[str]:
    rows = [("# Name", "Version", "Build", "Channel")]
    rows += [(record.name, record.version, record.build, record.channel.name) for record in records]
    if width is None:  # scripts cut lines at the columns that conda has
        return [f"{row[0]:20} {row[1]:>15} {row[2]:>15}  {row[3]:20}" for row in rows]
    return format_columns(rows, minimum=_WIDTHS, right=_RIGHT, width=width)


def _show_environments(
    session: Session, found: Sequence[tuple[str, Sequence[PackageRecord]]]
) -> None:
    session.console.document(
        [
            {"location": prefix, "package_records": [full_record(each) for each in records]}
            for prefix, records in found
        ]
    )
    rows = [("# Name", "Version", "Build", "Channel", "Location")]
    rows += [
        (each.name, each.version, each.build, each.channel.name, prefix)
        for prefix, records in found
        for each in records
    ]
    session.console.print("\n".join(format_columns(rows, minimum=_WIDTHS, right=_RIGHT)))


def _details(record: PackageRecord, run_exports: Mapping[str, Sequence[str]]) -> list[str]:
    title = f"{record.name} {record.version} {record.build}"
    rows = {
        "file name": record.fn,
        "name": record.name,
        "version": record.version,
        "build": record.build,
        "build number": str(record.build_number),
        "size": None if record.size is None else human_size(record.size),
        "license": record.license,
        "subdir": record.subdir,
        "url": record.url,
        "md5": record.md5,
        "timestamp": _date(record.timestamp),
    }
    lines = [title, "-" * len(title)]
    lines += [f"{key:<12}: {value}" for key, value in rows.items() if value]
    lines += _listing("track_features", record.track_features, always=False)
    lines += _listing("constraints ", record.constrains, always=False)
    lines += _listing("dependencies", record.depends, always=True)
    for kind, specs in run_exports.items():
        lines += _listing(f"run exports ({kind})", specs, always=False)
    return [*lines, "", ""]


def _listing(title: str, items: Sequence[str], *, always: bool) -> list[str]:
    if items:
        return [f"{title}: ", *(f"  - {item}" for item in items)]
    return [f"{title}: []"] if always else []


def _date(milliseconds: int) -> str | None:
    if not milliseconds:
        return None
    moment = datetime.fromtimestamp(milliseconds / _MILLISECONDS, UTC)
    return moment.strftime("%Y-%m-%d %H:%M:%S UTC")
