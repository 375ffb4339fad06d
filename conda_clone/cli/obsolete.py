"""Options that mean nothing any more, but that scripts still pass: accepted, with a note."""

import argparse
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["add_obsolete_options"]


def add_obsolete_options(parser: argparse.ArgumentParser, *flags: str) -> None:
    """Declare options that take no value, are not in the help, and change nothing."""
    for flag in flags:
        parser.add_argument(flag, action=_Obsolete, help=argparse.SUPPRESS)


class _Obsolete(argparse.Action):
    def __init__(self, option_strings: "Sequence[str]", dest: str, **options: object) -> None:
        super().__init__(option_strings, dest, nargs=0, default=argparse.SUPPRESS, help=None)
        self.help = str(options["help"])

    def __call__(
        self,
        parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: object,
        option_string: str | None = None,
    ) -> None:
        del parser, namespace, values
        sys.stderr.write(f"NOTE: {option_string} has no effect any more.\n")
