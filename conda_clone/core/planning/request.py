"""`EnvironmentRequest`: what the user asked for one environment, free of any command line."""

from enum import StrEnum

from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.values import value

__all__ = ["DepsModifier", "EnvironmentRequest", "UpdateModifier", "Verb"]


class Verb(StrEnum):
    """What shall happen to the environment."""

    CREATE = "create"
    INSTALL = "install"
    UPDATE = "update"
    REMOVE = "remove"


class UpdateModifier(StrEnum):
    """How far packages that were not named may move (spec/commands.md, group UPD)."""

    UPDATE_SPECS = "update_specs"
    FREEZE_INSTALLED = "freeze_installed"
    UPDATE_DEPS = "update_deps"
    UPDATE_ALL = "update_all"
    SPECS_SATISFIED_SKIP_SOLVE = "specs_satisfied_skip_solve"


class DepsModifier(StrEnum):
    """Which part of the solution is linked."""

    NOT_SET = "not_set"
    NO_DEPS = "no_deps"
    ONLY_DEPS = "only_deps"


@value(kw_only=True)
class EnvironmentRequest:
    """One wish about one environment.

    Attributes:
        verb: What shall happen.
        prefix: Absolute path of the environment.
        specs_to_add: Packages to install or update, in the order in which they were named.
        specs_to_remove: Packages to take out.
        update_modifier: How far other packages may move.
        deps_modifier: Whether dependencies, or only dependencies, are linked.
        ignore_pinned: Leave pins out of account.
        force_reinstall: Link the named packages anew even if nothing changes.
        force_remove: Take out the named packages and nothing else, dependents included.
        remove_features: `specs_to_remove` are features to get rid of.
        remove_all: Take out everything, whatever `specs_to_remove` says.
        default_packages: A new environment gets the packages of `create_default_packages` too.
        time_limit: Seconds after which the best answer found so far is taken; None for no limit.
        command: The command line for the history, secrets removed.
    """

    verb: Verb
    prefix: str
    specs_to_add: tuple[MatchSpec, ...] = ()
    specs_to_remove: tuple[MatchSpec, ...] = ()
    update_modifier: UpdateModifier = UpdateModifier.UPDATE_SPECS
    deps_modifier: DepsModifier = DepsModifier.NOT_SET
    ignore_pinned: bool = False
    force_reinstall: bool = False
    force_remove: bool = False
    remove_features: bool = False
    remove_all: bool = False
    default_packages: bool = True
    time_limit: float | None = None
    command: str = ""

    @property
    def named(self) -> tuple[str, ...]:
        """Names of the packages to add, in request order."""
        return tuple(dict.fromkeys(spec.name for spec in self.specs_to_add))
