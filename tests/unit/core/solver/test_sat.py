"""The engine gives a model or says that there is none."""

from conda_clone.core.solver.sat import PycosatEngine


def test_a_model_gives_every_variable_a_sign() -> None:
    engine = PycosatEngine()

    assert engine.solve([[1, 2], [-1], [2, 3], [-3]]) == [-1, 2, -3]
    assert engine.calls == 1


def test_contradictions_have_no_model() -> None:
    assert PycosatEngine().solve([[1], [-1]]) is None
    assert PycosatEngine().solve([[1], []]) is None


def test_nothing_is_asked_of_no_clauses() -> None:
    assert PycosatEngine().solve([]) == []
