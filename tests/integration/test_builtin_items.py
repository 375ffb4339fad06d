"""Items of plugins cannot have the names of what is built in, whatever hook they are for."""

import pytest

from conda_clone.plugins.builtin import builtin_items
from tests.support.cli import Program
from tests.support.plugins import Install, add_plugin


@pytest.mark.parametrize(
    ("hook", "item", "name"),
    [
        ("conda_solvers", "CondaSolver('classic', object)", "classic"),
        ("conda_virtual_packages", "CondaVirtualPackage('glibc', '1')", "glibc"),
        ("conda_health_checks", "CondaHealthCheck('pinned', print)", "pinned"),
        ("conda_reporter_backends", "CondaReporterBackend('console', '', object)", "console"),
        ("conda_environment_specifiers", "CondaEnvironmentSpecifier('cep-24', object)", "cep-24"),
        (
            "conda_environment_exporters",
            "CondaEnvironmentExporter('mine', aliases=('reqs',), export=str)",
            "reqs",
        ),
        ("conda_package_extractors", "CondaPackageExtractor('conda', ['.c'], print)", "conda"),
        ("conda_package_extractors", "CondaPackageExtractor('mine', ['.conda'], print)", ".conda"),
    ],
)
def test_names_that_are_built_in_are_taken(
    conda: Program, install: Install, hook: str, item: str, name: str
) -> None:
    commands = {
        "conda_solvers": ("create", "-n", "e", "--dry-run", "zlib"),
        "conda_virtual_packages": ("info",),
        "conda_health_checks": ("doctor", "--list"),
        "conda_environment_specifiers": ("create", "-n", "e", "--file", "-"),
        "conda_environment_exporters": ("export", "--file", "e.txt"),
        "conda_package_extractors": ("create", "-n", "e"),
        "conda_reporter_backends": ("info", "--console", "arrows"),
    }
    site = install()
    add_plugin(site, f"@hookimpl\ndef {hook}():\n    yield {item}\n")
    outcome = conda(*commands[hook])
    assert f"`{name}` comes from conda-clone itself and from own_plugin 3.1" in outcome.stderr


def test_checks_without_plugins_are_those_of_the_table(conda: Program) -> None:
    listed = conda.succeed("doctor", "--list").stdout
    names = [row.name for row in builtin_items("conda_health_checks")]
    assert [name for name in names if name not in listed] == []
