"""A text as items, whatever the notation: numbers, names, functions, operators, brackets and bars."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection
from typing import NamedTuple

from gradcli.lang.spelling.texts import Unreadable
from gradcli.lang.spelling.words import CONSTANTS, INVERSES, MODULES, Patterns, foreign, split

__all__ = ["Item", "Words", "scan", "words_of"]


class Item(NamedTuple):
    """A piece of the text.

    Attributes:
        kind: "atom", "func", "operator", "prefix", "postfix", "open", "close", "bar", "comma", "semicolon", "method",
            "question" or "colon".
        text: how it is written in the language.
        blank: whether a blank stands before it.
        patterns: what calls of a function become.
        power: `^2` of `sin^2(x)`.
        closed: whether an exponent ends visibly, as in `x²`, so that a factor after it is no part of it.
    """

    kind: str
    text: str
    blank: bool = False
    patterns: Patterns | None = None
    power: str = ""
    closed: bool = False


class Words(NamedTuple):
    """The names that a text may hold: the functions of the language, and the variables."""

    functions: Collection[str]
    variables: Collection[str]


_SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿˣ"
_SUBSCRIPTS = "₀₁₂₃₄₅₆₇₈₉"
_ATOMS = {"∞": "inf", "½": "(1/2)", "¼": "(1/4)", "¾": "(3/4)", "⅓": "(1/3)", "⅔": "(2/3)", "⅛": "(1/8)"}
_OPERATORS = {
    "·": "*", "×": "*", "∙": "*", "⋅": "*", "∗": "*", "•": "*", "⊙": "*", "−": "-", "–": "-", "—": "-", "÷": "/",
    "∕": "/", "⁄": "/", "≤": "<=", "≥": ">=", "≠": "!=", "∧": " and ", "∨": " or ", "&&": " and ", "||": " or ",
    "===": "==", "!==": "!=", "~=": "!=", "<>": "!=", "=<": "<=", "/=": "!=", ".*": "*", "./": "/", ".^": "^",
    ".**": "**", "：": ":",
}  # fmt: skip
_OF_FORTRAN = {"gt": ">", "ge": ">=", "lt": "<", "le": "<=", "eq": "==", "ne": "!=", "and": " and ", "or": " or "}
_ROOTS = {"√": "sqrt", "∛": "cbrt"}
_KINDS = (
    {",": "comma", ";": "semicolon", "\n": "semicolon", "?": "question", ":": "colon", "~": "prefix", "|": "bar"}
    | {"‖": "norm", "°": "postfix"}
    | dict.fromkeys("([⌊⌈", "open")
    | dict.fromkeys(")]⌋⌉", "close")
    | dict.fromkeys("+-*/=<>^", "operator")
)
_NO_LETTER = rf"(?![{_SUPERSCRIPTS}½¼¾⅓⅔⅛])"
_WORD = rf"(?:(?![{_SUPERSCRIPTS}{_SUBSCRIPTS}½¼¾⅓⅔⅛])[^\W\d])(?:{_NO_LETTER}\w|[{_SUBSCRIPTS}])*+"
_COMPARE = r"\.(?:gt|ge|lt|le|eq|ne|and|or|GT|GE|LT|LE|EQ|NE|AND|OR)\."
_NUMBER = r"(?:[0-9]+(?:_[0-9]+)*(?:\.[0-9]*)?|\.[0-9]+)"

_TOKEN = re.compile(
    rf"""(?x)
    (?P<blank>[^\S\r\n]+|\ufeff|\u200b)
  | (?P<hexadecimal>0[xX][0-9a-fA-F]+\b)
  | (?P<imaginary>{_NUMBER}[ijIJ]\b|{_NUMBER}[eE](?![\w^*+-]))
  | (?P<fortran>{_NUMBER}[dD][+-]?[0-9]+(?:_(?:dp|wp|[48]))?|{_NUMBER}(?:[eE][+-]?[0-9]+)?_(?:dp|wp|[48])\b)
  | (?P<number>{_NUMBER}(?:[eE][+-]?[0-9]+)?)
  | (?P<dotted>(?:{_WORD}(?:(?!{_COMPARE})\.|::))+{_WORD})
  | (?P<word>{_WORD})
  | (?P<compare>{_COMPARE})
  | (?P<transpose>\.T\b|\.?'(?![\w\s]*'))
  | (?P<method>\.{_WORD}(?=\())
  | (?P<string>'[^'\\\n]*'|"[^"\\\n]*")
  | (?P<superscript>[{_SUPERSCRIPTS}]+)
  | (?P<double_bar>\|\|)
  | (?P<operator>===|!==|\*\*|//|\.\*\*|\.\*|\./|\.\^|&&|<=|>=|==|!=|~=|<>|=<|/=|[-+*/%@^&<>=\\])
  | (?P<bars>\|)
  | (?P<other>(?s:.))
    """
)


def scan(text: str, words: Words, way: int) -> list[Item]:
    """The items of a text.

    Args:
        text: the text.
        words: the names it may hold.
        way: which one of several ways to split a word is taken.

    Raises:
        Unreadable: for what is in no notation that is known.

    >>> [item.text for item in scan("2xsin(x)", Words({"sin"}, {"x"}), 0)]
    ['2', 'x', 'sin', '(', 'x', ')']
    """
    items: list[Item] = []
    blank = False
    for match in _TOKEN.finditer(text):
        kind, token = match.lastgroup or "", match[0]
        if kind == "blank":
            blank = True
            continue
        follows = text[match.end() : match.end() + 1]
        if kind in ("word", "dotted"):
            items += _words(token, blank, words, follows, way, items)
        else:
            items.append(_item(kind, token, blank, items))
        blank = False
    return _with_powers(items)


def words_of(text: str, functions: Collection[str]) -> list[tuple[str, bool]]:
    """The words of a text, in Python's normal form, and whether each is called.

    >>> words_of("2xy + f(x₁) + tg y", {"tan"})
    [('xy', False), ('f', True), ('x1', False), ('tg', True), ('y', False)]
    """
    found = []
    for match in _TOKEN.finditer(text):
        pieces = re.split(r"\.|::", match[0]) if match.lastgroup in ("word", "dotted") else []
        if pieces:
            word = unicodedata.normalize("NFKC", pieces[0])
            called = text[match.end() : match.end() + 1] in ("(", "[") and word not in "xyz"
            follows = text[match.end() :].lstrip()[:1]
            applied = (follows.isalnum() or follows in ("(", "|", "√")) and foreign(word, functions) is not None
            found.append((word, called or applied or (len(pieces) > 1 and word in MODULES)))
    return found


def _item(kind: str, token: str, blank: bool, before: list[Item]) -> Item:
    """What is no word.

    Raises:
        Unreadable: if it is nothing that is known.
    """
    operand = bool(before) and before[-1].kind in ("atom", "close", "postfix")
    if kind == "transpose" and (blank or not operand):
        raise Unreadable
    if kind in _MADE:
        becomes, of_text = _MADE[kind]
        return Item(becomes, of_text(token), blank, closed=kind == "superscript")
    return _sign(token, blank, operand)


def _sign(sign: str, blank: bool, operand: bool) -> Item:
    """A sign that is one character."""
    plain = unicodedata.normalize("NFKC", sign)
    if sign in _OPERATORS:
        return Item("operator", _OPERATORS[sign], blank)
    if sign in _ROOTS:
        return Item("func", _ROOTS[sign], blank, {None: (_ROOTS[sign],)})
    if sign in _ATOMS:
        return Item("atom", _ATOMS[sign], blank)
    if plain == "!":
        return Item("postfix" if operand else "prefix", plain, blank)
    for one in (plain, sign):
        if one in _KINDS:
            return Item(_KINDS[one], one, blank)
    raise Unreadable


_MADE: dict[str, tuple[str, Callable[[str], str]]] = {
    "bars": ("bar", str),
    "compare": ("operator", lambda text: _OF_FORTRAN[text.strip(".").lower()]),
    "double_bar": ("norm", str),
    "fortran": ("atom", lambda text: re.sub("[dD]", "e", text.partition("_")[0])),
    "hexadecimal": ("atom", lambda text: str(int(text, 0))),
    "method": ("method", lambda text: text[1:]),
    "number": ("atom", str),
    "operator": ("operator", lambda text: _OPERATORS.get(text, text)),
    "string": ("atom", str),
    "superscript": ("superscript", lambda text: unicodedata.normalize("NFKC", text).replace("−", "-")),
    "transpose": ("postfix", lambda text: ".T"),
}
"""What a token becomes: its kind, and its text."""


def _words(token: str, blank: bool, words: Words, follows: str, way: int, before: list[Item]) -> list[Item]:
    """A name, or what a word is made of."""
    pieces = re.split(r"\.|::", token)
    if len(pieces) > 1:
        return _dotted(pieces, blank, words, follows)
    word = unicodedata.normalize("NFKC", token)
    if word not in words.functions and any(c in _SUBSCRIPTS for c in token) and word.startswith(("log", "lg")):
        word = re.sub("([0-9]+)$", r"_\1", word)
    operand = bool(before) and before[-1].kind in ("atom", "close")
    if word in _OF_PYTHON:
        return [Item("operator", f" {word} ", blank)]
    if word == "not":
        return [Item("prefix", "!", blank)]
    if word in words.variables and not (follows in ("(", "[") and word in words.functions):
        return [Item("atom", word, blank)]
    if operand and follows != "(" and word.lower() in _BEHIND:
        kind, text = _BEHIND[word.lower()]
        return [Item(kind, text, blank)]
    return _named(word, blank, words, follows, way)


def _named(word: str, blank: bool, words: Words, follows: str, way: int) -> list[Item]:
    """A word that is none of the variables: a function or a constant, or several words."""
    patterns = foreign(word, words.functions)
    if word in CONSTANTS and not (follows in ("(", "[") and patterns is not None):
        return [Item("atom", CONSTANTS[word], blank)]
    if patterns is not None:
        return [Item("func", word, blank, patterns)]
    if word in _LITERALS:
        return [Item("atom", word, blank)]
    ways = split(word, words.functions, words.variables)
    if follows == "(":  # sine(x) is a misspelling, and no product
        ways = [one for one in ways if all(part not in words.functions for part in one[:-1])]
    if not ways:
        return [Item("atom", word, blank)]
    parts = ways[min(way, len(ways) - 1)]
    return [item for part in parts for item in _part(part, blank, words)]


_OF_PYTHON = frozenset(("and", "or", "if", "else", "for", "in"))
_BEHIND = {"mod": ("operator", "%"), "deg": ("postfix", "°"), "degrees": ("postfix", "°")}
_LITERALS = frozenset(("pi", "e", "inf", "nan", "True", "False", "None"))


def _part(part: str, blank: bool, words: Words) -> list[Item]:
    patterns = None if part in words.variables else foreign(part, words.functions)
    if patterns is not None and part not in CONSTANTS:
        return [Item("func", part, blank, patterns)]
    return [Item("atom", CONSTANTS.get(part, part), blank)]


def _dotted(pieces: list[str], blank: bool, words: Words, follows: str) -> list[Item]:
    """`np.sin`, `Math.PI`, `norm.cdf`; of what is no module a method, `x.sum`, or the transpose."""
    if ".".join(pieces).lower() in ("norm.cdf", "norm.pdf", "norm.s.dist"):
        name = ".".join(pieces).lower()
        return [Item("func", name, blank, foreign(name, words.functions))]
    last = pieces[-1]
    if pieces == ["Math", "round"]:
        raise Unreadable  # rounds halves up, ours to even
    if all(piece in MODULES for piece in pieces[:-1]):
        return _words(last, blank, Words(words.functions, ()), follows, 0, [])
    if len(pieces) == 2 and last == "T":
        return [Item("atom", ".".join(pieces), blank)]
    if len(pieces) == 2 and follows == "(":
        return [Item("atom", pieces[0], blank), Item("method", last)]
    raise Unreadable


def _with_powers(items: list[Item]) -> list[Item]:
    """The items with `sin^2` and `sin²` before an argument as one, and with superscripts elsewhere as powers."""
    power = "**" if any(i.text == "**" for i in items) or not any(i.text == "^" for i in items) else "^"
    made: list[Item] = []
    at = 0
    while at < len(items):
        item = items[at]
        exponent, after = _exponent(items, at + 1) if item.kind == "func" else ("", at + 1)
        if exponent:
            made.append(_raised(item, exponent, power))
            at = after
        elif item.kind == "superscript":
            made += [Item("operator", power, item.blank), Item("atom", item.text, closed=True)]
            at += 1
        else:
            made.append(item)
            at += 1
    return made


def _exponent(items: list[Item], at: int) -> tuple[str, int]:
    """The exponent that stands at an item, between a function and its argument, and where the argument begins."""
    if at < len(items) and items[at].kind == "superscript":
        return items[at].text, at + 1
    if at >= len(items) or items[at].text not in ("^", "**"):
        return "", at
    end = at + 1
    if end < len(items) and items[end].text == "(":
        while end < len(items) and items[end].text != ")":
            end += 1
        inside = "".join(item.text for item in items[at + 2 : end])
        return (inside, end + 1) if re.fullmatch(r"-?\w+", inside) else ("", at)
    minus = end < len(items) and items[end].text == "-"
    end += minus
    if end + 1 < len(items) and items[end].kind == "atom":
        return "-" * minus + items[end].text, end + 1
    return "", at


def _raised(item: Item, exponent: str, power: str) -> Item:
    """A function to a power before its argument: of -1 the inverse function, as everywhere on paper."""
    assert item.patterns is not None
    names = item.patterns.get(None, ())
    if exponent != "-1":
        return item._replace(power=power + (exponent if re.fullmatch(r"\w+", exponent) else f"({exponent})"))
    inverse = INVERSES.get(names[0]) if names else None
    if inverse is None:
        raise Unreadable
    return item._replace(text=inverse, patterns={None: (inverse,)})
