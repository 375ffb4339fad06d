"""Parsed arguments become the highest layer of the configuration: only what was really given."""

import argparse

from conda_clone.config.parameters import PARAMETERS
from conda_clone.errors import ArgumentError

__all__ = ["configuration_overrides", "is_override"]

# An option whose `dest` is the name of a setting overrides it, apart from these: single commands
# read them themselves, or they stand for another setting.
_OWN = frozenset(
    {"debug", "dev", "export_platforms", "force", "force_reinstall", "force_remove", "trace"}
)
_DEBUG = 3
_TRACE = 4


def configuration_overrides(args: argparse.Namespace) -> dict[str, object]:
    """Return setting name -> value for the options that were given.

    `override_channels` is not a setting: it says that `channels` replaces every other source.

    Raises:
        ArgumentError: --override-channels stands without --channel.
    """
    given = {
        name: value
        for name, value in vars(args).items()
        if value is not None and (is_override(name) or name == "override_channels")
    }
    if given.get("override_channels") and "channels" not in given:
        raise ArgumentError(
            "--override-channels needs at least one --channel to search instead.",
            hint="Add -c CHANNEL.",
        )
    if vars(args).get("json_lines"):
        given["json"] = True
    if vars(args).get("trace"):
        given["verbosity"] = _TRACE
    elif vars(args).get("debug"):
        given["verbosity"] = _DEBUG
    return given


def is_override(name: str) -> bool:
    """Tell whether an option that parses to this name stands for the setting of that name."""
    return name in PARAMETERS and name not in _OWN
