"""JSON texts of unknown content: nothing in them is taken for something else, and no name stands twice."""

from __future__ import annotations

import json
from typing import Any

from gradcli.errors import InputProblem
from gradcli.lang import normalize

__all__ = ["loaded_json"]


def loaded_json(text: str, origin: str) -> Any:
    """What a JSON text holds, its names as the language has them.

    Args:
        text: the JSON.
        origin: the file, for messages.

    Raises:
        InputProblem: if it is no JSON, or has a name twice in one object.

    >>> loaded_json('{"x": [1, 2]}', "p.json")
    {'x': [1, 2]}
    """
    try:
        return json.loads(text, object_pairs_hook=_object)
    except json.JSONDecodeError as error:
        raise InputProblem(f"{origin} is not JSON: {error}") from None
    except _Twice as error:
        raise InputProblem(f"{origin} has the name '{error}' twice in one object") from None
    except ValueError:  # an integer of more digits than Python reads
        raise InputProblem(f"{origin} holds a number that is too large for float64") from None
    except RecursionError:
        raise InputProblem(f"{origin} is nested too deeply for an array") from None


class _Twice(ValueError):
    """A JSON object has a name twice."""


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """A JSON object as a dict.

    Raises:
        _Twice: if it has a name twice: which of the two values is meant cannot be known.
    """
    pairs = [(normalize(name), value) for name, value in pairs]
    made = dict(pairs)
    if len(made) < len(pairs):
        seen: set[str] = set()
        for name, _ in pairs:
            if name in seen:
                raise _Twice(name)
            seen.add(name)
    return made
