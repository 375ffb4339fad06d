"""Solvers of plugins: the suite that authors run, on ours and on one that wraps py-rattler."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from conda_clone.testing.solver_suite import SolverSuite
from tests.support.plugins import installed_examples


class TestOurSolver(SolverSuite):
    solver = "classic"


class TestRattlerPlugin(SolverSuite):
    solver = "pyrattler"

    @pytest.fixture(autouse=True)
    def plugin(self, tmp_path: Path) -> Iterator[None]:
        with installed_examples(tmp_path / "site", "rattler_solver"):
            yield
