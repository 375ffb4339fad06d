"""`Layout`: where every file of one package lands, and what is generated for it; pure."""

from conda_clone.core.transaction.errors import LinkError
from conda_clone.core.transaction.paths import (
    PythonTarget,
    scripts_folder,
    target_path,
    unsafe_reason,
)
from conda_clone.core.transaction.steps import EntryPointScript, FileAction, FileLink, Module
from conda_clone.errors import CondaVerificationError
from conda_clone.models.package_files import PackageContents, PackagedPath
from conda_clone.models.records import PackageCacheRecord
from conda_clone.models.values import value

__all__ = ["Layout", "PackageToLink"]


@value(kw_only=True)
class PackageToLink:
    """A package of the change, as it lies in the package cache.

    Attributes:
        record: What the cache knows of it.
        contents: What it says about its files.
        link_type: How its files can be linked: the numbers of `link.type` in records.
    """

    record: PackageCacheRecord
    contents: PackageContents
    link_type: int


class Layout:
    """Where the files of one package to be linked land.

    Attributes:
        package: The package.
        dist: Its name as messages show it.
        files: Its files and folders.
        scripts: Its entry points.
        modules: What will be compiled.

    Raises:
        LinkError: The package needs a Python and there is none.
        CondaVerificationError: The Python wants packages to be outside of the environment.
    """

    def __init__(self, package: PackageToLink, python: PythonTarget | None, subdir: str) -> None:
        self.package = package
        self.dist = package.record.dist_str
        self.files: tuple[FileLink, ...] = ()
        self.scripts: tuple[EntryPointScript, ...] = ()
        self.modules: tuple[Module, ...] = ()
        self._place(python, subdir)

    @property
    def folders(self) -> tuple[str, ...]:
        """Targets of its folders."""
        return tuple([file.target for file in self.files if file.path_type == "directory"])

    @property
    def links(self) -> frozenset[str]:
        """Targets of its symbolic links."""
        return frozenset([file.target for file in self.files if file.path_type == "softlink"])

    def targets(self) -> list[str]:
        """Return all paths that the package brings, except folders."""
        found = [file.target for file in self.files if file.path_type != "directory"]
        for script in self.scripts:
            found.append(script.target)
            if script.launcher is not None:
                found.append(script.launcher)
        return found

    def _place(self, python: PythonTarget | None, subdir: str) -> None:
        """Decide about every file."""
        paths = self.package.contents.paths
        if self.package.contents.noarch != "python":
            self.files = tuple([_file_link(path, path.path) for path in paths])
            return
        if python is None:
            raise LinkError(
                f"The package `{self.dist}` is for any Python, but the environment has none.",
                hint="Add `python` to what you install.",
                package=self.dist,
            )
        if (reason := unsafe_reason(python.site_packages)) is not None:
            raise CondaVerificationError(
                f"The package `python` says that others go to `{python.site_packages}`, "
                f"but {reason}."
            )
        scripts = scripts_folder(subdir)
        self.files = tuple(
            [_file_link(path, target_path(path.path, python, scripts)) for path in paths]
        )
        self.scripts = tuple(
            _entry_point_script(point.command, point.module, point.function, subdir)
            for point in self.package.contents.entry_points
        )
        self.modules = tuple(
            _module(file, python)
            for file in self.files
            if file.target.endswith(".py") and file.source.startswith("site-packages/")
        )


def _file_link(path: PackagedPath, target: str) -> FileLink:
    placeholder = path.prefix_placeholder
    if path.path_type == "hardlink":
        if placeholder is not None:
            action = FileAction.RELOCATE
        else:
            action = FileAction.COPY if path.no_link else FileAction.LINK
    else:
        action = FileAction.LINK if path.path_type == "softlink" else FileAction.DIRECTORY
    return FileLink(
        path.path,
        target,
        action,
        path.path_type,
        path.sha256,
        path.size_in_bytes,
        placeholder,
        path.file_mode,
        path.no_link,
    )


def _module(file: FileLink, python: PythonTarget) -> Module:
    # Other kinds have another content in every environment, or in every cache.
    is_plain = file.path_type == "hardlink" and file.action is not FileAction.RELOCATE
    compiled = python.compiled_path(file.target)
    return Module(file.target, compiled, file.source if is_plain else None)


def _entry_point_script(command: str, module: str, function: str, subdir: str) -> EntryPointScript:
    folder = scripts_folder(subdir)
    if subdir.startswith("win-"):
        return EntryPointScript(
            f"{folder}/{command}-script.py", module, function, f"{folder}/{command}.bat"
        )
    return EntryPointScript(f"{folder}/{command}", module, function)
