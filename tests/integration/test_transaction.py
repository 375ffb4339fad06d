"""Every real archive alone: installed, checked file by file, and removed without a trace."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from conda_clone.core.transaction.errors import LinkError
from conda_clone.gateways.archives.errors import InvalidArchiveError
from conda_clone.models.records import PackageCacheRecord
from tests.support.prefix_checker import check_prefix
from tests.support.transactions import Workshop

STUB = "anaconda-2021-stubs/linux-64/python-3.8.5-h38stub_0.conda"

# The links of these archives have an empty target, which no file system takes.
REFUSED = {
    "both-formats/linux-64/zlib-1.2.11-h7b6447c_3.conda",
    "both-formats/osx-64/zlib-1.2.11-h1de35cc_3.conda",
}

# These archives differ from what they say of themselves: links that became empty files, and files
# that no list names. What is installed is what the archive holds.
PROBLEMS = {
    "dotslash-test-1.0.0-0.conda": 1,
    "symlink-test-1.0.0-0.conda": 3,
    "zip64-test-1.0.0-0.conda": 1,
    "zlib-1.2.11-h7b6447c_3.tar.bz2": 2,
}

# Their post-link scripts fail on purpose, or look for what another package brings.
ROLLED_BACK = {
    "c_post_link_package",
    "d_post_link_package",
    "failing_post_link",
    "failing_post_link_package",
    "post_link-c",
    "post_link-d",
}

# What post-link scripts make belongs to no package, and stays.
LEFT_BEHIND = {
    "e_post_link_package": {"bin/file"},
    "post_link-e": {"bin/file"},
    "post-link-script-package": {".messages.bak.txt"},
}
# The stand-in for python runs the machine's own, which may add certificates at start-up.
CERTIFICATES = (
    "lib/python3.8/site-packages/certifi/cacert.pem",
    "lib/python3.8/site-packages/pip/_vendor/certifi/cacert.pem",
)


@dataclass(frozen=True)
class Tally:
    """What becomes of the archives of a channel, and how many files are checked."""

    installed: int
    files: int
    refused: int = 0
    rolled_back: int = 0


CHANNELS = {
    "anaconda-2021": Tally(100, 17_643),
    "anaconda-2021-stubs": Tally(12, 21),
    "both-formats": Tally(6, 50, refused=2),
    "clobber": Tally(27, 40),
    "file-kinds": Tally(7, 7),
    "link-scripts-and-activation": Tally(88, 71, rolled_back=10),
    "menus": Tally(1, 1),
    "small-multiple-versions-channel-1": Tally(48, 60),
    "small-post-link-script-channel": Tally(4, 4),
    "small-shortcuts-channel-1": Tally(4, 16),
    "small-virtual-packages": Tally(13, 0),
}


def archives(channel: Path) -> Iterator[Path]:
    for path in sorted(channel.glob("*/*")):
        if path.name.endswith((".conda", ".tar.bz2")):
            yield path


def check_alone(workshop: Workshop, record: PackageCacheRecord, stub: Path) -> int:
    """Install and remove one package; return how many of its files were checked."""
    archive = Path(record.package_tarball_full_path)
    together = [archive]
    packages = [record]
    if record.noarch == "python":
        packages.insert(0, workshop.archive(stub))
        together.append(stub)
    workshop.install(*packages)
    report = check_prefix(workshop.prefix, together, ignore=CERTIFICATES)
    left_behind = LEFT_BEHIND.get(record.name, set())
    if record.subdir.startswith("win-"):  # the script that leaves something cannot run here
        left_behind = set()
    assert len(report.problems) == PROBLEMS.get(archive.name, 0), report.problems
    made_by_scripts = {name for name in report.unowned if not name.endswith(".pyc")}
    assert made_by_scripts - {"i-was-post-linked"} == left_behind
    workshop.remove(*workshop.installed())
    assert set(workshop.tree()) == {"conda-meta/history"} | left_behind, archive.name
    folders = {path.name for path in workshop.prefix.rglob("*") if path.is_dir()}
    assert folders == {"conda-meta"} | {Path(name).parent.name for name in left_behind} - {""}
    return report.files


@pytest.mark.shared
@pytest.mark.slow
@pytest.mark.parametrize(("channel", "expected"), CHANNELS.items())
def test_every_archive_installs_alone_and_leaves_no_trace(
    channel: str, expected: Tally, shared: Path, tmp_path: Path
) -> None:
    root = shared / "data/channels"
    installed = files = refused = rolled_back = 0
    for number, archive in enumerate(archives(root / channel)):
        workshop = Workshop(tmp_path, prefix=tmp_path / f"env{number}")
        # The two formats and several platforms have packages of the same name.
        workshop.pkgs = tmp_path / "pkgs" / archive.parent.name / archive.name.rpartition(".")[2]
        if archive.relative_to(root).as_posix() in REFUSED:
            with pytest.raises(InvalidArchiveError):
                workshop.archive(archive)
            refused += 1
            continue
        record = workshop.archive(archive)
        if record.name in ROLLED_BACK:
            with pytest.raises(LinkError, match="post-link script"):
                workshop.install(record)
            assert not workshop.prefix.exists()
            rolled_back += 1
            continue
        files += check_alone(workshop, record, root / STUB)
        installed += 1
    assert Tally(installed, files, refused, rolled_back) == expected
