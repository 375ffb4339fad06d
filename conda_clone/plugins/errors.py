"""What goes wrong with plugins."""

from conda_clone.errors import CondaError

__all__ = ["PluginError"]

_HINT = "Run the command with --no-plugins, or remove one of them; `conda plugins list` has all."


class PluginError(CondaError):
    """A plugin gives what its hook does not allow, or two plugins stand in each other's way."""

    def __init__(self, message: str, *, hint: str | None = _HINT, **details: object) -> None:
        super().__init__(message, hint=hint, **details)
