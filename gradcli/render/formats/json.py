"""A result as one strict JSON object, described by schema.json."""

from __future__ import annotations

import json
from typing import Any

import numpy as np

from gradcli.render.style import Style
from gradcli.render.words.digits import spelled
from gradcli.render.words.numbers import is_finite
from gradcli.transforms.results.base import Derived, Result
from gradcli.transforms.results.findings import (
    EntryComparison,
    Kink,
    Limit,
    Origin,
    Remedy,
    Sides,
    ValueWitness,
    Witnesses,
)
from gradcli.transforms.results.value import Value
from gradcli.transforms.results.verdict import Proof, Verdict

__all__ = ["SCHEMA", "render"]

SCHEMA = "gradcli/2"


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """One line. Where a number is not finite there is null, and an entry in `nonfinite` that says which it is.

    >>> from gradcli.transforms.results.evaluation import Evaluation
    >>> text = render(Evaluation("1/x", {"x": 0.0}, float("inf")), None, Style("json"))
    >>> json.loads(text)["value"], json.loads(text)["nonfinite"]
    (None, [{'at': '/value', 'is': 'inf'}])
    """
    nonfinite: list[dict[str, str]] = []
    document = {
        "schema": SCHEMA,
        **_fields(result, nonfinite),
        **_digits(result),
        "check": None if verdict is None else _check(verdict),
        **_value_witness(verdict, nonfinite),
        "warnings": list(result.warnings),
        "nonfinite": nonfinite,
        "origin": None if result.origin is None else _origin(result.origin),
        "kinks": [_kink(kink, f"/kinks/{i}", nonfinite) for i, kink in enumerate(result.kinks)],
    }
    if result.limits:
        document["limits"] = [_limit(limit, f"/limits/{i}", nonfinite) for i, limit in enumerate(result.limits)]
    return json.dumps(document, allow_nan=False) + "\n"


