"""Planted secrets, and where they turn up (spec/reliability.md, section 3g, S6 to S12).

A canary is looked for in what was written, and in names and contents of all files, as it is and in
the forms that URLs, headers and logs give it. Files that the user wrote are left out.
"""

import base64
from collections.abc import Iterable
from pathlib import Path
from urllib.parse import quote

from conda_clone.testing.program import Outcome, Program
from conda_clone.testing.server import ChannelServer

__all__ = ["CANARY", "TOKEN", "Planted", "asked", "seen", "with_credentials"]

CANARY = "canary-p@ss/1"
TOKEN = "tk-canary-2"
_LOGIN = base64.b64encode(f"user:{CANARY}".encode()).decode()
FORMS = (CANARY, quote(CANARY, safe=""), quote(CANARY), _LOGIN, TOKEN)


class Planted:
    """A program, a channel behind a server, and where the canaries were put."""

    def __init__(self, tmp_path: Path, home: Path, server: ChannelServer) -> None:
        self.server = server
        self.home = home
        self.folder = tmp_path / "machine"
        self.folder.mkdir()
        self.program = Program(self.folder / "root", home, server.url("main"))
        self.planted: list[Path] = []

    def plant(self, path: Path, text: str) -> Path:
        """Write a file that holds canaries because the user wants it so."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        path.chmod(0o600)
        self.planted.append(path)
        return path

    def channel(self, kind: str) -> str:
        """Return the address of the channel with a "password", a "token" or "both"."""
        url = self.server.url("main" if kind == "password" else f"t/{TOKEN}/main")
        return url if kind == "token" else with_credentials(url)

    def found(self, *outcomes: Outcome) -> list[str]:
        """Return where a canary turns up."""
        places = [
            (f"output {number}", f"{outcome.stdout}\n{outcome.stderr}".encode())
            for number, outcome in enumerate(outcomes)
        ]
        for root in (self.folder, self.home):
            for path in root.rglob("*"):
                name = path.relative_to(root).as_posix()
                is_ours = path.is_file() and path not in self.planted
                places.append((name, name.encode() + (path.read_bytes() if is_ours else b"")))
        return [f"{place}: {form}" for place, content in places for form in seen(content)]

    def sent(self) -> str:
        """Return all that the server was asked, with headers."""
        return asked(self.server)


def asked(server: ChannelServer) -> str:
    """Return the paths and headers of all requests."""
    return "\n".join(f"{each.path} {dict(each.headers)}" for each in server.requests)


def seen(content: bytes | str | Iterable[str]) -> list[str]:
    """Return the forms of canaries in a content."""
    if not isinstance(content, bytes):
        content = (content if isinstance(content, str) else "\n".join(content)).encode()
    return [form for form in FORMS if form.encode() in content]


def with_credentials(url: str) -> str:
    """Return the URL with a user and the canary as its password."""
    return url.replace("://", f"://user:{quote(CANARY, safe='')}@")
