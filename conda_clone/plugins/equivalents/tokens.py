"""`conda.gateways.anaconda_client`: the tokens that anaconda-client keeps in files."""

import os
from urllib.parse import quote_plus, unquote_plus

from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.disk.write import write_atomically
from conda_clone.plugins.equivalents.context import context

__all__ = ["read_binstar_tokens", "remove_binstar_token", "set_binstar_token"]

_SUFFIX = ".token"
_PRIVATE = 0o600


def read_binstar_tokens() -> dict[str, str]:
    """Return address -> token."""
    tokens = {}
    for folder in _folders():
        if not os.path.isdir(folder):
            continue
        for name in sorted(os.listdir(folder)):
            if name.endswith(_SUFFIX):
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    tokens[unquote_plus(name.removesuffix(_SUFFIX))] = file.read().strip()
    return tokens


def set_binstar_token(url: str, token: str) -> None:
    """Keep a token, for this user's eyes alone."""
    write_atomically(_path(url), token, mode=_PRIVATE)


def remove_binstar_token(url: str) -> None:
    """Forget a token."""
    for folder in _folders():
        remove_file(os.path.join(folder, os.path.basename(_path(url))))


def _folders() -> tuple[str, ...]:
    return context.configuration.network_settings().token_dirs


def _path(url: str) -> str:
    return os.path.join(_folders()[0], f"{quote_plus(url)}{_SUFFIX}")
