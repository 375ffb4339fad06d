"""A `Conflict` as a graph for programs; part of the JSON error report.

Nodes are the wishes of the user and the packages; an edge says that one binds the other. What is
written here is read by other tools: keys are only ever added.
"""

from conda_clone.core.solver.advice import advice
from conda_clone.core.solver.conflict import Conflict, Need

__all__ = ["graph_document", "guidance"]

_SUMMARY = "No set of packages meets all that is asked for."


def guidance(conflict: Conflict) -> dict[str, object]:
    """Return the value of `guidance` (spec/commands.md, section 0): what happened, what to do."""
    found = advice(conflict)
    return {
        "summary": _SUMMARY,
        "cause": "Requirements contradict each other.",
        "hint_codes": [each.code for each in found],
        "hints": [{"hint_code": each.code, "text": each.text} for each in found],
        "conflict": graph_document(conflict),
        "remedies": [
            {
                "kind": each.kind.value,
                "name": each.name or None,
                "newest": each.newest or None,
                "nearest": each.nearest or None,
                "origin": each.origin and each.origin.value,
                "spec": each.spec or None,
            }
            for each in conflict.remedies or ()
        ],
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
