"""`conda info`: show facts about this installation."""

import argparse
from collections.abc import Mapping, Sequence

from conda_clone.cli import options
from conda_clone.cli.output.environment_list import environment_lines
from conda_clone.cli.output.terminal import wrapped
from conda_clone.operations.environments import environment_sizes, known_environments
from conda_clone.operations.info import configured_channels, environments_document, information
from conda_clone.operations.session import Session

__all__ = ["configure", "execute", "list_environments"]

_VALUES_BEGIN = 26  # columns of the titles of the main table


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    parser.add_argument("-a", "--all", action="store_true", help="Show everything.")
    parser.add_argument(
        *("--base", "--root"), action="store_true", help="Show the path of the base environment."
    )
    parser.add_argument("-e", "--envs", action="store_true", help="List environments.")
    parser.add_argument(
        "--size", action="store_true", help="With --envs: show what each takes on disk."
    )
    parser.add_argument("-l", "--license", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument(
        "-s", "--system", action="store_true", help="Show the interpreter and variables."
    )
    parser.add_argument(
        "--unsafe-channels", action="store_true", help="List channels, secrets included."
    )
    parser.add_argument("--offline", action="store_true", default=None, help=argparse.SUPPRESS)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """Show what was asked for, or the main table."""
    console = session.console
    if args.license:
        console.note("--license has no effect: there is no licence to buy.")
    if args.base:
        console.document({"root_prefix": session.paths.root_prefix})
        console.print(session.paths.root_prefix)
    elif args.unsafe_channels:
        channels = configured_channels(session)
        console.document({"channels": channels})
        console.print("\n".join(channels))
    elif args.envs and not args.all and not args.system:
        list_environments(session, with_sizes=args.size)
    else:
        _show(args, session)
    return 0


def list_environments(session: Session, *, with_sizes: bool) -> None:
    """Show all environments, with what they take on disk if that is wanted."""
    environments = known_environments(session)
    sizes = environment_sizes(environments) if with_sizes else {}
    session.console.document(environments_document(environments, sizes))
    session.console.print("\n".join(environment_lines(environments, sizes=sizes)))


def _show(args: argparse.Namespace, session: Session) -> None:
    facts = information(session)
    session.console.document(facts)
    if args.all or not (args.envs or args.system):
        session.console.print("\n".join(_main_table(facts, session.console.width)))
    if args.all or args.envs:
        environments = known_environments(session)
        sizes = environment_sizes(environments) if args.size else {}
        session.console.print("\n".join(environment_lines(environments, sizes=sizes)))
    if args.all or args.system:
        session.console.print("\n".join(_system_table(facts)))


def _main_table(facts: Mapping[str, object], width: int | None) -> list[str]:
    writable = "writable" if facts["root_writable"] else "read only"
    virtual = facts["virtual_pkgs"]
    rows: dict[str, object] = {
        "active environment": facts["active_prefix_name"],
        "active env location": facts["active_prefix"],
        "shell level": facts["conda_shlvl"],
        "user config file": facts["user_rc_path"],
        "populated config files": facts["config_files"],
        "conda version": facts["conda_version"],
        "conda-build version": facts["conda_build_version"],
        "python version": facts["python_version"],
        "solver": _solver(facts["solver"]),
        "virtual packages": ["=".join(each) for each in virtual]
        if isinstance(virtual, list)
        else [],
        "base environment": f"{facts['root_prefix']}  ({writable})",
        "channel URLs": facts["channels"],
        "package cache": facts["pkgs_dirs"],
        "envs directories": facts["envs_dirs"],
        "temporary directory": facts["tmp_dir"],
        "platform": facts["platform"],
        "user-agent": facts["user_agent"],
        "UID:GID": f"{facts['UID']}:{facts['GID']}",
        "netrc file": facts["netrc_file"],
        "offline mode": facts["offline"],
    }
    if facts["active_prefix"] is None:
        del rows["active env location"], rows["shell level"]
    lines = [""]
    for title, value in rows.items():
        values = value if isinstance(value, list) else [value]
        lines += _row(title, [str(item) for item in values or [""]], width)
    return [*lines, ""]


def _row(title: str, values: Sequence[str], width: int | None) -> list[str]:
    """Return a title with its values right of it; or below it, where there is no room for them."""
    if width is not None and width < 2 * _VALUES_BEGIN:
        return [f"{title}:", *(wrapped(f"  {value}", width) for value in values)]
    room = None if width is None else width - _VALUES_BEGIN
    first, *others = "\n".join(wrapped(value, room) for value in values).split("\n")
    return [f"{title:>23} : {first}", *(f"{'':>26}{line}" for line in others)]


def _words(value: object) -> str:
    return " ".join(map(str, value)) if isinstance(value, list) else str(value)


def _solver(solver: object) -> str:
    return str(solver["name"]) if isinstance(solver, dict) else str(solver)


def _system_table(facts: Mapping[str, object]) -> list[str]:
    variables = facts["env_vars"]
    directories = facts["site_dirs"]
    lines = [
        f"sys.version: {str(facts['sys.version'])[:40]}...",
        f"sys.prefix: {facts['sys.prefix']}",
        f"sys.executable: {facts['sys.executable']}",
        f"conda location: {facts['conda_location']}",
        f"user site dirs: {_words(directories)}".rstrip(),
        "",
    ]
    if isinstance(variables, dict):
        lines += [f"{name}: {value}" for name, value in variables.items()]
    return [*lines, ""]
