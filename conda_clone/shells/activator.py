"""Shell-independent activation: the variables of a shell and a wish become an `EnvChange`.

Levels count activations: at level 0 nothing is active. The prefix of level n is CONDA_PREFIX while
it is the innermost, and CONDA_PREFIX_n while others are active above it; CONDA_STACKED_n says that
level n was put on top of the one below rather than in its place. A variable that an environment
sets hides a former value; `__CONDA_SHLVL_n_NAME` keeps what level n had, so that it can come back.
"""

import os

from conda_clone.core.prefix.locate import is_same_path
from conda_clone.core.prefix.state_file import environment_variables
from conda_clone.errors import CondaValueError
from conda_clone.shells.env_change import EnvChange
from conda_clone.shells.path_list import executable_folders, replaced, split, without
from conda_clone.shells.prompt import prompt_modifier, with_modifier

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conda_clone.config.activation import ActivationSettings

__all__ = ["Activator", "Conventions", "settable"]

# What says which environment is active; gone when none is.
_OWN = ("CONDA_PREFIX", "CONDA_DEFAULT_ENV", "CONDA_PROMPT_MODIFIER")
# Variables of programs that could start the tool as a module; kept empty for old hooks.
_LEGACY = ("_CE_M", "_CE_CONDA")


class Conventions:
    """What differs between shells beside their language.

    Attributes:
        script_suffix: How the names of their activation scripts end.
        prompt_variable: The variable that holds the prompt, or None when the shell asks for
            CONDA_PROMPT_MODIFIER itself.
        windows_paths: Environments put the folders of Windows on PATH.
        folder_separator: What stands between the parts of a path.
        path_separator: What stands between the entries of PATH.
    """

    __slots__ = (
        "folder_separator",
        "path_separator",
        "prompt_variable",
        "script_suffix",
        "windows_paths",
    )

    def __init__(
        self,
        script_suffix: str,
        prompt_variable: str | None,
        *,
        windows_paths: bool = os.name == "nt",
        folder_separator: str = os.sep,
        path_separator: str = os.pathsep,
    ) -> None:
        self.script_suffix = script_suffix
        self.prompt_variable = prompt_variable
        self.windows_paths = windows_paths
        self.folder_separator = folder_separator
        self.path_separator = path_separator


