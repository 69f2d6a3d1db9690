"""A kind of result that no format knows is shown by what it says of itself."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from gradcli.render import Style, render
from gradcli.transforms.results.base import LabelledMatrix, Result
from gradcli.transforms.results.value import Value


@dataclass(frozen=True, slots=True)
class Divergence(Result):
    command: ClassVar[str] = "div"

    divergence: float
    parts: dict[str, Value]

    def arrays(self) -> Iterator[tuple[str, Value]]:
        yield "div f", self.divergence

    def matrix(self) -> LabelledMatrix:
        return LabelledMatrix("parts", np.diag(list(self.parts.values())), ("a", "b"), ("x", "y"))

    def bare(self) -> list[Value]:
        return [self.divergence]

    def document(self) -> dict[str, Any]:
        return {"divergence": self.divergence, "parts": self.parts}


RESULT = Divergence("x*x, y", {"x": 2.0, "y": 3.0}, np.array([4.0, 3.0]), 5.0, {"x": 4.0, "y": np.inf})


def test_plain() -> None:
    assert render(RESULT, None, Style("plain")).splitlines() == [
        "f = [4.0, 3.0]",
        "div f = 5.0",
        "   x    y",
        "a  4.0  0.0",
        "b  0.0  inf",
    ]


def test_quiet() -> None:
    assert render(RESULT, None, Style("quiet")) == "5.0\n"


def test_json() -> None:
    document = json.loads(render(RESULT, None, Style("json")))
    assert (document["command"], document["divergence"], document["parts"]) == ("div", 5.0, {"x": 4.0, "y": None})
    assert document["nonfinite"] == [{"at": "/parts/y", "is": "inf"}]


def test_terminal() -> None:
    text = render(RESULT, None, Style("rich", width=60))
    assert all(part in text for part in ("x*x, y", "f = [4.0, 3.0]", "div f = 5.0", "inf"))
