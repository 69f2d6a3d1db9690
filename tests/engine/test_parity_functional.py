"""Derivatives of functions, done alike with PyTorch and with gradcli."""

from __future__ import annotations

from typing import Any

import pytest

from tests.engine.parity import Case, agree, cases_in


def _point(m: Any) -> Any:
    return m.tensor([0.5, -1.0, 2.0])


def _two(m: Any) -> Any:
    return m.tensor([0.5, -1.0]), m.tensor([[2.0, 1.0], [0.25, 3.0]])


def _of_two(x: Any, a: Any) -> Any:
    return a @ x.sin() + x**2


def _pair_of_two(x: Any, a: Any) -> Any:
    return (a @ x).exp(), (x * x).sum() * a


def _number_of_two(x: Any, a: Any) -> Any:
    return ((a @ x.sin()) ** 3).sum()


def jacobian(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda x: x.exp() * x.sum(), _point(m))


def jacobian_of_a_matrix(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda a: a @ a, _two(m)[1])


def jacobian_of_many(m: Any) -> Any:
    return m.autograd.functional.jacobian(_of_two, _two(m)), m.autograd.functional.jacobian(_pair_of_two, _two(m))


def jacobian_of_a_number(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda x: (x**3).sum(), _point(m))


def jacobian_of_a_tuple_of_one(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda x: x**2, (_point(m),))


def jacobian_forward(m: Any) -> Any:
    return tuple(m.autograd.functional.jacobian(_of_two, _two(m), strategy="forward-mode", vectorize=True))


def jacobian_recorded(m: Any) -> Any:
    x = _point(m).requires_grad_()
    found = m.autograd.functional.jacobian(lambda x: x**3, x, create_graph=True)
    return found.requires_grad, m.autograd.grad(found.sum(), x)


def jacobian_of_a_constant(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda x: m.ones(2), _point(m))


def jacobian_of_a_constant_strict(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda x: m.ones(2), _point(m), strict=True)


def jacobian_partly_unused(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda x, a: x**2, _two(m))


def jacobian_partly_unused_strict(m: Any) -> Any:
    return m.autograd.functional.jacobian(lambda x, a: x**2, _two(m), strict=True)


def hessian(m: Any) -> Any:
    return m.autograd.functional.hessian(lambda x: (x**3).sum() + x.prod(), _point(m))


def hessian_of_many(m: Any) -> Any:
    return m.autograd.functional.hessian(_number_of_two, _two(m))


def hessian_of_a_vector(m: Any) -> Any:
    return m.autograd.functional.hessian(lambda x: x**3, _point(m))


def hessian_recorded(m: Any) -> Any:
    x = _point(m).requires_grad_()
    found = m.autograd.functional.hessian(lambda x: (x**4).sum(), x, create_graph=True)
    return found.detach(), m.autograd.grad(found.sum(), x)


def vjp(m: Any) -> Any:
    return m.autograd.functional.vjp(_of_two, _two(m), m.tensor([1.0, 10.0]))


def vjp_of_many(m: Any) -> Any:
    seeds = (m.tensor([1.0, 10.0]), m.ones(2, 2))
    return m.autograd.functional.vjp(_pair_of_two, _two(m), seeds)


def vjp_of_a_number(m: Any) -> Any:
    return m.autograd.functional.vjp(lambda x: x.prod(), _point(m))


def vjp_without_v(m: Any) -> Any:
    return m.autograd.functional.vjp(lambda x: x * 2, _point(m))


def vjp_of_another_shape(m: Any) -> Any:
    return m.autograd.functional.vjp(lambda x: x * 2, _point(m), m.ones(2))


def vjp_recorded(m: Any) -> Any:
    x = _point(m).requires_grad_()
    value, found = m.autograd.functional.vjp(lambda x: x**3, x, m.ones(3), create_graph=True)
    return value.requires_grad, found.requires_grad, m.autograd.grad(found.sum(), x)


def jvp(m: Any) -> Any:
    return m.autograd.functional.jvp(_of_two, _two(m), (m.tensor([1.0, 10.0]), m.ones(2, 2)))


def jvp_of_many(m: Any) -> Any:
    return m.autograd.functional.jvp(_pair_of_two, _two(m), (m.tensor([1.0, 10.0]), m.ones(2, 2)))


def jvp_of_a_number(m: Any) -> Any:
    return m.autograd.functional.jvp(lambda x: x * m.ones(3), m.tensor(2.0))


def hvp_and_vhp(m: Any) -> Any:
    v = (m.tensor([1.0, 10.0]), m.ones(2, 2))
    return m.autograd.functional.hvp(_number_of_two, _two(m), v), m.autograd.functional.vhp(_number_of_two, _two(m), v)


def vhp_of_a_linear_function(m: Any) -> Any:
    return m.autograd.functional.vhp(lambda x: x.sum(), _point(m), m.ones(3))


def inputs_stay_as_they_are(m: Any) -> Any:
    x = _point(m).requires_grad_()
    found = m.autograd.functional.jacobian(lambda x: x**2, x)
    return found, x.grad, x


def func_grad(m: Any) -> Any:
    return m.func.grad(lambda x: (x**3).sum())(_point(m))


def func_grad_of_grad(m: Any) -> Any:
    return m.func.grad(m.func.grad(m.func.grad(lambda x: x.sin() * x**2)))(m.tensor(0.7))


