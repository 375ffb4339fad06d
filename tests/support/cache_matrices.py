"""Matrices of package caches (spec/reliability.md, C5 and section 3c): killed, cleaned, shared.

As in `process_matrices`, each yields once per round that held.
"""

import itertools
import os
import random
import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from conda_clone.testing.channels import ChannelBuilder
from conda_clone.testing.server import ChannelServer
from tests.support.cli import Program
from tests.support.faults import Fault, run_forked
from tests.support.process_matrices import (
    Action,
    check_cache,
    check_environment,
    start,
    statuses,
)

__all__ = [
    "cleaners_beside_installers",
    "environments_beside_a_cleaner",
    "killed_cleaners",
    "killed_fetches",
    "two_users_of_one_cache",
]

_USERS = (64001, 64002)
_GROUP = 64000


def killed_fetches(program: Program, channel: ChannelBuilder, *, every: int = 1) -> Iterator[int]:
    """C5: killed at each call of downloading, extracting, linking; the next command has all."""
    with ChannelServer() as server:
        server.mount("main", channel.root)
        words = ["-y", "-q", "--override-channels", "-c", server.url("main"), "p0", "p1"]
        create = partial(program, "create", "-n", "e", *words)
        calls = run_forked(create, Fault()).calls
        for number in range(1, calls + 1, every):
            for how in ("kill", "torn"):
                shutil.rmtree(program.root)
                if not run_forked(create, Fault(number, how)).killed:
                    continue  # the first one has registered the environment, for good
                check_cache(program.pkgs)
                if program.prefix("e").exists():
                    program.succeed("list", "-n", "e", "--json")
                    assert check_environment(program.prefix("e")) == ["p0", "p1"]
                program.succeed("create", "-n", "f", *words)
                assert check_environment(program.prefix("f")) == ["p0", "p1"]
                left = [path.name for path in program.pkgs.iterdir()]
                assert not [name for name in left if name.endswith((".c~", ".partial"))], left
                yield number


def killed_cleaners(program: Program, _: ChannelBuilder, *, every: int = 1) -> Iterator[int]:
    """C5: killed at each call of cleaning; what is left of a package is not taken for one."""
    fill = partial(program.succeed, "create", "-n", "e", "-y", "-q", "p0", "p1")
    clean = partial(program, "clean", "--all", "-y", "-q")
    for number in itertools.count(1, every):
        fill()
        shutil.rmtree(program.envs)
        if run_forked(clean, Fault(number)).finished:
            return
        fill()
        assert check_environment(program.prefix("e")) == ["p0", "p1"]
        shutil.rmtree(program.envs)
        yield number


def cleaners_beside_installers(program: Program, *, rounds: int) -> Iterator[int]:
    """P4: everything is cleaned while packages are fetched and linked; nobody fails."""
    for number in range(rounds):
        names = [f"p{each}" for each in range(3)]
        actions: list[Action] = [
            partial(program.succeed, "create", "-n", "e", "-y", "-q", *names),
            partial(program.succeed, "create", "-n", "f", "-y", "-q", "--copy", *names),
            partial(program.succeed, "clean", "--all", "-y", "-q"),
            partial(program.succeed, "clean", "--packages", "--tarballs", "-y", "-q"),
        ]
        random.Random(number).shuffle(actions)
        assert statuses([start(action) for action in actions]) == [0] * len(actions)
        for name in ("e", "f"):
            assert check_environment(program.prefix(name)) == names
        shutil.rmtree(program.envs)
        yield number


def environments_beside_a_cleaner(program: Program, *, rounds: int) -> Iterator[int]:
    """P5: environments of hard links, soft links and copies lose nothing when all is cleaned."""
    kinds: dict[str, dict[str, str]] = {
        "hard": {},
        "soft": {"CONDA_ALLOW_SOFTLINKS": "1", "CONDA_ALWAYS_SOFTLINK": "1"},
        "copy": {"CONDA_ALWAYS_COPY": "1"},
    }
    for number in range(rounds):
        names = [f"p{each}" for each in random.Random(number).sample(range(7), 3)]
        for kind, variables in kinds.items():
            program.succeed("create", "-n", kind, "-y", "-q", *names, env=variables)
        program.succeed("clean", "--all", "-y", "-q")
        for kind in kinds:
            assert check_environment(program.prefix(kind)) == sorted(names)
        shutil.rmtree(program.root)
        yield number


def two_users_of_one_cache(root: Path, channel: ChannelBuilder) -> Iterator[int]:
    """P9: one user fetches, another one uses the same cache; needs to be root.

    The cache belongs to a group that both are in; the second user has one of their own beside it,
    before or after the shared one. What the first has altered since is not used.
    """
    umasks, orders, alterations = (0o002, 0o022, 0o077), (False, True), (False, True)
    cases = itertools.product(umasks, orders, alterations)
    for number, (umask, own_first, is_altered) in enumerate(cases):
        folder = root / str(number)
        shared = folder / "shared"
        shared.mkdir(parents=True)
        shared.chmod(0o2775)
        os.chown(shared, _USERS[0], _GROUP)
        programs = []
        for user in _USERS:
            home = folder / str(user)
            (home / "root").mkdir(parents=True)
            os.chown(home, user, _GROUP)
            os.chown(home / "root", user, _GROUP)
            programs.append(Program(home / "root", home, channel.url))
        first, second = programs
        own = second.root / "pkgs"
        caches = [own, shared] if own_first else [shared, own]
        folders = {"CONDA_PKGS_DIRS": ",".join(map(str, caches))}
        only_shared = {"CONDA_PKGS_DIRS": str(shared)}
        create = partial(first.succeed, "create", "-n", "e", "-y", "-q", "p0", env=only_shared)
        assert statuses([start(partial(_as_user, _USERS[0], umask, create))]) == [0]
        if is_altered:
            (shared / "p0-1.0-0/share/p0/0").write_text("altered")
        create = partial(second.succeed, "create", "-n", "e", "-y", "-q", "p0", "p1", env=folders)
        assert statuses([start(partial(_as_user, _USERS[1], umask, create))]) == [0]
        assert check_environment(second.prefix("e")) == ["p0", "p1"]
        yield number


def _as_user(user: int, umask: int, action: Action) -> None:
    os.umask(umask)
    os.setgroups([])
    os.setgid(_GROUP)
    os.setuid(user)
    action()
