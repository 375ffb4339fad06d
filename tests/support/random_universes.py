"""Small random channels and problems on them; the same for the same seed."""

from random import Random

from conda_clone.core.solver.problem import Origin, Problem, Requirement
from conda_clone.models.match_spec.spec import MatchSpec
from conda_clone.models.records import PackageRecord
from tests.support.records import CHANNEL, record

NAMES = "abcdef"
GLIBC = record("__glibc", "2.17")
# Dependencies that depend on the machine, that nobody has, and that are no specs.
ODD_DEPENDS = ("__glibc >=2", "__glibc >=3", "__cuda", "missing", "a [broken", "b ==1,,")
ODD_CONSTRAINS = ("__glibc <2", "__glibc >=2", "__cuda >=12", "c ==1,,")


def random_case(seed: int) -> tuple[Problem, list[PackageRecord]]:
    """Return a problem and the records of its channel; about half of them have an answer."""
    random = Random(seed)
    records = random_records(random)
    held = {each.name: each for each in random.sample(records, random.randint(0, 3))}
    use = random.choice(["favoured", "locked", "nothing", "nothing"])
    origins = [Origin.REQUESTED, Origin.REQUESTED, Origin.REQUESTED, Origin.INSTALLED]
    roots = tuple(
        Requirement(MatchSpec(_spec(random)), random.choice(origins))
        for _ in range(random.choice([1, 1, 2, 3]))
    )
    problem = Problem(
        roots=roots,
        constraints=_requirements(random, random.choice([0, 0, 1])),
        forbidden=_requirements(random, random.choice([0, 0, 0, 1])),
        favoured=held if use == "favoured" else {},
        locked=held if use == "locked" else {},
        update_roots=frozenset(random.sample(NAMES, random.choice([0, 0, 1]))),
        virtual_packages=(GLIBC,),
        channel_order=(str(CHANNEL.base_url),),
        channel_priority=random.choice(["strict", "flexible", "disabled"]),
    )
    return problem, records


def random_records(random: Random) -> list[PackageRecord]:
    """Return the records of a channel: six names, a few versions and builds of each."""
    keys = {
        (random.choice(NAMES), random.randint(1, 3), random.randint(0, 1), random.choice("xy"))
        for _ in range(random.randint(6, 22))
    }
    return [
        record(
            name,
            str(version),
            f"{variant}_{number}",
            _depends(random),
            build_number=number,
            constrains=_constrains(random),
            timestamp=random.randint(0, 3),
            noarch="generic" if random.random() < 0.2 else None,
            track_features=("variant",) if random.random() < 0.1 else (),
        )
        for name, version, number, variant in sorted(keys)
    ]


def _depends(random: Random) -> list[str]:
    texts = [_spec(random) for _ in range(random.choice([0, 0, 1, 1, 1, 2, 2]))]
    if random.random() < 0.1:
        texts.append(random.choice(ODD_DEPENDS))
    return texts


def _constrains(random: Random) -> tuple[str, ...]:
    texts = [_spec(random)] if random.random() < 0.3 else []
    if random.random() < 0.05:
        texts.append(random.choice(ODD_CONSTRAINS))
    return tuple(texts)


def _requirements(random: Random, count: int) -> tuple[Requirement, ...]:
    return tuple(Requirement(MatchSpec(_spec(random))) for _ in range(count))


def _spec(random: Random) -> str:
    name = random.choice(NAMES)
    comparison = f"{random.choice(['>=', '<=', '==', '<', '!='])}{random.randint(1, 3)}"
    return random.choice([name, name, f"{name} {comparison}"])
