"""Parsed arguments become the highest layer of the configuration: only what was really given."""

import argparse

from conda_clone.errors import ArgumentError

__all__ = ["configuration_overrides"]

# Names of settings, which are the `dest`s of the options that stand for them.
_SETTINGS = (
    "always_copy",
    "always_yes",
    "channel_priority",
    "channels",
    "clobber",
    "console",
    "deps_modifier",
    "download_only",
    "dry_run",
    "exclude_newer",
    "experimental",
    "json",
    "lock_timeout",
    "no_lock",
    "no_plugins",
    "offline",
    "override_channels",
    "quiet",
    "repodata_fns",
    "repodata_use_shards",
    "repodata_use_zst",
    "shortcuts",
    "shortcuts_only",
    "show_channel_urls",
    "solver",
    "solver_strategy",
    "ssl_verify",
    "subdir",
    "update_modifier",
    "use_index_cache",
    "verbosity",
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
        name: value for name, value in vars(args).items() if name in _SETTINGS and value is not None
    }
    if "override_channels" in given and "channels" not in given:
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
