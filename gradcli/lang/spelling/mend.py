"""What a text in another notation means: the lines of the language that it may be read as."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from itertools import product
from typing import NamedTuple

from gradcli.errors import Problem
from gradcli.lang.parser.parse import parse
from gradcli.lang.spelling.latex import GREEK, plain
from gradcli.lang.spelling.peel import peel
from gradcli.lang.spelling.reading import Habit, write
from gradcli.lang.spelling.scan import Words, scan, words_of
from gradcli.lang.spelling.texts import Unreadable, closing
from gradcli.lang.spelling.words import CONSTANTS, MODULES, split
from gradcli.lang.tree.equal import equal
from gradcli.lang.tree.names import calls, variables
from gradcli.lang.tree.nodes import Literal, Program

__all__ = ["Mended", "mend"]

_LONGEST = 1000
"""Characters of a text that is mended: a longer one was written by a program, which needs no suggestion."""

_SHORTEST = 4
"""Letters of a word that is taken for one variable where no values tell what the variables are."""

_CONSTANTS = frozenset(("pi", "e", "tau", "inf", "nan"))
_RESERVED = _CONSTANTS | CONSTANTS.keys() | MODULES | {"and", "or", "not", "if", "else", "for", "in", "T", "deg"}
_MISLEADING = (
    r"(?s)(?=.*(?:Math\.|=>|\?|===|&&|\|\||::))(?=.*%)",  # the remainder of C and JavaScript has the sign of x
    r"^\s*=(?:.*[=(,*/+^-])?\s*-\s*[\w.]+\s*\^",  # in Excel -x^2 is the square of -x
    r"(?s)^(?=\s*=|.*\.\^).*\^[^-+*/(),;]*\^",  # in Excel and Matlab 2^3^2 is 8^2
    r"(?<![\w.])[0-9.]+[xX]10(?:\^|\*\*|[⁰-⁹²³¹⁻])",  # 5x10^3 is not five times x10 cubed
)
"""What would be read as other mathematics than its author's: it is not mended."""

_FLOAT_OF_C = re.compile(r"([0-9]+\.[0-9]*|\.[0-9]+)[fF]\b")
_TRANSPOSED = re.compile(r"(?<=[\w)\]])(?:\^\s*(?:\{\s*[T⊤]\s*\}|\(\s*[T⊤]\s*\)|[T⊤](?!\w))|[ᵀ⊤])(?!\()")
_DEFINITION = re.compile(r"(?:^|[;\n])[ \t]*([^\W\d]\w*)[ \t]*\(([\w, \t]*)\)[ \t]*=(?!=)(?=[^;\n]*[;\n])")
_WORDLIKE = frozenset("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_)]")


class Mended(NamedTuple):
    """What a text may mean.

    Attributes:
        readings: the lines that it may be read as; of two neither is preferred.
        values: what it gives to variables, as in `x^2 at x=3`.
        calls_variable: it applies a name that is no function, as in `x(x+1)`; its line takes that for a product.
    """

    readings: tuple[str, ...]
    values: dict[str, str]
    calls_variable: bool

    @property
    def certain(self) -> bool:
        """Whether the text has one reading."""
        return len(self.readings) == 1 and not self.calls_variable


def mend(
    source: str,
    functions: Collection[str],
    given: Collection[str] | None = None,
    fits: Callable[[Program], bool] = lambda program: True,
) -> Mended | None:
    """Read a text that is not in the language as what it means in the notation that it is in.

    Args:
        source: the text.
        functions: the names of the language's functions.
        given: the variables that have values, if any are given. A line with another one is not suggested.
        fits: whether the functions' arguments fit.

    Returns:
        The lines that parse and in which every name is known or given; None if there is none.

    >>> mend("2xsin(x)", {"sin"}).readings, mend("1/2x", ()).readings
    (('2*x*sin(x)',), ('1/2*x', '1/(2*x)'))
    >>> mend("sin^2(x)", {"sin"}).readings, mend("flurb(2x)", {"sin"}) is None
    (('sin(x)^2',), True)
    """
    if len(source) > _LONGEST or any(re.search(pattern, source) for pattern in _MISLEADING):
        return None
    try:
        peeled = peel(source)
        text = plain(peeled.text, functions)
    except Unreadable:
        return None
    own, parameters = _defined(text)
    functions = frozenset(functions) | own
    if "f" not in (given or ()):
        text = _FLOAT_OF_C.sub(r"\1", text)
    if "T" not in (given or ()):
        text = _TRANSPOSED.sub(".T", text)
    words = Words(functions, _variables(text, functions, given) | peeled.values.keys() | parameters)
    known = {*functions, "if", "and", "or", "not"}
    allowed = _CONSTANTS.union(words.variables, given or ())
    found: list[Program] = []
    tried: set[str] = set()
    calls_variable = False
    for tight, other, matrices, way in product((False, True), (False, True), (False, True), range(2)):
        try:
            line = write(scan(text, words, way), Habit(tight, other, matrices))
            if line.text in tried:
                continue
            tried.add(line.text)
            program = _read(line.text, tidy="\\" in source)
        except Unreadable:
            continue
        if _has_text_as_factor(program):
            continue
        if _written_functions(program) <= known and variables(program).keys() <= allowed and fits(program):
            calls_variable = calls_variable or line.calls_variable
            if not any(equal(program, another) for another in found):
                found.append(program)
    readings = tuple(program.source for program in found)
    if not readings or (readings == (source,) and not peeled.values):
        return None
    return Mended(readings, peeled.values, calls_variable)


