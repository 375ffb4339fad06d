"""A place to run transactions in: a package cache, a prefix, and what was reported."""

import json
import os
import stat
import sys
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Unpack

from conda_clone.config.settings import LinkSettings, PathSettings
from conda_clone.core.prefix.prefix_data import PrefixData
from conda_clone.core.transaction.change import CopiedFiles, HistoryUpdate, PrefixChange
from conda_clone.core.transaction.compiling_ahead import CompilingAhead
from conda_clone.core.transaction.unlink_link import UnlinkLinkTransaction
from conda_clone.gateways.archives.extract import extract_archive
from conda_clone.models.channel import Channel, ChannelConfig
from conda_clone.models.events import Caution, Event, Notice
from conda_clone.models.record_json import record_from_repodata
from conda_clone.models.records import PackageCacheRecord, PrefixRecord
from conda_clone.testing.packages import PackageFields, build_package

CONFIG = ChannelConfig()
CHANNEL = Channel.from_text("https://channels.test/main", CONFIG)
PYTHON_SERIES = f"{sys.version_info[0]}.{sys.version_info[1]}"
NOW = datetime(2026, 1, 31, 12, 0, 0, tzinfo=UTC)


class Recorder:
    """A reporter that remembers."""

    def __init__(self) -> None:
        self.events: list[Event] = []

    def report(self, event: Event) -> None:
        """Take note of an event."""
        self.events.append(event)

    @property
    def notices(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Notice)]

    @property
    def cautions(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, Caution)]


class Workshop:
    """Builds packages into a cache and runs transactions on one prefix."""

    def __init__(self, root: Path, *, prefix: Path | None = None) -> None:
        self.root = root
        self.prefix = prefix or root / "env"
        self.pkgs = root / "pkgs"
        self.environments_txt = root / "home" / ".conda" / "environments.txt"
        self.reporter = Recorder()

    def package(self, **fields: Unpack[PackageFields]) -> PackageCacheRecord:
        """Build a package and extract it into the cache."""
        return self.archive(build_package(self.root / "archives", **fields).path)

    def archive(self, path: Path) -> PackageCacheRecord:
        """Extract an archive into the cache."""
        extracted = self.pkgs / path.name.removesuffix(".conda").removesuffix(".tar.bz2")
        if not extracted.exists():
            extract_archive(str(path), str(extracted))
        index = json.loads((extracted / "info/index.json").read_text())
        record = record_from_repodata(
            index,
            fn=path.name,
            channel=CHANNEL,
            subdir="linux-64",
            base_url=f"{CHANNEL.base_url}/{index.get('subdir', 'linux-64')}",
        )
        return PackageCacheRecord.from_record(
            record, extracted_package_dir=str(extracted), package_tarball_full_path=str(path)
        )

    def python(self) -> PackageCacheRecord:
        """Return a package `python` whose interpreter is the one that runs the tests."""
        executable = f"bin/python{PYTHON_SERIES}"
        return self.package(
            name="python",
            version=f"{PYTHON_SERIES}.0",
            files={executable: f'#!/bin/sh\nexec "{sys.executable}" "$@"\n'},
            executables=[executable],
            links={"bin/python": f"python{PYTHON_SERIES}"},
        )

    def transaction(
        self,
        link: Iterable[PackageCacheRecord] = (),
        unlink: Iterable[str] = (),
        *,
        links: LinkSettings | None = None,
        history: HistoryUpdate | None = None,
        requested: Mapping[str, tuple[str, ...]] | None = None,
        register: bool = True,
        replaces: bool = False,
        copied: CopiedFiles | None = None,
        now: datetime = NOW,
        ahead: CompilingAhead | None = None,
    ) -> UnlinkLinkTransaction:
        """Return the transaction that links packages and unlinks names."""
        packages = tuple(link)
        installed = self.installed()
        change = PrefixChange(
            prefix=str(self.prefix),
            unlink=tuple(installed[name] for name in unlink),
            link=packages,
            history=history or HistoryUpdate(command="conda test"),
            requested_specs=tuple((requested or {}).items()),
            replaces=replaces,
            copied=copied,
        )
        paths = PathSettings(
            root_prefix=str(self.root / "root"),
            envs_dirs=(str(self.root),),
            pkgs_dirs=(str(self.pkgs),),
            home=str(self.root / "home"),
            environments_txt=str(self.environments_txt),
            register_envs=register,
        )
        return UnlinkLinkTransaction(
            change,
            packages,
            links=links or LinkSettings(),
            paths=paths,
            channel_config=CONFIG,
            reporter=self.reporter,
            environ={"PATH": os.environ["PATH"]},
            now=now,
            tool_version="26.1.0",
            ahead=ahead,
        )

    def install(self, *records: PackageCacheRecord, links: LinkSettings | None = None) -> None:
        """Link packages, in place of installed ones of the same names."""
        installed = self.installed()
        replaced = [record.name for record in records if record.name in installed]
        self.transaction(records, replaced, links=links).execute()

    def remove(self, *names: str, links: LinkSettings | None = None) -> None:
        """Unlink packages."""
        self.transaction(unlink=names, links=links).execute()

    def installed(self) -> dict[str, PrefixRecord]:
        """Return what the prefix holds by name."""
        return PrefixData(str(self.prefix), CONFIG).records()

    def tree(self) -> list[str]:
        """Return the relative paths of all that is in the prefix but is no folder."""
        return sorted(path for path, state in snapshot(self.prefix).items() if state[0] != "folder")


def snapshot(folder: Path) -> dict[str, tuple[str, int, bytes]]:
    """Return what is below a folder: kind, permission bits, and content or link target.

    Files that locks are taken on are not there, as far as anybody cares.
    """
    found: dict[str, tuple[str, int, bytes]] = {}
    pending = [""] if os.path.isdir(folder) else []
    while pending:
        start = pending.pop()
        # Plain strings: the matrices of crashes take tens of thousands of such pictures.
        with os.scandir(f"{folder}/{start}") as entries:
            for entry in entries:
                relative = start + entry.name
                if relative.endswith(("conda-meta/.lock", "conda-meta/conda-meta.lock")):
                    continue
                mode = entry.stat(follow_symlinks=False).st_mode
                if stat.S_ISLNK(mode):
                    found[relative] = ("link", 0, os.fsencode(os.readlink(entry.path)))
                elif stat.S_ISDIR(mode):
                    found[relative] = ("folder", stat.S_IMODE(mode), b"")
                    pending.append(f"{relative}/")
                else:
                    with open(entry.path, "rb", buffering=0) as stream:
                        found[relative] = ("file", stat.S_IMODE(mode), stream.read())
    return found
