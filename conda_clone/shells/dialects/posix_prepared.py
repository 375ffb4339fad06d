"""Prepared files for the functions of scripts/conda.sh; the variables are those it asks for."""

from conda_clone.shells.dialects.posix import quoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from conda_clone.shells.facts import EnvironmentFacts, SettingsFacts

__all__ = ["NAME", "environment_text", "settings_text"]

NAME = "activation.sh"


def settings_text(facts: "SettingsFacts", form: str) -> str:
    """Return a script that answers with the settings, or with no format if they have changed.

    Args:
        facts: The settings, and what they depend on.
        form: Number of the format.
    """
    settings = facts.settings
    conditions = [
        f'[ "${{{name}-}}" = {quoted(value)} ]' for name, value in facts.variables.items()
    ]
    conditions += _unchanged([quoted(path) for path in facts.present])
    conditions += [f"[ ! -e {quoted(path)} ]" for path in facts.missing]
    own = " && ".join(
        f'[ ! -e "$CONDA_PREFIX"/{name} ]' for name in (".condarc", "condarc", "condarc.d")
    )
    conditions.append(
        '{ [ -z "${CONDA_PREFIX-}" ] || '
        f'[ "$CONDA_PREFIX" = {quoted(settings.root_prefix)} ] || {{ {own}; }}; }}'
    )
    answers = {
        "format": form,
        "root": settings.root_prefix,
        "envs_dirs": "".join(folder + ":" for folder in settings.envs_dirs),
        "default": settings.default_activation_env,
        "start": facts.start,
        "auto_stack": str(settings.auto_stack),
        "changeps1": "1" if settings.changeps1 else "",
        "before": facts.before,
        "after": facts.after,
        "capitals": "u" if settings.envvars_force_uppercase else "",
    }
    lines = [f"    __conda_{name}={quoted(value)}" for name, value in answers.items()]
    return "\n".join(
        ["# Settings of activation; conda writes this anew.", _if(conditions), *lines, "fi", ""]
    )


def environment_text(facts: "EnvironmentFacts", form: str) -> str:
    """Return a script that does what `__conda_ask` asks for.

    Args:
        facts: What activation does for the environment.
        form: Number of the format, with a mark for names in capitals.
    """
    conditions = _unchanged([_inside(path) for path in facts.present])
    conditions += [f"[ ! -e {_inside(path)} ]" for path in facts.missing]
    values = "".join(f" {name}={quoted(value)}" for name, value in facts.variables.items())
    branches = {
        "format": [_if(conditions), f"    __conda_format={quoted(form)}", "fi"],
        "names": ["__conda_names=" + quoted("".join(name + " " for name in facts.variables))],
        "values": [f'__conda_sets="$__conda_sets"{quoted(values)}'],
        "activate": [f"\\. {_inside('etc/conda/activate.d/' + name)}" for name in facts.activate],
        "deactivate": [
            f"\\. {_inside('etc/conda/deactivate.d/' + name)}" for name in facts.deactivate
        ],
    }
    lines = ["# What activation does here; conda writes this anew.", 'case "$__conda_ask" in']
    for name, branch in branches.items():
        lines += [f"{name})", *[f"    {line}" for line in branch or [":"]], "    ;;"]
    return "\n".join([*lines, "esac", ""])


def _inside(path: str) -> str:
    """Return a path of the environment, wherever it has been moved to."""
    return f'"$__conda_prefix"/{quoted(path)}'


def _unchanged(paths: "Sequence[str]") -> list[str]:
    return [
        condition
        for path in paths
        for condition in (f"[ -e {path} ]", f'[ ! {path} -nt "$__conda_file" ]')
    ]


def _if(conditions: "Sequence[str]") -> str:
    return "if " + " &&\n        ".join(conditions) + "; then"
