"""The tree keeps the shape that docs/explanation/architecture.md draws."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import conda_clone
from conda_clone import api

PACKAGE = Path(conda_clone.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = {"utils", "util", "common", "misc", "helpers", "helper", "lib", "base", "tools"}
MARKERS = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|pragma: no cover|raise NotImplementedError")


def relative(path: Path) -> str:
    return path.relative_to(PACKAGE).as_posix()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_is_short_enough_to_be_one_concept(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= LONGEST_MODULE


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_functions_fit_a_screen(path: Path) -> None:
    too_long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in functions(path)
        if node.end_lineno is not None and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    ]
    assert too_long == []


def test_no_folder_or_module_is_a_drawer() -> None:
    parts = {part for path in MODULES for part in Path(relative(path)).with_suffix("").parts}
    assert parts & FORBIDDEN_NAMES == set()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_module_says_what_it_is_for(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text("utf-8")))


def siblings(package: Path) -> set[str]:
    """Return the names of the modules and packages in a package."""
    found = {path.stem for path in package.parent.glob("*.py")} - {"__init__"}
    return found | {path.parent.name for path in package.parent.glob("*/__init__.py")}


MAPS = {
    path: text
    for path in MODULES
    if path.name == "__init__.py"
    if re.search(
        r"^(- `|\| module)",
        text := ast.get_docstring(ast.parse(path.read_text())) or "",
        re.MULTILINE,
    )
}


@pytest.mark.parametrize("path", MAPS, ids=relative)
def test_a_map_of_a_package_has_all_its_modules(path: Path) -> None:
    assert siblings(path) - set(re.findall(r"\w+", MAPS[path])) == set()


@pytest.mark.parametrize("path", MAPS, ids=relative)
def test_a_map_of_a_package_has_nothing_else(path: Path) -> None:
    rows = re.findall(r"^\| ([\w, ]+) \|", MAPS[path], re.MULTILINE)[1:]
    lists = re.findall(r"^- (`.+?`):", MAPS[path], re.MULTILINE)
    named = {name for entry in (*rows, *lists) for name in re.findall(r"\w+", entry)}
    assert named - siblings(path) == set()


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_nothing_is_left_unfinished(path: Path) -> None:
    assert MARKERS.findall(path.read_text("utf-8")) == []


def described(docstring: str, section: str) -> set[str]:
    """Return the names that a section of a docstring in Google's layout describes."""
    _, _, text = docstring.partition(f"\n{section}:\n")
    names = set()
    for line in text.splitlines():
        if line and not line.startswith("    "):
            break
        entry = re.match(r" {4}\*{0,2}(\w+):", line)
        if entry:
            names.add(entry[1])
    return names


def parameters(node: ast.AST) -> set[str]:
    """Return those of a function, or of the constructor of a class."""
    if isinstance(node, ast.ClassDef):
        return {
            name
            for each in node.body
            if isinstance(each, ast.FunctionDef) and each.name == "__init__"
            for name in parameters(each)
        }
    assert isinstance(node, ast.FunctionDef)
    return {each.arg for each in ast.walk(node.args) if isinstance(each, ast.arg)}


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_docstrings_describe_what_is_there(path: Path) -> None:
    tree = ast.parse(path.read_text("utf-8"))
    known = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    known |= {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    known |= {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    unknown: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            docstring = ast.get_docstring(node) or ""
            unknown |= described(docstring, "Attributes") - known
            unknown |= described(docstring, "Args") - parameters(node)
    assert unknown == set()


def imported_roots(path: Path) -> set[str]:
    roots: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            roots |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            roots.add(node.module.split(".")[0])
    return roots


def public_names(path: Path) -> set[str]:
    """Return the names in `__all__`, and types that are there for mypy only."""
    found: set[str] = set()
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            found.update(ast.literal_eval(node.value))
        elif isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            found.update(each.name for each in node.body if isinstance(each, ast.ClassDef))
            assigned = (each for each in node.body if isinstance(each, ast.Assign))
            found.update(ast.unparse(each.targets[0]) for each in assigned)
    return found


def test_what_others_import_is_public() -> None:
    public = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts): public_names(path)
        for path in MODULES
    }
    hidden = {
        f"{node.module}.{alias.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module in public
        for alias in node.names
        if alias.name not in public[node.module]
    }
    assert hidden == set()