def _defined(text: str) -> tuple[set[str], set[str]]:
    """The functions that a text defines before it ends, and their parameters."""
    found = _DEFINITION.findall(text)
    return {name for name, _ in found}, {
        part.strip() for _, inside in found for part in inside.split(",") if part.strip()
    }


def _has_text_as_factor(program: Program) -> bool:
    """Whether a text in quotes is an operand: the quotes of `x''` are none."""
    operators = (call for call in calls(program) if not program.source[slice(*call.head)].isidentifier())
    return any(isinstance(arg, Literal) and isinstance(arg.value, str) for call in operators for arg in call.args)


def _written_functions(program: Program) -> set[str]:
    """The functions that the text names, as against those that its operators stand for."""
    heads = {program.source[slice(*call.head)] for call in calls(program)}
    return {head for head in heads if head.isidentifier()}


def _variables(text: str, functions: Collection[str], given: Collection[str] | None) -> set[str]:
    """The variables: those that are given, else the text's words that can be nothing but variables."""
    assigned = set(re.findall(r"(?:^|[;\n])\s*([^\W\d]\w*)\s*=(?!=)", text))
    assigned |= set(re.findall(r"\bfor\s+([^\W\d]\w*)\s+in\b", text))
    if given is not None:
        return set(given) | assigned
    words = {
        word: called for word, called in words_of(text, functions) if word not in functions and word not in _RESERVED
    }
    letters = {word for word, called in words.items() if len(word) == 1 and not called}
    for word in words:
        letters |= _letter_beside_function(word, functions)
    unclear = {word for word in words if len(word) > 1 and split(word, functions, letters)}
    unclear |= {word for word in words if _may_be_product(word)}
    return letters | assigned | {word for word, called in words.items() if not called and word not in unclear}


def _may_be_product(word: str) -> bool:
    """Whether a word of two or three letters, such as `xy`, may be as many variables."""
    return 1 < len(word) < _SHORTEST and word.isalpha() and not GREEK.fullmatch(word)


def _letter_beside_function(word: str, functions: Collection[str]) -> set[str]:
    """`x` of `xsin`, `sinx` and `sin2x`, `r` of `πr`."""
    if len(word) > 1 and (word[1:] in functions or word[0] == "π") and len(word[1:].replace("π", "")) > 0:
        return {word[1:]} if word[0] == "π" and len(word) == 2 else {word[0]} - {"π"}
    before = re.sub(r"[0-9]*$", "", word[:-1])
    return {word[-1]} if before in functions and word[-1].isalpha() and len(before) > 1 else set()


def _read(text: str, *, tidy: bool) -> Program:
    """The program of a line that was written, without the parentheses that it does not need."""
    try:
        program = parse(re.sub(r"[ \t]+", " ", text).strip())
    except Problem:
        raise Unreadable from None
    at = len(program.source)
    while (at := program.source.rfind("(", 0, at)) >= 0:
        end = closing(program.source, at)
        inside = program.source[at + 1 : end]
        whole = at == 0 and end == len(program.source) - 1
        if (at and program.source[at - 1] in _WORDLIKE) or not (tidy or whole or inside.isalnum() or inside[0] == "("):
            continue
        try:
            shorter = parse(program.source[:at] + inside + program.source[end + 1 :])
        except Problem:
            continue
        if equal(shorter, program):
            program = shorter
    return program
