"""What an activation depends on, gathered so that a shell can do without the program next time.

`SettingsFacts` are the same for all environments, `EnvironmentFacts` are one environment's. Both
say which files they come from: as long as none of those is newer than the prepared file, and none
that was missing has come to be, the facts are true.
"""

import os

from conda_clone.config.parameters import PARAMETERS
from conda_clone.config.search_path import candidates, files_of_environment
from conda_clone.core.prefix.state_file import environment_variables
from conda_clone.shells.activator import settable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conda_clone.config.activation import ActivationSettings

__all__ = ["EnvironmentFacts", "SettingsFacts", "environment_facts", "settings_facts"]

_FIELD = "{default_env}"
_OTHER_FIELDS = ("{stacked_env}", "{prefix}", "{name}")
_NAMES = (
    "auto_activate",
    "auto_stack",
    "changeps1",
    "default_activation_env",
    "env_prompt",
    "envs_dirs",
    "envvars_force_uppercase",
    "root_prefix",
)
_VARIABLES = ("CONDARC", "CONDA_ROOT", "XDG_CONFIG_HOME", "XDG_DATA_HOME")


class SettingsFacts:
    """The settings of activation, and what they depend on.

    Attributes:
        settings: The settings.
        before: What the prompt says before the name of an environment.
        after: What it says after the name.
        start: Path of the environment that new shells start in, or "".
        variables: Environment variables that settings come from, with their present values.
        present: Paths of files that settings come from.
        missing: Paths where there could be such files, but are none.
    """

    __slots__ = ("after", "before", "missing", "present", "settings", "start", "variables")

    def __init__(
        self,
        settings: "ActivationSettings",
        *,
        start: str,
        variables: "Mapping[str, str]",
        files: "Sequence[str]",
    ) -> None:
        self.settings = settings
        self.before, _, self.after = settings.env_prompt.partition(_FIELD)
        self.start = start
        self.variables = variables
        self.present = [path for path in files if os.path.lexists(path)]
        self.missing = [path for path in files if not os.path.lexists(path)]


class EnvironmentFacts:
    """What activation does for one environment, and what that depends on.

    Attributes:
        prefix: Path of the environment.
        variables: The variables it sets.
        activate: Names of the scripts below `etc/conda/activate.d`, in order.
        deactivate: Names of the scripts below `etc/conda/deactivate.d`, in order.
        present: Files and folders that say so, relative to the environment, with `/`.
        missing: Those that could be there, but are not.
    """

    __slots__ = ("activate", "deactivate", "missing", "prefix", "present", "variables")

    def __init__(self, prefix: str, variables: "Mapping[str, str]", suffix: str) -> None:
        self.prefix = prefix
        self.variables = variables
        self.activate = _scripts(prefix, "activate.d", suffix)
        self.deactivate = _scripts(prefix, "deactivate.d", suffix)[::-1]
        watched = ["conda-meta/state", "etc/conda"]
        if os.path.lexists(os.path.join(prefix, "etc/conda")):
            folders = ("activate.d", "deactivate.d", "env_vars.d")
            watched = ["conda-meta/state", *[f"etc/conda/{name}" for name in folders]]
            watched += [f"etc/conda/env_vars.d/{name}" for name in _listed(prefix, "env_vars.d")]
        self.present = [path for path in watched if os.path.lexists(os.path.join(prefix, path))]
        self.missing = [path for path in watched if path not in self.present]


def settings_facts(
    settings: "ActivationSettings", environ: "Mapping[str, str]", home: str, *, start: str
) -> SettingsFacts | None:
    """Return what shells may know of the settings; None if only the program can apply them.

    Args:
        settings: The settings of activation.
        environ: The exported variables of the shell.
        home: The user's home folder.
        start: Path of the environment that new shells start in, or "".
    """
    prefix = environ.get("CONDA_PREFIX", "")
    own = prefix and prefix != settings.root_prefix and files_of_environment(prefix)
    template = settings.env_prompt
    if own or template.count(_FIELD) != 1 or any(field in template for field in _OTHER_FIELDS):
        return None
    if any(os.pathsep in folder for folder in settings.envs_dirs):
        return None
    names = [name for key in _NAMES for name in (key, *PARAMETERS[key].aliases)]
    variables = [f"CONDA_{name.upper()}" for name in names] + list(_VARIABLES)
    return SettingsFacts(
        settings,
        start=start,
        variables={name: environ.get(name, "") for name in sorted(variables)},
        files=candidates(environ, home, settings.root_prefix),
    )


def environment_facts(prefix: str, suffix: str, *, capitals: bool) -> EnvironmentFacts | None:
    """Return what shells may know of an environment; None if only the program can apply it.

    Args:
        prefix: Path of the environment.
        suffix: How the names of the shell's activation scripts end.
        capitals: Names of variables are written in capitals.

    Raises:
        CorruptedEnvironmentError: The environment's variables cannot be read.
    """
    variables, unusable = settable(environment_variables(prefix), capitals=capitals)
    return None if unusable else EnvironmentFacts(prefix, variables, suffix)


def _scripts(prefix: str, folder: str, suffix: str) -> list[str]:
    return [name for name in _listed(prefix, folder) if name.endswith(suffix)]


def _listed(prefix: str, folder: str) -> list[str]:
    try:
        return sorted(os.listdir(os.path.join(prefix, "etc", "conda", folder)))
    except OSError:  # most environments have none
        return []
