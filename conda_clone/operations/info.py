"""Facts about this installation, as `conda info` shows them."""

import os
import platform
import site
import sys
import tempfile
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from conda_clone import __version__
from conda_clone.config.user_agent import with_requests
from conda_clone.core.prefix.locate import environment_name, is_writable_place
from conda_clone.models.channel import Channel
from conda_clone.operations.environments import KnownEnvironment, known_environments
from conda_clone.operations.plugin_seams import virtual_packages
from conda_clone.operations.session import Session

__all__ = [
    "channel_urls",
    "configured_channels",
    "environment_details",
    "environments_document",
    "information",
]

# Variables that change what conda or Python does; shown even when unset (spec/commands.md, info).
_SHOWN = ("CIO_TEST", "CURL_CA_BUNDLE", "LD_PRELOAD", "REQUESTS_CA_BUNDLE", "SSL_CERT_FILE")
_SHOWN_PREFIXES = ("CONDA", "PYTHON", "PATH", "SSL_", "REQUESTS_", "CURL_")
_NO_SIZES: Mapping[str, int] = {}


def information(session: Session) -> dict[str, object]:
    """Return all facts under the keys that scripts read."""
    return {
        **_facts_of_program(session),
        **_facts_of_places(session),
        **_facts_of_environments(session),
        **_facts_of_system(session),
    }


def channel_urls(session: Session, *, with_credentials: bool = False) -> list[str]:
    """Return the URLs of all configured channels and platforms, in order of priority."""
    settings = session.channels
    urls = [
        url
        for text in settings.channels
        for url in Channel.from_text(text, settings.config).urls(
            settings.subdirs, with_credentials=with_credentials
        )
    ]
    return list(dict.fromkeys(urls))


def configured_channels(session: Session) -> list[str]:
    """Return the configured channels as they were written, secrets included."""
    return list(session.channels.channels)


def environment_details(environment: KnownEnvironment) -> dict[str, object]:
    """Return what scripts read of one environment."""
    return {
        "name": environment.name,
        "created": _iso(environment.created),
        "last_modified": _iso(environment.last_modified),
        "active": environment.active,
        "base": environment.is_base,
        "frozen": environment.frozen,
        "writable": environment.writable,
    }


def environments_document(
    environments: Sequence[KnownEnvironment], sizes: Mapping[str, int] = _NO_SIZES
) -> dict[str, object]:
    """Return the document of `conda env list --json`.

    Args:
        environments: What is listed.
        sizes: Bytes on disk by prefix, where they are known.
    """
    details = {each.prefix: environment_details(each) for each in environments}
    for prefix, size in sizes.items():
        details[prefix]["size"] = size
    return {"envs": [each.prefix for each in environments], "envs_details": details}


def _facts_of_program(session: Session) -> dict[str, object]:
    subdir = session.channels.subdirs[0]
    virtual = virtual_packages(session)
    requests_version = _version_of("requests")
    return {
        "platform": subdir,
        "conda_version": __version__,
        "conda_env_version": __version__,
        "conda_build_version": "not installed",
        "python_version": ".".join(map(str, sys.version_info)),
        "requests_version": requests_version,
        "user_agent": with_requests(session.network.user_agent, requests_version or "unknown"),
        "solver": {"name": "conda-clone", "user_agent": "solver/conda-clone", "default": True},
        "virtual_pkgs": [[record.name, record.version, record.build] for record in virtual],
        "offline": session.network.offline,
        "channels": channel_urls(session),
    }


def _facts_of_places(session: Session) -> dict[str, object]:
    paths = session.paths
    home_rc = os.path.join(paths.home, ".condarc")
    history = os.path.join(paths.root_prefix, "conda-meta", "history")
    netrc = os.path.join(paths.home, ".netrc")
    return {
        "root_prefix": paths.root_prefix,
        "conda_prefix": sys.prefix,
        "root_writable": os.access(history, os.W_OK)
        if os.path.exists(history)
        else is_writable_place(paths.root_prefix),
        "pkgs_dirs": list(paths.pkgs_dirs),
        "envs_dirs": list(paths.envs_dirs),
        "user_rc_path": home_rc,
        "rc_path": home_rc,
        "sys_rc_path": os.path.join(sys.prefix, ".condarc"),
        "config_files": _configuration_files(session),
        "netrc_file": netrc if os.path.isfile(netrc) else None,
        "conda_location": os.path.dirname(os.path.dirname(os.path.abspath(__file__))),
        "tmp_dir": _temporary_folder(),
    }


def _temporary_folder() -> str | None:
    try:
        return tempfile.gettempdir()
    except FileNotFoundError:  # none can be written, as in containers that are read-only
        return None


def _facts_of_environments(session: Session) -> dict[str, object]:
    paths = session.paths
    active = session.environment.get("CONDA_PREFIX") or None
    name = None
    if active is not None:
        name = environment_name(active, envs_dirs=paths.envs_dirs, root_prefix=paths.root_prefix)
    level = session.environment.get("CONDA_SHLVL", "")
    return {
        "default_prefix": active or paths.root_prefix,
        "active_prefix": active,
        "active_prefix_name": name,
        "conda_shlvl": int(level) if level.isdigit() else -1,
        **environments_document(known_environments(session)),
    }


def _facts_of_system(session: Session) -> dict[str, object]:
    environ = session.environment
    shown = {name: environ.get(name, "<not set>") for name in _SHOWN}
    shown.update(
        (name, value) for name, value in environ.items() if name.startswith(_SHOWN_PREFIXES)
    )
    return {
        "UID": os.geteuid() if hasattr(os, "geteuid") else None,
        "GID": os.getegid() if hasattr(os, "getegid") else None,
        "sys.version": sys.version,
        "sys.prefix": sys.prefix,
        "sys.executable": sys.executable,
        "site_dirs": _site_dirs(),
        "env_vars": dict(sorted(shown.items())),
        "system": f"{platform.system()} {platform.release()}",
    }


def _configuration_files(session: Session) -> list[str]:
    names = (source.name for source in session.configuration.sources)
    return [name for name in names if os.path.isabs(name)]


def _site_dirs() -> list[str]:
    folder = site.getusersitepackages()
    return [folder] if os.path.isdir(folder) else []


def _version_of(distribution: str) -> str | None:
    from importlib import metadata  # 35 ms; only `conda info` asks

    try:
        return metadata.version(distribution)
    except metadata.PackageNotFoundError:
        return None


def _iso(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    return datetime.fromtimestamp(seconds, UTC).isoformat()
