"""A `Conflict` as a graph for programs; part of the JSON error report.

Nodes are the wishes of the user and the packages; an edge says that one binds the other. What is
written here is read by other tools: keys are only ever added.
"""

from collections.abc import Sequence

from conda_clone.core.solver.advice import Advice
from conda_clone.core.solver.conflict import Conflict, Need, Remedy

__all__ = ["graph_document", "guidance"]


def guidance(
    told: Sequence[Advice], conflict: Conflict | None = None, *, cause: str = ""
) -> dict[str, object]:
    """Return the value of `guidance` (spec/commands.md, section 0): what to do, and the conflict.

    Args:
        told: What to do.
        conflict: What is behind the error, if it is a conflict.
        cause: What is behind it otherwise, in one sentence.
    """
    document: dict[str, object] = {
        "cause": cause or "Requirements contradict each other.",
        "hint_codes": [each.code for each in told],
        "hints": [{"hint_code": each.code, "text": each.text} for each in told],
    }
    if conflict is not None:
        document["conflict"] = graph_document(conflict)
        document["remedies"] = [_remedy_document(each) for each in conflict.remedies or ()]
    return document


def _remedy_document(remedy: Remedy) -> dict[str, object]:
    return {
        "kind": remedy.kind.value,
        "name": remedy.name or None,
        "newest": remedy.newest or None,
        "nearest": remedy.nearest or None,
        "origin": remedy.origin and remedy.origin.value,
        "spec": remedy.spec or None,
    }


def graph_document(conflict: Conflict) -> dict[str, object]:
    """Return nodes and edges of a conflict."""
    nodes: dict[str, dict[str, object]] = {}
    edges: list[dict[str, object]] = []
    for need in conflict.needs:
        source = f"package {need.source}" if need.source else f"wish {need.spec or need.kind.value}"
        target = f"package {need.target}"
        if not need.source:
            nodes.setdefault(source, _wish(source, need))
        nodes[target] = {
            "id": target,
            "kind": "virtual package" if need.target.startswith("__") else "package",
            "name": need.target,
            "versions": list(need.available),
        }
        edges.append(
            {
                "from": source,
                "to": target,
                "kind": need.kind.value,
                "spec": need.spec or None,
                "users": list(need.users),
                "candidates": list(need.allowed),
            }
        )
    for need in conflict.needs:
        if need.source:
            name = f"package {need.source}"
            nodes.setdefault(name, {"id": name, "kind": "package", "name": need.source})
    return {"minimal": conflict.minimal, "nodes": list(nodes.values()), "edges": edges}


def _wish(identifier: str, need: Need) -> dict[str, object]:
    return {
        "id": identifier,
        "kind": "wish",
        "origin": need.origin and need.origin.value,
        "spec": need.spec or None,
    }
