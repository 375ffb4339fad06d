"""The list of changes of an index: its chain of digests, and the way through it."""

from hashlib import blake2b

import pytest

from conda_clone.core.channels.repodata.formats import BodyError
from conda_clone.core.channels.repodata.jlap import (
    START,
    Position,
    nominal_digest,
    read_history,
)
from tests.support.jlap import jlap_bytes

BODIES = [b'{"packages": {}}', b'{"packages": {"a": 1}}', b'{"packages": {"a": 2}}']
DIGESTS = [nominal_digest(body) for body in BODIES]


def test_changes_are_read_oldest_first() -> None:
    history = read_history(jlap_bytes(BODIES))
    assert [(change.before, change.after) for change in history.changes] == [
        (DIGESTS[0], DIGESTS[1]),
        (DIGESTS[1], DIGESTS[2]),
    ]
    assert bytes(history.changes[1].patch) == (
        b'[{"op": "replace", "path": "/packages/a", "value": 2}]'
    )
    assert history.latest == DIGESTS[2]


def test_digests_and_positions_are_those_that_other_programs_see() -> None:
    # What py-rattler 0.9 had kept after it had read the same file.
    lines = [
        (
            b'{"to": "e455c23fb1a29454bce9a20c1b662b4e1a90c858ecfea4260342fd5547846c6e", "from": '
            b'"9179f42609a9a6b5e7d6d470d00657a7833fe2e9e9d6fc21e6ddcd1cd20f6d6f", "patch": [{"op": '
            b'"add", "path": "/packages.conda/b-1-0.conda", "value": {"name": "b", "version": "1", '
            b'"build": "0", "build_number": 0, "depends": [], "subdir": "noarch", "md5": '
            b'"00000000000000000000000000000000", "sha256": '
            b'"0000000000000000000000000000000000000000000000000000000000000000", "size": 1}}]}'
        ),
        (
            b'{"url": "repodata.json", "latest": '
            b'"e455c23fb1a29454bce9a20c1b662b4e1a90c858ecfea4260342fd5547846c6e"}'
        ),
    ]
    last = bytes(32)
    for line in lines:
        last = blake2b(line, digest_size=32, key=last).digest()
    body = b"\n".join([b"0" * 64, *lines, last.hex().encode()])
    iv = "34a7abbde6d381481468637536394ab272e3e8999c9e18b4ddcfddfee981a273"
    assert read_history(body).position == Position(521, bytes.fromhex(iv))


def test_a_later_part_is_read_from_where_the_earlier_ended() -> None:
    known = read_history(jlap_bytes(BODIES[:2])).position
    whole = jlap_bytes(BODIES)
    history = read_history(whole[known.offset :], known)
    assert [change.after for change in history.changes] == [DIGESTS[2]]
    assert history.position == read_history(whole).position


def test_nothing_may_have_changed() -> None:
    history = read_history(jlap_bytes(BODIES[:1]) + b"\n")
    assert (list(history.changes), history.latest) == ([], DIGESTS[0])
    assert history.position == Position(65, bytes(32))


@pytest.mark.parametrize(
    ("state", "numbers"),
    [(0, [0, 1]), (1, [1]), (2, [])],
)
def test_the_way_from_a_state_to_the_newest(state: int, numbers: list[int]) -> None:
    history = read_history(jlap_bytes(BODIES))
    assert history.since(DIGESTS[state]) == [history.changes[number] for number in numbers]


def test_an_index_that_went_back_to_an_older_state_is_followed() -> None:
    history = read_history(jlap_bytes([BODIES[0], BODIES[1], BODIES[0], BODIES[2]]))
    assert len(history.since(DIGESTS[1])) == 2
    assert len(history.since(DIGESTS[0])) == 3
    back = read_history(jlap_bytes([BODIES[0], BODIES[1], BODIES[0]]))
    assert back.since(DIGESTS[0]) == []


def test_an_unknown_state_leads_nowhere() -> None:
    history = read_history(jlap_bytes(BODIES, drop=1))
    with pytest.raises(BodyError, match="does not lead"):
        history.since(DIGESTS[0])


def test_a_way_that_ends_elsewhere_is_none() -> None:
    history = read_history(jlap_bytes(BODIES, latest=nominal_digest(b"{}")))
    with pytest.raises(BodyError, match="does not lead"):
        history.since(DIGESTS[0])


def test_every_changed_byte_is_noticed() -> None:
    body = jlap_bytes(BODIES[:2])
    for number in range(len(body)):
        changed = bytearray(body)
        changed[number] ^= 1
        with pytest.raises(BodyError):
            read_history(bytes(changed))


def test_every_cut_is_noticed() -> None:
    body = jlap_bytes(BODIES[:2])
    for length in range(len(body)):
        with pytest.raises(BodyError):
            read_history(body[:length])


def test_a_wrong_start_is_noticed() -> None:
    whole = jlap_bytes(BODIES)
    known = read_history(jlap_bytes(BODIES[:2])).position
    with pytest.raises(BodyError, match="digests"):
        read_history(whole[known.offset :], Position(known.offset, bytes(32)))


@pytest.mark.parametrize(
    "line", [b"[]", b"{", b'{"latest": 1}', b"\xff", b'{"from": "a", "to": "b", "patch": []}']
)
def test_lines_that_are_something_else_are_refused(line: bytes) -> None:
    digest = blake2b(line, digest_size=32, key=bytes(32)).hexdigest().encode()
    with pytest.raises(BodyError):
        read_history(b"\n".join([b"0" * 64, line, digest]), START)


def test_a_digest_of_another_length_is_none() -> None:
    with pytest.raises(BodyError, match="digest"):
        read_history(jlap_bytes(BODIES)[2:])