@pytest.mark.parametrize(
    ("library", "homes"),
    [
        ("pycosat", {"core/solver/sat.py"}),
        ("requests", {"gateways/network/", "plugins/equivalents/auth.py"}),
        ("urllib3", {"gateways/network/"}),
        ("msgspec", {"gateways/whole_msgspec.py"}),
        (
            "ruamel",
            {
                "config/sources/",
                "config/edit.py",
                "config/template.py",
                "core/env_formats/",
                "plugins/equivalents/yaml_text.py",
            },
        ),
        ("tqdm", {"cli/output/"}),
        ("zipfile", {"gateways/archives/", "testing/"}),
        ("tarfile", {"gateways/archives/", "testing/"}),
        ("subprocess", {"gateways/processes.py", "testing/"}),
        ("socket", {"gateways/network/", "testing/"}),
    ],
)
def test_library_is_known_in_its_room_only(library: str, homes: set[str]) -> None:
    users = {relative(path) for path in MODULES if library in imported_roots(path)}
    assert {user for user in users if not user.startswith(tuple(homes))} == set()


def test_session_stops_at_operations() -> None:
    below = ("core/", "gateways/", "config/", "models/", "errors.py")
    named = {
        relative(path)
        for path in MODULES
        if relative(path).startswith(below) and "operations.session" in path.read_text("utf-8")
    }
    assert named == set()


def test_packages_import_nothing_eagerly() -> None:
    eager = {
        relative(path)
        for path in MODULES
        if path.name == "__init__.py"
        for node in ast.parse(path.read_text("utf-8")).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        and not (isinstance(node, ast.ImportFrom) and node.module == "__future__")
    }
    assert eager - {"core/virtual_packages/__init__.py"} == set()


def test_public_api_is_exactly_what_is_documented() -> None:
    assert sorted(api.__all__) == [
        "BuildNumberMatch",
        "Channel",
        "ChannelConfig",
        "CommandResult",
        "Conda",
        "CondaError",
        "DepsModifier",
        "History",
        "MatchSpec",
        "PackageCacheData",
        "PackageCacheRecord",
        "PackageRecord",
        "PrefixChange",
        "PrefixData",
        "PrefixGraph",
        "PrefixRecord",
        "ProgressiveFetchExtract",
        "SolveOptions",
        "Solver",
        "SubdirData",
        "Transaction",
        "UnlinkLinkTransaction",
        "UpdateModifier",
        "VersionOrder",
        "VersionSpec",
        "run_command",
    ]
    assert all(getattr(api, name).__name__ == name for name in api.__all__)
    assert dir(api) == api.__all__
    with pytest.raises(AttributeError, match="no_such_name"):
        api.no_such_name  # noqa: B018 - the access is the test


CHANGES = {
    "chmod", "fchmod", "fsync", "ftruncate", "link", "makedirs", "mkdir", "remove", "removedirs",
    "rename", "renames", "replace", "rmdir", "rmtree", "symlink", "truncate", "unlink", "utime",
    "copyfile", "copytree", "copy2", "pwrite", "copy_file_range",
}  # fmt: skip
# Shells prepare their own small files; the fixtures of tests are no part of the program.
MAY_CHANGE_DISKS = ("gateways/disk/mutations.py", "gateways/disk/native.py", "testing/", "shells/")


def disk_changes(path: Path) -> Iterator[str]:
    """Yield the calls of `os` and `shutil` in a module that change a file system."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Attribute(value=ast.Name(id="os" | "shutil" as module), attr=name):
                if name in CHANGES:
                    yield f"{module}.{name}"
            case ast.Call(func=ast.Name(id="open"), args=[_, ast.Constant(value=str(mode)), *_]):
                if set(mode) & set("wax+"):
                    yield f"open(..., {mode!r})"


@pytest.mark.parametrize("path", MODULES, ids=relative)
def test_disks_are_changed_through_one_module(path: Path) -> None:
    if not relative(path).startswith(MAY_CHANGE_DISKS):
        assert list(disk_changes(path)) == []
