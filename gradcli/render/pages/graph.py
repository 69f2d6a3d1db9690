"""A graph as a page: its picture, its steps, and inputs that can be changed, in one file that needs no network.

The page computes by itself: each operation's value and what it does to a cotangent stand in it as JavaScript, made of
the derivative table. When it opens it computes every number that gradcli gave, and lets inputs be changed only where it
finds the same. No text of the user's is ever an element or a part of a program: it is escaped, or a string in a block
of data. An operation on arrays is one on their entries there.
"""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Iterator, Sequence
from html import escape
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gradcli.errors import Problem
from gradcli.ops import TABLE
from gradcli.render.pages.array_rules import MOST_ENTRIES, array_rule
from gradcli.render.pages.local_rules import LocalRule, local_rule
from gradcli.render.pages.rules import rule_markup
from gradcli.render.pictures.boxes import NUMBERS, Picture, picture_of, title_of
from gradcli.render.pictures.layouts import layout_of
from gradcli.render.pictures.svg import drawing, sheet
from gradcli.render.style import Style
from gradcli.render.words.numbers import brief, exact
from gradcli.transforms.results.graph import Graph, GraphNode
from gradcli.transforms.results.value import Value, Whole

if TYPE_CHECKING:
    from gradcli.transforms.results.base import Result
    from gradcli.transforms.results.verdict import Verdict

__all__ = ["page", "render"]

_WHOLE = 400  # letters of an array where there is room

_LONGEST = 400_000  # letters of a program, and
_NUMBERS = 10_000  # entries of all values: with both a page stays below a megabyte

_KINDS = {
    "leaf": "leaf, requires a gradient",
    "constant": "constant",
    "operation": "operation",
    "output": "result",
}


def render(result: Result, verdict: Verdict | None, style: Style) -> str:
    """The page.

    Raises:
        UsageProblem: if the graph is too large for a picture.
    """
    assert isinstance(result, Graph)
    picture = picture_of(result)
    return page(result, picture, "\n".join(_picture(picture, style.layout)))


def _picture(picture: Picture, choice: str) -> Iterator[str]:
    layout = layout_of(picture, choice)
    width, height = (f"{length:g}" for length in layout.size)
    yield f'<svg width="{width}" height="{height}" viewBox="0 0 {width} {height}" role="group" aria-label="The graph">'
    yield from drawing(picture, layout)
    yield "</svg>"


