"""A result as one strict JSON object, described by schema.json."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from gradcli.render.numbers import is_finite
from gradcli.transforms.results import (
    Evaluation,
    Gradient,
    Graph,
    GraphNode,
    Jacobian,
    Origin,
    Result,
    Value,
    Verdict,
)

__all__ = ["SCHEMA", "render_json"]

SCHEMA = "gradcli/1"


def render_json(result: Result, verdict: Verdict | None) -> str:
    """One line. Where a number is not finite there is null, and an entry in `nonfinite` that says which it is.

    >>> text = render_json(Evaluation("1/x", {"x": 0.0}, float("inf")), None)
    >>> json.loads(text)["value"], json.loads(text)["nonfinite"]
    (None, [{'at': '/value', 'is': 'inf'}])
    """
    nonfinite: list[dict[str, str]] = []
    document = {
        "schema": SCHEMA,
        **_fields(result, nonfinite),
        "check": None if verdict is None else _check(verdict),
        "warnings": list(result.warnings),
        "nonfinite": nonfinite,
        "origin": None if result.origin is None else _origin(result.origin),
    }
    return json.dumps(document, allow_nan=False) + "\n"


def _fields(result: Result, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    def written(value: Value | None, *path: str | int) -> Any:
        return None if value is None else _written(value, path, nonfinite)

    common = {"expression": result.expression, "value": written(result.value, "value")}
    if isinstance(result, Gradient):
        gradients = {name: written(value, "gradients", name) for name, value in result.gradients.items()}
        return {"command": "grad", **common, "seed": written(result.seed, "seed"), "gradients": gradients}
    if isinstance(result, Jacobian):
        return {
            "command": "jacobian",
            **common,
            "jacobian": written(result.jacobian, "jacobian"),
            "rows": list(result.rows),
            "columns": list(result.columns),
            "jacobians": {name: written(value, "jacobians", name) for name, value in result.jacobians.items()},
        }
    if isinstance(result, Graph):
        nodes = [
            _node(node, written(node.value, "nodes", i, "value"), written(node.grad, "nodes", i, "grad"))
            for i, node in enumerate(result.nodes)
        ]
        return {"command": "graph", **common, "nodes": nodes}
    if isinstance(result, Evaluation):
        return {"command": "eval", **common}
    raise TypeError(f"no document is known for a {type(result).__name__}")


def _written(value: Value, path: tuple[str | int, ...], nonfinite: list[dict[str, str]]) -> Any:
    """Numbers with null for those that JSON lacks, each of which is noted with its JSON Pointer."""
    array = np.asarray(value, dtype=np.float64)
    if is_finite(array):
        return array.tolist()
    missing = np.argwhere(~np.isfinite(array))
    nonfinite += [{"at": _pointer(*path, *at), "is": repr(float(array[tuple(at)]))} for at in missing.tolist()]
    kept = array.astype(object)
    kept[~np.isfinite(array)] = None
    return kept.tolist()


def _pointer(*path: str | int) -> str:
    """A JSON Pointer (RFC 6901); no name in the language has a character that it would escape."""
    return "".join(f"/{step}" for step in path)


def _node(node: GraphNode, value: Any, grad: Any) -> dict[str, Any]:
    return {
        "op": node.op,
        "name": node.name,
        "text": node.text,
        "value": value,
        "grad": grad,
        "is_leaf": node.is_leaf,
        "requires_grad": node.requires_grad,
        "inputs": list(node.inputs),
    }


def _check(verdict: Verdict) -> dict[str, Any]:
    return {
        "verdict": verdict.verdict,
        "checked": verdict.checked,
        "entries": verdict.entries,
        "max_ulps": verdict.max_ulps,
        "reason": verdict.reason,
        "details": list(verdict.details),
    }


def _origin(origin: Origin) -> dict[str, Any]:
    start, end = origin.span
    return {
        "message": origin.message,
        "text": origin.source[start:end],
        "start": start,
        "end": end,
        "hint": origin.hint,
    }
