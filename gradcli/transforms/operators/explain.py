"""A gradient or a Jacobian step by step, as the tape's own backward sweep takes the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np

from gradcli.address import EntryAddress, Input
from gradcli.engine.sweeps.subgraph import Slot, slot_of
from gradcli.engine.sweeps.watched import Arrival, accumulated, watched_masked_vjp, watched_vjp
from gradcli.engine.tape.node import Node
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.errors import UsageProblem
from gradcli.lang import Call, Name, Program, parse
from gradcli.ops import TABLE
from gradcli.transforms.kinks.detect import KinkDetector
from gradcli.transforms.operators.grad import cotangent_of, grad
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.road import Computed
from gradcli.transforms.program.execute import execute, leaves
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.listing import Listed, Listing, slots
from gradcli.transforms.program.local_rules import LocalRule, local_rule
from gradcli.transforms.program.prepare import Prepared, prepare
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.explanation import BackwardStep, Explanation, ForwardStep, Leaf, Pass
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value, plain

__all__ = ["explain"]

_MOST_WAYS = 6
"""Ways from the result to a variable up to which each is written out."""

_LONGEST_WAY = 12

_MOST_PASSES = 50
"""Rows of a Jacobian up to which each gets a pass unless told otherwise."""


def explain(
    expression: str | Program,
    values: Mapping[str, Any],
    wrt: Sequence[str] | None = None,
    seed: Any = None,
    rows: Sequence[int] | None = None,
    *,
    accumulate: bool = False,
    origins: bool = True,
) -> Explanation:
    """How a gradient comes about: the value step by step, then each cotangent on its way back to the variables.

    The steps are noted by the sweep that computes the gradient, so that they add up to it exactly.

    Args:
        expression: text of the language, or a parsed program.
        values: for each variable a number, a nested list or an array.
        wrt: differentiate by these variables alone; the others are constants.
        seed: the weight of each output, for one pass; without one a value of several entries gets a pass for each.
        rows: of these the positions, in C order (default: all, of many the first 50).
        accumulate: let the passes add to the variables' `.grad`, as PyTorch's `backward` does; a single pass is made
            twice then.
        origins: whether to look for the origin of numbers that are not finite.

    Raises:
        Problem: about the expression, the values, the seed or the rows.

    >>> found = explain("x*sin(x)", {"x": 2.0})
    >>> [(step.name, step.expression) for step in found.forward]
    [('x', 'x'), ('v1', 'sin(x)'), ('f', 'x*v1')]
    >>> [(step.node, step.input, step.rule) for step in found.passes[0].steps]
    [('f', 'x', 'v1'), ('f', 'v1', 'x'), ('v1', 'x', 'cos(x)')]
    >>> found.passes[0].leaves[0].gradient == grad("x*sin(x)", {"x": 2.0}).gradients["x"]
    True
    """
    prepared = prepare(expression, values, wrt)
    tape = _Tape.of(prepared)
    count = int(tape.value.array.size)
    several = count != 1 and seed is None
    if rows is not None and not several:
        told = "has one entry" if count == 1 else "is weighted by the seed"
        raise UsageProblem(f"a row is one of several, and the value {told}", hint="leave --row out")
    derived: Derived = (
        jacobian(expression, values, wrt, explain=origins)
        if several
        else grad(expression, values, wrt, seed, explain=origins)
    )
    chosen = _rows(rows, count) if several else None
    passes = _passes(tape, derived, seed, chosen, accumulate)
    derived = _by_the_steps(derived, passes)
    warnings = [*derived.warnings, *_corrections(passes, derived)]
    if chosen is not None and rows is None and count > len(chosen):
        warnings.append(f"passes are shown for the first {len(chosen)} of {count:,} rows; --row N shows another")
    return Explanation(
        prepared.program.source,
        prepared.inputs,
        derived.value,
        tuple(tape.forward()),
        tuple(passes),
        derived,
        accumulate,
        count if several else 0,
        origin=derived.origin,
        warnings=tuple(warnings),
        kinks=derived.kinks,
        limits=derived.limits,
        outputs=derived.outputs,
    )


def _rows(rows: Sequence[int] | None, count: int) -> list[int]:
    if rows is None:
        return [*range(min(count, _MOST_PASSES))]
    for row in rows:
        if not 0 <= row < count:
            raise UsageProblem(f"there is no row {row}: the value has {count} entries, from 0 to {count - 1}")
    return list(rows)


class _Tape(NamedTuple):
    """A program that was computed, with its steps by name."""

    prepared: Prepared
    tensors: dict[str, Tensor]
    value: Tensor
    steps: list[Listed]
    names: dict[Slot, str]
    by_name: dict[str, Listed]
    kinks: dict[int, str]
    called: str

    @classmethod
    def of(cls, prepared: Prepared) -> _Tape:
        """Compute a program and keep its steps."""
        listing, detector, tensors = Listing(prepared.program), KinkDetector(prepared.program), leaves(prepared)
        looked = detector.observer

        def observe(node: Any, args: list[Any], keywords: dict[str, Any], value: Any) -> None:
            listing.observe(node, args, keywords, value)
            if looked is not None:
                looked(node, args, keywords, value)

        value = execute(prepared.program, tensors, observe, listing.assigned, listing.chosen)
        called = Computed(prepared, tensors, value).outputs.called
        steps = listing.steps(called)
        if steps and isinstance(steps[-1].value, Tensor) and steps[-1].value is not value:
            steps[-1] = steps[-1]._replace(value=value)  # truth values, as numbers
        kinks = {id(found.node): TABLE[found.node.function].convention for found in detector.found}
        by_name = {step.name: step for step in steps}
        return cls(prepared, tensors, value, steps, slots(steps), by_name, kinks, called)

    @property
    def result(self) -> str:
        """The name of the result's step."""
        return self.steps[-1].name if self.steps else self.called

    def targets(self) -> dict[str, Tensor]:
        """The variables that are differentiated by."""
        return {name: self.tensors[name] for name in self.prepared.wrt}

    def forward(self) -> Iterator[ForwardStep]:
        """The value step by step."""
        source = self.prepared.program.source
        for step in self.steps:
            value, tree = step.value, step.tree
            moves = isinstance(value, Tensor) and value.requires_grad
            variable = isinstance(tree, Name) and moves
            yield ForwardStep(
                step.name,
                step.expression,
                getattr(tree.span, "text", "") or source[tree.span[0] : tree.span[1]],
                value.grad_fn.name() if isinstance(value, Tensor) and value.grad_fn is not None else "",
                plain(unwrap(value)),
                "variable" if variable else "operation" if moves else "constant",
                self.note_of(step),
            )

    def note_of(self, step: Listed) -> str:
        """That a step is at a kink, or where a number that is not finite arose."""
        told = []
        if id(step.tree) in self.kinks:
            told.append(f"at a kink: {self.kinks[id(step.tree)]}")
        if not is_finite(step.value):
            refers = [self.by_name[tree.id] for tree in step.given.values() if isinstance(tree, Name)
                      and tree.id in self.by_name]  # fmt: skip
            if all(is_finite(given.value) for given in refers):
                told.append("not finite here first")
        return "; ".join(told)


