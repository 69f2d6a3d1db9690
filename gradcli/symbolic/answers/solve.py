"""From a question to an answer: all that the oracle's process does for one."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeAlias

import sympy
from mpmath import mp

from gradcli.address import EntryAddress, Input, spread
from gradcli.lang import Program, calls
from gradcli.ops.calls.read import read_program
from gradcli.symbolic.derivatives.classify import classify_derivative, classify_value
from gradcli.symbolic.derivatives.dependence import Dependence
from gradcli.symbolic.derivatives.derive import Derivatives, Derived, Partials
from gradcli.symbolic.derivatives.higher import addresses, flat, truths_at
from gradcli.symbolic.numbers.adaptive_precision import is_finite, same
from gradcli.symbolic.numbers.level import Value
from gradcli.symbolic.program.interpret import Meaning, evaluate, interpret
from gradcli.symbolic.protocol.question import Answer, NotChecked, Question, Truth

__all__ = ["derive", "solve"]

Kept: TypeAlias = Callable[[], str | None]
"""What gives a derivation's text."""

_CALLS = 20_000
"""Operations of a program that is taken on: half as many, sines and products of one variable, take 16 s."""


def solve(question: Question, report: Callable[[str], None] = lambda stage: None) -> Answer | NotChecked:
    """Answer a question; `report` is told what is being done.

    Raises:
        Problem, Inexpressible: as `derive` does.

    >>> answer = solve(Question("x**2 - 2*x + 1", {"x": 0.0}, ("x",), "gradient"))
    >>> [(truth.address.by[0].name, truth.high) for truth in answer.derivatives]
    [('x', -2.0)]
    """
    return derive(question, report)[0]


def derive(question: Question, report: Callable[[str], None] = lambda stage: None) -> tuple[Answer | NotChecked, Kept]:
    """The answer to a question, and a function that gives what was derived as a text, None where it must not be kept.

    The text gives the same numbers at the point as the answer has, or it is not given.

    Raises:
        Problem: if the program is wrong, or does not fit its values.
        Inexpressible: if SymPy cannot express something.

    >>> answer, kept = derive(Question("sin(x)", {"x": 0.0}, ("x",), "gradient"))
    >>> kept()
    '[[sin(x)], [cos(x)], []]'
    """
    report("reading the program")
    program = read_program(question.source, question.values)
    count = sum(1 for _ in calls(program))
    if count > _CALLS:
        return NotChecked(f"the program has {count:,} operations, the check takes {_CALLS:,}"), _nothing
    report("evaluating the program in numbers")
    numbers = evaluate(program, question.values)
    if question.kind == "gradient" and question.seed is None and len(numbers.entries) != 1:
        return NotChecked(f"the value has shape {numbers.shape} and there is no seed for it"), _nothing
    shown = list(spread(len(numbers.entries), question.limit))
    values = {i: numbers.point.number(numbers.entries[i]) for i in shown}
    report("evaluating the program on symbols")
    found = _on_symbols(program, question, values)
    if found is None:
        return NotChecked("SymPy's algebra turns the program into one of another value"), _nothing
    meaning, simplified = found
    derived: list[Derived] = []
    derivatives, total = _derive(meaning, question, derived, report)
    truths = tuple(classify_value(meaning.point, meaning.entries[i], value, i) for i, value in values.items())
    sampled = len(derivatives) < total or len(shown) < len(numbers.entries)
    answer = Answer(truths, tuple(derivatives), total, sampled)
    # Without algebra the program is one for this point alone; and of a long value the others must be known, too.
    if not simplified or len(shown) < len(numbers.entries):
        return answer, _nothing
    return answer, lambda: _kept(meaning, question, derived, answer)


def _nothing() -> None:
    return None


def _kept(meaning: Meaning, question: Question, derived: list[Derived], answer: Answer) -> str | None:
    """What was derived, if it gives the answer again."""
    if any(truth.status != "number" for truth in (*answer.values, *answer.derivatives)):
        return None
    from gradcli.symbolic.answers.written import written  # nobody waits for it any more
    from gradcli.symbolic.recall.solve import recall

    text = written(meaning, question.values, derived)
    if text is None:
        return None
    again = recall(question._replace(derivation=text))
    return text if again == answer._replace(recalled=True) else None


def _on_symbols(program: Program, question: Question, values: dict[int, Value]) -> tuple[Meaning, bool] | None:
    """The program on symbols, if it has the program's values, and whether SymPy's algebra has been applied to it.

    SymPy's algebra makes 1 of x/x and x of sqrt(x)**2, also where they have no value; it is kept away from
    a point where something has none.
    """
    finite = {i: value for i, value in values.items() if is_finite(value)}
    for simplify in (True, False):
        if not simplify or len(finite) == len(values):
            meaning = interpret(program, question.values, question.wrt, simplify)
            if all(same(meaning.point.number(meaning.entries[i]), value) for i, value in finite.items()):
                return meaning, simplify
    return None


def _derive(
    meaning: Meaning, question: Question, derived: list[Derived], report: Callable[[str], None]
) -> tuple[list[Truth], int]:
    """The truths, and how many there would be of all entries; what they are the numbers of is added to `derived`."""
    if question.kind not in ("gradient", "jacobian"):
        return _derive_further(meaning, question, derived, report)
    point = meaning.point
    outputs = meaning.entries if question.kind == "jacobian" else [_seeded(meaning, question.seed)]
    inputs = [(name, i, symbol) for name, symbols in meaning.symbols.items() for i, symbol in enumerate(symbols)]
    dependence = Dependence(frozenset(symbol for _, _, symbol in inputs), point)
    total = len(outputs) * len(inputs)
    derivatives: list[Truth] = []
    partials = Partials()
    current, by = -1, None
    picked = question.positions(total)
    for done, place in enumerate(picked):
        output, position = divmod(place, len(inputs))
        name, entry, symbol = inputs[position]
        report(f"differentiating, entry {done + 1:,} of {len(picked):,}")
        if by is None or output != current:
            current, by = output, Derivatives(outputs[output], meaning.subexpressions, point, partials)
        derivative = by.by(symbol)
        derived.append(Derived(outputs[output], derivative))
        report(f"evaluating, entry {done + 1:,} of {len(picked):,}")
        address = EntryAddress(output, (Input(name, entry),))
        derivatives.append(
            classify_derivative(point, dependence, outputs[output], derivative, {symbol: mp.one}, address)
        )
    return derivatives, total


def _derive_further(
    meaning: Meaning, question: Question, derived: list[Derived], report: Callable[[str], None]
) -> tuple[list[Truth], int]:
    everything = addresses(meaning, question)
    picked = [everything[i] for i in question.positions(len(everything))]
    derivatives = []
    for done, truth in enumerate(truths_at(meaning, question, picked, derived), start=1):
        report(f"differentiating, entry {done:,} of {len(picked):,}")
        derivatives.append(truth)
    return derivatives, len(everything)


def _seeded(meaning: Meaning, seed: Any) -> Any:
    """The sum of the value's entries, weighted by the seed."""
    if seed is None:
        return meaning.entries[0]
    weights = flat(seed)
    return sympy.Add(*[meaning.constants.of(w) * e for w, e in zip(weights, meaning.entries, strict=True)])
