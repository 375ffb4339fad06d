"""The commands of the pages about private channels, mirrors and proxies, as a reader tries them."""

import glob
import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.config.parameters import PARAMETERS
from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.program import Outcome
from conda_clone.testing.server import ChannelServer
from tests.docs.test_configure_machines import BLOCK
from tests.support.cli import Program

PAGES = Path(__file__).resolve().parents[2] / "docs" / "how-to"


class Reader:
    """Who follows a page: on a machine with servers, whose names in the page are others."""

    def __init__(
        self, tmp_path: Path, home: Path, repo: ChannelServer, mirror: ChannelServer
    ) -> None:
        builder = ChannelBuilder(tmp_path / "served" / "team")
        builder.add(name="hello", noarch="generic", version="1.0", files={"share/hello": "Hello"})
        builder.add(name="helper", noarch="generic", version="2.0")
        builder.add(name="other", noarch="generic")
        builder.write()
        for name in ("team", "t/TOKEN/team"):
            repo.mount(name, builder.root)
        mirror.mount("team", builder.root)
        self.home = home
        self.folder = tmp_path
        self.conda = Program(tmp_path / "root", home, "")
        del self.conda.environment["CONDA_CHANNELS"]
        self.names = {
            "repo.example.com": repo.url().removeprefix("http://"),
            "mirror.example.com": mirror.url().removeprefix("http://"),
            "gone.example.com": "127.0.0.1:1",
        }

    def here(self, text: str) -> str:
        """Return a text of the page with the names of this machine."""
        for name, place in self.names.items():
            text = re.sub(rf"https://([^@/\s]*@)?{name}", rf"http://\g<1>{place}", text)
        text = text.replace("machine repo.example.com", "machine 127.0.0.1")
        return text.replace("/media/stick", str(self.folder / "stick"))

    def there(self, text: str) -> str:
        """Return a text of this machine with the names of the page, as it shows it."""
        for name, place in self.names.items():
            text = re.sub(rf"http://([^@/\s]*@)?{place}", rf"https://\g<1>{name}", text)
        lines = [line.rstrip() for line in text.strip("\n").splitlines()]
        return "\n".join(line for line in lines if not re.match(r"# [^N]", line))

    def write(self, path: str, text: str) -> None:
        """Write a file of the page."""
        assert path.startswith("/home/me/")
        (self.home / path.removeprefix("/home/me/")).write_text(self.here(text))

    def run(self, line: str) -> Outcome:
        """Run a line of the page as a shell in `folder` would."""
        words, _, target = self.here(line).partition(" > ")
        found: list[str] = []
        for word in shlex.split(words)[1:]:
            found += sorted(glob.glob(word)) if "*" in word else [word]
        given = [str(self.folder / word) if word == "packages.txt" else word for word in found]
        outcome = self.conda(*given)
        if target:
            (self.folder / target).write_text(outcome.stdout)
        return outcome

    def follow(self, page: str) -> int:
        """Do all that a page says, and compare what it shows; return how many commands it has."""
        commands = 0
        for block in BLOCK.finditer((PAGES / page).read_text("utf-8")):
            if block["path"]:
                self.write(block["path"], block["text"])
                continue
            for shown in re.split(r"^\$ ", block["text"], flags=re.MULTILINE)[1:]:
                line, _, expected = shown.partition("\n")
                outcome = self.run(line)
                commands += 1
                if "conda create" in line:  # a plan is long
                    is_refused = "-n never" in line
                    assert outcome.status == is_refused, outcome.stderr
                elif " > " not in line:
                    told = self.there(f"{outcome.stdout}{outcome.stderr}")
                    assert told == expected.strip("\n"), line
        return commands


@pytest.fixture
def reader(tmp_path: Path, isolated: Path) -> Iterator[Reader]:
    with ChannelServer() as repo, ChannelServer() as mirror:
        yield Reader(tmp_path, isolated, repo, mirror)


def test_private_channels(reader: Reader) -> None:
    assert reader.follow("private-channels.md") == 10


def test_mirrors_and_offline(reader: Reader, monkeypatch: pytest.MonkeyPatch) -> None:
    # What the page has copied onto a stick is what its first half has fetched.
    stick = reader.folder / "stick"
    stick.mkdir()
    run = reader.run

    def run_with_stick(line: str) -> Outcome:
        if "/media/stick" in line or "--offline --file" in line:
            for archive in reader.conda.pkgs.glob("hello*.conda"):
                shutil.copy(archive, stick)
            reader.conda.succeed("env", "remove", "-n", "work", "-y")
        return run(line)

    monkeypatch.setattr(reader, "run", run_with_stick)
    assert reader.follow("mirrors-and-offline.md") == 10


def test_proxies(reader: Reader) -> None:
    assert reader.follow("proxies.md") == 5


@pytest.mark.parametrize("page", ["private-channels.md", "mirrors-and-offline.md", "proxies.md"])
def test_every_setting_that_is_named_is_one(page: str) -> None:
    text = (PAGES / page).read_text("utf-8")
    named = re.findall(r"^([a-z]+(?:_[a-z]+)+):", text, re.MULTILINE)
    named += re.findall(r"`([a-z]+(?:_[a-z0-9]+)+)(?:: \w+)?`", text)
    assert set(named) - PARAMETERS.keys() - {"base_url", "no_proxy"} == set()
    assert named != []
