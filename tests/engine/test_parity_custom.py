"""`autograd.Function` as in PyTorch: operations with a derivative of one's own."""

from __future__ import annotations

from typing import Any

import pytest

import gradcli
from gradcli.errors import AutogradError
from tests.engine.parity import Case, agree, cases_in


def legendre(module: Any) -> Any:
    class Legendre(module.autograd.Function):  # type: ignore[misc]  # of either module
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            ctx.save_for_backward(x)
            return 0.5 * (5 * x**3 - 3 * x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (x,) = ctx.saved_tensors
            return g * 1.5 * (5 * x**2 - 1)

    return Legendre.apply


def first_order(m: Any) -> Any:
    x = m.tensor([0.5, -2.0], requires_grad=True)
    y = legendre(m)(x)
    (y * x).sum().backward()
    return y, x.grad, y.grad_fn.next_functions[0][1]


def second_and_third_order(m: Any) -> Any:
    x = m.tensor([0.5, -2.0], requires_grad=True)
    y = legendre(m)(x).sum()
    found = []
    for _ in range(3):
        (y,) = m.autograd.grad(y.sum(), x, create_graph=True)
        found.append(y.detach())
    return found


def backward_twice(m: Any) -> Any:
    x = m.tensor([0.5], requires_grad=True)
    y = legendre(m)(x).sum()
    y.backward()
    y.backward()


def backward_twice_retained(m: Any) -> Any:
    x = m.tensor([0.5], requires_grad=True)
    y = legendre(m)(x).sum()
    y.backward(retain_graph=True)
    y.backward()
    return x.grad


def saved_value_changed(m: Any) -> Any:
    x = m.tensor([0.5], requires_grad=True) * 1
    y = legendre(m)(x).sum()
    x.add_(1)
    y.backward()


def saved_output_and_a_constant(m: Any) -> Any:
    class Power(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, base: Any, exponent: float) -> Any:
            out = exponent**base
            ctx.exponent = exponent
            ctx.save_for_backward(out)
            return out

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            (out,) = ctx.saved_tensors
            return g * out * float(m.log(m.tensor(ctx.exponent))), None

    x = m.tensor([1.0, 2.0], requires_grad=True)
    (g,) = m.autograd.grad(Power.apply(x, 3.0).sum(), x, create_graph=True)
    return g.detach(), m.autograd.grad(g.sum(), x)


def several_outputs(m: Any) -> Any:
    class Both(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            ctx.save_for_backward(x, y)
            return x * y, x + y

        @staticmethod
        def backward(ctx: Any, g: Any, h: Any) -> Any:
            x, y = ctx.saved_tensors
            return g * y + h, g * x + h if ctx.needs_input_grad[1] else None

    x, y = m.tensor([1.0, 2.0], requires_grad=True), m.tensor([3.0, 4.0])
    first, second = Both.apply(x, y)
    alone = m.autograd.grad(second.sum(), x, retain_graph=True)
    y.requires_grad_()
    product, total = Both.apply(x, y)
    (product * total).sum().backward()
    return first, second, alone, x.grad, y.grad


def not_differentiable_output(m: Any) -> Any:
    class Sorted(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            sign = (x > 0).double()
            ctx.mark_non_differentiable(sign)
            ctx.save_for_backward(sign)
            return x * sign, sign

        @staticmethod
        def backward(ctx: Any, g: Any, _: Any) -> Any:
            return g * ctx.saved_tensors[0]

    x = m.tensor([1.0, -2.0], requires_grad=True)
    out, sign = Sorted.apply(x)
    out.sum().backward()
    return sign.requires_grad, x.grad


def context_set_up_apart(m: Any) -> Any:
    class Square(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(x: Any) -> Any:
            return x * x

        @staticmethod
        def setup_context(ctx: Any, inputs: Any, output: Any) -> None:
            ctx.save_for_backward(*inputs)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return 2 * ctx.saved_tensors[0] * g

    x = m.tensor([1.0, -2.0], requires_grad=True)
    return Square.apply(x), m.autograd.grad(Square.apply(x).sum(), x)


def straight_through(m: Any) -> Any:
    class Round(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return m.round(x)

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    x = m.tensor([1.2, -2.7], requires_grad=True)
    with m.no_grad():
        plain = Round.apply(x).requires_grad
    (Round.apply(x) * x).sum().backward()
    return plain, Round.apply(x.detach()).requires_grad, x.grad


def gradient_of_a_wrong_shape(m: Any) -> Any:
    class Wrong(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x.sum()

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return m.ones(3)

    Wrong.apply(m.ones(2, requires_grad=True)).backward()


def too_few_gradients(m: Any) -> Any:
    class Wrong(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any, y: Any) -> Any:
            return x * y

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    Wrong.apply(m.ones(2, requires_grad=True), m.ones(2)).sum().backward()


def without_a_backward(m: Any) -> Any:
    class Half(m.autograd.Function):  # type: ignore[misc]
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x / 2

    Half.apply(m.ones(2, requires_grad=True)).sum().backward()


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)


def test_gradcheck_judges_a_function_of_ones_own() -> None:
    right = legendre(gradcli)
    x = gradcli.tensor([0.5, -2.0], requires_grad=True)
    assert gradcli.autograd.gradcheck(right, x)
    assert gradcli.autograd.gradgradcheck(right, x)

    class Wrong(gradcli.autograd.Function):
        @staticmethod
        def forward(ctx: Any, x: Any) -> Any:
            return x * x

        @staticmethod
        def backward(ctx: Any, g: Any) -> Any:
            return g

    with pytest.raises(AutogradError, match="wrong derivative"):
        gradcli.autograd.gradcheck(Wrong.apply, x)


def test_forward_mode_does_not_go_through_it() -> None:
    with pytest.raises(AutogradError, match="forward mode does not go through Legendre"):
        gradcli.func.jvp(legendre(gradcli), (gradcli.tensor([0.5]),), (gradcli.tensor([1.0]),))
