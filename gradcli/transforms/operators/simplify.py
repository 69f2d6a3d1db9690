"""Formulas in the shortest of the forms that are known: our own, and those that SymPy reaches in the oracle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import chain

from gradcli.errors import Problem
from gradcli.formulas import Nested, reading_length, shaped, statements, tidy
from gradcli.lang import Call, Literal, Program, parse, run, unparse, variables
from gradcli.ops import CONSTANTS
from gradcli.symbolic import Oracle
from gradcli.symbolic.protocol.rewriting import Form, Rewriting
from gradcli.transforms.operators.diff import meaning_of
from gradcli.transforms.results.formula import Formula, Formulas

__all__ = ["simplify"]

_ENTRIES = 36
"""Entries of an array that are rewritten one by one: as many as six variables' second derivatives."""

_CHARACTERS = 20_000
"""Of formulas together: more than that SymPy does not take apart in seconds."""


def simplify(found: Formulas, oracle: Oracle, timeout: float, beside: bool = True) -> Formulas:
    """Formulas in the shortest form, by `reading_length`; as they are where a variable is called as a constant is.

    Args:
        found: formulas.
        oracle: started, and asked no question.
        timeout: seconds that there are.
        beside: whether a form may be taken that has a value at other points too, which is told beside it.

    >>> from gradcli.transforms.operators.diff import diff
    >>> with Oracle.start() as oracle:
    ...     simplify(diff("sin(x)**2"), oracle, 60).formulas[0].text
    'sin(2*x)'
    """
    entries = [_entries(found, formula) for formula in found.formulas]
    texts = [program.source for programs in entries for program in programs]
    if not texts or sum(map(len, texts)) > _CHARACTERS or not CONSTANTS.keys().isdisjoint(found.shapes):
        return found  # a text does not say which of the two is meant
    source = found.steps[-1].text if found.steps else found.expression
    single = found.of in ("gradient", "derivative") and not any(formula.shape for formula in found.formulas)
    names = tuple(formula.names[0] for formula in found.formulas) if single else ()
    forms = oracle.rewrite(Rewriting(tuple(texts), source if single else "", names), timeout)
    if not forms:
        return found
    places = iter(enumerate(texts))
    formulas = []
    for formula, programs in zip(found.formulas, entries, strict=True):
        chosen = [_shortest(found, formula, *next(places), forms, beside) for _ in programs]
        formulas.append(_with(found, formula, chosen))
    return replace(found, formulas=tuple(formulas))


def _entries(found: Formulas, formula: Formula) -> list[Program]:
    """A formula entry by entry; nothing for one that is not rewritten."""
    if any(isinstance(size, str) for shape in found.shapes.values() for size in shape):
        return []
    if not formula.shape:
        return [formula.program]
    try:
        meaning = meaning_of(formula.program, _shapes(found, formula.program))
    except Problem:
        return []
    if len(meaning.entries) > _ENTRIES:
        return []
    return [statements(meaning.graph, node, {}, meaning.inputs, inline=True) for node in meaning.entries]


def _shapes(found: Formulas, program: Program) -> dict[str, tuple[int | str, ...]]:
    used = variables(program)
    return {name: shape for name, shape in found.shapes.items() if name in used}


def _shortest(found: Formulas, formula: Formula, place: int, text: str, forms: Sequence[Form], beside: bool) -> Form:
    """The shortest form of an entry: its own, if no other is shorter."""
    own = Form(place, text)
    candidates = [own]
    for form in forms:
        if form.formula == place and (beside or not (form.where or form.inherited)):
            spelled = [form._replace(text=text) for text in _spellings(found, form.text)]
            candidates += [kept for other in spelled if (kept := _told(found, formula, other, beside)) is not None]
    return min(
        candidates,
        key=lambda form: (reading_length(parse(form.text)), bool(form.where or form.inherited), form is not own),
    )


