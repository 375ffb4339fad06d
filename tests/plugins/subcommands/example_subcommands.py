"""`conda greet NAME` with options and an alias, and `conda echo WORDS` without options."""

from conda.plugins import hookimpl
from conda.plugins.types import CondaSubcommand


def configure(parser):
    parser.add_argument("who", help="Whom to greet.")
    parser.add_argument("--loud", action="store_true", help="Greet in capitals.")


def greet(args):
    text = f"Hello, {args.who}!"
    print(text.upper() if args.loud else text)


def echo(words):
    print(" ".join(words))
    return 3 if "fail" in words else 0


@hookimpl
def conda_subcommands():
    yield CondaSubcommand(
        name="greet",
        summary="Greet somebody.",
        action=greet,
        configure_parser=configure,
        aliases=("hello",),
    )
    yield CondaSubcommand(name="echo", summary="Repeat the words.", action=echo)
