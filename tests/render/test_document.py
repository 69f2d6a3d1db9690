"""JSON: strict, exact, one line, and as the schema says."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

import gradcli.render
from gradcli.render import Style, render
from gradcli.transforms.results.base import Result
from gradcli.transforms.results.evaluation import Evaluation
from gradcli.transforms.results.findings import Origin, Remedy
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.value import Value
from gradcli.transforms.results.verdict import Verdict
from tests.render import samples

SCHEMA = json.loads((Path(gradcli.render.__file__).parent / "schema.json").read_text("utf-8"))
VALIDATOR = Draft202012Validator(SCHEMA)

ANY_NUMBER = st.floats(allow_nan=True, allow_infinity=True)
ANY_VALUE = st.one_of(
    ANY_NUMBER,
    st.lists(ANY_NUMBER, max_size=6).map(np.array),
    st.lists(st.lists(ANY_NUMBER, min_size=3, max_size=3), min_size=1, max_size=4).map(np.array),
)


def refuse(constant: str) -> Any:
    raise AssertionError(f"{constant} is no JSON")


def read(result: Result, verdict: Verdict | None = None) -> Any:
    text = render(result, verdict, Style("json"))
    assert text.endswith("}\n")
    assert text.count("\n") == 1
    assert text.isascii()
    document = json.loads(text, parse_constant=refuse)
    VALIDATOR.validate(document)
    return document


def resolve(document: Any, pointer: str) -> Any:
    for step in pointer.split("/")[1:]:
        document = document[int(step) if isinstance(document, list) else step]
    return document


def test_the_whole_text_of_a_gradient() -> None:
    assert render(samples.SQUARE, samples.VERIFIED, Style("json")) == (
        '{"schema": "gradcli/2", "command": "grad", "expression": "x**2-2*x+1", "value": 1.0, "seed": null, '
        '"gradients": {"x": -2.0}, "check": {"verdict": "verified", "checked": 1, "entries": 1, "max_ulps": 0.0, '
        '"reason": null, "details": [], "proof": null}, "warnings": [], "nonfinite": [], "origin": null, "kinks": []}\n'
    )


def test_a_jacobian() -> None:
    assert read(samples.TWO_BY_TWO) == {
        "schema": "gradcli/2",
        "command": "jacobian",
        "expression": "x1**2+3*x2, x2**2+2*x1",
        "value": [0.0, 1.0],
        "jacobian": [[4.0, 3.0], [2.0, 6.0]],
        "rows": ["f[0]", "f[1]"],
        "columns": ["x1", "x2"],
        "jacobians": {"x1": [4.0, 2.0], "x2": [3.0, 6.0]},
        "method": "rows",
        "sweeps": 0,
        "check": None,
        "warnings": [],
        "nonfinite": [],
        "origin": None,
        "kinks": [],
    }


def kept(result: Result) -> dict[str, Any]:
    """What is special to a result, in its document."""
    common = ("schema", "expression", "check", "warnings", "nonfinite", "origin", "kinks")
    return {key: value for key, value in read(result).items() if key not in common}


def test_a_hessian() -> None:
    assert kept(samples.CURVATURE) == {
        "command": "hessian",
        "value": 18.0,
        "gradients": {"x": 12.0, "y": 9.0},
        "hessian": [[4.0, 6.0], [6.0, 0.0]],
        "columns": ["x", "y"],
        "method": "forward",
        "sweeps": 0,
    }


def test_derivatives_along_a_direction() -> None:
    assert kept(samples.PUSHED) == {
        "command": "jvp",
        "value": [12.0, 3.0],
        "tangents": {"y": 1.0},
        "derivative": [6.0, -1.5],
    }
    assert kept(samples.PRODUCTS) == {
        "command": "hvp",
        "value": 4.5,
        "vectors": {"x": [1.0, -0.5]},
        "products": {"x": [3.0, -3.0], "a": -3.0},
    }


def test_derivatives_by_order() -> None:
    assert kept(samples.POWERS) == {
        "command": "derivative",
        "value": 16.0,
        "variable": "x",
        "order": 3,
        "derivatives": [32.0, 48.0, 48.0],
    }
    document = read(samples.CURVE)
    assert document["derivatives"] == [[-2.0, 0.5], [2.0, None]]
    assert document["nonfinite"] == [{"at": "/derivatives/1/1", "is": "nan"}]


def test_a_value() -> None:
    document = read(samples.VALUE)
    assert (document["command"], document["value"]) == ("eval", 4.0)


def test_a_graph() -> None:
    document = read(samples.PRODUCT)
    assert document["command"] == "graph"
    assert document["nodes"][2] == {
        "op": "AddBackward0",
        "name": "a",
        "text": "w + x",
        "value": 3.0,
        "grad": 2.0,
        "is_leaf": False,
        "requires_grad": True,
        "inputs": [0, 1],
        "start": 0,
        "end": 0,
        "kink": None,
    }
    assert document["nodes"][3]["grad"] is None


def test_what_is_not_finite_is_null_and_named() -> None:
    document = read(samples.POLE)
    assert document["value"] is None
    assert document["gradients"] == {"x": None}
    assert document["nonfinite"] == [{"at": "/value", "is": "inf"}, {"at": "/gradients/x", "is": "-inf"}]
    assert document["warnings"] == ["nothing good comes of it"]
    assert document["origin"] == {
        "message": "division is not finite at (1.0, 0.0)",
        "text": "1/x",
        "start": 0,
        "end": 3,
        "hint": "keep x away from 0",
        "kind": "forward",
        "operation": None,
        "inputs": [],
        "output": None,
        "index": None,
        "entries": 1,
        "cotangent": None,
        "partial": None,
        "remedy": None,
    }


def test_an_origin_with_all_that_is_known() -> None:
    remedy = Remedy((0, 9), "sqrt(x)*2", "x", "x + 1", ("sqrt(x)*2", "x"), "proved")
    origin = Origin(
        "a NaN", "sqrt(x)*2 + 1", (0, 7), "a hint", "backward", "sqrt", (np.array([0.0, samples.INF]), None),
        samples.NAN, (0, 1), 3, -samples.INF, 2.0, remedy,
    )  # fmt: skip
    document = read(Evaluation("sqrt(x)*2 + 1", {"x": 0.0}, 1.0, origin=origin))
    found = document["origin"]
    assert (found["kind"], found["operation"], found["inputs"]) == ("backward", "sqrt", [[0.0, "inf"], None])
    assert (found["output"], found["index"], found["entries"]) == ("nan", [0, 1], 3)
    assert (found["cotangent"], found["partial"]) == ("-inf", 2.0)
    assert found["remedy"] == {
        "text": "sqrt(x)*2",
        "start": 0,
        "end": 9,
        "replacement": "x",
        "program": "x + 1",
        "confirmed": "proved",
        "value_only": False,
    }


def test_nodes_that_are_not_finite() -> None:
    nodes = samples.graph(samples.leaf("x", np.array([0.0, samples.NAN]), np.array([samples.INF, 1.0])))
    document = read(nodes)
    assert document["nodes"][0]["value"] == [0.0, None]
    assert {"at": "/nodes/0/grad/0", "is": "inf"} in document["nonfinite"]
    assert {"at": "/nodes/0/value/1", "is": "nan"} in document["nonfinite"]


@pytest.mark.parametrize("verdict", samples.VERDICTS)
@pytest.mark.parametrize("result", samples.RESULTS, ids=lambda result: str(result.expression))
def test_every_result_is_as_the_schema_says(result: Result, verdict: Verdict | None) -> None:
    document = read(result, verdict)
    assert (document["check"] is None) == (verdict is None)


def test_the_schema_is_a_schema_and_is_strict() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    document = read(samples.SQUARE, samples.VERIFIED)
    for part in (document, document["check"]):
        part["surprise"] = 1
        assert not VALIDATOR.is_valid(document)
        del part["surprise"]
    for name in list(document):
        assert not VALIDATOR.is_valid({key: value for key, value in document.items() if key != name})
    assert VALIDATOR.is_valid(document)


def test_everything_in_the_schema_is_described() -> None:
    definitions = SCHEMA["$defs"]
    assert all("description" in definition for definition in definitions.values())
    for definition in definitions.values():
        for part in definition.get("properties", {}).values():
            told = part if "$ref" not in part else {**definitions[part["$ref"].rsplit("/", 1)[1]], **part}
            assert told.get("description") or "const" in told or "enum" in told


@given(value=ANY_VALUE, gradient=ANY_VALUE)
def test_numbers_survive_exactly(value: Value, gradient: Value) -> None:
    document = read(Gradient("f", {"x": 0.0}, value, {"x": gradient}))
    missing = {entry["at"]: float(entry["is"]) for entry in document["nonfinite"]}
    for pointer, original in (("/value", value), ("/gradients/x", gradient)):
        array = np.asarray(original, dtype=float)
        for index in np.ndindex(array.shape):
            at = pointer + "".join(f"/{i}" for i in index)
            found = resolve(document, at)
            number = missing.pop(at) if found is None else found
            assert number == array[index] or (math.isnan(number) and math.isnan(array[index]))
            assert math.copysign(1, number) == math.copysign(1, array[index]) or math.isnan(number)
    assert not missing


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
def test_any_text_survives(text: str) -> None:
    assert read(Evaluation(text, {}, 1.0))["expression"] == text
