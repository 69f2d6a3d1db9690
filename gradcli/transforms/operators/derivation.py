"""The derivative of an expression rule by rule: which rule, what it says, what it makes of the expression.

Each rule is the derivative table's partial, put on the graph of the program as `gradcli diff` does it, one step of
forward mode after the other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gradcli.errors import UsageProblem
from gradcli.formulas import Entry, Graph, Meaning, Rules, Shape, Writer, statements, tidy
from gradcli.formulas.arithmetic import Arithmetic
from gradcli.formulas.rules import OF_MANY, differentiable
from gradcli.formulas.sweeps import active
from gradcli.lang import Name, Program, Tree, parse, unparse
from gradcli.ops import TABLE
from gradcli.transforms.operators.diff import diff, meaning_of, wanted
from gradcli.transforms.results.derivation import Derivation, Derivations, DerivationStep
from gradcli.transforms.results.labels import label_of

__all__ = ["derivations"]

_MOST_STEPS = 300
"""Steps of one derivation; more is read by nobody."""

_MOST_ENTRIES = 24
"""Derivations that are told."""

_LONG = 40
"""Characters of a sub-expression from which on its step's number stands for it."""


def derivations(
    expression: str | Program, wrt: Sequence[str] | None = None, shapes: Mapping[str, Shape] | None = None
) -> Derivations:
    """How the derivatives of an expression come about, rule by rule.

    Args:
        expression: text of the language, or a parsed program.
        wrt: differentiate by these variables alone.
        shapes: the shapes of variables that are arrays.

    Raises:
        Problem: about the expression, the variables or the shapes; for an operation that has no formula of entries.

    >>> [one] = derivations("x**2*sin(x)").derivations
    >>> for step in one.steps:
    ...     print(step.number, step.of, "|", step.rule, "|", step.pattern, "|", step.becomes)
    1 x**2*sin(x) | product rule | (u*v)' = u'*v + u*v' | d/dx(x**2)*sin(x) + x**2*d/dx(sin(x))
    2 x**2 | power rule | (u**n)' = n*u**(n - 1)*u' | 2*x
    3 sin(x) | derivative of sin | sin(u)' = cos(u)*u' | cos(x)
    """
    program = parse(expression) if isinstance(expression, str) else expression
    formulas = diff(program, "gradient", wrt, shapes=shapes, guarded=False)
    for name, shape in (shapes or {}).items():
        if any(isinstance(size, str) for size in shape):
            numbers = ",".join("3" for _ in shape)
            raise UsageProblem(
                f"rules are told entry by entry, and '{name}' has the shape {','.join(map(str, shape))}",
                hint=f"give it numbers, --shape {name}={numbers}; `gradcli diff` writes the formula for all sizes",
            )
    meaning = meaning_of(program, shapes or {})
    names = wanted(list(meaning.inputs), [name for f in formulas.formulas for name in f.names])
    called = formulas.formulas[0].of
    pairs = [
        (output, entry, name, position)
        for output, entry in enumerate(meaning.entries)
        for name in names
        for position, _ in enumerate(meaning.inputs[name])
    ]
    if len(pairs) > _MOST_ENTRIES:
        raise UsageProblem(
            f"{len(pairs):,} derivations are more than anybody reads",
            hint="name the variables with --wrt; smaller shapes show the pattern; `gradcli diff` gives the formulas",
        )
    made = []
    for output, entry, name, position in pairs:
        by = label_of(name, meaning.shapes[name], position)
        made.append(
            _derivation(meaning, entry, meaning.inputs[name][position], by, label_of(called, meaning.shape, output))
        )
    return Derivations(formulas, tuple(made))


