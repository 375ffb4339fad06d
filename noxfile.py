"""Everything that is done with the checkout, each in an environment of its own.

    python3 noxfile.py -s demo      the tool at work, on packages made from this machine
    python3 noxfile.py -s tests     all tests, with coverage of branches
    python3 noxfile.py -s effects   all tests, with a watch on who writes and connects
    python3 noxfile.py -s lint      formatting, types, import contracts
    python3 noxfile.py -s docs      examples in documents and docstrings, links
    python3 noxfile.py -s reference write the pages that come from the code
    python3 noxfile.py -s bench     measurements
    python3 noxfile.py -s published plugins that others have published
    python3 noxfile.py -s fuzz      a million inputs that are nearly right
    python3 noxfile.py -s faults    changes that are crashed and disturbed at every system call
    python3 noxfile.py -s golden    conformance to recorded command lines
    python3 noxfile.py -s solves    answers to recorded problems beside a peer's

Run like this, the file needs nothing but Python 3.11 with `venv`: it makes an environment for nox
below `.nox` and starts itself again there. `nox -s SESSION` does the same with a nox of yours.
Arguments after `--` go to the program of the session.
"""

import hashlib
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
OLDEST_PYTHON = (3, 11)


def run_in_own_environment(arguments: list[str]) -> int:
    """Install nox where nobody else does, and run it with the arguments of this process."""
    if sys.version_info < OLDEST_PYTHON:
        return _give_up("Python 3.11 or newer is needed; this is " + sys.version.split()[0] + ".")
    tag = "{}.{}".format(*sys.version_info)
    environment = ROOT / ".nox" / f"bootstrap-{tag}"
    python = environment / ("Scripts" if os.name == "nt" else "bin") / "python"
    finished = environment / "finished"
    if not finished.exists():
        print(f"Preparing {environment} ...", flush=True)
        commands = [
            [sys.executable, "-m", "venv", "--clear", str(environment)],
            [str(python), "-m", "pip", "install", "-q", "--disable-pip-version-check", "nox"],
        ]
        for command in commands:
            if subprocess.run(command, check=False).returncode != 0:
                return _give_up(f"This failed: {' '.join(command)}")
        finished.touch()
    noxfile = ["--noxfile", str(ROOT / "noxfile.py")]
    return subprocess.run([str(python), "-m", "nox", *noxfile, *arguments], check=False).returncode


def _give_up(reason: str) -> int:
    print(reason, file=sys.stderr)
    return 1


if __name__ == "__main__":
    raise SystemExit(run_in_own_environment(sys.argv[1:]))

import nox  # noqa: E402 - where the file runs as a program, there is no nox yet

nox.needs_version = ">=2024.10.9"
nox.options.sessions = ["lint", "tests"]
nox.options.reuse_existing_virtualenvs = True
nox.options.default_venv_backend = "virtualenv"

PROJECT = nox.project.load_toml(ROOT / "pyproject.toml")
SHARED = ROOT.parent / "shared"
LEAST_COVERAGE = 90
# Programs that are called like the Debian packages that have them.
SHELLS = ("bash", "busybox", "dash", "fish", "ksh", "mksh", "tcsh", "zsh")
# Servers that tests of connections talk to, with the Debian packages that have them.
SERVERS = {
    "docker-registry": "docker-registry",
    "htpasswd": "apache2-utils",
    "nginx": "nginx",
    "openssl": "openssl",
    "squid": "squid",
}
# Packed into the demo's channel, beside what the tool itself needs.
DEMO_DISTRIBUTIONS = ("pip", "setuptools", "tqdm")


@nox.session
def demo(session: nox.Session) -> None:
    """Create, use and change an environment, with packages made from this machine."""
    _install_package(session, *DEMO_DISTRIBUTIONS)
    # -P: the installed package, not the checkout that we stand in.
    session.run("python", "-P", "-m", "conda_clone.testing.demo", *session.posargs)


@nox.session
def tests(session: nox.Session) -> None:
    """Run all tests under coverage; with arguments, just pytest with them."""
    _install_checkout(session, "tests", "servers")
    _install_programs(session)
    command = ["-m", "pytest", "--ignore=tests/benchmarks"]
    if session.posargs:
        session.run("python", *command, *session.posargs)
        return
    session.run("coverage", "erase")
    try:
        session.run("coverage", "run", *command, "-n", "2")
    finally:
        session.run("coverage", "combine", "--quiet")
        session.run("coverage", "report", f"--fail-under={LEAST_COVERAGE}")


@nox.session
def effects(session: nox.Session) -> None:
    """Run all tests while watching that only gateways write, start processes and connect."""
    _install_checkout(session, "tests", "servers")
    _install_programs(session)
    watch = ["-p", "tests.support.effects_plugin", "--ignore=tests/benchmarks"]
    # What watches a worker has loaded the package that our plugin of pytest comes with.
    watch += ["-W", "ignore:Module already imported:pytest.PytestAssertRewriteWarning"]
    session.run("python", "-m", "pytest", *watch, *(session.posargs or ["-n", "2"]))


@nox.session
def lint(session: nox.Session) -> None:
    """Check formatting, types and import contracts."""
    _install_checkout(session, "lint", "tests")
    session.run("ruff", "check")
    session.run("ruff", "format", "--check")
    session.run("mypy")
    session.run("lint-imports")


@nox.session
def docs(session: nox.Session) -> None:
    """Run the examples of documents and docstrings, and check links."""
    _install_checkout(session, "tests")
    session.run("pytest", "tests/docs")


