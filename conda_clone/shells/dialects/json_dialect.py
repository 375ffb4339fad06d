"""`EnvChange` as JSON, for programs that set variables themselves (`shell.NAME+json`)."""

import json

TYPE_CHECKING = False
if TYPE_CHECKING:
    from conda_clone.shells.activator import Conventions
    from conda_clone.shells.env_change import EnvChange

__all__ = ["document"]


def document(change: "EnvChange", conventions: "Conventions") -> str:
    """Return the document of spec/commands.md, section 3, init / shell."""
    export: dict[str, object] = dict(change.export)
    if "CONDA_SHLVL" in export:
        export["CONDA_SHLVL"] = int(change.export["CONDA_SHLVL"])
    prompt = {}
    if change.prompt is not None and conventions.prompt_variable:
        prompt[conventions.prompt_variable] = change.prompt
    return json.dumps(
        {
            "path": {} if change.path is None else {"PATH": list(change.path)},
            "vars": {"export": export, "unset": list(change.unset), "set": prompt},
            "scripts": {
                "activate": list(change.activate_scripts),
                "deactivate": list(change.deactivate_scripts),
            },
        },
        indent=2,
    )
