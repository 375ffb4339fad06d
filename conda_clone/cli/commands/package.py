"""`conda package`: the files of an environment, and the packages they belong to."""

import argparse
import os

from conda_clone.cli import options
from conda_clone.errors import CondaValueError
from conda_clone.operations import package_files
from conda_clone.operations.environments import prefix_to_read
from conda_clone.operations.session import Session
from conda_clone.operations.target import existing_environment

__all__ = ["configure", "execute"]


def configure(parser: argparse.ArgumentParser) -> None:
    """Declare the options of the command."""
    group = parser.add_mutually_exclusive_group()
    group.add_argument(
        "-w", "--which", nargs="+", metavar="PATH", help="Say which packages these files are of."
    )
    group.add_argument(
        "-u", "--untracked", action="store_true", help="List the files that are of no package."
    )
    group.add_argument(
        "-r", "--reset", action="store_true", help="Delete the files that are of no package."
    )
    package = parser.add_argument_group("pack the files that are of no package (the default)")
    package.add_argument("--pkg-name", default="unknown", help="Name; by default `unknown`.")
    package.add_argument("--pkg-version", default="0.0", help="Version; by default 0.0.")
    package.add_argument("--pkg-build", default="0", help="Build; by default 0.")
    options.add_target_options(parser)
    options.add_prompt_options(parser)
    options.add_output_options(parser)


def execute(args: argparse.Namespace, session: Session) -> int:
    """List, delete or pack files.

    Raises:
        CondaVerificationError: A file is in no environment.
        CondaValueError: There is nothing to pack, or base is to be reset.
        CondaError: The environment does not exist, or something cannot be written.
    """
    if args.which:
        _which(args.which, session)
    elif args.reset:
        prefix = existing_environment(session, name=args.name, path=args.prefix)
        if session.output.dry_run:
            files = package_files.untracked_files(session, prefix)
        else:
            files = package_files.delete_untracked(session, prefix)
        _list(session, prefix, files, "deleted files")
    else:
        prefix = prefix_to_read(session, name=args.name, path=args.prefix)
        files = package_files.untracked_files(session, prefix)
        if args.untracked:
            _list(session, prefix, files, "untracked files")
        else:
            _pack(args, session, prefix, files)
    return 0


def _which(paths: list[str], session: Session) -> None:
    found = {
        os.path.abspath(os.path.join(session.cwd, path)): [
            record.dist_str for record in package_files.owners_of(session, path)
        ]
        for path in paths
    }
    session.console.document(found)
    for path, owners in found.items():
        session.console.print(f"{path:<50}  {', '.join(owners) or '(no package)'}")


def _list(session: Session, prefix: str, files: tuple[str, ...], what: str) -> None:
    session.console.document({"success": True, "prefix": prefix, "files": list(files)})
    session.console.print("\n".join([f"# prefix: {prefix}", f"# {what}: {len(files)}", *files]))


def _pack(args: argparse.Namespace, session: Session, prefix: str, files: tuple[str, ...]) -> None:
    session.console.print(f"# prefix: {prefix}\n# files: {len(files)}")
    if not files:
        raise CondaValueError(
            f"There is nothing to pack: all files of `{prefix}` are of packages.",
            hint="Put files into the environment first, or name another one with -n or -p.",
        )
    path = None
    if not session.output.dry_run:
        path = package_files.bundle(
            session,
            prefix,
            name=args.pkg_name,
            version=args.pkg_version,
            build=args.pkg_build,
        )
        session.console.print(f"# written: {path}")
    session.console.document(
        {"success": True, "prefix": prefix, "files": list(files), "archive": path}
    )
