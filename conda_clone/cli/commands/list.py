"""`conda list`: show what is installed in an environment."""

import argparse

from conda_clone import __version__
from conda_clone.cli import options
from conda_clone.cli.output.record_documents import short_record
from conda_clone.core.prefix.errors import PackageNotInstalledError
from conda_clone.errors import CondaValueError
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.list_packages import (
    in_link_order,
    installed_packages,
    revisions,
    sizes_on_disk,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from conda_clone.core.prefix.history import Revision
    from conda_clone.models.channel import Channel
    from conda_clone.models.records import PackageRecord, PrefixRecord
    from conda_clone.operations.session import Session

__all__ = ["configure", "execute"]

_TITLES = {
    "channel_name": "Channel",
    "dist_str": "Dist",
    "features": "Features",
}
_FIELDS = (
    *("arch", "build", "build_number", "channel", "channel_name", "constrains", "depends"),
    *("dist_str", "features", "fn", "license", "license_family", "md5", "name", "noarch"),
    *("package_type", "requested_spec", "requested_specs", "sha256", "size", "subdir"),
    *("timestamp", "track_features", "url", "version"),
)
_WIDTHS = (24, 16, 16)


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("regex", nargs="?", help="Show only packages whose name contains this.")
    group = parser.add_argument_group("form of the list")
    forms = group.add_mutually_exclusive_group()
    forms.add_argument(
        "-c", "--canonical", action="store_true", help="Show channel/subdir::name-version-build."
    )
    forms.add_argument(
        "-e", "--export", action="store_true", help="Show name=version=build, to be read by create."
    )
    group.add_argument(
        "--explicit", action="store_true", help="Show URLs, to be installed without a solver."
    )
    digests = group.add_mutually_exclusive_group()
    digests.add_argument("--md5", action="store_true", help="With --explicit, add md5 digests.")
    digests.add_argument("--sha256", action="store_true", help="With --explicit, add sha256.")
    group.add_argument("--auth", action="store_true", help="With --explicit, keep secrets in URLs.")
    group.add_argument(
        "-r", "--revisions", action="store_true", help="Show how the environment changed."
    )
    group.add_argument("--fields", metavar="NAMES", help="Columns to show, separated by commas.")
    group.add_argument("-f", "--full-name", action="store_true", help="REGEX is a whole name.")
    group.add_argument("--reverse", action="store_true", help="List from Z to A.")
    group.add_argument("--size", action="store_true", help="Show what packages take on disk.")
    group.add_argument("--no-pip", action="store_true", help="Show no packages of pip.")
    options.add_show_channel_urls_option(group)
    options.add_target_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: "Session") -> int:
    """Show the packages, or the history.

    Raises:
        CondaError: The environment does not exist, is damaged, or has no such package.
    """
    prefix = prefix_to_read(session, name=args.name, path=args.prefix)
    if args.revisions:
        _show_revisions(session, revisions(prefix))
        return 0
    try:
        records = installed_packages(
            session,
            prefix,
            pattern=args.regex,
            full_name=args.full_name and args.regex is not None,
            with_pip=not (args.no_pip or args.explicit),
            with_files=args.size,
        )
    except PackageNotInstalledError as error:
        from conda_clone.cli.meant_environment import with_meant_environment  # only on mistakes

        raise with_meant_environment(
            error, args, session, [args.regex], "conda list -n {}"
        ) from None
    if args.reverse:
        records.reverse()
    if args.explicit:
        _show_explicit(args, session, records)
        return 0
    sizes = sizes_on_disk(prefix, records) if args.size else ()
    if session.console.json:
        session.console.document(_documents(records, sizes))
    elif args.canonical:
        _print_lines(session, (record.dist_str for record in records))
    elif args.export:
        _print_lines(session, _export_lines(session, records))
    else:
        fields = _fields(args.fields) or session.output.list_fields
        table = _table(session, records, fields, sizes)
        _print_lines(session, [*_title(prefix, args), *table])
    return 0


def _documents(
    records: "Sequence[PrefixRecord]", sizes: "Sequence[int]"
) -> list[dict[str, object]]:
    documents = [short_record(record) for record in records]
    for document, size in zip(documents, sizes, strict=False):
        document["size"] = size
    return documents


