"""`PluginConsole`: a reporter backend of a plugin in the place of our text output."""

import sys

from conda_clone.cli.output.console import HumanConsole
from conda_clone.errors import CondaError, CondaSystemExit, CondaValueError
from conda_clone.models import events
from conda_clone.plugins.builtin import builtin_items

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from conda_clone.plugins.manager import Contribution, Plugins

__all__ = ["PluginConsole", "plugin_console"]

_HOOK = "conda_reporter_backends"


def plugin_console(name: str, plugins: "Plugins", *, quiet: bool) -> "PluginConsole":
    """Return the console that a plugin shows.

    Raises:
        CondaValueError: There is no such reporter backend.
    """
    found = plugins.contributions(_HOOK) if plugins.implements(_HOOK) else []
    for each in found:
        if each.item.name == name.lower().strip():
            return PluginConsole(plugins, each, quiet=quiet)
    own = [row.name for row in builtin_items(_HOOK)]
    names = ", ".join([*own, *(each.item.name for each in found)])
    raise CondaValueError(
        f"There is no reporter backend `{name}`.",
        hint=f"Choose one of these with --console or the setting console: {names}.",
    )


def _call(renderer: "Any", method: str, *arguments: "Any") -> "Any":
    return getattr(renderer, method)(*arguments)


class PluginConsole(HumanConsole):
    """Shows what happens as a renderer of a plugin wants it; our own text where that fails.

    Args:
        plugins: The plugins of this run.
        backend: The reporter backend.
        quiet: Show neither stages nor bars.
    """

    def __init__(self, plugins: "Plugins", backend: "Contribution", *, quiet: bool) -> None:
        super().__init__(sys.stdout, sys.stderr, sys.stdin, quiet=quiet)
        self._plugins = plugins
        self._plugin = backend.plugin
        self._renderer = plugins.guarded(backend.plugin, _HOOK, backend.item.renderer)
        self._spinners: dict[str, Any] = {}
        self._plugin_bars: dict[str, tuple[Any, float, int | None]] = {}

    def print(self, text: str = "") -> None:
        """Write a result as the renderer gives it."""
        rendered = self._ask("render", text)
        super().print(text if rendered is None else str(rendered).removesuffix("\n"))

    def confirm(self, question: str, *, default: bool = True) -> bool:
        """Let the renderer ask.

        Raises:
            CondaSystemExit: The person interrupted the question.
        """
        choices = ("yes", "no")
        try:
            answer = self._ask("prompt", question, choices, choices[not default])
        except KeyboardInterrupt:
            raise CondaSystemExit("Operation aborted. Exiting.") from None
        return super().confirm(question, default=default) if answer is None else answer == "yes"

    def _start_stage(self, stage: str) -> None:
        if self.quiet:
            return
        spinner = self._ask("spinner", stage)
        if spinner is None:
            super()._start_stage(stage)
            return
        self._spinners[stage] = spinner
        self._guard(spinner.__enter__)

    def _finish_stage(self, stage: str, *, ok: bool) -> None:
        spinner = self._spinners.pop(stage, None)
        if spinner is None:
            super()._finish_stage(stage, ok=ok)
            return
        failed = (None, None, None) if ok else (CondaError, CondaError(stage), None)
        self._guard(spinner.__exit__, *failed)

    def _show_transfer(self, event: events.Event) -> None:
        if self.quiet:
            return
        match event:
            case events.TransferStarted():
                bar = self._ask("progress_bar", event.label)
                self._plugin_bars[event.label] = bar, 0, event.total
            case events.TransferAdvanced(label=label):
                bar, done, total = self._plugin_bars.get(label, (None, 0, None))
                done += event.amount
                self._plugin_bars[label] = bar, done, total
                if bar is not None and total:
                    self._guard(bar.update_to, min(done / total, 1.0))
            case events.TransferFinished(label=label):
                bar, _, _ = self._plugin_bars.pop(label, (None, 0, None))
                if bar is not None:
                    self._guard(bar.close)

    def _ask(self, method: str, *arguments: "Any") -> "Any":
        if self._plugin.name in self._plugins.failures:
            return None
        return self._guard(_call, self._renderer, method, *arguments)

    def _guard(self, call: "Any", *arguments: "Any") -> "Any":
        return self._plugins.guarded(self._plugin, _HOOK, call, *arguments)