@nox.session
def reference(session: nox.Session) -> None:
    """Write the pages of docs/reference that come from the code; a test compares them."""
    _install_checkout(session, "tests")
    session.run("python", "-m", "tests.docs.reference")
    session.run("python", "-m", "tests.docs.plugins_page")


@nox.session
def bench(session: nox.Session) -> None:
    """Measure; nothing fails for being slow.

    Arguments go to pytest; after `solve_processes`, `install_processes` or `network_processes`, to
    the measuring of whole solves, installations or downloads alone.
    """
    _install_checkout(session, "bench")
    programs = ("solve_processes", "install_processes", "network_processes")
    chosen = session.posargs[:1]
    if not chosen or chosen[0] not in programs:
        session.run("pytest", "tests/benchmarks", *session.posargs)
    for program in programs:
        if SHARED.is_dir() and chosen in ([], [program]):
            module = ["-m", f"tests.benchmarks.{program}", str(SHARED)]
            session.run("python", *module, *session.posargs[1:])


@nox.session
def published(session: nox.Session) -> None:
    """Run the plugins that others have published, as they are."""
    _install_checkout(session, "tests", "published")
    session.install("--no-deps", "conda-pypi==0.13.1")
    session.run("python", "-m", "pytest", "tests/published", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Feed the models a million inputs that are nearly right, or as the arguments say."""
    _install_checkout(session, "tests")
    session.run("python", "-m", "tests.fuzz.run", *session.posargs)


@nox.session
def golden(session: nox.Session) -> None:
    """Replay recorded command lines and report how many agree, by group.

    Arguments are names of groups (`-- create list`); without any, all are replayed.
    """
    recorder = SHARED / "golden" / "record.py"
    if not recorder.is_file():
        session.skip(f"the recordings ({recorder}) are not beside this checkout")
    _install_package(session)
    folder = Path(tempfile.mkdtemp(prefix="golden-"))
    # Outside of the recorder's own folder, whose place and length the recorded digests depend on.
    empty = folder / "root"
    empty.mkdir()
    # What shells are told names the program, which must be that of the root prefix.
    own = Path(session.virtualenv.location)
    groups = f"^({'|'.join(map(re.escape, session.posargs))})$" if session.posargs else ""
    output = folder / "out"
    output.mkdir()
    with (output / "records.jsonl").open("ab") as records:
        for root_prefix, only in (
            (empty, f"(?=^(?!shell$)){groups}"),
            (own, f"(?=^shell$){groups}"),
        ):
            part = folder / f"out-{root_prefix.name}"
            program = f"env CONDA_ROOT={root_prefix} {Path(session.bin) / 'conda'}"
            arguments: list[str | Path] = [
                "--cmd",
                program,
                "--out",
                part,
                "--port",
                str(_free_port()),
                "--only",
                only,
            ]
            session.run("python", recorder, *arguments)
            records.write((part / "records.jsonl").read_bytes())
    score = folder / "score.json"
    scorer = recorder.with_name("score.py")
    session.run("python", scorer, output, "--group", groups, "--json", score)
    session.log(f"The recording is in {output}")
    # What differs without a reason in tests/golden/deviations.toml fails the session.
    session.run("python", "-m", "tests.support.golden_deviations", score)


@nox.session
def solves(session: nox.Session) -> None:
    """Solve recorded problems and report which answers are better, worse or wrong."""
    if not (SHARED / "golden" / "solves").is_dir():
        session.skip("the recordings (golden/solves) are not beside this checkout")
    _install_checkout(session, "tests")
    session.run("python", "-m", "tests.support.recorded_solves", SHARED)


@nox.session
def faults(session: nox.Session) -> None:
    """Crash and disturb changes at every system call, and count what held: about half an hour."""
    _install_checkout(session, "tests", "bench", "servers")
    session.run("python", "-m", "tests.support.fault_campaign", *session.posargs)


def _install_programs(session: nox.Session) -> None:
    """Install the shells and servers that tests use, where that can be done without asking.

    Tests of one that is missing are skipped by its name.
    """
    places = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
    wanted = {**{name: name for name in SHELLS}, **SERVERS}
    missing = [
        package for name, package in wanted.items() if shutil.which(name, path=places) is None
    ]
    if not missing or shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    options = ["-qq", "-y", "--no-install-recommends"]
    quiet: dict[str, str | None] = {"DEBIAN_FRONTEND": "noninteractive"}
    codes = range(256)
    session.run("apt-get", "-qq", "update", external=True, silent=True, success_codes=codes)
    session.run(
        "apt-get",
        "install",
        *options,
        *missing,
        external=True,
        env=quiet,
        silent=True,
        success_codes=codes,
    )


def _install_checkout(session: nox.Session, *groups: str) -> None:
    """Install dependencies of the package and of groups, and the checkout in place.

    In place, so that processes which tests start are covered under the same paths.
    """
    _install_once(session, "-e", ".", *nox.project.dependency_groups(PROJECT, *groups))


def _install_package(session: nox.Session, *more: str) -> None:
    """Install the package as a user would have it."""
    _install_once(session, ".", *more, watched=sorted(ROOT.glob("conda_clone/**/*.py")))


def _install_once(session: nox.Session, *arguments: str, watched: list[Path] | None = None) -> None:
    """Install, unless exactly this has been installed already (saves 5 to 20 seconds a run)."""
    digest = hashlib.sha256(repr(arguments).encode())
    for path in [ROOT / "pyproject.toml", *(watched or [])]:
        digest.update(path.read_bytes())
    stamp = Path(session.virtualenv.location) / "installed"
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    session.install(*arguments)
    stamp.write_text(digest.hexdigest())


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
