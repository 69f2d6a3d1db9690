"""The graph and backward, done alike with PyTorch and with gradcli."""

from __future__ import annotations

from typing import Any

from tests.engine.parity import Case, agree, cases_in, named


def leaf_and_result(m: Any) -> Any:
    x = m.tensor([2.0])
    w, b = m.tensor([3.0], requires_grad=True), m.tensor([1.0], requires_grad=True)
    z = w * x + b
    z.backward()
    return x, w, b, z, w.grad, b.grad, x.grad


def second_backward(m: Any) -> Any:
    w = m.tensor([3.0], requires_grad=True)
    y = w * w
    y.backward()
    y.backward()


def second_backward_of_what_saved_nothing(m: Any) -> Any:
    w = m.tensor([3.0], requires_grad=True)
    y = w + w
    y.backward()
    y.backward()
    return w.grad


def second_backward_of_a_sum(m: Any) -> Any:
    w = m.tensor([3.0, 1.0], requires_grad=True)
    y = w.sum()
    y.backward()
    y.backward()
    return w.grad


def retained_graph(m: Any) -> Any:
    w = m.tensor([3.0], requires_grad=True)
    y = w * w
    y.backward(retain_graph=True)
    y.backward()
    return w.grad


def shared_part_of_two_graphs(m: Any) -> Any:
    w = m.tensor([3.0], requires_grad=True)
    shared = w * w
    shared.exp().backward()
    shared.sin().backward()


def unbind_indices(m: Any) -> Any:
    a = m.tensor([1.0, 2.0, 3.0], requires_grad=True)
    b, c, d = a.unbind()
    e = b * c * d
    nodes = e.grad_fn.next_functions
    (grad,) = m.autograd.grad(e, [a])
    return b, e, grad, named(nodes[1][0]), nodes[1][1], [index for _, index in nodes[0][0].next_functions]


def unbind_some_unused(m: Any) -> Any:
    a = m.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    rows, columns = a.unbind(), a.unbind(dim=1)
    (rows[1] * columns[0]).sum().backward()
    return rows, columns, a.grad


def unbind_function(m: Any) -> Any:
    a = m.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    first, second = m.unbind(a, 1)
    (first * second).sum().backward()
    return first, a.grad


def split_pieces(m: Any) -> Any:
    a = m.tensor([1.0, 2.0, 3.0, 4.0, 5.0], requires_grad=True)
    p, q, r = a.split(2)
    (p * q).sum().backward()
    return p.detach(), q.detach(), r.detach(), a.grad


def split_by_sizes(m: Any) -> Any:
    a = m.tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], requires_grad=True)
    p, q = m.split(a, [1, 2], dim=1)
    (p * q).sum().backward()
    return p.detach(), q.detach(), a.grad


def split_wrong_sizes(m: Any) -> Any:
    return m.split(m.ones(5), [1, 2])


def chunks(m: Any) -> Any:
    a = m.tensor([1.0, 2.0, 3.0, 4.0, 5.0], requires_grad=True)
    p, q = m.chunk(a, 2)
    (p.sum() * q.sum()).backward()
    return p.detach(), q.detach(), a.grad, len(a.chunk(7)), [tuple(c.shape) for c in a.chunk(4)]


def outputs_changed_in_place(m: Any) -> Any:
    a = m.tensor([1.0, 2.0, 3.0], requires_grad=True) * 1
    b, _, _ = a.unbind()
    b.mul_(2)


def iterated(m: Any) -> Any:
    a = m.tensor([[1.0, 2.0], [3.0, 4.0]], requires_grad=True)
    total: Any = 0
    for i, row in enumerate(a):
        total = total + row * i
    total.sum().backward()
    return total, a.grad