def _told(found: Formulas, formula: Formula, form: Form, beside: bool) -> Form | None:
    """A form with what the formula's omissions make it tell; None for one that would have to tell what it cannot.

    Where a guard was left out, the formula says what it means there. A form may say nothing, if it has no powers but
    those of the expression, or else that it is not meant there.
    """
    program = parse(form.text)
    lost = [condition for condition, part in formula.omissions if part not in program.source]
    if not lost or _exponents(program) <= _exponents(parse(found.expression)):
        return form
    excluded = [_excluded(condition) for condition in lost]
    if not beside or None in excluded:
        return None
    return form._replace(where=tuple(dict.fromkeys((*form.where, *[told for told in excluded if told is not None]))))


def _excluded(condition: str) -> str | None:
    """That an equality does not hold; None for another condition.

    >>> _excluded("2*n == 0"), _excluded("(x == 0) & (k >= 0)")
    ('n != 0', None)
    """
    tree = parse(condition).result
    if not isinstance(tree, Call) or tree.function != "equal":
        return None
    left, right = tree.args
    if isinstance(right, Literal) and right.value == 0:
        while isinstance(left, Call) and left.function in ("mul", "neg"):
            if left.function == "mul" and not (isinstance(left.args[0], Literal) and left.args[0].value):
                break
            left = left.args[-1]
    return unparse(Program("", (), Call("not_equal", (left, right), tree.span, tree.head)))


def _spellings(found: Formulas, text: str) -> Iterator[str]:
    """A form as it was found, and as we order it."""
    program = parse(text)
    yield text
    try:
        meaning = meaning_of(program, _shapes(found, program))
    except Problem:
        return
    for nodes in (list(meaning.entries), tidy(meaning.arithmetic, meaning.entries)):
        yield statements(meaning.graph, nodes[0], {}, meaning.inputs, inline=True).source


def _with(found: Formulas, formula: Formula, chosen: Sequence[Form]) -> Formula:
    """A formula with other entries, where that makes it shorter; with what must be told then."""
    if not chosen:
        return formula
    program = parse(
        _array(shaped(range(len(chosen)), [size for size in formula.shape if isinstance(size, int)]), chosen)
    )
    if formula.shape:
        meaning = meaning_of(program, _shapes(found, program))
        nested = shaped(list(meaning.entries), meaning.shape)
        program = statements(meaning.graph, nested, {}, meaning.inputs, inline=True)
    if reading_length(program) >= reading_length(parse(formula.text)):
        return formula
    omissions = tuple(omission for omission in formula.omissions if omission[1] in program.source)
    return replace(formula, program=program, omissions=omissions, where=_conditions(chosen))


def _conditions(chosen: Sequence[Form]) -> tuple[str, ...]:
    """Under which conditions forms are meant."""
    told = dict.fromkeys(condition for form in chosen for condition in form.where)
    return ("the expression has a value", *told) if any(form.inherited for form in chosen) else tuple(told)


def _exponents(program: Program) -> set[str]:
    """The exponents in a program that are no numbers, each as the same text in whatever order it is written."""
    found: set[str] = set()

    def call(node: Call, args: list[tuple[str, ...]], keywords: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
        if node.function == "pow" and variables(Program("", (), node.args[1])):
            found.add(_joined(args[1]))
        if node.function not in ("add", "mul"):
            return node.function, *map(_joined, args)
        parts = [arg[1:] if arg[0] == node.function else (_joined(arg),) for arg in args]
        return node.function, *sorted(chain(*parts))

    run(program, lambda node: ("", repr(node.value)), lambda node: ("", node.id), call)
    return found


def _joined(parts: tuple[str, ...]) -> str:
    function, *args = parts
    return f"{function}({', '.join(args)})"


def _array(nested: Nested, chosen: Sequence[Form]) -> str:
    """Entries as the text of an array; they are nested as deeply as an array has axes."""
    if isinstance(nested, int):
        return chosen[nested].text
    return f"[{', '.join(_array(part, chosen) for part in nested)}]"
