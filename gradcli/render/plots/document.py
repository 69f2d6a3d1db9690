"""A plot as one strict JSON object, described by schema.json."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gradcli.render.formats.json import SCHEMA
from gradcli.render.plots.words import equation
from gradcli.transforms.results.labels import label_of
from gradcli.transforms.results.plot import Axis, Break, Curve, Doubt, Line, Mark, Surface
from gradcli.transforms.rows.sample import Checked

__all__ = ["render_document"]


def render_document(found: Curve | Surface, checked: Checked | None) -> str:
    """One line. Where a number is not finite there is null, and an entry in `nonfinite` that says which it is.

    Args:
        found: the curve, or the map.
        checked: what the check says, if there was one.
    """
    nonfinite: list[dict[str, str]] = []
    axes = found.axes if isinstance(found, Surface) else (found.axis,)
    document: dict[str, Any] = {
        "schema": SCHEMA,
        "command": "plot",
        "expression": found.expression,
        "ranges": {axis.name: _range(axis) for axis in axes},
        "fixed": {name: np.asarray(value).tolist() for name, value in found.fixed.items()},
        "samples": {name: _numbers(column, f"/samples/{name}", nonfinite) for name, column in found.columns()},
    }
    if isinstance(found, Curve):
        document |= {
            "marks": [_mark(mark, found, f"/marks/{i}", nonfinite) for i, mark in enumerate(found.marks)],
            "doubts": [_doubt(doubt, found) for doubt in found.doubts],
            "unproved": found.unproved or None,
            "breaks": [_break(one, found, f"/breaks/{i}", nonfinite) for i, one in enumerate(found.breaks)],
            "lines": [_line(line, found) for line in found.lines],
            "zeros": [{"from": a, "to": b, "of": _column(found, e)} for a, b, e in found.zeros],
        }
    document |= {"check": None if checked is None else _check(checked), "warnings": list(found.notes)}
    return json.dumps({**document, "nonfinite": nonfinite}, allow_nan=False) + "\n"


def _range(axis: Axis) -> dict[str, Any]:
    return {"start": axis.start, "stop": axis.stop, "count": axis.count}


def _numbers(column: NDArray[np.float64], at: str, nonfinite: list[dict[str, str]]) -> list[float | None]:
    return [_number(number, f"{at}/{i}", nonfinite) for i, number in enumerate(column.tolist())]


def _number(number: float | None, at: str, nonfinite: list[dict[str, str]]) -> float | None:
    if number is None or np.isfinite(number):
        return number
    nonfinite.append({"at": at, "is": repr(number)})
    return None


def _column(curve: Curve, output: int) -> str:
    """The column of samples that an entry of the value is in."""
    return label_of("value", curve.shape, output)


def _mark(mark: Mark, curve: Curve, at: str, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "kind": mark.kind,
        "of": _column(curve, mark.output),
        "x": mark.x,
        "value": _number(mark.value, f"{at}/value", nonfinite),
        "derivative": _number(mark.derivative, f"{at}/derivative", nonfinite),
        "touches": mark.touches,
        "proved": mark.proved,
    }


def _doubt(doubt: Doubt, curve: Curve) -> dict[str, Any]:
    return {"kind": doubt.kind, "of": _column(curve, doubt.output), "from": doubt.low, "to": doubt.high}


def _break(one: Break, curve: Curve, at: str, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    return {
        "kind": one.kind,
        "of": _column(curve, one.output),
        "x": one.x,
        "order": one.order,
        "left": _number(one.left, f"{at}/left", nonfinite),
        "right": _number(one.right, f"{at}/right", nonfinite),
    }


def _line(line: Line, curve: Curve) -> dict[str, Any]:
    return {
        "kind": line.kind,
        "of": _column(curve, line.output),
        "at": line.at,
        "coefficients": list(line.coefficients),
        "equation": equation(line, curve.axis.name),
    }


def _check(checked: Checked) -> dict[str, Any]:
    return {
        "points": checked.rows,
        "agreed": checked.agreed,
        "differing": [{"place": place, "told": told} for place, told in checked.differing],
        "unchecked": {"points": checked.unchecked[0], "reason": checked.unchecked[1] or None},
        "max_ulps": checked.ulps if np.isfinite(checked.ulps) else None,
    }