def _passes(tape: _Tape, derived: Derived, seed: Any, rows: list[int] | None, accumulate: bool) -> list[Pass]:
    if not tape.prepared.wrt or not tape.value.requires_grad:
        return []
    outputs, shape = derived.outputs, tape.value.shape
    grads: dict[str, Any] | None = {} if accumulate else None
    if rows is not None:
        seeds = [_one_hot(shape, row) for row in rows]
        return [
            _one_pass(tape, seed, outputs.label(shape, row), row, grads) for row, seed in zip(rows, seeds, strict=True)
        ]
    weights = cotangent_of(tape.value, seed)
    called = derived.outputs.called if seed is None else f"(sum(seed*{derived.outputs.called}))"
    return [_one_pass(tape, weights, called, None, grads) for _ in range(2 if accumulate else 1)]


def _one_hot(shape: tuple[int, ...], row: int) -> Any:
    seed = np.zeros(shape)
    seed.flat[row] = 1.0
    return seed


def _one_pass(tape: _Tape, seed: Any, of: str, row: int | None, grads: dict[str, Any] | None) -> Pass:
    targets = tape.targets()
    found, arrivals = watched_vjp(tape.value, list(targets.values()), seed)
    masked = not is_finite(*[g for g in found if g is not None])
    if masked:
        found, arrivals = watched_masked_vjp(tape.value, list(targets.values()), seed)
    elif grads is not None:
        arrivals = accumulated(tape.value, seed)
    teller = _Teller(tape)
    whole = row is None and of == tape.called  # the derivative of the result itself, and not of a part or a sum
    steps = [teller.step(arrival) for arrival in arrivals if arrival.node is not None]
    if masked:
        steps = _with_ends(steps, set(targets))
    made = []
    for (name, tensor), g in zip(targets.items(), found, strict=True):
        gradient = plain(np.zeros(tensor.shape) if g is None else np.asarray(unwrap(g), dtype=np.float64))
        before = after = None
        if grads is not None:
            before = grads.get(name)
            if masked:  # the sweep that adds to .grad does not leave out what the result does not depend on
                tensor.grad = Tensor(np.array(_sum(before, gradient)))
            # A copy: the next pass adds to the array in place.
            after = gradient if tensor.grad is None else plain(tensor.grad.array.copy())
            grads[name] = after
        chain, rules = _chain(steps, tape.result, tape.result if whole else of, of, name)
        contributions = _contributions(arrivals, slot_of(tensor))
        made.append(Leaf(name, of, chain, rules, contributions, gradient, before, after))
    return Pass(of, plain(seed), tape.result, tuple(steps), tuple(made), row)


