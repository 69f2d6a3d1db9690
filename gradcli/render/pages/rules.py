"""The derivative rule of one operation, typeset for a page."""

from __future__ import annotations

from html import escape

from gradcli.lang import parse
from gradcli.ops import TABLE, Op
from gradcli.render.formulas.mathml import mathml

__all__ = ["rule_markup"]

_CONDITION = "The cotangent goes whole to what the condition picks; the other gets 0."


def rule_markup(function: str, ranks: tuple[int, ...]) -> str:
    """What an operation computes and its local derivatives, as HTML with MathML; of the table, and no text of a user's.

    Args:
        function: the operation's name in the table.
        ranks: for each of its arguments the number of axes.

    >>> "<mfrac>" in rule_markup("mul", (0, 0)), rule_markup("where", (0, 0, 0)).startswith("<p>")
    (True, True)
    """
    op = TABLE[function]
    parts = [f"<p>{escape(op.doc)}</p>"]
    if function == "where":
        return f"{parts[0]}<p>{_CONDITION}</p>"
    texts = op.texts.get("".join(map(str, ranks)))
    if op.kind == "elementwise":
        call = _call(op)
        if call:
            parts.append(_math(f"<mi>out</mi><mo>=</mo>{_inner(call)}"))
        for param, partial in zip(op.params, op.partials, strict=True):
            if partial is not None and not partial.startswith("ops."):
                parts.append(_math(f"{_slope(param)}<mo>=</mo>{_inner(partial)}"))
    elif texts is not None:
        for param, text in zip(op.params, texts, strict=False):
            parts.append(_math(f"<msub><mi>g</mi><mi>{escape(param)}</mi></msub><mo>=</mo>{_inner(text)}"))
    elif op.kind in ("linear", "multilinear"):
        parts.append("<p>It is linear: the cotangent goes back through its transpose.</p>")
    elif op.kind == "predicate":
        parts.append("<p>A truth value has no derivative.</p>")
    return "".join(parts)


def _call(op: Op) -> str:
    """The operation on its parameters, as the language writes it."""
    if op.name == "neg":
        return f"-{op.params[0]}"
    if op.infix and len(op.params) == 2:
        return f"{op.params[0]}{op.infix}{op.params[1]}"
    return f"{op.name}({', '.join(op.params)})"


def _slope(param: str) -> str:
    return f"<mfrac><mrow><mo>∂</mo><mi>out</mi></mrow><mrow><mo>∂</mo><mi>{escape(param)}</mi></mrow></mfrac>"


def _inner(text: str) -> str:
    """A formula without the element around it."""
    return mathml(parse(text)).partition(">")[2].removesuffix("</math>")


def _math(inner: str) -> str:
    return f'<math display="block"><mrow>{inner}</mrow></math>'
