"""What the oracle is asked for other forms of formulas, and what it gives."""

from __future__ import annotations

from typing import Any, NamedTuple

from gradcli.process.messages import encode_request, request

__all__ = ["Form", "Rewriting", "decode_forms", "decode_rewriting", "encode_rewriting", "is_rewriting"]


class Rewriting(NamedTuple):
    """Formulas that shorter forms are wanted of.

    Attributes:
        formulas: their texts, each of a single number.
        source: the text of what they are derivatives of, where SymPy's own derivative may be one of the forms.
        names: for each formula the variable that it is the derivative by, then; else "".
    """

    formulas: tuple[str, ...]
    source: str = ""
    names: tuple[str, ...] = ()


class Form(NamedTuple):
    """Another form of a formula, equal to it wherever both have a value, which it has wherever the formula has.

    Attributes:
        formula: which of them, by its place.
        text: the form.
        where: conditions, under which alone the formula has a value; the form has one elsewhere too.
        inherited: whether there are others too, which are met wherever what was differentiated has a value.
    """

    formula: int
    text: str
    where: tuple[str, ...] = ()
    inherited: bool = False


def encode_rewriting(rewriting: Rewriting, timeout: float) -> bytes:
    """One line: the formulas, and the seconds that there are. Other requests may follow it."""
    return encode_request({"rewrite": rewriting._asdict()}, timeout, more=True)


def is_rewriting(line: bytes) -> bool:
    """Whether a request is for other forms.

    >>> is_rewriting(encode_rewriting(Rewriting(("x + x",)), 1.0))
    True
    """
    return b'"request":{"rewrite":' in line[:200]


def decode_rewriting(line: bytes) -> Rewriting:
    """What `encode_rewriting` wrote."""
    fields = request(line)["rewrite"]
    return Rewriting(tuple(fields["formulas"]), fields["source"], tuple(fields["names"]))


def decode_forms(fields: Any) -> tuple[Form, ...]:
    """The forms of a reply's fields."""
    return tuple(Form(formula, text, tuple(where), inherited) for formula, text, where, inherited in fields)