def page(result: Graph, picture: Picture, drawn: str) -> str:
    """A page around a picture.

    Args:
        result: the graph.
        picture: its boxes, all of them.
        drawn: the picture as SVG.
    """
    operations = _Operations(result)
    style = sheet() + files(__package__).joinpath("graph.css").read_text("utf-8")
    program = (
        f"const OPERATIONS = {operations.program()};\n{files(__package__).joinpath('graph.js').read_text('utf-8')}"
    )
    title = escape(picture.title)
    short = title if len(picture.title) <= 80 else escape(picture.title[:79]) + "…"
    policy = (
        f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(program)}'; base-uri 'none'; "
        "form-action 'none'"
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="generator" content="gradcli">
<title>The graph of {short}</title>
<style>{style}</style>
</head>
<body>
<header>
<h1>The graph of</h1>
<pre id="source">{escape(_shown(result.expression))}</pre>
</header>
<aside>
<section id="controls" aria-label="Steps">
<div>
<button type="button" id="first" aria-label="To the beginning">Start</button>
<button type="button" id="back" aria-label="One step back">Back</button>
<button type="button" id="next" aria-label="One step on">Next</button>
<button type="button" id="last" aria-label="To the end">End</button>
<output id="where" for="step"></output>
</div>
<input id="step" type="range" min="0" value="0" aria-label="Step of the forward and the backward pass">
<small>Keys: ← → a step, Home and End; in the graph ↑ ↓ a node, Enter to its step; + − 0 zoom.</small>
</section>
<section id="told" aria-live="polite" aria-label="What this step does"></section>
<section id="about" aria-label="The node that is pointed at"></section>
<form id="inputs" aria-label="Inputs" autocomplete="off">
<h2>Inputs</h2>
{_fields(result)}
<p id="flaw" role="alert"></p>
<button type="reset" id="reset">As they were</button>
</form>
</aside>
<main aria-label="The graph">
<nav aria-label="Zoom and colours">
<button type="button" id="smaller" aria-label="Smaller">−</button>
<button type="button" id="larger" aria-label="Larger">+</button>
<button type="button" id="fit">Fit</button>
{_legend(picture)}
</nav>
<div id="frame">
{drawn}
</div>
</main>
{operations.templates()}
<script type="application/json" id="data">{_embedded(_data(result, operations))}</script>
<script>{program}</script>
</body>
</html>
"""


class _Kind(NamedTuple):
    """Operations that are computed in the same way.

    Attributes:
        function: the name in the table.
        constants: the arguments that are numbers in the text.
        shapes: of the arguments.
        call: of an operation on arrays its text.
    """

    function: str
    constants: tuple[float | None, ...]
    shapes: tuple[tuple[int, ...], ...]
    call: str


class _Operations:
    """The operations of a graph, each kind of them once.

    Attributes:
        why: what keeps the page from computing by itself; "" where nothing does.
    """

    def __init__(self, result: Graph) -> None:
        self.why = ""
        self._found: dict[_Kind, int] = {}
        self._of: list[int] = []
        self._rules: list[LocalRule | None] = []
        nodes = [*result.nodes, *result.beside]
        for node in nodes:
            self._of.append(self._number(node, nodes) if node.function else -1)
        if not self.why and len(self.program()) > _LONGEST:
            self.why = "entry by entry they take a longer program than a page has"
            self._rules = [None] * len(self._rules)
        if not self.why and sum(np.size(node.value) for node in nodes) > _NUMBERS:
            self.why = f"the values have more than {_NUMBERS:,} entries"
        if not self.why and not _variables(result):
            self.why = "there are none"

    def of(self, index: int) -> int:
        """The number of a node's operation, -1 for what is none."""
        return self._of[index]

    def _number(self, node: GraphNode, nodes: Sequence[GraphNode]) -> int:
        given = [nodes[i] for i in node.inputs]
        constants = tuple(_literal(arg) if node.function == "pow" else None for arg in given)
        shapes = tuple(np.shape(arg.value) for arg in given)
        arrays = any(shapes) or np.ndim(node.value) > 0
        kind = _Kind(node.function, constants, shapes, node.call if arrays else "")
        if kind not in self._found:
            self._found[kind] = len(self._rules)
            self._rules.append(self._rule(node, kind, arrays))
        return self._found[kind]

    def _rule(self, node: GraphNode, kind: _Kind, arrays: bool) -> LocalRule | None:
        try:
            if arrays:
                return array_rule(kind.call, kind.function, kind.shapes) if not self.why else None
            return local_rule(kind.function, kind.constants)
        except Problem as problem:
            self.why = self.why or f"{title_of(node)}: {problem.message}"
            return None

    def program(self) -> str:
        """An array of JavaScript, with what each operation does."""
        return "[\n" + "".join(f"  {_object(rule)},\n" for rule in self._rules) + "]"

    def templates(self) -> str:
        """The operations' rules, typeset."""
        return "\n".join(
            f'<template id="rule-{number}">{rule_markup(kind.function, tuple(map(len, kind.shapes)))}</template>'
            for kind, number in self._found.items()
        )

    def params(self) -> list[tuple[str, ...]]:
        """For each operation the names of its parameters."""
        return [TABLE[kind.function].params for kind in self._found]


def _literal(node: GraphNode) -> float | None:
    """The number that a node is in the text; None for all else."""
    plain = not node.op and not node.name and not node.requires_grad and np.ndim(node.value) == 0
    return float(node.value) if plain and math.isfinite(float(node.value)) else None


def _object(rule: LocalRule | None) -> str:
    if rule is None:
        return "null"
    pulls = ", ".join(pull or "null" for pull in rule.pulls)
    return f"{{ value: {rule.value}, pulls: [{pulls}], kink: {rule.kink or 'null'} }}"


