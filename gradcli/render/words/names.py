"""What derivatives are called, the same for pipes and terminals."""

from __future__ import annotations

from collections.abc import Iterator

from gradcli.transforms.results.kinds import (
    Checked,
    Derivative,
    Gradient,
    Hessian,
    HessianProduct,
    Jacobian,
    Pushforward,
    Result,
    Value,
)

__all__ = ["derivative_name", "named_derivatives", "nth_name"]


def derivative_name(name: str, seeded: bool) -> str:
    """What a gradient is called: with a seed it is the derivative of the weighted sum.

    >>> derivative_name("x", seeded=False), derivative_name("x", seeded=True)
    ('df/dx', 'd(sum(seed*f))/dx')
    """
    return f"d(sum(seed*f))/d{name}" if seeded else f"df/d{name}"


def nth_name(name: str, order: int) -> str:
    """What a derivative of some order is called; a name that ends in a digit is kept apart from the order.

    >>> nth_name("x", 1), nth_name("x", 3), nth_name("x1", 2)
    ('df/dx', 'd3f/dx3', 'd2f/d(x1)2')
    """
    if order == 1:
        return f"df/d{name}"
    return f"d{order}f/d({name}){order}" if name[-1].isdigit() else f"d{order}f/d{name}{order}"


def named_derivatives(result: Result) -> Iterator[tuple[str, Value]]:
    """Everything that was derived, each array under a name; of a value or a graph, nothing.

    The change of f along a tangent is its differential `df`, and that of df/dx along a vector is `d(df/dx)`.

    >>> list(named_derivatives(Pushforward("x**2", {"x": 3.0}, 9.0, {"x": 2.0}, 12.0)))
    [('df', 12.0)]
    """
    if isinstance(result, Checked):
        result = result.derived
    if isinstance(result, Gradient):
        seeded = result.seed is not None
        yield from ((derivative_name(name, seeded), gradient) for name, gradient in result.gradients.items())
    elif isinstance(result, Jacobian):
        yield "the Jacobian", result.jacobian
    elif isinstance(result, Hessian):
        yield from ((derivative_name(name, False), gradient) for name, gradient in result.gradients.items())
        yield "the Hessian", result.hessian
    elif isinstance(result, Pushforward):
        yield "df", result.derivative
    elif isinstance(result, HessianProduct):
        yield from ((f"d({derivative_name(name, False)})", product) for name, product in result.products.items())
    elif isinstance(result, Derivative):
        yield from ((nth_name(result.variable, k), found) for k, found in enumerate(result.derivatives, start=1))
