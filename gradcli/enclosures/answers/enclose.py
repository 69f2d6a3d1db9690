"""From a request to enclosures: more bits, until every ball is narrow enough."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from flint import arb, ctx

from gradcli.address import EntryAddress
from gradcli.enclosures.answers.balls import BITS_A_DIGIT, accurate, enclosed, missing_bits
from gradcli.enclosures.answers.derivatives import Found, derivatives
from gradcli.enclosures.functions.decide import Undecidable
from gradcli.enclosures.protocol import Ball, Enclosures, Request, Undecided
from gradcli.ops.calls.read import read_program

__all__ = ["enclose"]

_FIRST_BITS = 96
"""With 64, three programs of four have to be run again; with 96 one of a hundred."""

_GROWTH = 4
"""A run with four times the bits takes hardly longer, as long as Python's steps take more time than FLINT's."""

_UNLIMITED = 1_000_000
"""FLINT cuts every power series at a length of its own, in silence; each of ours has its length."""

_LEAP = 16
"""At most so many times the bits at once: where balls have grown without measure they do not tell what is lacking."""

_SPARE = 8
"""Bits beyond what the last run lacks."""


def enclose(request: Request, report: Callable[[str], None] = lambda stage: None) -> Enclosures:
    """Enclose the value and the derivatives that a request is about.

    Args:
        request: a program, a point, and the derivatives.
        report: is told what is being done.

    Raises:
        Problem: if the program is wrong, or does not fit its values.

    >>> found = enclose(Request("x**2 - 2*x + 1", {"x": 0.0}, ("x",), "gradient"))
    >>> ball = found.derivatives[0]
    >>> (ball.low * 2.0**ball.exponent, ball.high * 2.0**ball.exponent)
    (-2.0, -2.0)
    """
    report("reading the program")
    program = read_program(request.source, request.values)
    given = [np.asarray(value, dtype=float) for value in request.values.values()]
    if not all(np.isfinite(value).all() for value in given):
        return _nothing(request, "an input is not finite", 0)
    bits = _FIRST_BITS if request.digits is None else max(_FIRST_BITS, BITS_A_DIGIT * request.digits)
    best: Found | None = None
    reason = ""
    precision, cap = ctx.prec, ctx.cap
    try:
        while True:
            report(f"enclosing with {bits} bits")
            ctx.prec, ctx.cap = bits, _UNLIMITED
            try:
                best = derivatives(program, request)
                settled = _settled(best, request)
            except Undecidable as undecidable:
                reason, settled = undecidable.reason, undecidable.final
            except (ArithmeticError, ValueError) as error:
                reason, settled = f"FLINT has no answer: {error}", False
            if settled or bits >= request.most_bits:
                break
            lacking = max((missing_bits(ball, request.digits) for ball in _balls(best)), default=0)
            bits = min(max(_GROWTH * bits, min(bits + lacking + _SPARE, _LEAP * bits)), request.most_bits)
        return _answer(best, request, bits) if best is not None else _nothing(request, reason, bits)
    finally:
        ctx.prec, ctx.cap = precision, cap


def _settled(found: Found, request: Request) -> bool:
    """Whether more bits tell nothing more: of balls that stay as they are, others may still get narrower."""
    return all(accurate(ball, request.digits) for ball in _balls(found) if not found.final or ball.is_finite())


def _balls(found: Found | None) -> list[arb]:
    return [] if found is None else [*found.values.values(), *found.derivatives.values()]


def _answer(found: Found, request: Request, bits: int) -> Enclosures:
    def all_of(balls: dict[EntryAddress, arb]) -> tuple[Ball | Undecided, ...]:
        return tuple(enclosed(address, ball, request.digits, found.reason) for address, ball in balls.items())

    sampled = len(found.derivatives) < found.total or len(found.values) < found.outputs
    return Enclosures(all_of(found.values), all_of(found.derivatives), found.total, sampled, bits)


def _nothing(request: Request, reason: str, bits: int) -> Enclosures:
    return Enclosures((Undecided(EntryAddress(0), reason),), (), 0, True, bits)