def _with_ends(steps: list[BackwardStep], leaves: set[str]) -> list[BackwardStep]:
    """Steps of a sweep that goes no further where the result depends on nothing: this is told where it stops."""
    further = {name for step in steps for name in step.node.split(", ")} | leaves
    told = "the result does not depend on this, and nothing goes further"
    return [
        step if step.input in further else replace(step, note="; ".join(filter(None, [step.note, told])))
        for step in steps
    ]


def _sum(before: Any, gradient: Any) -> Any:
    return gradient if before is None else plain(np.asarray(before) + np.asarray(gradient))


def _contributions(arrivals: Sequence[Arrival], slot: Slot) -> tuple[Value, ...]:
    return tuple([plain(unwrap(a.contribution)) for a in arrivals if a.slot == slot])


class _Teller:
    """Tells of what arrives by the names of the steps."""

    def __init__(self, tape: _Tape) -> None:
        self.tape = tape
        self._rules: dict[tuple[int, int], LocalRule] = {}
        self._outputs: dict[int, dict[int, str]] = {}
        for (key, output), name in tape.names.items():
            self._outputs.setdefault(key, {})[output] = name

    def step(self, arrival: Arrival) -> BackwardStep:
        """One step backward."""
        node = arrival.node
        assert node is not None
        outputs = self._outputs.get(node.key, {})
        name = ", ".join(outputs[i] for i in sorted(outputs)) or node.name()
        rule = self._rule(node, arrival.argument, name)
        given = plain(unwrap(arrival.contribution))
        partial = self._partial(node, arrival.argument)
        cotangent = self._cotangent(arrival.cotangent, outputs)
        return BackwardStep(
            name,
            node.name(),
            cotangent,
            self.tape.names.get(arrival.slot, "(inner)"),
            *rule,
            partial,
            given,
            plain(unwrap(arrival.total)),
            self._note(node, cotangent, given),
        )

    def _listed(self, node: Node) -> Listed | None:
        outputs = self._outputs.get(node.key)
        return None if not outputs else self.tape.by_name[outputs[min(outputs)]]

    def _rule(self, node: Node, argument: int, name: str) -> LocalRule:
        key = node.key, argument
        if key not in self._rules:
            step = self._listed(node)
            given = {} if step is None else step.given
            sizes = dict(zip(node.rule.op.params, node.shapes, strict=False))
            ranks: dict[str | int, int] = {param: len(shape) for param, shape in sizes.items()}
            if not node.shapes and len(node.rule.op.params) == 1 and step is not None:
                ranks = {node.rule.op.params[0]: np.ndim(unwrap(step.value))}
            self._rules[key] = local_rule(node, argument, given, name, ranks)
        return self._rules[key]

    def _partial(self, node: Node, argument: int) -> Value | None:
        """The rule's factor as numbers: what it makes of a cotangent of ones, where that is the derivative."""
        step, rule = self._listed(node), node.rule
        if step is None or rule.multi_output:
            return None
        shape = np.shape(unwrap(step.value))
        if not rule.elementwise and (int(np.prod(shape, dtype=int)) != 1 or rule.variadic):
            return None
        ones = np.ones(shape)[()]
        with np.errstate(all="ignore"):
            return plain(rule.vjps[argument](ones, node.out, node.inputs, node.shapes, node.statics))

    def _cotangent(self, cotangent: Any, outputs: Mapping[int, str]) -> Value | dict[str, Value]:
        if isinstance(cotangent, Mapping):
            cotangent = [cotangent.get(i) for i in range(1 + max(cotangent))]
        if isinstance(cotangent, list):
            parts = enumerate(cotangent)
            return {outputs.get(i, f"output {i}"): plain(unwrap(part)) for i, part in parts if part is not None}
        return plain(unwrap(cotangent))

    def _note(self, node: Node, cotangent: Any, contribution: Value) -> str:
        step = self._listed(node)
        told = []
        if step is not None and id(step.tree) in self.tape.kinks:
            told.append(f"at a kink: {self.tape.kinks[id(step.tree)]}")
        arrived = [*cotangent.values()] if isinstance(cotangent, dict) else [cotangent]
        if not is_finite(contribution) and is_finite(*arrived):
            told.append("not finite here first")
        return "; ".join(told)


