"""Bodies of small indexes, for tests of what reads them."""

import json

__all__ = ["entry", "index_body"]


def entry(fn: str, **fields: object) -> dict[str, object]:
    """Return the entry of a package file, with further or other fields."""
    stem = fn.removesuffix(".conda").removesuffix(".tar.bz2")
    name, version, build = stem.rsplit("-", 2)
    return {"name": name, "version": version, "build": build, "build_number": 0, **fields}


def index_body(*fns: str, **sections: object) -> bytes:
    """Return the body of an index with those files, and other sections.

    The sections `packages` and `packages.conda` (written `packages_conda`) replace the files.
    """
    packages = {fn: entry(fn) for fn in fns if fn.endswith(".tar.bz2")}
    conda = {fn: entry(fn) for fn in fns if fn.endswith(".conda")}
    if "packages_conda" in sections:
        sections["packages.conda"] = sections.pop("packages_conda")
    return json.dumps({"packages": packages, "packages.conda": conda, **sections}).encode()
