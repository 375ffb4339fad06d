"""`ActivationSettings`: the slice for shells, alone because activation must not load the others."""

import os

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.config.configuration import Configuration

__all__ = ["ActivationSettings", "activation_settings", "envs_dirs", "folders_for_data"]

_NAMES = (
    "auto_activate",
    "auto_stack",
    "changeps1",
    "default_activation_env",
    "env_prompt",
    "envvars_force_uppercase",
)


class ActivationSettings:
    """How activation looks, and where environments lie.

    Attributes:
        root_prefix: Path of the base environment.
        envs_dirs: Folders whose entries are environments with names, the first one first.
        auto_activate: New shells start in an environment.
        auto_stack: Up to which level a bare `activate` stacks.
        changeps1: The prompt says which environment is active.
        default_activation_env: The environment of new shells and of a bare `activate`.
        env_prompt: Template of what goes before the prompt.
        envvars_force_uppercase: Names of an environment's variables are written in capitals.
    """

    __slots__ = ("envs_dirs", "root_prefix", *_NAMES)

    auto_activate: bool
    auto_stack: int
    changeps1: bool
    default_activation_env: str
    env_prompt: str
    envvars_force_uppercase: bool

    def __init__(
        self,
        *,
        root_prefix: str,
        envs_dirs: tuple[str, ...],
        auto_activate: bool = True,
        auto_stack: int = 0,
        changeps1: bool = True,
        default_activation_env: str = "base",
        env_prompt: str = "({default_env}) ",
        envvars_force_uppercase: bool = True,
    ) -> None:
        self.root_prefix = root_prefix
        self.envs_dirs = envs_dirs
        self.auto_activate = auto_activate
        self.auto_stack = auto_stack
        self.changeps1 = changeps1
        self.default_activation_env = default_activation_env
        self.env_prompt = env_prompt
        self.envvars_force_uppercase = envvars_force_uppercase


def activation_settings(configuration: "Configuration") -> ActivationSettings:
    """Return how shells are to be changed.

    Raises:
        ConfigurationLoadError: A source gives a value that a setting cannot have.
    """
    return ActivationSettings(
        root_prefix=configuration.root_prefix,
        envs_dirs=envs_dirs(configuration),
        **configuration.values(_NAMES),
    )


def envs_dirs(configuration: "Configuration") -> tuple[str, ...]:
    """Return the folders of named environments: those of the setting, then our own."""
    given = [os.path.abspath(path) for path in configuration.value("envs_dirs")]
    own = [os.path.join(folder, "envs") for folder in folders_for_data(configuration)]
    return tuple(dict.fromkeys(given + own))


def folders_for_data(configuration: "Configuration") -> tuple[str, str]:
    """Return the base environment and the user's own folder, the one that can be written first."""
    root, private = configuration.root_prefix, os.path.join(configuration.home, ".conda")
    return (root, private) if _is_writable(root) else (private, root)


def _is_writable(root: str) -> bool:
    """Tell whether environments can be made in a base environment.

    One that is there shows it by its history file; for one that is not there yet, the folder that
    it would be made in counts.
    """
    history = os.path.join(root, "conda-meta", "history")
    if os.path.exists(history):
        return os.access(history, os.W_OK)
    folder = root
    while not os.path.exists(folder) and os.path.dirname(folder) != folder:
        folder = os.path.dirname(folder)
    return os.access(folder, os.W_OK)