class Activator:
    """Changes of one shell, as its variables are now."""

    def __init__(
        self,
        environ: "Mapping[str, str]",
        settings: "ActivationSettings",
        conventions: Conventions,
        program: "Mapping[str, str]",
        *,
        refresh: bool = True,
    ) -> None:
        """Take what a change depends on.

        Args:
            environ: The exported variables of the shell.
            settings: How activation looks and where environments lie.
            conventions: What is particular to the shell.
            program: Variables that say where the tool is; every change exports them.
            refresh: A reactivation brings variables that the environment has been given since, or
                that the shell has changed. Programs that read the change as JSON get what conda
                tells them, which is without.
        """
        self._environ = environ
        self._settings = settings
        self._conventions = conventions
        self._program = program
        self._refresh = refresh
        self._active = environ.get("CONDA_PREFIX", "")
        # Without a prefix nothing is active, whatever the level says.
        self._level = _level(environ) if self._active else 0
        self._path = split(environ.get("PATH", ""), conventions.path_separator)

    def activate(self, prefix: str, *, stack: bool | None = None) -> EnvChange:
        """Return the change that makes `prefix` the active environment.

        Args:
            prefix: Path of an environment.
            stack: Keep the active environment's folders on PATH; the setting decides when None.

        Raises:
            CondaValueError: CONDA_SHLVL is no number.
            CorruptedEnvironmentError: The environment's variables cannot be read.
        """
        if stack is None:
            stack = 0 < self._level <= self._settings.auto_stack
        if self._level and is_same_path(self._active, prefix):
            return self.reactivate()
        level = self._level + 1
        variables, cautions = self._variables_of(prefix)
        former = {} if stack else self._former_variables()
        export = self._identity(prefix, level, self._stack_after(prefix, stacked=stack))
        export.update({name: value for name, value in former.items() if value is not None})
        export.update(variables)
        kept = {**self._environ, **former}
        hidden = {name: kept[name] for name in variables if kept.get(name) is not None}
        export.update(_saved(self._level, hidden))
        if self._level:
            export[f"CONDA_PREFIX_{self._level}"] = self._active
        if self._level and stack:
            export[f"CONDA_STACKED_{level}"] = "true"
        gone = [name for name, value in former.items() if value is None and name not in variables]
        return EnvChange(
            path=self._path_with(prefix, stack=stack),
            unset=(*gone, *_LEGACY),
            prompt=self._prompt(export["CONDA_PROMPT_MODIFIER"]),
            export={**export, **self._program},
            deactivate_scripts=() if stack else self._scripts_of_active(),
            activate_scripts=self._scripts(prefix, "activate.d"),
            cautions=(*cautions, *_overwriting({} if self._level else hidden)),
        )

    def deactivate(self) -> EnvChange:
        """Return the change that leaves the active environment for the one below it.

        Raises:
            CondaValueError: CONDA_SHLVL is no number.
            CorruptedEnvironmentError: An environment's variables cannot be read.
        """
        if not self._level:
            return EnvChange()
        below = self._level - 1
        prefix = self._environ.get(f"CONDA_PREFIX_{below}", "") if below else ""
        stacked = f"CONDA_STACKED_{self._level}" in self._environ
        old, cautions = self._variables_of(self._active)
        unset = [f"CONDA_PREFIX_{below}"] if prefix else list(_OWN)
        unset += [f"CONDA_STACKED_{self._level}"] if stacked else []
        unset += [*_LEGACY, *old]
        export: dict[str, str] = {"CONDA_SHLVL": "0"}
        if prefix:
            export = self._identity(prefix, below, self._stack_after(None, stacked=False))
            export.update(self._variables_of(prefix)[0])
        for name in old:
            saved = _saved_name(below, name)
            if saved in self._environ:
                export.setdefault(name, self._environ[saved])
                unset.append(saved)
        folders = self._folders(self._active)
        place = self._folders(prefix) if prefix and not stacked else []
        return EnvChange(
            path=replaced(self._path, folders, place) if place else without(self._path, folders),
            path_first=True,
            unset=[name for name in unset if name not in export],
            prompt=self._prompt(export.get("CONDA_PROMPT_MODIFIER", "")),
            export={**export, **self._program},
            deactivate_scripts=self._scripts_of_active(),
            activate_scripts=self._scripts(prefix, "activate.d"),
            cautions=cautions,
        )

    def reactivate(self) -> EnvChange:
        """Return the change that brings the active environment up to date with its files.

        Raises:
            CondaValueError: CONDA_SHLVL is no number.
            CorruptedEnvironmentError: The environment's variables cannot be read.
        """
        if not self._level:
            return EnvChange()
        folders = self._folders(self._active)
        variables, cautions = self._variables_of(self._active)
        identity = self._identity(self._active, self._level, self._stack_after(None, stacked=True))
        export = {name: identity[name] for name in ("CONDA_SHLVL", "CONDA_PROMPT_MODIFIER")}
        if self._refresh:
            export.update(
                (name, value)
                for name, value in variables.items()
                if self._environ.get(name) != value
            )
        return EnvChange(
            path=replaced(self._path, folders, folders),
            unset=_LEGACY,
            prompt=self._prompt(identity["CONDA_PROMPT_MODIFIER"]),
            export={**export, **self._program},
            deactivate_scripts=self._scripts_of_active(),
            activate_scripts=self._scripts(self._active, "activate.d"),
            cautions=cautions,
        )

    def _identity(self, prefix: str, level: int, stack: "Sequence[str]") -> dict[str, str]:
        """Return the variables that say which environment is active."""
        settings = self._settings
        name = self._name(prefix)
        modifier = ""
        if settings.changeps1:
            modifier = prompt_modifier(
                settings.env_prompt, default_env=name, prefix=prefix, stack=stack
            )
        return {
            "CONDA_PREFIX": prefix,
            "CONDA_SHLVL": str(level),
            "CONDA_DEFAULT_ENV": name,
            "CONDA_PROMPT_MODIFIER": modifier,
        }

    def _name(self, prefix: str) -> str:
        """Return `base`, the last part of a path below a folder called `envs`, or the path."""
        if is_same_path(prefix, self._settings.root_prefix):
            return "base"
        folder, name = os.path.split(os.path.normpath(prefix))
        return name if os.path.basename(folder) == "envs" else prefix

    def _stack_after(self, entering: str | None, *, stacked: bool) -> list[str]:
        """Return the names that are on PATH together after a change, the innermost first.

        Args:
            entering: The prefix that comes on top, or None.
            stacked: It comes in addition; without one: the active environment stays.
        """
        names: list[str] = []
        top = self._level if entering is not None or stacked else self._level - 1
        for level in range(1, top + 1):
            key = "CONDA_PREFIX" if level == self._level else f"CONDA_PREFIX_{level}"
            if f"CONDA_STACKED_{level}" not in self._environ:
                names = names[:-1]
            names.append(self._name(self._environ.get(key, "")))
        if entering is not None:
            names = [*(names if stacked else names[:-1]), self._name(entering)]
        return names[::-1]

    def _path_with(self, prefix: str, *, stack: bool) -> list[str]:
        """Return PATH with the folders of a prefix, and with the tool's own folder at first."""
        folders = self._folders(prefix)
        if self._level and not stack:
            return replaced(self._path, self._folders(self._active), folders)
        condabin = os.path.join(self._settings.root_prefix, "condabin")
        if self._level or condabin in self._path:
            return [*folders, *self._path]
        return [*folders, condabin, *self._path]

    def _prompt(self, modifier: str) -> str | None:
        variable = self._conventions.prompt_variable
        if variable is None or not self._settings.changeps1:
            return None
        old = self._environ.get("CONDA_PROMPT_MODIFIER", "") if self._level else ""
        return with_modifier(self._environ.get(variable, ""), old, modifier)

    def _variables_of(self, prefix: str) -> tuple[dict[str, str], list[str]]:
        """Return the variables of an environment, and a caution for each that is none."""
        variables, unusable = settable(
            environment_variables(prefix), capitals=self._settings.envvars_force_uppercase
        )
        return variables, [
            f"`{prefix}` has a variable that no shell can set: {name!r}." for name in unusable
        ]

    def _former_variables(self) -> dict[str, str | None]:
        """Return what the variables of the active environment were before; None for not set."""
        below = self._level - 1
        if not self._level:
            return {}
        return {
            name: self._environ.get(_saved_name(below, name))
            for name in self._variables_of(self._active)[0]
            if name in self._environ
        }

    def _folders(self, prefix: str) -> list[str]:
        conventions = self._conventions
        return executable_folders(
            prefix, windows=conventions.windows_paths, separator=conventions.folder_separator
        )

    def _scripts_of_active(self) -> list[str]:
        return self._scripts(self._active, "deactivate.d")[::-1]

    def _scripts(self, prefix: str, folder: str) -> list[str]:
        """Return the scripts that packages have left for activation, sorted by name."""
        if not prefix:
            return []
        place = os.path.join(prefix, "etc", "conda", folder)
        try:
            names = os.listdir(place)
        except OSError:  # most environments have none
            return []
        suffix = self._conventions.script_suffix
        return [os.path.join(place, name) for name in sorted(names) if name.endswith(suffix)]


