"""What cmd.exe runs when it starts, which Windows keeps in its registry."""

import re
import sys

__all__ = ["AutorunOutcome", "apply_autorun", "with_hook"]

_KEY = r"Software\Microsoft\Command Processor"
_VALUE = "AutoRun"
_LONG_PATHS_KEY = r"SYSTEM\CurrentControlSet\Control\FileSystem"
_LONG_PATHS = "LongPathsEnabled"
# The hook of any conda program, with the ampersand that joins it to other commands.
_HOOK = re.compile(
    r'(?:\s*&\s*)?if exist "[^"]*conda_hook\.bat" "[^"]*conda_hook\.bat"(?:\s*&\s*)?',
    re.IGNORECASE,
)


class AutorunOutcome:
    """What has become of the value.

    Attributes:
        key: Where it is.
        text: `modified`, `no change` or `needs sudo`.
        diff: Its old and new text.
    """

    __slots__ = ("diff", "key", "text")

    def __init__(self, key: str, text: str, diff: list[str]) -> None:
        self.key = key
        self.text = text
        self.diff = diff


def with_hook(old: str, hook: str) -> str:
    """Return the commands with the hook among them once, or without it if `hook` is empty."""
    others = _HOOK.sub("", old)
    return " & ".join(part for part in (others, hook) if part)


def apply_autorun(hook: str, *, system: bool, dry_run: bool) -> AutorunOutcome:
    """Let cmd.exe run the hook; for all users, let it use paths of more than 260 characters too."""
    if sys.platform != "win32":
        raise AssertionError("only Windows has a registry")
    import winreg  # exists on Windows only

    hive = winreg.HKEY_LOCAL_MACHINE if system else winreg.HKEY_CURRENT_USER
    name = f"{'HKLM' if system else 'HKCU'}\\{_KEY}\\{_VALUE}"
    try:
        with winreg.OpenKey(hive, _KEY) as key:
            old = str(winreg.QueryValueEx(key, _VALUE)[0])
    except FileNotFoundError:
        old = ""
    new = with_hook(old, hook)
    if new == old:
        return AutorunOutcome(name, "no change", [])
    diff = [f"-{old}", f"+{new}"]
    if not dry_run:
        try:
            with winreg.CreateKey(hive, _KEY) as key:
                winreg.SetValueEx(key, _VALUE, 0, winreg.REG_EXPAND_SZ, new)
            if system and hook:
                with winreg.CreateKey(hive, _LONG_PATHS_KEY) as key:
                    winreg.SetValueEx(key, _LONG_PATHS, 0, winreg.REG_DWORD, 1)
        except PermissionError:
            return AutorunOutcome(name, "needs sudo", diff)
    return AutorunOutcome(name, "modified", diff)
