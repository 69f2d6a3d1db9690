"""The derivatives that a request is about, at one precision.

Gradients and Jacobians come by sweeps over the recorded program, Hessians by sweeps over power series along one input
each, derivatives of high order from one power series of the program itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from flint import arb, arb_series

from gradcli.address import EntryAddress, Input, spread
from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.numbers.entry import Entry
from gradcli.enclosures.numbers.tape import Number, Tape
from gradcli.enclosures.program.arrays import flat, from_values
from gradcli.enclosures.program.interpret import interpret
from gradcli.enclosures.protocol import Request
from gradcli.lang import Program

__all__ = ["Found", "derivatives"]


class Found(NamedTuple):
    """What one precision gave.

    Attributes:
        values: a ball for each entry of the value that was picked, by its address.
        derivatives: the same for derivatives.
        total: how many derivative entries there are.
        outputs: how many entries the value has.
        reason: why a ball is not finite, where one is.
        final: whether more bits would change nothing about that.
    """

    values: dict[EntryAddress, arb]
    derivatives: dict[EntryAddress, arb]
    total: int
    outputs: int
    reason: str
    final: bool


class _Run(NamedTuple):
    """The program on one tape.

    Attributes:
        places: for each input its place on the tape.
    """

    tape: Tape
    outputs: list[Entry]
    places: dict[Input, int]


def derivatives(program: Program, request: Request) -> Found:
    """Evaluate a request with the precision that FLINT is set to.

    Raises:
        Undecidable: if the balls do not decide something, or an operation has no enclosure.
        Problem: if the program does not fit its values.
    """
    return _KINDS[request.kind](program, request)


def _inputs(request: Request) -> list[Input]:
    return [Input(name, i) for name in request.wrt for i in range(np.size(request.values[name]))]


def _run(
    program: Program, request: Request, length: int, recorded: bool, direction: Mapping[Input, float] | None = None
) -> _Run:
    tape = Tape(length)
    places: dict[Input, int] = {}
    inputs: dict[str, Any] = {}
    for name, value in request.values.items():
        counter = iter(range(np.size(value)))

        def entry(number: float, name: str = name, counter: Any = counter) -> Entry:
            at = Input(name, next(counter))
            if name not in request.wrt:
                return Entry(tape, arb(number))
            step = direction.get(at, 0.0) if direction is not None else 0.0
            value = arb_series([arb(number), arb(step)], prec=length) if step else arb(number)
            if not recorded:
                return Entry(tape, value)
            places[at] = tape.leaf(value)
            return Entry(tape, value, places[at])

        inputs[name] = from_values(value, entry)
    return _Run(tape, flat(interpret(program, inputs, tape)), places)


def _found(
    request: Request, run: _Run, order: Sequence[EntryAddress], number: Callable[[EntryAddress], Number]
) -> Found:
    picked = [order[i] for i in (spread(len(order), request.limit) if request.picked is None else request.picked)]
    values = {EntryAddress(i): run.outputs[i].ball for i in spread(len(run.outputs), max(request.limit, 1))}
    found = {address: _coefficient(number(address), 0) for address in picked}
    doubts = run.tape.doubts
    reason = doubts[0].reason if doubts else "a step on the way is not finite"
    return Found(values, found, len(order), len(run.outputs), reason, bool(doubts) and all(d.final for d in doubts))


def _coefficient(number: Number | None, k: int) -> arb:
    if number is None:
        return arb(0)
    if isinstance(number, arb):
        return number if k == 0 else arb(0)
    coefficient: arb = number[k]
    return coefficient


def _seed(request: Request, run: _Run) -> dict[int, Number]:
    if request.seed is None:
        if len(run.outputs) != 1:
            raise Undecidable("the value has several entries and there is no seed for it", final=True)
        weights = [1.0]
    else:
        weights = np.asarray(request.seed, dtype=float).ravel().tolist()
    cotangents: dict[int, Number] = {}
    for output, weight in zip(run.outputs, weights, strict=True):
        if output.place >= 0:
            before = cotangents.get(output.place, arb(0))
            cotangents[output.place] = before + arb(weight)
    return cotangents


def _gradient(program: Program, request: Request) -> Found:
    run = _run(program, request, 1, recorded=True)
    cotangents = run.tape.backward(_seed(request, run))
    order = [EntryAddress(0, (by,)) for by in _inputs(request)]
    return _found(request, run, order, lambda address: cotangents[run.places[address.by[0]]])


def _jacobian(program: Program, request: Request) -> Found:
    """Row by row back, or column by column forward, whichever takes fewer sweeps."""
    run = _run(program, request, 1, recorded=True)
    inputs = _inputs(request)
    order = [EntryAddress(output, (by,)) for output in range(len(run.outputs)) for by in inputs]
    sweeps: dict[Any, list[Number | None]] = {}

    def backward(address: EntryAddress) -> Number | None:
        place = run.outputs[address.output].place
        if place < 0:
            return None
        if place not in sweeps:
            sweeps.clear()  # rows come one after the other
            sweeps[place] = run.tape.backward({place: arb(1)})
        return sweeps[place][run.places[address.by[0]]]

    def forward(address: EntryAddress) -> Number | None:
        by, place = address.by[0], run.outputs[address.output].place
        if by not in sweeps:
            of_all = run.tape.forward({run.places[by]: arb(1)})
            sweeps[by] = [None if e.place < 0 else of_all[e.place] for e in run.outputs]
        return None if place < 0 else sweeps[by][address.output]

    return _found(request, run, order, forward if len(inputs) < len(run.outputs) else backward)


def _hessian(program: Program, request: Request) -> Found:
    inputs = _inputs(request)
    order = [EntryAddress(0, (by,)) for by in inputs] + [EntryAddress(0, (row, by)) for row in inputs for by in inputs]
    rows: dict[Input, tuple[_Run, list[Number | None]]] = {}

    def row(by: Input) -> tuple[_Run, list[Number | None]]:
        if by not in rows:
            run = _run(program, request, 2, recorded=True, direction={by: 1.0})
            rows[by] = (run, run.tape.backward(_seed(request, run)))
        return rows[by]

    def number(address: EntryAddress) -> Number:
        if address.order == 1:
            run, cotangents = row(inputs[0])
            return _coefficient(cotangents[run.places[address.by[0]]], 0)
        run, cotangents = row(address.by[0])
        return _coefficient(cotangents[run.places[address.by[1]]], 1)

    if not inputs:
        return _found(request, _run(program, request, 1, recorded=True), order, number)
    found = _found(request, row(inputs[0])[0], order, number)
    doubts = [doubt for run, _ in rows.values() for doubt in run.tape.doubts]
    return found._replace(
        reason=doubts[0].reason if doubts else found.reason, final=bool(doubts) and all(d.final for d in doubts)
    )


def _direction(request: Request) -> dict[Input, float]:
    found: dict[Input, float] = {}
    for name, tangent in (request.tangents or {}).items():
        for i, step in enumerate(np.asarray(tangent, dtype=float).ravel().tolist()):
            found[Input(name, i)] = step
    return found


def _hvp(program: Program, request: Request) -> Found:
    run = _run(program, request, 2, recorded=True, direction=_direction(request))
    cotangents = run.tape.backward(_seed(request, run))
    order = [EntryAddress(0, (by,), along=True) for by in _inputs(request)]
    return _found(request, run, order, lambda address: _coefficient(cotangents[run.places[address.by[0]]], 1))


def _pushforward(program: Program, request: Request) -> Found:
    run = _run(program, request, 2, recorded=False, direction=_direction(request))
    order = [EntryAddress(output, along=True) for output in range(len(run.outputs))]
    return _found(request, run, order, lambda address: _coefficient(run.outputs[address.output].value, 1))


def _derivative(program: Program, request: Request) -> Found:
    by = Input(request.wrt[0])
    run = _run(program, request, request.order + 1, recorded=False, direction={by: 1.0})
    orders = range(1, request.order + 1)
    order = [EntryAddress(output, (by,) * k) for output in range(len(run.outputs)) for k in orders]

    def number(address: EntryAddress) -> Number:
        k = address.order
        return _coefficient(run.outputs[address.output].value, k) * math.factorial(k)

    return _found(request, run, order, number)


_KINDS: dict[str, Callable[[Program, Request], Found]] = {
    "derivative": _derivative,
    "gradient": _gradient,
    "hessian": _hessian,
    "hvp": _hvp,
    "jacobian": _jacobian,
    "pushforward": _pushforward,
}