def settable(variables: "Mapping[str, str]", *, capitals: bool) -> tuple[dict[str, str], list[str]]:
    """Return the variables of an environment that a shell can set, and the names of the others.

    Args:
        variables: Names and values; PATH is none of an environment's.
        capitals: Names are written in capitals.
    """
    usable: dict[str, str] = {}
    unusable = []
    for name, value in variables.items():
        if name.isidentifier() and name.isascii() and "\0" not in value:
            usable[name.upper() if capitals else name] = value
        else:
            unusable.append(name)
    usable.pop("PATH", None)
    return usable, unusable


def _level(environ: "Mapping[str, str]") -> int:
    text = environ.get("CONDA_SHLVL", "0").strip() or "0"
    if not text.isascii() or not text.isdigit():
        raise CondaValueError(
            f"The variable CONDA_SHLVL is `{text}`, but counts activations.",
            hint="Unset CONDA_SHLVL and CONDA_PREFIX, or open a new shell.",
        )
    return int(text)


def _saved_name(level: int, name: str) -> str:
    return f"__CONDA_SHLVL_{level}_{name}"


def _saved(level: int, hidden: "Mapping[str, str | None]") -> dict[str, str]:
    return {_saved_name(level, name): value for name, value in hidden.items() if value is not None}


def _overwriting(hidden: "Mapping[str, str | None]") -> list[str]:
    if not hidden:
        return []
    return [f"The environment replaces your variables {', '.join(sorted(hidden))} while active."]