def _variables(result: Graph) -> list[tuple[str, int]]:
    """The variables, each with the position of its node."""
    at = {
        node.name: i
        for i, node in enumerate([*result.nodes, *result.beside])
        if not node.function and node.name in result.inputs
    }
    return [(name, at[name]) for name in result.inputs if name in at]


def _fields(result: Graph) -> str:
    """A field for each variable."""
    found = []
    nodes = [*result.nodes, *result.beside]
    for name, index in _variables(result):
        value = nodes[index].value
        mode = "text" if np.ndim(value) else "decimal"
        field = f'<input id="input-{index}" value="{escape(_editable(value))}" inputmode="{mode}"'
        found.append(
            f"<label><code>{escape(name)}</code>{field} "
            f'aria-describedby="problem-{index}"></label><p class="problem" id="problem-{index}" role="alert"></p>'
        )
    return "\n".join(found)


def _editable(value: Value | Whole) -> str:
    return exact(value) if np.size(value) <= MOST_ENTRIES else brief(value, _WHOLE)


def _legend(picture: Picture) -> str:
    """Which colour is what, for the kinds that there are."""
    kinds = [kind for kind in _KINDS if any(box.kind == kind for box in picture.boxes)]
    return "\n".join(
        f'<span><svg viewBox="0 0 18 14" aria-hidden="true"><g class="node {kind}"><rect x="1" y="1" width="16" '
        f'height="12" rx="3"/></g></svg>{_KINDS[kind]}</span>'
        for kind in kinds
    )


def _data(result: Graph, operations: _Operations) -> dict[str, Any]:
    nodes = [*result.nodes, *result.beside]
    return {
        "source": _shown(result.expression),
        "nodes": [_told(node, operations.of(i), computes=not operations.why) for i, node in enumerate(nodes)],
        "drawn": len(result.nodes),
        "backward": result.nodes[-1].grad is not None,
        "choices": [[choice.condition, choice.first, *choice.span] for choice in result.choices],
        "variables": _variables(result),
        "params": operations.params(),
        "why": operations.why,
    }


def _told(node: GraphNode, operation: int, *, computes: bool) -> list[Any]:
    """A node for the page; with the numbers of arrays only where they are computed with."""
    start, end = node.span
    numbers = computes or not np.ndim(node.value)
    return [
        operation,
        node.inputs,
        brief(node.value, NUMBERS),
        None if node.grad is None else brief(node.grad, NUMBERS),
        _numbers(node.value) if numbers else None,
        _numbers(node.grad) if numbers else None,
        start,
        end,
        title_of(node, 80),
        node.op or ("leaf" if node.requires_grad else "constant"),
        node.grad is not None,
        node.kink,
        np.shape(node.value),
        *([brief(node.value, _WHOLE)] if np.ndim(node.value) else []),
        *([brief(node.grad, _WHOLE)] if np.ndim(node.value) and node.grad is not None else []),
    ]


def _numbers(value: Any) -> float | str | list[float | str] | None:
    """A number as JSON has it, as a text where JSON has none; the list of an array's entries in C order."""
    if value is None:
        return None
    entries = [number if math.isfinite(number) else repr(number) for number in map(float, np.ravel(value))]
    return entries if np.ndim(value) else entries[0]


def _shown(text: str) -> str:
    """The program's text, character by character, each that acts on a page replaced by a mark."""
    return "".join(c if c.isprintable() or c in "\n\t" else "\ufffd" for c in text)


def _embedded(data: Any) -> str:
    """Data in a block of a page, which nothing in them ends."""
    text = json.dumps(data, allow_nan=False, ensure_ascii=False, separators=(",", ":"))
    marks: dict[str, str | int | None] = {
        "<": "\\u003c",
        ">": "\\u003e",
        "&": "\\u0026",
        "\u2028": "\\u2028",
        "\u2029": "\\u2029",
    }
    return text.translate(str.maketrans(marks))


def _hash(text: str) -> str:
    """What the page's policy lets run, and nothing else."""
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"
