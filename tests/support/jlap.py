"""Writes the file that says how an index has changed (JLAP), as servers do."""

import json
from collections.abc import Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import jsonpatch

__all__ = ["jlap_bytes", "patch_between", "write_jlap"]

IV = bytes(32)


def patch_between(before: bytes, after: bytes) -> list[dict[str, Any]]:
    """Return the patch (RFC 6902) that leads from one JSON document to another."""
    made = jsonpatch.make_patch(json.loads(before), json.loads(after))
    patch: list[dict[str, Any]] = made.patch
    return patch


def jlap_bytes(bodies: Sequence[bytes], *, drop: int = 0, latest: str | None = None) -> bytes:
    """Return the file for an index that had these bodies, one after the other.

    Args:
        bodies: Oldest first.
        drop: How many of the oldest changes the server has dropped.
        latest: What the file says is the digest of the newest, if not the right one.
    """
    digests = [blake2b(body, digest_size=32).hexdigest() for body in bodies]
    lines: list[bytes] = []
    for number in range(drop, len(bodies) - 1):
        patch = patch_between(bodies[number], bodies[number + 1])
        change = {"to": digests[number + 1], "from": digests[number], "patch": patch}
        lines.append(json.dumps(change).encode())
    footer = {"url": "repodata.json", "latest": digests[-1] if latest is None else latest}
    lines.append(json.dumps(footer).encode())
    digest = IV
    for line in lines:
        digest = blake2b(line, digest_size=32, key=digest).digest()
    return b"\n".join([IV.hex().encode(), *lines, digest.hex().encode()])


def write_jlap(folder: Path, bodies: Sequence[bytes], **options: Any) -> None:
    """Write the newest index, and the file that leads to it."""
    (folder / "repodata.json").write_bytes(bodies[-1])
    (folder / "repodata.jlap").write_bytes(jlap_bytes(bodies, **options))
