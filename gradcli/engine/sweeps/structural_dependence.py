"""Which entries of an operation's arguments its result depends on near the point, whatever their numbers are.

A cotangent can be zero because the result does not depend on the entry (`where`, `max`, `clip` or an index left it
out, a constant factor is 0), or because a number happens to be zero there (`2*out` at `out = 0`). Behind the first
kind of zero an infinite slope means nothing; behind the second it does. Masks tell the two apart: True for *live*.

What an elementwise operation leaves out is read off its partials: an entry is dead where the partial's `where`s end
in a literal 0, and the point is at none of the operation's kinks. What a linear or bilinear one leaves out is found by
a probe: its rule is run on random numbers in the place of live entries, and what comes out as 0 depends on none.

Source: A. Griewank, A. Walther, "Evaluating Derivatives", 2nd ed., SIAM 2008, chapter 7, on the propagation of
sparsity patterns (entries here, where it has variables); chapter 6 on active and passive variables.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from gradcli.engine.rules.codegen import names_in, source_of
from gradcli.engine.rules.rule import Rule, Statics, compiled
from gradcli.engine.tape.node import Node
from gradcli.lang import Call, Literal, Name, Tree, parse
from gradcli.ops import TABLE, Op
from gradcli.ops.functions.transposes import spread, unbroadcast

__all__ = ["Application", "Mask", "argument_masks", "influence", "result_mask", "selected_entries", "unbroadcast_mask"]

Mask: TypeAlias = NDArray[np.bool_]

_SEED = 20_260
"""Of the probes' random numbers; any number would do, as long as every run has the same."""


class Application(NamedTuple):
    """One application of an operation.

    Attributes:
        inputs: the arguments' numbers; None for those that are not known.
        passive: for each argument whether it is a constant of the differentiation, as activity analysis calls one.
    """

    rule: Rule
    inputs: tuple[Any, ...]
    out: Any
    shapes: tuple[tuple[int, ...], ...]
    statics: Statics
    passive: tuple[bool, ...]

    @classmethod
    def of(cls, node: Node, shape: tuple[int, ...]) -> Application:
        """What a node of the graph records; `shape` is its value's."""
        count = len(node.edges)
        inputs = node.inputs or (None,) * count
        passive = tuple([edge is None for edge in node.edges])
        return cls(node.rule, inputs, node.out, node.shapes or (shape,) * count, node.statics, passive)


def influence(application: Application, i: int, shape: tuple[int, ...]) -> Mask:
    """Where an elementwise operation's argument i takes part in the result, in the result's shape."""
    live = np.ones(shape, dtype=bool)
    rule = application.rule
    dead = _left_out(rule.name)[i]
    if dead is not None and all(_known(application, place) for place in dead.reads):
        out = np.broadcast_to(dead.test(None, application.out, application.inputs, (), application.statics) != 0, shape)
        own = application.inputs[i]
        live &= ~(out & ~np.isnan(np.asarray(own, dtype=float)) if dead.by_itself and own is not None else out)
    factor = _factors(rule.name)[i]
    if factor is not None and application.passive[factor] and application.inputs[factor] is not None:
        live &= np.broadcast_to(np.not_equal(application.inputs[factor], 0), shape)
    return live


@np.errstate(all="ignore")
def argument_masks(application: Application, live: Any) -> list[Mask]:
    """For each argument which entries the live entries of the result depend on; `live` is a list for several results.

    Elementwise operations give masks of the result's shape, the others of the argument's.
    """
    rule, shapes = application.rule, application.shapes
    kind = rule.op.kind
    if kind in ("elementwise", "predicate"):
        return [live & influence(application, i, np.shape(live)) for i in range(len(application.inputs))]
    if kind == "reduction":
        return [
            np.broadcast_to(spread(live, shapes[0], application.statics["axis"]), shapes[0])
            & selected_entries(application)
        ]
    if kind == "linear":
        probes = [_probe(part) for part in live] if rule.multi_output else _probe(live)
        found = rule.vjps[0](probes, None, application.inputs, shapes, application.statics)
        return [np.not_equal(f, 0) for f in (found if rule.variadic else [found])]
    if kind == "multilinear":
        stand_ins = [_stand_in(application, k) for k in range(2)]
        return [
            np.not_equal(rule.vjps[i](_probe(live), None, stand_ins, shapes, application.statics), 0) for i in range(2)
        ]
    if rule.op.selects_entries and application.inputs[0] is not None and not rule.variadic:
        found = rule.vjps[0](_probe(live), application.out, application.inputs, shapes, application.statics)
        return [np.not_equal(found, 0)]
    some = any(np.any(part) for part in live) if isinstance(live, list) else bool(np.any(live))
    return [np.full(shape, some) for shape in shapes]