def _derivation(meaning: Meaning, entry: int, leaf: int, by: str, of: str) -> Derivation:
    graph, arithmetic = meaning.graph, meaning.arithmetic
    rules = Rules(arithmetic, meaning.partials)
    order = graph.reachable([entry])
    moving = active(graph, order, [leaf])
    numbers = _numbered(graph, entry, moving - {leaf})
    steps = [node for node in order if node in numbers]  # what reaches the whole through a jump alone is none
    if len(steps) > _MOST_STEPS:
        raise UsageProblem(
            f"a derivation of {len(steps):,} steps is more than anybody reads",
            hint="`gradcli diff` gives the formula",
        )
    texts = _texts(meaning, order, numbers)
    slopes = {leaf: arithmetic.one}
    told: dict[int, DerivationStep] = {}
    for node in steps:
        args, function = graph.args[node], graph.functions[node]
        moves = [arg in slopes and differentiable(function, i) for i, arg in enumerate(args)]
        pulled = [rules.pull(node, i, slopes[arg]) for i, arg in enumerate(args) if moves[i]]
        slopes[node] = _sum(arithmetic, pulled)
        symbols = [
            arithmetic.one if arg == leaf else graph.leaf(Entry(f"d/d{by}({unparse(texts[arg])})")) for arg in args
        ]
        rule, pattern = _rule(graph, node, moves, leaf)
        told[node] = DerivationStep(
            numbers[node],
            unparse(_tree(meaning, node, texts)) if node not in meaning.names else _named(meaning, node, texts),
            rule,
            pattern,
            _written(meaning, _becomes(rules, node, moves, symbols), texts),
            _formula(meaning, slopes[node]),
        )
    by_number = sorted(told.values(), key=lambda step: step.number)
    return Derivation(by, of, tuple(by_number), _formula(meaning, slopes.get(entry, arithmetic.zero)))


def _numbered(graph: Graph, entry: int, steps: set[int]) -> dict[int, int]:
    """Numbers for the steps: the whole first, then its parts from left to right, each with all that is in it."""
    numbers: dict[int, int] = {}
    stack = [entry]
    while stack:
        node = stack.pop()
        if node in steps and node not in numbers:
            numbers[node] = len(numbers) + 1
            stack += reversed(graph.args[node])
    return numbers


def _becomes(rules: Rules, node: int, moves: Sequence[bool], symbols: Sequence[int]) -> int:
    """The derivative of a node by those of its arguments, as one writes it: each partial times its argument's.

    Args:
        rules: of the graph.
        node: an operation.
        moves: which arguments have derivatives.
        symbols: what stands for these.
    """
    arithmetic, graph = rules.arithmetic, rules.graph
    function, args = graph.functions[node], graph.args[node]
    mul, div, one = arithmetic.mul, arithmetic.div, arithmetic.one
    if function == "mul" and all(moves):
        return arithmetic.add(mul(symbols[0], args[1]), mul(args[0], symbols[1]))
    if function == "div" and moves[1]:
        square = arithmetic.call("pow", (args[1], graph.leaf(2.0)))
        if not moves[0]:
            return arithmetic.neg(div(mul(args[0], symbols[1]), square))
        return div(arithmetic.sub(mul(symbols[0], args[1]), mul(args[0], symbols[1])), square)
    if function in ("where", "if") or (function == "div" and not moves[1]):
        return _sum(arithmetic, [rules.pull(node, i, symbols[i]) for i, moving in enumerate(moves) if moving])
    partials = [(rules.pull(node, i, one), symbols[i]) for i, moving in enumerate(moves) if moving]
    kept = [(_without_guards(arithmetic, partial), symbol) for partial, symbol in partials if partial is not None]
    return _sum(arithmetic, [mul(partial, symbol) for partial, symbol in kept])


def _sum(arithmetic: Arithmetic, parts: Sequence[int | None]) -> int:
    total = arithmetic.zero
    for part in parts:
        total = total if part is None else arithmetic.add(total, part)
    return total


def _texts(meaning: Meaning, order: Sequence[int], numbers: Mapping[int, int]) -> dict[int, Tree]:
    """For each node how it is written within another: a long one that moves by its step's number."""
    texts: dict[int, Tree] = {}
    for node in order:
        tree = _tree(meaning, node, texts)
        if node in meaning.names:
            tree = Name(meaning.names[node], (0, 0))
        elif node in numbers and len(unparse(tree)) > _LONG:
            tree = Name(f"#{numbers[node]}", (0, 0))
        texts[node] = tree
    return texts


def _tree(meaning: Meaning, node: int, texts: Mapping[int, Tree]) -> Tree:
    writer = Writer(meaning.graph, {}, set(meaning.inputs), frozenset())
    writer.texts.update({arg: texts[arg] for arg in meaning.graph.args[node]})
    return writer.tree(node)


