"""Pack files of an environment into a package archive of the older format (`.tar.bz2`)."""

import io
import json
import os
import tarfile
from collections.abc import Sequence

from conda_clone.gateways.disk.delete import remove_file
from conda_clone.gateways.disk.errors import disk_errors
from conda_clone.gateways.disk.read import read_bytes
from conda_clone.gateways.disk.write import rename, unused_name_beside

__all__ = ["write_bundle"]


def write_bundle(path: str, prefix: str, files: Sequence[str], index: dict[str, object]) -> None:
    """Write an archive that can be installed elsewhere.

    Files that name the environment are listed for prefix replacement (spec/formats.md, section 5).

    Args:
        path: The archive; one that is there is replaced when the new one is complete.
        prefix: The environment that the files are in.
        files: Paths relative to it, with slashes.
        index: What `info/index.json` says.

    Raises:
        NotWritableError: The archive cannot be written.
    """
    partial = unused_name_beside(path)
    try:
        with disk_errors(path), tarfile.open(partial, "x:bz2", format=tarfile.PAX_FORMAT) as tar:
            for name, text in _metadata(prefix, files, index):
                info = tarfile.TarInfo(f"info/{name}")
                info.size, info.mode = len(text.encode()), 0o644
                tar.addfile(info, io.BytesIO(text.encode()))
            for name in files:
                tar.add(os.path.join(prefix, name), name, recursive=False, filter=_anonymous)
        rename(partial, path)
    except BaseException:
        remove_file(partial)
        raise


def _metadata(prefix: str, files: Sequence[str], index: dict[str, object]) -> list[tuple[str, str]]:
    lines = []
    for name in files:
        full = os.path.join(prefix, name)
        if os.path.islink(full):
            continue
        content = read_bytes(full)
        if prefix.encode() in content:
            mode = "binary" if b"\0" in content else "text"
            lines.append(f'"{prefix}" {mode} "{name}"\n')
    return [
        ("index.json", json.dumps(index, indent=2, sort_keys=True) + "\n"),
        ("files", "".join(f"{name}\n" for name in files)),
        *([("has_prefix", "".join(lines))] if lines else []),
    ]


def _anonymous(info: tarfile.TarInfo) -> tarfile.TarInfo:
    """Leave out who has built it: the owners of files are those who install them."""
    info.uid = info.gid = 0
    info.uname = info.gname = ""
    return info