def func_grad_argnums(m: Any) -> Any:
    first, second = m.func.grad(_number_of_two)(*_two(m)), m.func.grad(_number_of_two, argnums=1)(*_two(m))
    return (
        first,
        second,
        m.func.grad(_number_of_two, argnums=(0, 1))(*_two(m)),
        m.func.grad(_number_of_two, -1)(*_two(m)),
    )


def func_grad_argnums_out_of_range(m: Any) -> Any:
    return m.func.grad(_number_of_two, argnums=2)(*_two(m))


def func_grad_aux(m: Any) -> Any:
    return m.func.grad(lambda x: ((x**2).sum(), x * 2), has_aux=True)(_point(m))


def func_grad_and_value(m: Any) -> Any:
    return m.func.grad_and_value(lambda x: (x**2).sum())(_point(m))


def func_grad_of_a_vector(m: Any) -> Any:
    return m.func.grad(lambda x: x**2)(_point(m))


def func_grad_composes_with_backward(m: Any) -> Any:
    x, w = _point(m).requires_grad_(), m.tensor(2.0, requires_grad=True)
    g = m.func.grad(lambda x: (w * x**3).sum())(x)
    g.sum().backward()
    return g.requires_grad, x.grad, w.grad


def func_grad_with_a_captured_parameter(m: Any) -> Any:
    w = m.tensor(2.0, requires_grad=True)
    g = m.func.grad(lambda x: (w * x**3).sum())(_point(m))
    g.sum().backward()
    return w.grad


def func_grad_is_plain(m: Any) -> Any:
    g = m.func.grad(lambda x: (x**3).sum())(_point(m))
    return g.requires_grad, g.is_leaf


def func_grad_under_no_grad(m: Any) -> Any:
    x = _point(m).requires_grad_()
    with m.no_grad():
        return m.func.grad(lambda x: (x**3).sum())(x)


def func_vjp(m: Any) -> Any:
    output, pull = m.func.vjp(_of_two, *_two(m))
    return output, pull(m.tensor([1.0, 10.0])), pull(m.tensor([0.0, 1.0]))


def func_vjp_of_many(m: Any) -> Any:
    output, pull = m.func.vjp(_pair_of_two, *_two(m))
    return output, pull((m.tensor([1.0, 10.0]), m.ones(2, 2)))


def func_vjp_of_one(m: Any) -> Any:
    output, pull, aux = m.func.vjp(lambda x: (x**2, x.sum()), _point(m), has_aux=True)
    return output, pull(m.ones(3)), aux


def func_jvp(m: Any) -> Any:
    return m.func.jvp(_of_two, _two(m), (m.tensor([1.0, 10.0]), m.ones(2, 2)))


def func_jvp_of_many(m: Any) -> Any:
    return m.func.jvp(_pair_of_two, _two(m), (m.tensor([1.0, 10.0]), m.ones(2, 2)))


def func_jvp_of_jvp(m: Any) -> Any:
    def first(x: Any) -> Any:
        return m.func.jvp(lambda x: x**3, (x,), (m.ones(3),))[1]

    return m.func.jvp(first, (_point(m),), (m.ones(3),))


def func_jacobians(m: Any) -> Any:
    return m.func.jacrev(_of_two)(*_two(m)), m.func.jacfwd(_of_two)(*_two(m))


def func_jacobians_argnums(m: Any) -> Any:
    return m.func.jacrev(_of_two, argnums=(0, 1))(*_two(m)), m.func.jacfwd(_of_two, argnums=(1, 0))(*_two(m))


def func_jacobians_of_many(m: Any) -> Any:
    return m.func.jacrev(_pair_of_two, 1)(*_two(m)), m.func.jacfwd(_pair_of_two, 1)(*_two(m))


def func_jacobian_aux(m: Any) -> Any:
    return m.func.jacrev(lambda x: (x**2, x.sum()), has_aux=True)(_point(m))


def func_hessian(m: Any) -> Any:
    return m.func.hessian(_number_of_two)(*_two(m)), m.func.hessian(_number_of_two, argnums=1)(*_two(m))


def func_hessian_by_both_orders(m: Any) -> Any:
    def f(x: Any) -> Any:
        return (x**3).sum() + x.prod()

    return m.func.jacrev(m.func.jacrev(f))(_point(m)), m.func.jacrev(m.func.jacfwd(f))(_point(m))


def func_jacobian_of_a_constant(m: Any) -> Any:
    return m.func.jacrev(lambda x: m.ones(2))(_point(m))


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)


@pytest.mark.parametrize("check", ["gradcheck", "gradgradcheck"])
def test_checks_agree(check: str) -> None:
    def right(m: Any) -> Any:
        inputs = tuple(x.requires_grad_() for x in _two(m))
        return getattr(m.autograd, check)(_pair_of_two, inputs)

    def plain(m: Any) -> Any:
        return getattr(m.autograd, check)(_of_two, _two(m))

    def detached(m: Any) -> Any:
        x = _point(m).requires_grad_()
        return getattr(m.autograd, check)(lambda x: x.detach() * x**2, x, raise_exception=False)

    def raising(m: Any) -> Any:
        x = _point(m).requires_grad_()
        return getattr(m.autograd, check)(lambda x: x.detach() ** 2 * x**2, x)

    for case in (right, plain, detached, raising):
        agree(case)
