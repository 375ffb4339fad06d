"""Constants of `conda.base.constants` and of the top of `conda`."""

import os
from enum import Enum

from conda_clone.config.settings import ChannelPriority
from conda_clone.models.subdir import KNOWN_SUBDIRS

__all__ = [
    "APP_NAME",
    "COMPATIBLE_SHELLS",
    "CONDA_PACKAGE_ROOT",
    "CONDA_VERSION",
    "DEFAULT_CONSOLE_REPORTER_BACKEND",
    "DEFAULT_JSON_REPORTER_BACKEND",
    "KNOWN_SUBDIRS",
    "OK_MARK",
    "PLATFORM_DIRECTORIES",
    "PREFIX_MAGIC_FILE",
    "PREFIX_NAME_DISALLOWED_CHARS",
    "PREFIX_PINNED_FILE",
    "PREFIX_STATE_FILE",
    "REPODATA_FN",
    "RESERVED_ENV_VARS",
    "UNKNOWN_CHANNEL",
    "X_MARK",
    "ChannelPriority",
    "DepsModifier",
    "UpdateModifier",
]

APP_NAME = "conda"
COMPATIBLE_SHELLS = ("bash", "cmd.exe", "fish", "tcsh", "xonsh", "zsh", "powershell")
# The version of conda whose plugins find here what they need; not the version of this program.
CONDA_VERSION = "26.7.1"
CONDA_PACKAGE_ROOT = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
DEFAULT_CONSOLE_REPORTER_BACKEND = "classic"
DEFAULT_JSON_REPORTER_BACKEND = "json"
PLATFORM_DIRECTORIES = ("noarch", *(each for each in KNOWN_SUBDIRS if each != "noarch"))
PREFIX_STATE_FILE = os.path.join("conda-meta", "state")
PREFIX_PINNED_FILE = os.path.join("conda-meta", "pinned")
PREFIX_MAGIC_FILE = os.path.join("conda-meta", "history")
PREFIX_NAME_DISALLOWED_CHARS = frozenset("/ :#")
OK_MARK = "✅"
X_MARK = "❌"
RESERVED_ENV_VARS = ("PATH",)
REPODATA_FN = "repodata.json"
UNKNOWN_CHANNEL = "<unknown>"


class _Value(Enum):
    def __str__(self) -> str:
        return str(self.value)


class DepsModifier(_Value):
    """What happens to dependencies of what is named."""

    NOT_SET = "not_set"
    NO_DEPS = "no_deps"
    ONLY_DEPS = "only_deps"


class UpdateModifier(_Value):
    """How far packages that are not named may move."""

    SPECS_SATISFIED_SKIP_SOLVE = "specs_satisfied_skip_solve"
    FREEZE_INSTALLED = "freeze_installed"
    UPDATE_DEPS = "update_deps"
    UPDATE_SPECS = "update_specs"
    UPDATE_ALL = "update_all"
