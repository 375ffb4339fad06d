"""Prepared files for the functions of scripts/conda.fish; the variables are those it asks for."""

from conda_clone.shells.dialects.fish import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from conda_clone.shells.facts import EnvironmentFacts, SettingsFacts

__all__ = ["NAME", "environment_text", "settings_text"]

NAME = "activation.fish"


def settings_text(facts: "SettingsFacts", form: str) -> str:
    """Return a script that answers with the settings, or with no format if they have changed.

    Args:
        facts: The settings, and what they depend on.
        form: Number of the format.
    """
    settings = facts.settings
    conditions = [f'test "${name}" = {quoted(value)}' for name, value in facts.variables.items()]
    conditions += _unchanged([quoted(path) for path in facts.present])
    conditions += [f"test ! -e {quoted(path)}" for path in facts.missing]
    own = "; and ".join(
        f'test ! -e "$CONDA_PREFIX"/{name}' for name in (".condarc", "condarc", "condarc.d")
    )
    root = quoted(settings.root_prefix)
    conditions.append(
        f'begin; test -z "$CONDA_PREFIX" -o "$CONDA_PREFIX" = {root}; or begin; {own}; end; end'
    )
    answers = {
        "format": [form],
        "root": [settings.root_prefix],
        "envs_dirs": list(settings.envs_dirs),
        "default": [settings.default_activation_env],
        "start": [facts.start],
        "auto_stack": [str(settings.auto_stack)],
        "changeps1": ["1" if settings.changeps1 else ""],
        "before": [facts.before],
        "after": [facts.after],
        "capitals": ["u" if settings.envvars_force_uppercase else ""],
    }
    lines = [
        " ".join([f"    set __conda_{name}", *map(quoted, values)])
        for name, values in answers.items()
    ]
    return "\n".join(
        ["# Settings of activation; conda writes this anew.", *_if(conditions), *lines, "end", ""]
    )


def environment_text(facts: "EnvironmentFacts", form: str) -> str:
    """Return a script that does what `__conda_ask` asks for.

    Args:
        facts: What activation does for the environment.
        form: Number of the format, with a mark for names in capitals.
    """
    conditions = _unchanged([_inside(path) for path in facts.present])
    conditions += [f"test ! -e {_inside(path)}" for path in facts.missing]
    branches = {
        "format": [*_if(conditions), f"    set __conda_format {quoted(form)}", "end"],
        "names": [" ".join(["set __conda_names", *facts.variables])],
        "export": [f"set -gx {name} {quoted(value)}" for name, value in facts.variables.items()],
        "activate": [
            f"source {_inside('etc/conda/activate.d/' + name)}" for name in facts.activate
        ],
        "deactivate": [
            f"source {_inside('etc/conda/deactivate.d/' + name)}" for name in facts.deactivate
        ],
    }
    lines = ["# What activation does here; conda writes this anew.", "switch $__conda_ask"]
    for name, branch in branches.items():
        lines += [f"    case {name}", *[f"        {line}" for line in branch]]
    return "\n".join([*lines, "end", ""])


def _inside(path: str) -> str:
    """Return a path of the environment, wherever it has been moved to."""
    return f'"$__conda_prefix"/{quoted(path)}'


def _unchanged(paths: "Sequence[str]") -> list[str]:
    return [
        condition
        for path in paths
        for condition in (f"test -e {path}", f'test ! {path} -nt "$__conda_file"')
    ]


def _if(conditions: "Sequence[str]") -> list[str]:
    # `and` on its own line goes on with the condition.
    first, *others = conditions
    return [f"if {first}", *[f"        and {condition}" for condition in others]]