@np.errstate(all="ignore")
def result_mask(application: Application, live: Sequence[Mask], shape: tuple[int, ...]) -> Mask:
    """Which entries of the result depend on the arguments' live entries."""
    rule, kind = application.rule, application.rule.op.kind
    if kind in ("elementwise", "predicate"):
        parts = [m & influence(application, i, shape) for i, m in enumerate(live)]
        return np.broadcast_to(np.logical_or.reduce(parts), shape)
    if kind == "reduction":
        kept = {key: application.statics[key] for key in ("axis", "keepdims")}
        return np.broadcast_to(np.any(live[0] & selected_entries(application), **kept), shape)
    if kind == "linear":
        probes = [_probe(m) for m in live]
        pushed = rule.forward(*probes, **application.statics)
        return _nonzero(pushed)
    if kind == "multilinear":
        masks = np.zeros(shape, dtype=bool)
        for i, m in enumerate(live):
            stand_ins = [_probe(m) if k == i else _stand_in(application, k) for k in range(2)]
            masks |= np.not_equal(rule.forward(*stand_ins, **application.statics), 0)
        return masks
    if rule.op.selects_entries and not rule.variadic:
        return _nonzero(
            rule.jvps[0](_probe(live[0]), application.out, application.inputs, application.shapes, application.statics)
        )
    return np.full(shape, any(bool(np.any(m)) for m in live))


def unbroadcast_mask(live: Mask, shape: tuple[int, ...]) -> Mask:
    """A mask of a result's shape brought to an argument's that broadcasting repeated: live where any copy is."""
    return live if live.shape == shape else np.not_equal(unbroadcast(live.astype(float), shape), 0)


def _nonzero(numbers: Any) -> Mask:
    return np.asarray(np.not_equal(numbers, 0))


def _known(application: Application, place: int) -> bool:
    return (application.out if place < 0 else application.inputs[place]) is not None


@np.errstate(all="ignore")
def selected_entries(application: Application) -> Mask:
    """Where a reduction's entries have a part in the result: of a maximum those that are equal to it."""
    shape = application.shapes[0]
    if not application.rule.op.selects_entries or application.inputs[0] is None:
        return np.ones(shape, dtype=bool)
    out = application.out  # which not every selection needs in backward
    if out is None:
        out = application.rule.forward(application.inputs[0], **application.statics)
    weights = application.rule.vjps[0](
        np.ones(np.shape(out)), out, application.inputs, application.shapes, application.statics
    )
    return _nonzero(weights)


def _stand_in(application: Application, k: int) -> Any:
    """Numbers in the place of an argument that moves, which may be anything; a constant's zeros stay."""
    shape = application.shapes[k]
    if application.passive[k] and application.inputs[k] is not None:
        return _probe(np.broadcast_to(np.not_equal(application.inputs[k], 0), shape), k + 1)
    return _probe(np.ones(shape, dtype=bool), k + 1)


def _probe(live: Any, draw: int = 0) -> Any:
    """Numbers of which no sum or difference is zero by chance, where the mask is live.

    Args:
        draw: another one for each factor of a product: the cross product of equal vectors is zero.
    """
    shape = np.shape(live)
    # Away from 0, so that a single entry is not taken for one, and of like sizes, so that none is lost beside another.
    return np.where(live, np.random.default_rng(_SEED + draw).uniform(0.5, 1.5, shape), 0.0)[()]


class _Dead(NamedTuple):
    """A test for entries that are left out.

    Attributes:
        test: gives nonzero for them.
        reads: the positions of the numbers that it reads.
        by_itself: whether the entry's own number is among them; no comparison leaves out a NaN then.
    """

    test: Callable[..., Any]
    reads: frozenset[int]
    by_itself: bool


@cache
def _left_out(name: str) -> tuple[_Dead | None, ...]:
    op = TABLE[name]
    return tuple(_dead(op, i, partial) for i, partial in enumerate(op.partials))


def _dead(op: Op, i: int, partial: str | None) -> _Dead | None:
    if partial is None:
        return None
    tree = _ends_in_zero(parse(partial).result)
    if isinstance(tree, Literal) and tree.value == 0:
        return None
    if not isinstance(tree, Literal):  # a partial of 0 everywhere is the convention at the kinks too
        for kink in op.kinks:
            tree = _call("where", _call("equal", parse(kink).result, _literal(0)), _literal(0), tree)
    used = names_in(tree)
    reads = {k for k, param in enumerate(op.params) if param in used} | ({-1} if "out" in used else set())
    places = {param: f"inputs[{k}]" for k, param in enumerate(op.params)} | {"out": "out"}
    places |= {key: f"statics[{key!r}]" for key in op.statics}
    test = compiled(tree, source_of(tree, places, frozenset(op.statics)))
    return _Dead(test, frozenset(reads), op.params[i] in used)


def _ends_in_zero(tree: Tree) -> Tree:
    """1 where a partial comes to a literal 0 by its conditions, else 0."""
    if isinstance(tree, Literal):
        return _literal(1 if tree.value == 0 else 0)
    if isinstance(tree, Call) and tree.function == "where":
        condition, chosen, other = tree.args
        first, second = _ends_in_zero(chosen), _ends_in_zero(other)
        return first if _same(first, second) else _call("where", condition, first, second)
    if isinstance(tree, Call) and tree.function == "neg":
        return _ends_in_zero(tree.args[0])
    return _literal(0)


def _same(a: Tree, b: Tree) -> bool:
    return isinstance(a, Literal) and isinstance(b, Literal) and a.value == b.value


@cache
def _factors(name: str) -> tuple[int | None, ...]:
    """For each parameter the position of the one that its partial consists of, as in a product."""
    op = TABLE[name]
    return tuple(_factor(op, partial) for partial in op.partials)


def _factor(op: Op, partial: str | None) -> int | None:
    tree = parse(partial).result if partial else None
    return op.params.index(tree.id) if isinstance(tree, Name) and tree.id in op.params else None


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, (0, 0), (0, 0))


def _literal(value: float) -> Literal:
    return Literal(float(value), (0, 0))
