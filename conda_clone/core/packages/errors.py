"""What can go wrong with package caches."""

from collections.abc import Sequence

from conda_clone.errors import CondaError

__all__ = ["NoWritablePkgsDirError"]


class NoWritablePkgsDirError(CondaError):
    """No folder for downloaded packages can be written."""

    def __init__(self, pkgs_dirs: Sequence[str]) -> None:
        listed = ", ".join(f"`{pkgs_dir}`" for pkgs_dir in pkgs_dirs)
        super().__init__(
            f"None of the folders for packages can be written: {listed}."
            if pkgs_dirs
            else "No folder for packages is configured.",
            hint="Name a writable folder with the setting `pkgs_dirs` or the variable "
            "CONDA_PKGS_DIRS.",
            pkgs_dirs=list(pkgs_dirs),
        )
