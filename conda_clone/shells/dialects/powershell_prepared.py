"""Prepared files for the functions of scripts/prepared.ps1: data in JSON, which cannot run."""

import json

from conda_clone.shells.path_list import executable_folders

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    from conda_clone.shells.facts import EnvironmentFacts, SettingsFacts

__all__ = ["NAME", "environment_text", "settings_text"]

NAME = "activation.powershell.json"


def settings_text(facts: "SettingsFacts", form: str) -> str:
    """Return the settings, and what they depend on.

    Args:
        facts: The settings.
        form: Number of the format.
    """
    settings = facts.settings
    return _document(
        {
            "format": form,
            "present": facts.present,
            "missing": facts.missing,
            "sources": _marked(facts.variables),
            "root": settings.root_prefix,
            "envs_dirs": list(settings.envs_dirs),
            "default": settings.default_activation_env,
            "start": facts.start,
            "auto_stack": settings.auto_stack,
            "changeps1": settings.changeps1,
            "before": facts.before,
            "after": facts.after,
            "capitals": settings.envvars_force_uppercase,
        }
    )


def environment_text(facts: "EnvironmentFacts", form: str) -> str:
    """Return what activation does for an environment, and what that depends on.

    Args:
        facts: What it does.
        form: Number of the format, with a mark for names in capitals.
    """
    return _document(
        {
            "format": form.rstrip("u"),
            "capitals": form.endswith("u"),
            "prefix": facts.prefix,
            "folders": executable_folders(facts.prefix),
            "present": facts.present,
            "missing": facts.missing,
            "variables": _marked(facts.variables),
            "activate": facts.activate,
            "deactivate": facts.deactivate,
        }
    )


def _marked(values: "Mapping[str, str]") -> dict[str, str]:
    """Return the values behind a sign that keeps PowerShell from taking some of them for dates."""
    return {name: f"={value}" for name, value in values.items()}


def _document(value: dict[str, object]) -> str:
    """Return the document in ASCII: no encoding that PowerShell may take it for changes it."""
    return json.dumps(value, indent=1) + "\n"
