"""An environment of real packages, checked file by file against their archives."""

import json
from pathlib import Path

import pytest

from conda_clone.gateways.processes import run
from tests.support.cli import Program
from tests.support.prefix_checker import check_prefix

REQUESTED = (
    "python=3.8",
    "requests",
    "tqdm",
    "conda-package-handling",
    "sqlite",
    "tk",
    "cryptography",
    "mpi4py",
    "ruamel_yaml",
    "setuptools",
    "wheel",
    "pip",
    "pycosat",
    "pytz",
    "tzdata",
    "xz",
    "libedit",
    "_openmp_mutex",
    "python-dateutil",
    "ld_impl_linux-64",
    "asn1crypto",
)

# The stand-in for python runs the machine's own, and some of those add certificates at start-up.
CERTIFICATES = (
    "lib/python3.8/site-packages/certifi/cacert.pem",
    "lib/python3.8/site-packages/pip/_vendor/certifi/cacert.pem",
)


@pytest.mark.shared
@pytest.mark.slow
def test_forty_real_packages_become_a_working_environment(conda: Program, shared: Path) -> None:
    channels = [
        shared / "data/channels" / name for name in ("anaconda-2021", "anaconda-2021-stubs")
    ]
    search = [word for channel in channels for word in ("-c", channel.as_uri())]
    create = conda.succeed(
        "create", "-n", "e", "--json", "--override-channels", *search, *REQUESTED
    )
    linked = create.document["actions"]["LINK"]
    assert len(linked) >= 40

    prefix = conda.prefix("e")
    records = [json.loads(path.read_text()) for path in prefix.glob("conda-meta/*.json")]
    folders = {channel.as_uri(): channel for channel in channels}
    archives = [
        folders[record["channel"].rpartition("/")[0]] / record["subdir"] / record["fn"]
        for record in records
    ]
    report = check_prefix(prefix, archives, ignore=CERTIFICATES)
    assert report.problems == []
    # The stand-in compiles for the machine's version, not for the one that the record names.
    assert [name for name in report.unowned if not name.endswith(".pyc")] == []
    assert report.files > 5_000

    python = str(prefix / "bin/python")
    imported = run([python, "-c", "import requests, tqdm; print(requests.__file__)"])
    assert imported.returncode == 0, imported.stderr
    assert imported.stdout.strip().startswith(str(prefix))

    conda.succeed("remove", "-n", "e", "--all", "--keep-env", "-y")
    left = [path.relative_to(prefix).as_posix() for path in prefix.rglob("*") if path.is_file()]
    kept = {name for name in left if "__pycache__" not in name}
    assert kept == {"conda-meta/history", "conda-meta/.lock", "conda-meta/conda-meta.lock"}