def grad_of_many_outputs(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor(3.0, requires_grad=True)
    return m.autograd.grad([x * y, x + y], [x, y])


def grad_of_many_outputs_weighted(m: Any) -> Any:
    x, y = m.tensor([2.0, 1.0], requires_grad=True), m.tensor([3.0, 5.0], requires_grad=True)
    seeds = [m.tensor([1.0, 10.0]), m.tensor(2.0)]
    return m.autograd.grad([x * y, (x * x).sum()], [x, y], grad_outputs=seeds)


def grad_outputs_one_tensor(m: Any) -> Any:
    x = m.tensor([2.0, 1.0], requires_grad=True)
    return m.autograd.grad(x * x, x, m.tensor([1.0, 10.0]))


def grad_outputs_too_few(m: Any) -> Any:
    x = m.tensor([2.0, 1.0], requires_grad=True)
    return m.autograd.grad([x.sum(), x.sum()], x, [m.tensor(1.0)])


def grad_outputs_of_another_shape(m: Any) -> Any:
    x = m.tensor([2.0, 1.0], requires_grad=True)
    return m.autograd.grad(x * x, x, m.tensor([1.0, 10.0, 3.0]))


def grad_outputs_left_out(m: Any) -> Any:
    x = m.tensor([2.0, 1.0], requires_grad=True)
    return m.autograd.grad(x * x, x)


def grad_of_one_entry(m: Any) -> Any:
    x = m.tensor([[2.0]], requires_grad=True)
    return m.autograd.grad(x * x, x)


def grad_unused(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor(3.0, requires_grad=True)
    return m.autograd.grad(x * x, [x, y])


def grad_unused_allowed(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor(3.0, requires_grad=True)
    return m.autograd.grad(x * x, [x, y], allow_unused=True)


def grad_unused_as_zeros(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor([3.0, 1.0], requires_grad=True)
    return m.autograd.grad(x * x, [x, y], materialize_grads=True)


def grad_of_what_needs_none(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor(3.0)
    return m.autograd.grad(x * y, [x, y])


def grad_without_graph(m: Any) -> Any:
    x, y = m.tensor(2.0), m.tensor(3.0)
    return m.autograd.grad(x * y, [x])


def grad_of_itself(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x * 3
    return m.autograd.grad(x, x), m.autograd.grad(y, y)


def grad_of_intermediate(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    a = x * 3
    b = a * a
    return m.autograd.grad(b * x, [a, b, x]), x.grad


def grad_frees_nothing_beyond_what_it_walked(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    a = x.exp()
    b = a * a
    first = m.autograd.grad(b, a)
    a.backward()
    return first, x.grad


def grad_frees_what_it_walked(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x.exp()
    m.autograd.grad(y, x)
    return m.autograd.grad(y, x)


def grad_retained(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x.exp()
    return m.autograd.grad(y, x, retain_graph=True), m.autograd.grad(y, x)


def third_derivative(m: Any) -> Any:
    x = m.tensor([0.5, 2.0], requires_grad=True)
    y = (x.sin() * x**3).sum()
    (first,) = m.autograd.grad(y, x, create_graph=True)
    (second,) = m.autograd.grad(first.sum(), x, create_graph=True)
    (third,) = m.autograd.grad(second.sum(), x)
    return first.detach(), first.requires_grad, second.detach(), third


def gradient_penalty(m: Any) -> Any:
    w = m.tensor([[0.5, -1.0], [2.0, 0.3]], requires_grad=True)
    x = m.tensor([1.0, 2.0], requires_grad=True)
    y = m.tanh(w @ x).sum()
    (g,) = m.autograd.grad(y, x, create_graph=True)
    (y + (g * g).sum()).backward()
    return w.grad, x.grad


def create_graph_backward(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    (x**3).backward(create_graph=True)
    first = x.grad.detach().clone()
    has_graph = x.grad.requires_grad
    g, x.grad = x.grad, None
    g.backward()
    return first, has_graph, x.grad


def double_backward_through_the_seed(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    v = m.tensor([1.0, 1.0], requires_grad=True)
    (vjp,) = m.autograd.grad(x**2, x, v, create_graph=True)
    return m.autograd.grad(vjp, v, m.tensor([3.0, 5.0]))


def retain_then_create(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    y = x**3
    (g,) = m.autograd.grad(y, x, create_graph=True)
    y.backward()
    return x.grad, m.autograd.grad(g, x)


def backward_inputs(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor(3.0, requires_grad=True)
    (x * y).backward(inputs=[x])
    return x.grad, y.grad


def backward_inputs_one_tensor(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor(3.0, requires_grad=True)
    (x * y).backward(inputs=y)
    return x.grad, y.grad


def backward_inputs_computed(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    a = x * 3
    a.retain_grad()
    (a * a).backward(inputs=[a, x])
    return a.grad, x.grad


def backward_inputs_none_given(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    (x * x).backward(inputs=[])


def backward_function(m: Any) -> Any:
    x, y = m.tensor(2.0, requires_grad=True), m.tensor(3.0, requires_grad=True)
    m.autograd.backward([x * y, x.exp()], grad_tensors=[None, m.tensor(2.0)])
    return x.grad, y.grad


def backward_function_one(m: Any) -> Any:
    x = m.tensor([2.0, 1.0], requires_grad=True)
    m.autograd.backward(x * x, m.tensor([1.0, 2.0]))
    return x.grad


def backward_without_graph(m: Any) -> Any:
    m.tensor(1.0).backward()


def backward_of_a_leaf(m: Any) -> Any:
    x = m.tensor(2.0, requires_grad=True)
    x.backward()
    return x.grad


def backward_of_a_vector(m: Any) -> Any:
    (m.ones(2, requires_grad=True) * 2).backward()


def backward_integer_seed(m: Any) -> Any:
    x = m.tensor([2.0, 1.0], requires_grad=True)
    (x * x).backward(m.tensor([1, 0]))
    return x.grad


def backward_broadcast_seed(m: Any) -> Any:
    x = m.tensor([2.0, 1.0], requires_grad=True)
    (x * x).backward(m.tensor(1.0))


def accumulated(m: Any) -> Any:
    w, found = m.tensor([1.0], requires_grad=True), []
    for _ in range(3):
        (w * 2 + w).backward()
        found.append(w.grad.clone())
    w.grad.zero_()
    (w * w).backward()
    return found, w.grad


def grad_accumulates_in_place(m: Any) -> Any:
    w = m.tensor([1.0], requires_grad=True)
    (w * 2).backward()
    before = w.grad
    (w * 2).backward()
    return before, w.grad is before


def grads_do_not_share_memory(m: Any) -> Any:
    x, y = m.tensor([1.0, 2.0], requires_grad=True), m.tensor([3.0, 4.0], requires_grad=True)
    (x + y).backward(m.ones(2))
    x.grad.mul_(10)
    return x.grad, y.grad


def grad_does_not_share_the_seeds_memory(m: Any) -> Any:
    x, seed = m.tensor([1.0, 2.0], requires_grad=True), m.ones(2)
    (x + 0).backward(seed)
    x.grad.mul_(10)
    return seed.tolist(), m.autograd.grad(x + 0, x, seed)


def broadcast_gradients(m: Any) -> Any:
    x, y = m.ones(3, 1, requires_grad=True), m.ones(2, requires_grad=True)
    z = m.tensor(2.0, requires_grad=True)
    (x * y + z * x - y / z).sum().backward()
    return x.grad, y.grad, z.grad


def same_tensor_twice(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    (x * x / x + x.dot(x)).sum().backward()
    return x.grad


def diamond(m: Any) -> Any:
    x = m.tensor(1.0, requires_grad=True)
    y = x
    for _ in range(20):
        y = y * 0.5 + y.sin() * 0.5
    y.backward()
    return y, x.grad


def gradient_assigned(m: Any) -> Any:
    x = m.tensor([1.0, 2.0], requires_grad=True)
    x.grad = m.tensor([10.0, 20.0])
    (x * x).sum().backward()
    return x.grad


def gradient_assigned_of_another_shape(m: Any) -> Any:
    m.tensor([1.0, 2.0], requires_grad=True).grad = m.tensor([10.0])


def requires_grad_of_integers(m: Any) -> Any:
    return m.tensor([1, 2], requires_grad=True)


def requires_grad_turned_on(m: Any) -> Any:
    x = m.ones(2).requires_grad_()
    y = (x * 2).sum()
    y.backward()
    return x.requires_grad_(False), x.grad


def requires_grad_turned_off_where_computed(m: Any) -> Any:
    return (m.ones(2, requires_grad=True) * 2).requires_grad_(False)


def requires_grad_turned_on_where_computed(m: Any) -> Any:
    return (m.ones(2, requires_grad=True) * 2).requires_grad_()


def detached_in_place(m: Any) -> Any:
    x = m.ones(2, requires_grad=True)
    y = x * 2
    same = y.detach_()
    z = y * x
    z.sum().backward()
    return y, same is y, x.grad


def detached(m: Any) -> Any:
    x = m.ones(2, requires_grad=True)
    y = x * 2
    z = y.detach()
    z.add_(1)
    return y.tolist(), z, y._version, z._version


def detached_change_is_noticed(m: Any) -> Any:
    x = m.ones(2, requires_grad=True)
    y = x.exp()
    y.detach().zero_()
    y.sum().backward()


def data_change_is_not_noticed(m: Any) -> Any:
    x = m.ones(2, requires_grad=True)
    y = x.exp()
    y.data.zero_()
    y.sum().backward()
    return x.grad, y


def data_assigned(m: Any) -> Any:
    x = m.ones(2, requires_grad=True)
    x.data = m.tensor([3.0, 4.0])
    (x * x).sum().backward()
    return x, x.grad


def cloned(m: Any) -> Any:
    x = m.ones(2, requires_grad=True)
    y = x.clone()
    y.mul_(3)
    y.sum().backward()
    return x, y, x.grad


@cases_in(globals())
def test_as_in_pytorch(case: Case) -> None:
    agree(case)