def _named(meaning: Meaning, node: int, texts: Mapping[int, Tree]) -> str:
    return f"{meaning.names[node]} = {unparse(_tree(meaning, node, texts))}"


def _written(meaning: Meaning, node: int, texts: Mapping[int, Tree]) -> str:
    """A node in which parts are written as the texts say."""
    writer = Writer(meaning.graph, {}, set(meaning.inputs), frozenset())
    for part in meaning.graph.reachable([node]):
        writer.texts[part] = texts[part] if part in texts else writer.tree(part)
    return unparse(writer.texts[node])


def _without_guards(arithmetic: Arithmetic, node: int) -> int:
    """A node without the choices that a program needs where a formula has no value."""
    graph = arithmetic.graph
    if not graph.guards.intersection(graph.reachable([node])):
        return node
    return tidy(arithmetic, [node], [])[0]


def _formula(meaning: Meaning, node: int) -> str:
    neat = tidy(meaning.arithmetic, [node], [], meaning.size)[0]
    return statements(meaning.graph, neat, meaning.names, meaning.inputs, inline=True).source


def _rule(graph: Graph, node: int, moves: Sequence[bool], leaf: int) -> tuple[str, str]:
    """What a rule is called, and what it says of `u` and `v`."""
    function, args = graph.functions[node], graph.args[node]
    if function in OF_MANY:
        return f"derivative of {function}", _OF_MANY[function]
    called = _NAMES.get((function, *moves)) or _NAMES.get((function,))
    inner = any(arg != leaf for arg, moving in zip(args, moves, strict=True) if moving)
    if called is None:
        called = f"chain rule, derivative of {function}" if inner else f"derivative of {function}"
    elif inner and function == "pow":
        called = f"{called}, chain rule"
    letters = _letters(function, moves)
    return called, _pattern(function, letters, moves)


_OF_MANY = {
    "logsumexp": "logsumexp(u)' = sum(exp(u - logsumexp(u))*u')",
    "max": "max(u)' = u' of the largest entry; equal ones share it",
    "min": "min(u)' = u' of the smallest entry; equal ones share it",
    "norm": "norm(u)' = sum(u*u')/norm(u)",
}
"""Rules of operations of any number of entries."""

_NAMES: dict[tuple[str | bool, ...], str] = {
    ("add", True, True): "sum rule",
    ("add",): "constant term",
    ("sub", True, True): "difference rule",
    ("sub",): "constant term",
    ("neg",): "constant factor",
    ("pos",): "constant factor",
    ("mul", True, True): "product rule",
    ("mul",): "constant factor",
    ("div", True, True): "quotient rule",
    ("div", True, False): "constant factor",
    ("div", False, True): "reciprocal rule",
    ("pow", True, True): "general power rule",
    ("pow", True, False): "power rule",
    ("pow", False, True): "exponential rule",
    ("where",): "case by case",
    ("if",): "case by case",
}


def _letters(function: str, moves: Sequence[bool]) -> list[str]:
    """Letters for the arguments: u, v, w for those that move, c and its like for the others, n for an exponent."""
    moving, still = iter("uvwpqr"), iter("cabdkm")
    found = []
    for position, moves_too in enumerate(moves):
        if moves_too:
            found.append(next(moving))
        elif function == "pow":
            found.append("n" if position else "a")
        else:
            found.append(next(still))
    return found


def _pattern(function: str, letters: Sequence[str], moves: Sequence[bool]) -> str:
    """The table's rule in letters: `(u*v)' = u'*v + v'*u`."""
    graph = Graph()
    rules = Rules(Arithmetic(graph))
    node = graph.call(function, tuple([graph.leaf(Entry(letter)) for letter in letters]))
    slope = _becomes(rules, node, moves, [graph.leaf(Entry(f"{letter}'")) for letter in letters])
    left = statements(graph, node, {}, letters, inline=True).source
    right = statements(graph, slope, {}, letters, inline=True).source
    operator = function == "if" or bool(TABLE[function].infix) or function == "neg"
    return f"({left})' = {right}" if operator else f"{left}' = {right}"
