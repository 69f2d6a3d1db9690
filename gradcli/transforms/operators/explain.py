"""A gradient or a Jacobian step by step, as the tape's own backward sweep takes the steps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from gradcli.address import EntryAddress, Input
from gradcli.engine.sweeps.subgraph import Slot, slot_of
from gradcli.engine.sweeps.watched import Arrival, accumulated, watched_masked_vjp, watched_vjp
from gradcli.engine.tape.tensor import Tensor, unwrap
from gradcli.errors import UsageProblem
from gradcli.lang import Program
from gradcli.transforms.operators.chain_rule import chain_rule
from gradcli.transforms.operators.grad import cotangent_of, grad
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.operators.taped import Tape, Teller
from gradcli.transforms.program.finite import is_finite
from gradcli.transforms.program.prepare import prepare
from gradcli.transforms.results.base import Derived
from gradcli.transforms.results.explanation import BackwardStep, Explanation, Leaf, Pass
from gradcli.transforms.results.gradient import Gradient
from gradcli.transforms.results.jacobian import Jacobian
from gradcli.transforms.results.labels import derivative_name
from gradcli.transforms.results.value import Value, plain

__all__ = ["explain"]

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
    tape = Tape.of(prepared)
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


def _passes(tape: Tape, derived: Derived, seed: Any, rows: list[int] | None, accumulate: bool) -> list[Pass]:
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


def _one_pass(tape: Tape, seed: Any, of: str, row: int | None, grads: dict[str, Any] | None) -> Pass:
    targets = tape.targets()
    found, arrivals = watched_vjp(tape.value, list(targets.values()), seed)
    masked = not is_finite(*[g for g in found if g is not None])
    if masked:
        found, arrivals = watched_masked_vjp(tape.value, list(targets.values()), seed)
    elif grads is not None:
        arrivals = accumulated(tape.value, seed)
    teller = Teller(tape)
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
        chain, rules = chain_rule(steps, tape.result, tape.result if whole else of, of, name)
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
        return np.reshape(derived.jacobians[name], (np.size(derived.value), *shape))[row]
    assert isinstance(derived, Gradient)
    return np.asarray(derived.gradients[name])