def _fields(result: Result, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    common = {"expression": result.expression, "value": _written(result.value, ("value",), nonfinite)}
    own = {key: _field(held, (key,), nonfinite) for key, held in result.document().items()}
    return {"command": result.command, **common, **own}


def _digits(result: Result) -> dict[str, Any]:
    """The proved digits, where they were wanted, as strings in the numbers' places."""
    digits = result.digits
    if digits is None or not isinstance(result, Derived):
        return {}
    texts, labelled = spelled(result, digits), result.matrix()
    matrix = {} if labelled is None else {labelled.title: texts.matrix}
    undecided = [{"entry": label, "reason": reason} for label, reason in digits.undecided]
    return {
        "digits": {
            "wanted": digits.wanted,
            "value": texts.value,
            "derivatives": {**texts.arrays, **matrix},
            "undecided": undecided,
        }
    }


def _field(held: Any, path: tuple[str | int, ...], nonfinite: list[dict[str, str]]) -> Any:
    """A field as JSON has it: numbers and arrays with their places, in lists and by name; the rest as it is."""
    if isinstance(held, float | np.ndarray):
        return _written(held, path, nonfinite)
    if isinstance(held, dict):
        return {key: _field(item, (*path, key), nonfinite) for key, item in held.items()}
    if isinstance(held, tuple | list):
        return [_field(item, (*path, i), nonfinite) for i, item in enumerate(held)]
    return held


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


def _check(verdict: Verdict) -> dict[str, Any]:
    document = {
        "verdict": verdict.verdict,
        "checked": verdict.checked,
        "entries": verdict.entries,
        "max_ulps": verdict.max_ulps,
        "reason": verdict.reason,
        "details": list(verdict.details),
        "proof": None if verdict.proof is None else _proof(verdict.proof),
    }
    if verdict.witness == "numeric":
        document["witness"] = verdict.witness
    if verdict.recalled:
        document["derivation"] = "cached"
    return document if verdict.witnesses is None else {**document, "witnesses": _witnesses(verdict.witnesses)}


def _value_witness(verdict: Verdict | None, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    """What another reading of the program says of its value; nothing where it was not asked."""
    found: ValueWitness | None = None if verdict is None or verdict.witnesses is None else verdict.witnesses.value
    if found is None:
        return {}
    value = None if found.value is None else _written(found.value, ("value_witness", "value"), nonfinite)
    return {"value_witness": {"verdict": found.verdict, "value": value, "reason": found.reason}}


def _proof(proof: Proof) -> dict[str, Any]:
    return {
        "ulps": _finite(proof.ulps),
        "entries": proof.entries,
        "of": proof.of,
        "bits": proof.bits,
        "enclosure": None if proof.enclosure is None else list(proof.enclosure),
        "reason": proof.reason,
    }


def _witnesses(witnesses: Witnesses) -> dict[str, Any]:
    return {
        "total": witnesses.total,
        "notes": list(witnesses.notes),
        "entries": [_testimony(entry) for entry in witnesses.entries],
    }


def _testimony(entry: EntryComparison) -> dict[str, Any]:
    return {
        "entry": entry.label,
        "engine": _finite(entry.engine),
        "sympy": entry.truth,
        "numeric": _finite(entry.numeric),
        "uncertainty": _finite(entry.uncertainty),
        "method": entry.method,
        "agreement": entry.agreement,
        "ulps": _finite(entry.ulps),
        "digits": _finite(entry.digits),
        "condition": _finite(entry.condition),
        "rounding": _finite(entry.rounding),
        "enclosure": None if entry.enclosure is None else list(entry.enclosure),
        "proved_ulps": _finite(entry.proved_ulps),
        "undecided": entry.undecided,
        "excluded": list(entry.excluded),
    }


def _finite(number: float | None) -> float | None:
    """A number that JSON has; None for others too."""
    return number if number is not None and is_finite(number) else None


def _origin(origin: Origin) -> dict[str, Any]:
    start, end = origin.span
    remedy = origin.remedy
    return {
        "message": origin.message,
        "text": origin.source[start:end],
        "start": start,
        "end": end,
        "hint": origin.hint,
        "kind": origin.kind,
        "operation": origin.operation or None,
        "inputs": [_spelled(value) for value in origin.inputs],
        "output": _spelled(origin.output),
        "index": None if origin.index is None else list(origin.index),
        "entries": origin.entries,
        "cotangent": _spelled(origin.cotangent),
        "partial": _spelled(origin.partial),
        "remedy": None if remedy is None else _remedy(remedy),
    }


def _remedy(remedy: Remedy) -> dict[str, Any]:
    start, end = remedy.span
    return {
        "text": remedy.before,
        "start": start,
        "end": end,
        "replacement": remedy.after,
        "program": remedy.program,
        "confirmed": remedy.confirmed,
        "value_only": remedy.value_only,
    }


def _spelled(value: Value | None) -> Any:
    """Numbers, those that JSON lacks as the strings "inf", "-inf" and "nan"."""
    if value is None:
        return None
    array = np.asarray(value, dtype=np.float64)
    kept = array.astype(object)
    for place in np.argwhere(~np.isfinite(array)).tolist():
        kept[tuple(place)] = repr(float(array[tuple(place)]))
    return kept.tolist()


def _kink(kink: Kink, at: str, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    start, end = kink.span
    return {
        "kind": kink.kind,
        "op": kink.op,
        "text": kink.source[start:end],
        "start": start,
        "end": end,
        "indices": [list(index) for index in kink.indices],
        "count": kink.count,
        "convention": kink.convention,
        "peers": kink.peers,
        "peers_at": kink.peers_at,
        "entries": [_sides(sides, f"{at}/entries/{i}", nonfinite) for i, sides in enumerate(kink.sides)],
        "reason": kink.reason,
    }


def _sides(sides: Sides, at: str, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    return {"of": sides.of, **_both(sides, at, nonfinite), "jumps": sides.jumps}


def _limit(limit: Limit, at: str, nonfinite: list[dict[str, str]]) -> dict[str, Any]:
    return {"of": limit.of, "along": list(limit.along), **_both(limit, at, nonfinite)}


def _both(sides: Sides | Limit, at: str, nonfinite: list[dict[str, str]]) -> dict[str, float | None]:
    """What there is from both sides, and what is given; what JSON has no number for is noted."""
    written: dict[str, float | None] = {}
    for key, value in (("left", sides.left), ("right", sides.right), ("given", sides.given)):
        known = value is None or is_finite(value)
        written[key] = value if known else None
        if not known:
            nonfinite.append({"at": f"{at}/{key}", "is": repr(value)})
    return written
