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


def func_jvp_ignores_no_grad(m: Any) -> Any:
    def f(x: Any) -> Any:
        with m.no_grad():
            c = x**2
        return x - c

    return m.func.jvp(f, (_point(m),), (m.ones(3),))


def func_jvp_respects_detach(m: Any) -> Any:
    return m.func.jvp(lambda x: x.detach() * x, (_point(m),), (m.ones(3),))


def func_jvp_in_place(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = x * 2
        y[0] = x[1] ** 2
        y.mul_(x)
        y.view(-1)[1:].add_(x[:2].exp())
        return y, y.sum()

    return m.func.jvp(f, (_point(m),), (m.tensor([1.0, 2.0, -1.0]),)), m.func.jacfwd(f)(_point(m))


def func_jvp_into_a_constant(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = m.zeros(3)
        y[0] = x[0] ** 2
        y[1:] = x[:2] * x[2]
        return y

    return m.func.jvp(f, (_point(m),), (m.ones(3),)), m.func.jacfwd(f)(_point(m))


def func_jvp_through_views(m: Any) -> Any:
    def f(x: Any) -> Any:
        y = x * x
        y.view(-1).mul_(3)
        first, *rest = y.unbind()
        return y, first * rest[1], y.reshape(3, 1).expand(3, 2), m.cat([y, x]), m.stack([x, y]).T

    return m.func.jvp(f, (_point(m),), (m.tensor([1.0, 2.0, -1.0]),))


def func_jvp_of_a_constant(m: Any) -> Any:
    return m.func.jvp(lambda x: m.ones(2), (_point(m),), (m.ones(3),))


def func_jvp_of_containers(m: Any) -> Any:
    x, t = _point(m), m.tensor([1.0, 2.0, -1.0])
    by_dict = m.func.jvp(lambda d: d["a"] * d["b"], ({"a": x, "b": x + 1},), ({"a": t, "b": 2 * t},))
    to_dict = m.func.jvp(lambda x: {"a": x * 2, "b": [x**2, (x.sum(),)]}, (x,), (t,))
    return by_dict, to_dict


def func_jvp_aux(m: Any) -> Any:
    return m.func.jvp(lambda x: (x * 2, {"k": x**3}), (_point(m),), (m.ones(3),), has_aux=True)


def func_jvp_aux_missing(m: Any) -> Any:
    return m.func.jvp(lambda x: x * 2, (_point(m),), (m.ones(3),), has_aux=True)


def func_jvp_of_a_list(m: Any) -> Any:
    return m.func.jvp(lambda x: x * 2, [_point(m)], [m.ones(3)])


def func_jvp_of_a_bare_tensor(m: Any) -> Any:
    return m.func.jvp(lambda x: x * 2, _point(m), m.ones(3))


def func_jvp_of_another_shape(m: Any) -> Any:
    return m.func.jvp(lambda x: x * 2, (_point(m),), (m.ones(2),))


def func_jvp_of_another_count(m: Any) -> Any:
    return m.func.jvp(lambda x: x * 2, (_point(m),), (m.ones(3), m.ones(3)))


def func_jvp_of_nothing(m: Any) -> Any:
    return m.func.jvp(lambda: m.ones(2), (), ())


def func_jvp_gives_a_number(m: Any) -> Any:
    return m.func.jvp(lambda x: 2.0, (_point(m),), (m.ones(3),))


def func_jvp_of_integers(m: Any) -> Any:
    return m.func.jvp(lambda x: x * 2, (m.tensor([1, 2]),), (m.tensor([1, 1]),))


def func_jvp_of_grad(m: Any) -> Any:
    g = m.func.grad(lambda x: (x.sin() * x.prod()).sum())
    return m.func.jvp(g, (_point(m),), (m.tensor([1.0, 2.0, -1.0]),))


def func_grad_of_jvp(m: Any) -> Any:
    def f(x: Any) -> Any:
        return m.func.jvp(lambda x: (x**3).sum() * x.exp(), (x,), (x * 2,))[1].sum()

    return m.func.grad(f)(_point(m))


def func_jvp_of_jvp_by_the_other(m: Any) -> Any:
    def outer(x: Any) -> Any:
        return m.func.jvp(lambda y: (x * y).sin() * y**2, (x * 2,), (m.ones(3),))[1]

    def deeper(x: Any) -> Any:
        return m.func.jvp(outer, (x,), (x.cos(),))[1]

    return m.func.jvp(outer, (_point(m),), (m.ones(3),)), m.func.jvp(deeper, (_point(m),), (m.ones(3),))


def func_jvp_does_not_confuse_perturbations(m: Any) -> Any:
    def outer(x: Any) -> Any:
        return x * m.func.jvp(lambda y: x + y, (m.tensor(1.0),), (m.tensor(1.0),))[1]

    return m.func.jvp(outer, (m.tensor(3.0),), (m.tensor(1.0),))


def func_jvp_backward(m: Any) -> Any:
    x, t = _point(m).requires_grad_(), m.ones(3).requires_grad_()
    value, pushed = m.func.jvp(lambda x: x**3, (x,), (t,))
    (value.sum() + pushed.sum()).backward()
    return x.grad, t.grad


def func_jvp_with_a_captured_parameter(m: Any) -> Any:
    w = m.tensor(2.0, requires_grad=True)
    m.func.jvp(lambda x: w * x**3, (_point(m),), (m.ones(3),))[1].sum().backward()
    return w.grad


def func_jvp_of_a_captured_parameter_alone(m: Any) -> Any:
    w = m.tensor(2.0, requires_grad=True)
    return m.func.jvp(lambda x: w * 2, (_point(m),), (m.ones(3),))[1]


def func_jacfwd_nested(m: Any) -> Any:
    def f(x: Any) -> Any:
        return x.sin() * x.prod()

    return m.func.jacfwd(m.func.jacfwd(f))(_point(m)), m.func.jacfwd(m.func.jacrev(m.func.jacfwd(f)))(_point(m))


def func_containers(m: Any) -> Any:
    x = _point(m)
    d = {"a": x, "b": x + 1}
    output, pull = m.func.vjp(lambda d: d["a"] ** 2 * d["b"], d)
    return (
        m.func.grad(lambda d: (d["a"] ** 2 * d["b"]).sum())(d),
        m.func.jacfwd(lambda d: d["a"] ** 2)(d),
        m.func.jacrev(lambda d: d["a"] ** 2)(d),
        m.func.jacfwd(lambda x: {"o": x**2, "p": [x.sum()]})(x),
        m.func.jacfwd(lambda x, y: x * y, argnums=(0,))(x, x),
        m.func.jacfwd(lambda x: (x**2, x * 3), has_aux=True)(x),
        m.func.hessian(lambda d: (d["a"] ** 2 * d["b"]).sum())(d),
        output,
        pull(m.ones(3)),
    )


def jvp_strict(m: Any) -> Any:
    return m.autograd.functional.jvp(lambda x, a: x**2, _two(m), (m.ones(2), m.ones(2, 2)), strict=True)


def jvp_recorded(m: Any) -> Any:
    x = _point(m).requires_grad_()
    value, found = m.autograd.functional.jvp(lambda x: x**3, x, m.ones(3), create_graph=True)
    return value.requires_grad, found.requires_grad, m.autograd.grad(found.sum(), x)


def jacobian_forward_strict(m: Any) -> Any:
    return m.autograd.functional.jacobian(_of_two, _two(m), strategy="forward-mode", vectorize=True, strict=True)


def jacobian_of_float32_forward(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], dtype=m.float32)
    return m.func.jacfwd(lambda x: x.sin() * 2)(x), m.func.jvp(lambda x: x.exp().sum(), (x,), (x,))


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
