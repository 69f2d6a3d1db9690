"""Explanations and derivations as Markdown: a table for each part."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from gradcli.render.words.derivation import HEADERS, heading, results, row
from gradcli.render.words.explanation import (
    BACKWARD,
    FORWARD,
    backward_row,
    chain_lines,
    forward_row,
    pass_title,
    simple,
)
from gradcli.render.words.numbers import exact
from gradcli.transforms.results.derivation import Derivations
from gradcli.transforms.results.explanation import Explanation

__all__ = ["derivations_markdown", "explanation_markdown"]


def explanation_markdown(result: Explanation, unicode: bool = True) -> Iterator[str]:
    r"""The value step by step, each pass, and the chain rule for each variable.

    >>> from gradcli.transforms.operators.explain import explain
    >>> print(*explanation_markdown(explain("x**2", {"x": 3})), sep="\n")
    `x**2`
    <BLANKLINE>
    **forward**
    <BLANKLINE>
    | step | expression | value | node |
    |:--|:--|:--|:--|
    | `x` |  | `3.0` | leaf |
    | `f` | `x**2` | `9.0` | PowBackward0 |
    <BLANKLINE>
    **backward from f, seed 1.0**
    <BLANKLINE>
    | from | cotangent | to | local rule | partial | contribution | sum so far |
    |:--|:--|:--|:--|:--|:--|:--|
    | `f` | `1.0` | `x` | `2*x` | `6.0` | `6.0` | `6.0` |
    <BLANKLINE>
    ```
    df/dx = ∂f/∂x
          = 2*x
          = 6.0
    ```
    """
    yield _code(" ".join(result.expression.split()))
    yield ""
    yield "**forward**"
    yield ""
    rows = [forward_row(step, exact) for step in result.forward]
    yield from _table(FORWARD, [[*map(_code, cells[:3]), cells[3]] for cells in rows])
    yield from _notes([(step.name, step.note) for step in result.forward])
    for position, one in enumerate(result.passes):
        yield ""
        yield f"**{pass_title(result, position, exact)}**"
        yield ""
        body = []
        for step in one.steps:
            cells = [*map(_code, backward_row(step, exact))]
            if not step.is_formula:
                cells[BACKWARD.index("local rule")] = _text(step.rule)
            body.append(cells)
        yield from _table(BACKWARD, body)
        yield from _notes([(f"{step.node} to {step.input}", step.note) for step in one.steps])
        for leaf in one.leaves:
            yield ""
            yield "```"
            lines = chain_lines(leaf, exact)
            width = len(lines[0][0])
            yield from (f"{head:{width}} = {line if unicode else simple(line)}" for head, line in lines)
            yield "```"


def derivations_markdown(found: Derivations) -> Iterator[str]:
    """A table for each derivation, then the derivatives."""
    yield _code(" ".join(found.formulas.expression.split()))
    for one in found.derivations:
        yield ""
        yield f"**{heading(one)}**"
        yield ""
        rows = [row(step) for step in one.steps]
        yield from _table(
            HEADERS,
            [[cells[0], _code(cells[1]), cells[2], *map(_code, cells[3:])] for cells in rows],
        )
    yield ""
    for line in results(found):
        yield f"- {_code(line.strip())}"


def _notes(notes: Sequence[tuple[str, str]]) -> Iterator[str]:
    told = [(name, note) for name, note in notes if note]
    if told:
        yield ""
        for name, note in told:
            yield f"- {_code(name)}: {_text(note)}"


def _table(header: Sequence[str], rows: Sequence[Sequence[str]]) -> Iterator[str]:
    yield f"| {' | '.join(header)} |"
    yield f"|{':--|' * len(header)}"
    for cells in rows:
        yield f"| {' | '.join(cells)} |"


def _code(text: str) -> str:
    """Code in a cell; nothing for an empty one."""
    if not text:
        return ""
    fence = "``" if "`" in text else "`"
    return f"{fence}{text}{fence}".replace("|", "\\|")


def _text(text: str) -> str:
    """Words, in which nothing is markup."""
    return "".join(f"\\{letter}" if letter in "\\`*_[]<>|" else letter for letter in text)
