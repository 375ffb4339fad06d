"""`EnvChange`: what becomes of a shell's variables, and which scripts run; plain data.

A dialect writes it down in the language of one shell. The order in which a shell carries it out is
part of the meaning: scripts of the old environment, variables that go, the prompt, variables that
come, scripts of the new environment. A deactivation sets PATH before anything else.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = ["EnvChange"]

_NONE: "Mapping[str, str]" = {}


class EnvChange:
    """One change of a shell.

    Attributes:
        path: The entries of PATH, or None to leave it alone.
        path_first: PATH changes before the scripts of the old environment run.
        unset: Names of variables that go, in order.
        prompt: The new text of the prompt variable, or None to leave it alone.
        export: Variables that come or change.
        deactivate_scripts: Paths of scripts to source before everything else.
        activate_scripts: Paths of scripts to source after everything else.
        cautions: What the person at the shell should know.
    """

    __slots__ = (
        "activate_scripts",
        "cautions",
        "deactivate_scripts",
        "export",
        "path",
        "path_first",
        "prompt",
        "unset",
    )

    def __init__(
        self,
        *,
        path: "Sequence[str] | None" = None,
        path_first: bool = False,
        unset: "Sequence[str]" = (),
        prompt: str | None = None,
        export: "Mapping[str, str]" = _NONE,
        deactivate_scripts: "Sequence[str]" = (),
        activate_scripts: "Sequence[str]" = (),
        cautions: "Sequence[str]" = (),
    ) -> None:
        self.path = path
        self.path_first = path_first
        self.unset = tuple(unset)
        self.prompt = prompt
        self.export = export
        self.deactivate_scripts = tuple(deactivate_scripts)
        self.activate_scripts = tuple(activate_scripts)
        self.cautions = tuple(cautions)

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing is to be done."""
        return (
            self.path is None
            and self.prompt is None
            and not self.unset
            and not self.export
            and not self.deactivate_scripts
            and not self.activate_scripts
        )
