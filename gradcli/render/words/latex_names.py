"""Names and derivatives as LaTeX."""

from __future__ import annotations

import re

from gradcli.render.words.letters import GREEK

__all__ = ["spelled_derivative", "spelled_label", "spelled_name"]

_LETTERS = {letter: word for word, letter in GREEK.items()}

_LABEL = re.compile(r"([^\W\d]\w*)(?:\[([\d,]+)\])?")
_SLOPE = re.compile(r"d(\d*)(.+)/d(.+)")
_SEEDED = re.compile(r"\(sum\(seed\*(.+)\)\)")


def spelled_name(name: str) -> str:
    r"""A variable's name: Greek letters as such, what follows an underscore or a letter as a subscript.

    >>> spelled_name("alpha_1"), spelled_name("x12"), spelled_name("mass"), spelled_name("θ")
    ('\\alpha_{1}', 'x_{12}', '\\mathrm{mass}', '\\theta')
    """
    head, _, tail = name.partition("_")
    if not tail:
        stem = head.rstrip("0123456789")
        if stem and (len(stem) == 1 or stem in GREEK):
            head, tail = stem, head[len(stem) :]
    spelled = _word(head) if head else r"\_"
    parts = [_word(part) for part in tail.split("_") if part]
    return f"{spelled}_{{{', '.join(parts)}}}" if parts else spelled


def _word(word: str) -> str:
    if word in GREEK:
        return f"\\{word}"
    if word in _LETTERS:
        return f"\\{_LETTERS[word]}"
    return word if len(word) == 1 or word.isdigit() else rf"\mathrm{{{word}}}"


def spelled_derivative(of: str, by: str, order: int = 1) -> str:
    r"""A partial derivative, of what and by what being LaTeX already.

    >>> print(spelled_derivative("f", "x"), spelled_derivative("f", r"\theta", 2))
    \frac{\partial f}{\partial x} \frac{\partial^{2} f}{\partial \theta^{2}}
    """
    power = "" if order == 1 else f"^{{{order}}}"
    below = f"{{{by}}}" if power and "_" in by and not by.endswith(")") else by
    return rf"\frac{{\partial{power} {of}}}{{\partial {below}{power}}}"


def spelled_label(label: str) -> str:
    r"""What plain text calls a number: an entry, a derivative, a differential, or words.

    >>> print(spelled_label("x[0,1]"), spelled_label("d2f/d(x1)2"), spelled_label("dy"), spelled_label("tangent x"))
    x_{0,1} \frac{\partial^{2} f}{\partial {x_{1}}^{2}} \mathrm{d} y \mathrm{tangent}\ x
    """
    if label.startswith("d(d") and label.endswith(")"):
        return rf"\mathrm{{d}} {spelled_label(label[2:-1])}"
    found = _SLOPE.fullmatch(label)
    if found is not None:
        order, of, by = found.groups()
        by = by.removesuffix(order) if order else by
        return spelled_derivative(_part(of), _part(by.strip("()")), int(order or 1))
    if " " in label:
        return r"\ ".join(map(_part, label.split(" ")))
    return _part(label) if not label.startswith("d") or len(label) < 2 else rf"\mathrm{{d}} {_part(label[1:])}"


def _part(text: str) -> str:
    """A name, an entry, or the sum of a value's entries with a seed's weights."""
    seeded = _SEEDED.fullmatch(text)
    if seeded is not None:
        return rf"\left(\sum \mathrm{{seed}} \cdot {_part(seeded[1])}\right)"
    found = _LABEL.fullmatch(text)
    if found is None:
        return rf"\mathrm{{{text}}}"
    name, index = found.groups()
    spelled = spelled_name(name)
    if index is None:
        return spelled
    return f"{spelled}_{{{index}}}" if "_" not in spelled else f"({spelled})_{{{index}}}"