class _Factor(NamedTuple):
    """A step of a way: its derivative as a symbol, and written out; None where that is no factor."""

    symbol: str
    rule: str | None


def _chain(steps: Sequence[BackwardStep], start: str, of: str, called: str, leaf: str) -> tuple[str, str]:
    """The chain rule for a variable: along each way to it, or where there are many by the steps before it.

    Returns:
        It in symbols, and with each factor written out, "" where one is no formula.
    """
    into: dict[str, list[BackwardStep]] = {}
    for step in steps:
        into.setdefault(step.input, []).append(step)
    last = into.get(leaf, [])
    if not last:
        return "1" if start == leaf else "0", ""
    ways = _ways(into, start, leaf, of)
    if ways is None:
        return " + ".join(f"d{called}/d{step.node}*{_partial(step.node, step.input)}" for step in last), ""
    chain = " + ".join("*".join(factor.symbol for factor in way) for way in ways)
    if any(factor.rule is None for way in ways for factor in way):
        return chain, ""
    terms = [[factor.rule or "" for factor in way] for way in ways]
    return chain, terms[0][0] if terms == [terms[0][:1]] else " + ".join(map(_product, terms))


def _ways(into: Mapping[str, list[BackwardStep]], start: str, leaf: str, of: str) -> list[list[_Factor]] | None:
    """The ways from the result to a variable, each from its beginning; None where they are many or long.

    Args:
        into: the steps by where they go.
        start: the result.
        leaf: the variable.
        of: what is differentiated: the result, or with a seed a part of it, whose weights are no formula.
    """
    done: list[list[_Factor]] = []
    pending: list[tuple[str, tuple[_Factor, ...]]] = [(leaf, ())]
    while pending:
        name, way = pending.pop()
        if len(pending) + len(done) > _MOST_WAYS or len(way) > _LONGEST_WAY:
            return None
        if name == start:
            done.append([*way])
            continue
        for step in reversed(into.get(name, [])):
            for output in step.node.split(", "):
                if output == start or output in into:
                    whole = output != start or of == start
                    rule = step.rule if step.is_formula and step.is_partial and whole else None
                    symbol = _partial(output if whole else of, name)
                    pending.append((output, (_Factor(symbol, rule), *way)))
    return done if len(done) <= _MOST_WAYS else None


def _partial(of: str, by: str) -> str:
    return f"\N{PARTIAL DIFFERENTIAL}{of}/\N{PARTIAL DIFFERENTIAL}{by}"


def _product(rules: Sequence[str]) -> str:
    """A product of formulas, without factors of 1."""
    factors = [rule for rule in rules if rule != "1"]
    if len(factors) == 1:
        return _in_parentheses(factors[0], ("neg",))
    return "*".join(_in_parentheses(rule, ("add", "sub", "neg", "mod", "floor_divide")) for rule in factors) or "1"


def _in_parentheses(rule: str, loose: Sequence[str]) -> str:
    tree = parse(rule).result
    return f"({rule})" if isinstance(tree, Call) and tree.function in loose else rule


def _by_the_steps(derived: Derived, passes: Sequence[Pass]) -> Derived:
    """A Jacobian with the numbers of the passes: by columns or in blocks of rows it may round otherwise.

    At kinks, where it may have been put right, it stays as it is.
    """
    if not isinstance(derived, Jacobian) or derived.kinks:
        return derived
    numbers = {
        EntryAddress(one.row, (Input(leaf.name, entry),)): float(number)
        for one in passes
        if one.row is not None
        for leaf in one.leaves
        for entry, number in enumerate(np.ravel(leaf.gradient))
    }
    return derived.corrected(numbers)


def _corrections(passes: Sequence[Pass], derived: Derived) -> Iterator[str]:
    """Where the steps come to another number than the derivative: at kinks whose sides agree on it."""
    for one in passes:
        for leaf in one.leaves:
            exact = _exact(derived, leaf.name, one.row)
            if not np.array_equal(np.asarray(leaf.gradient), exact, equal_nan=True):
                yield (
                    f"by the conventions at kinks the steps come to {np.asarray(leaf.gradient).tolist()!r}; "
                    f"{derivative_name(leaf.name, of=one.of)} is {exact.tolist()!r}, as its sides show"
                )


def _exact(derived: Derived, name: str, row: int | None) -> Any:
    """What the result says of a variable's derivatives."""
    if isinstance(derived, Jacobian) and row is not None:
        shape = np.shape(derived.inputs[name])
        return np.reshape(derived.jacobians[name], (-1, *shape))[row]
    assert isinstance(derived, Gradient)
    return np.asarray(derived.gradients[name])
