"""Declares three settings, and a command that shows them as plugins see them."""

from conda.base.context import context
from conda.common.configuration import MapParameter, PrimitiveParameter, SequenceParameter
from conda.plugins import hookimpl
from conda.plugins.types import CondaSetting, CondaSubcommand


def show(words):
    print(context.plugins.flavour, context.plugins.toppings, context.plugins.prices)


@hookimpl
def conda_settings():
    yield CondaSetting(
        name="flavour",
        description="The taste of it.",
        parameter=PrimitiveParameter("plain", element_type=str),
        aliases=("taste",),
    )
    yield CondaSetting(
        name="toppings",
        description="What goes on top.",
        parameter=SequenceParameter(PrimitiveParameter("", element_type=str)),
    )
    yield CondaSetting(
        name="prices",
        description="What each costs, at most 9.",
        parameter=MapParameter(
            PrimitiveParameter(0, element_type=int, validation=lambda price: price <= 9)
        ),
    )


@hookimpl
def conda_subcommands():
    yield CondaSubcommand(name="icecream", summary="Show the settings.", action=show)