def _title(prefix: str, args: argparse.Namespace) -> list[str]:
    lines = [f"# packages in environment at {prefix}:"]
    if args.size:
        from conda_clone.cli.output.tables import human_size
        from conda_clone.core.prefix.contents import environment_size  # only --size

        lines.append(f"# environment size: {human_size(environment_size(prefix))}")
    return [*lines, "#"]


def _print_lines(session: "Session", lines: "Iterable[str]") -> None:
    session.console.print("\n".join(lines))


def _header(session: "Session") -> list[str]:
    return [
        "# This file may be used to create an environment using:",
        "# $ conda create --name <env> --file <this file>",
        f"# platform: {session.channels.subdirs[0]}",
        f"# created-by: conda {__version__}",
    ]


def _export_lines(session: "Session", records: "list[PrefixRecord]") -> list[str]:
    return [
        *_header(session),
        *(f"{record.name}={record.version}={record.build}" for record in records),
    ]


def _show_explicit(
    args: argparse.Namespace, session: "Session", records: "list[PrefixRecord]"
) -> None:
    secret = _addresses_with_secrets(session) if args.auth else {}
    urls = [_explicit_url(record, args, secret) for record in in_link_order(records)]
    session.console.document(urls)
    _print_lines(session, [*_header(session), "@EXPLICIT", *urls])


def _addresses_with_secrets(session: "Session") -> "dict[str | None, Channel]":
    """Return the configured channels by address: they know the secrets, records do not."""
    from conda_clone.models.channel import Channel  # only --auth

    settings = session.channels
    return {
        member.base_url: member
        for text in settings.channels
        for member in Channel.from_text(text, settings.config).members
    }


def _explicit_url(
    record: "PackageRecord", args: argparse.Namespace, secret: "dict[str | None, Channel]"
) -> str:
    url = record.url
    channel = secret.get(record.channel.base_url)
    if channel is not None:
        folder = channel.subdir_url(record.subdir, with_credentials=True)
        url = f"{folder}/{record.fn}"
    digest = record.md5 if args.md5 else record.sha256 if args.sha256 else None
    return f"{url}#{digest}" if digest else url


def _fields(text: str | None) -> tuple[str, ...]:
    if text is None:
        return ()
    fields = tuple(field.strip() for field in text.split(",") if field.strip())
    unknown = [field for field in fields if field not in _FIELDS]
    if unknown or not fields:
        raise CondaValueError(
            f"There is no such column: {', '.join(unknown) or 'none was named'}.",
            hint=f"Columns are: {', '.join(_FIELDS)}.",
        )
    return fields


def _table(
    session: "Session",
    records: "Sequence[PrefixRecord]",
    fields: tuple[str, ...],
    sizes: "Sequence[int]",
) -> list[str]:
    from conda_clone.cli.output.tables import format_columns, human_size

    titles = [_TITLES.get(field, field.replace("_", " ").title()) for field in fields]
    titles[0] = f"# {titles[0]}"
    rows = [[_cell(record, field, session) for field in fields] for record in records]
    if sizes:
        titles.append("Size")
        rows = [[*row, human_size(size)] for row, size in zip(rows, sizes, strict=True)]
    minimum = _WIDTHS if fields[:3] == ("name", "version", "build") else ()
    return format_columns([titles, *rows], minimum=minimum, width=session.console.width)


def _cell(record: "PrefixRecord", field: str, session: "Session") -> str:
    if field == "channel_name":
        name = record.channel.canonical_name
        show = session.output.show_channel_urls
        # What comes from `defaults` is taken for granted unless one asks
        hidden = show is False or (show is None and name == "defaults")
        return "" if hidden else name
    if field == "channel":
        return record.channel.base_url or record.channel.canonical_name
    value = getattr(record, field)
    if isinstance(value, tuple):
        return ",".join(value)
    return "" if value is None else str(value)


def _show_revisions(session: "Session", history: "tuple[Revision, ...]") -> None:
    from conda_clone.cli.output.revisions import revision_document, revision_lines

    session.console.document([revision_document(revision) for revision in history])
    for revision in history:
        _print_lines(session, [*revision_lines(revision, width=session.console.width), ""])
