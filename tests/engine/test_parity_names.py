"""PyTorch's names: functions, methods and changes in place give PyTorch's values, gradients and types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pytest

import gradcli
from tests.engine.parity import outcome, same, theirs
from tests.recorded import Raised, told

RANDOM = np.random.default_rng(0)
M = RANDOM.uniform(0.5, 2, (3, 4))
S = RANDOM.uniform(-1, 1, (3, 3)) + 2 * np.eye(3)
V = RANDOM.uniform(0.2, 0.9, 4)
T = RANDOM.uniform(0.5, 2, (2, 3, 4))
W = RANDOM.uniform(-1, 1, 4)

Call = Callable[[Any, Any], Any]


class Named(NamedTuple):
    """A function of the module and of a tensor, and the tensor's entries."""

    name: str
    call: Call
    x: Any = M


def function(name: str, *args: Any, **keywords: Any) -> Call:
    return lambda m, x: getattr(m, name)(x, *args, **keywords)


def method(name: str, *args: Any, **keywords: Any) -> Call:
    return lambda m, x: getattr(x, name)(*args, **keywords)


def of_names(names: str, x: Any = M, *args: Any, **keywords: Any) -> list[Named]:
    """Each as a function and as a method."""
    return [
        Named(f"{kind}.{name}{args}{keywords}", make(name, *args, **keywords), x)
        for name in names.split()
        for kind, make in (("m", function), ("x", method))
    ]


def with_other(name: str) -> list[Call]:
    return [lambda m, x: getattr(m, name)(x, m.tensor(W)), lambda m, x: getattr(x, name)(m.tensor(W))]


def binary(names: str) -> list[Named]:
    """Each as a function and as a method of two tensors."""
    return [
        Named(f"{kind}.{name}", made, V)
        for name in names.split()
        for kind, made in zip("mx", with_other(name), strict=True)
    ]


def parts(name: str, call: Call, x: Any, count: int) -> list[Named]:
    """Each of the outputs of one call."""

    def part(i: int) -> Call:
        return lambda m, x: call(m, x)[i]

    return [Named(f"{name} {i}", part(i), x) for i in range(count)]


def in_place(names: str, *args: Any, x: Any = V) -> list[Named]:
    """Changes in place of a computed tensor; "other" and "mask" among the arguments stand for tensors."""

    def change(name: str) -> Call:
        def call(m: Any, x: Any) -> Any:
            words = {"other": m.tensor(W), "mask": m.tensor(W) > 0}
            return getattr(x * 1.0, f"{name}_")(*(words.get(a, a) if isinstance(a, str) else a for a in args))

        return call

    return [Named(f"{name}_", change(name), x) for name in names.split()]


def of_module(module: str, names: str, x: Any, before: Callable[[Any, Any], Any]) -> list[Named]:
    """Functions of a submodule."""

    def made(name: str) -> Call:
        return lambda m, x: getattr(getattr(m, module), name)(before(m, x))

    return [Named(f"{module}.{name}", made(name), x) for name in names.split()]


UNARY = (
    "abs absolute neg negative positive exp exp2 expm1 log log2 log10 log1p sqrt rsqrt square reciprocal sin cos tan "
    "asin acos atan arcsin arccos arctan sinh cosh tanh asinh atanh arcsinh arctanh sign floor ceil round trunc fix "
    "frac deg2rad rad2deg sigmoid relu logit isnan isfinite isinf signbit erf erfc erfinv lgamma i0 sinc"
)
BINARY = (
    "add sub subtract mul multiply div divide true_divide pow maximum minimum fmax fmin atan2 arctan2 hypot logaddexp "
    "copysign fmod remainder eq ne lt le gt ge greater less equal not_equal greater_equal less_equal xlogy"
)
REDUCTIONS = "sum mean prod max min amax amin var std median norm argmax argmin any all count_nonzero argsort"

CASES: list[Named] = [
    *of_names(UNARY, V),
    *of_names("acosh arccosh", V + 1),
    *binary(BINARY),
    *of_names(REDUCTIONS),
    *of_names("sum mean amax amin var std norm logsumexp", M, dim=1),
    *of_names("sum mean amax amin var std norm logsumexp", M, dim=0, keepdim=True),
    *of_names("prod cumsum cumprod softmax log_softmax argmax argmin any all sort", M, dim=1),
    *of_names("sum mean std", T, dim=(0, 2)),
    *of_names("var std", M, unbiased=False),
    *of_names("var std", M, dim=1, correction=0),
    *of_names("max min median sort", M, 1),
    *of_names("max min median", np.array([[1.0, 3, 3], [2, 2, 0]]), dim=1, keepdim=True),
    *of_names("max min median", np.array([[1.0, 3, 3], [2, 2, 0]])),
    *of_names("sort argsort", M, dim=0, descending=True),
    *of_names("topk", M, 2),
    *of_names("std_mean var_mean", M, dim=1),
    *of_names("norm", M, 1),
    *of_names("norm", M, p=3, dim=1),
    *of_names("reshape", M, (2, 6)),
    *of_names("ravel flatten t", M),
    *of_names("transpose swapaxes swapdims", T, 0, 2),
    *of_names("permute", T, (1, 2, 0)),
    *of_names("moveaxis movedim", T, 0, 2),
    *of_names("moveaxis movedim", T, (0, 1), (2, 0)),
    *of_names("squeeze", M[:, :1]),
    *of_names("squeeze", M[:, :1], 1),
    *of_names("unsqueeze", M, 1),
    *of_names("broadcast_to", M, (2, 3, 4)),
    *of_names("split", M, 2, dim=1),
    *of_names("split", M, 2),
    *of_names("split", M, [1, 3], dim=1),
    *of_names("chunk", M, 2),
    *of_names("chunk", M, 3, 1),
    *of_names("tensor_split", M, 3, dim=1),
    *of_names("unbind", M),
    *of_names("unbind", M, 1),
    *of_names("flip", M, [0, 1]),
    *of_names("roll", M, 1),
    *of_names("roll", M, shifts=(1, 2), dims=(0, 1)),
    *of_names("tile", M, (2, 1)),
    *of_names("repeat_interleave", M, 2),
    *of_names("repeat_interleave", M, 2, dim=1),
    *of_names("diag diag_embed", V),
    *of_names("diagonal", T, offset=1, dim1=1, dim2=2),
    *of_names("tril triu", M),
    *of_names("tril triu", M, diagonal=1),
    *of_names("diff", M),
    *of_names("narrow", M, 1, 1, 2),
    *of_names("select", M, 0, 1),
    *of_names("clamp clip", V, 0.3, 0.6),
    *of_names("clamp clip", V, min=0.3),
    *of_names("clamp clip", V, max=0.6),
    *of_names("div", V, 0.3, rounding_mode="floor"),
    *of_names("det logdet trace cholesky slogdet inverse pinverse matrix_exp", S @ S.T + np.eye(3)),
    *of_names("slogdet", -S),
    *of_names("matrix_power", S, 3),
    *parts("qr", lambda m, x: m.linalg.qr(x), S, 2),
    *parts("qr tall", lambda m, x: m.qr(x), M.T, 2),
    *parts("qr wide", lambda m, x: m.linalg.qr(x), M, 2),
    *parts("eigh", lambda m, x: m.linalg.eigh(x + x.T), S, 2),
    *parts("svd", lambda m, x: m.linalg.svd(x, full_matrices=False), M, 3),
    *parts("svd square", lambda m, x: m.linalg.svd(x), S, 3),
    *parts("torch.svd", lambda m, x: m.svd(x), M, 3),
    *parts("meshgrid", lambda m, x: m.meshgrid(x, x * 2), V, 2),
    *parts("meshgrid xy", lambda m, x: m.meshgrid(x, x * 2, indexing="xy"), V, 2),
    *of_module(
        "linalg",
        "det inv cholesky eigvalsh svdvals pinv matrix_exp norm matrix_norm vector_norm",
        S,
        lambda m, x: x @ x.T + m.eye(3),
    ),
    *of_module(
        "special", "erf erfc erfinv gammaln expit logit sinc i0 i1 ndtr log_ndtr entr expm1 exp2", V, lambda m, x: x
    ),
    *of_names("logdet", np.ones((2, 2))),
    Named("slogdet of several", lambda m, x: m.slogdet(x)[1], np.array([[[1.0, 2.0], [3.0, 4.0]], S[:2, :2]])),
    Named("masked_fill_ of integers", lambda m, x: (x.detach() * 3).long().masked_fill(x > 1, 7.5)),
    Named("median of nan", lambda m, x: [m.median(m.log(x.detach() - 1)), m.median(m.log(x.detach() - 1), 1).values]),
    Named("nan on a diagonal", lambda m, x: m.diag_embed(m.log(x - 1))),
    *[
        Named(name, lambda m, x, name=name: getattr(m, name)(x * 1.0), V)  # type: ignore[misc]  # mypy sees no default
        for name in ("sin_", "exp_", "zero_", "neg_", "sqrt_", "relu_")
    ],
    Named("scatter_add", lambda m, x: x.scatter_add(1, m.tensor([[0, 0], [3, 1]]), x[:2, :2] * 2)),
    Named("index_add", lambda m, x: m.index_add(x, 0, m.tensor([0, 0, 2]), x * x, alpha=2)),
    Named("trapezoid", lambda m, x: (m.trapezoid(x), m.trapezoid(x, dx=0.5, dim=0), m.trapz(x, x[0]))),
    Named("isclose", lambda m, x: m.isclose(x, x + 1e-7)),
    Named("broadcast_tensors", lambda m, x: m.broadcast_tensors(x * 1, x[0])),
    Named("addmv", lambda m, x: m.addmv(x[0], x, x[1], beta=2), S),
    Named("addr", lambda m, x: m.addr(x, x[0], x[1], alpha=3), S),
    Named("baddbmm", lambda m, x: m.baddbmm(x @ x.mT, x, x.mT), T),
    *of_names("fliplr flipud detach nonzero nansum", M),
    Named("ger", lambda m, x: m.ger(x, x), V),
    Named("reshape_as", lambda m, x: x.reshape_as(m.ones(4, 3))),
    Named("to types", lambda m, x: [t.detach() for t in (x.bool(), x.int(), x.long(), x.float(), x.double(), x.cpu())]),
    Named("new", lambda m, x: (x.new_zeros(2), x.new_ones((2, 1)), x.new_full((2,), 3), x.new_tensor([1, 2]))),
    Named("like", lambda m, x: (m.full_like(x, 2), m.zeros_like(x), m.ones_like(x), m.randn_like(x).shape == (3, 4))),
    Named("sizes by name", lambda m, x: (m.zeros(size=(2, 3)), m.ones(size=[2]), m.rand(size=(2,)).shape == (2,))),
    Named("random", lambda m, x: (sorted(m.randperm(5).tolist()), m.randint(3, (2, 2)).dtype == m.int64)),
    Named("and", lambda m, x: m.tensor([6, 3]) & m.tensor([3, 1])),
    Named("or", lambda m, x: (m.tensor([6, 3]) | 8, (x > 1) | (x < 0.7))),
    Named("xor", lambda m, x: ((x > 1) ^ (x > 1.5), m.tensor([6, 3]) ^ m.tensor([3, 1]))),
    Named("not", lambda m, x: (~m.tensor([6, 3]), ~(x > 1))),
    Named("and of floats", lambda m, x: x & x),
    Named("true and", lambda m, x: True & (x > 1)),
    Named("remainder in place", lambda m, x: (x * 3).remainder_(2.0)),
    Named("mm of vectors", lambda m, x: m.mm(x, x), V),
    Named("bmm of matrices", lambda m, x: m.bmm(x, x), S),
    Named("mv of a matrix", lambda m, x: m.mv(x, x), S),
    Named("unflatten into too many", lambda m, x: x.unflatten(1, (3, 2))),
    Named("names of svd", lambda m, x: m.linalg.svd(x).S, S),
    Named("names of eigh", lambda m, x: m.linalg.eigh(x + x.T).eigenvalues, S),
    Named("names of qr", lambda m, x: m.linalg.qr(x).R, S),
    Named("names of slogdet", lambda m, x: m.slogdet(x).logabsdet, S),
    Named("names of max", lambda m, x: m.max(x, dim=0).values),
    Named("max of two", lambda m, x: m.max(x, x.flip(0))),
    *of_module("linalg", "cond matrix_rank diagonal", S, lambda m, x: x @ x.T),
    Named("linalg.vecdot", lambda m, x: m.linalg.vecdot(x, x * 2, dim=0), S),
    Named("linalg.matmul", lambda m, x: m.linalg.matmul(x, x), S),
    Named("linalg.solve", lambda m, x: m.linalg.solve(x, x[0]), S),
    Named("linalg.multi_dot", lambda m, x: m.linalg.multi_dot([x, x, x]), S),
    Named("linalg.norm 1", lambda m, x: m.linalg.norm(x, 1), S),
    Named("linalg.norm nuc", lambda m, x: m.linalg.norm(x, "nuc"), S),
    Named("linalg.vector_norm", lambda m, x: m.linalg.vector_norm(x, 3, dim=1), S),
    Named("linalg.matrix_norm", lambda m, x: m.linalg.matrix_norm(x, 2), S),
    Named("T", lambda m, x: x.T),
    Named("mT", lambda m, x: x.mT, T),
    Named("expand", lambda m, x: x.expand(2, 3, 4)),
    Named("repeat", lambda m, x: x.repeat(2, 1)),
    Named("unflatten", lambda m, x: x.unflatten(1, (2, 2))),
    Named("cat", lambda m, x: m.cat([x, x * 2], dim=1)),
    Named("concat", lambda m, x: m.concat([x, x], 1)),
    Named("concatenate", lambda m, x: m.concatenate([x, x], axis=1)),
    Named("stack", lambda m, x: m.stack([x, x * 2], dim=1)),
    Named("hstack", lambda m, x: m.hstack((x, x))),
    Named("vstack", lambda m, x: m.vstack((x, x)), V),
    Named("take", lambda m, x: m.take(x, m.tensor([0, 5]))),
    Named("take_along_dim", lambda m, x: m.take_along_dim(x, m.tensor([[0], [1], [2]]), dim=1)),
    Named("gather", lambda m, x: m.gather(x, 1, m.tensor([[0, 0], [1, 3]]))),
    Named("index_select", lambda m, x: m.index_select(x, 0, m.tensor([0, 0, 2]))),
    Named("masked_select", lambda m, x: m.masked_select(x, x > 1)),
    Named("masked_fill", lambda m, x: x.masked_fill(x > 1, 0.0)),
    Named("fancy index", lambda m, x: x[m.tensor([0, 0, 2])]),
    Named("mask", lambda m, x: x[x > 1]),
    Named("where", lambda m, x: m.where(x > 0.5, x, 0.0)),
    Named("x.where", lambda m, x: x.where(x > 0.5, x * 0)),
    Named("dot", lambda m, x: m.dot(x, x * 2), V),
    Named("vdot", lambda m, x: m.vdot(x, x * 2), V),
    Named("inner", lambda m, x: m.inner(x, x * 2)),
    Named("outer", lambda m, x: m.outer(x, x), V),
    Named("matmul", lambda m, x: m.matmul(x, x.T)),
    Named("mm", lambda m, x: m.mm(x, x.T)),
    Named("mv", lambda m, x: m.mv(x, x[0])),
    Named("bmm", lambda m, x: m.bmm(x, x.transpose(1, 2)), T),
    Named("addmm", lambda m, x: m.addmm(x, x, x), S),
    Named("einsum", lambda m, x: m.einsum("ij,kj->ik", x, x)),
    Named("tensordot", lambda m, x: m.tensordot(x, x, dims=2)),
    Named("tensordot axes", lambda m, x: m.tensordot(x, x, dims=([0], [0]))),
    Named("kron", lambda m, x: m.kron(x, x)),
    Named("cross", lambda m, x: m.cross(x, x.flip(0), dim=0), S),
    Named("polygamma", lambda m, x: m.polygamma(2, x), V),
    Named("lerp", lambda m, x: m.lerp(x, x * 2, 0.3), V),
    Named("addcmul", lambda m, x: m.addcmul(x, x, x, value=2), V),
    Named("addcdiv", lambda m, x: m.addcdiv(x, x, x + 1, value=2), V),
    Named("alpha", lambda m, x: m.add(x, x, alpha=2), V),
    Named("rsub", lambda m, x: m.rsub(x, 2.0), V),
    Named("dist", lambda m, x: m.dist(x, x * 2), V),
    Named("equal", lambda m, x: (m.equal(x, x), m.allclose(x, x), m.equal(x, x[:2])), V),
    Named("logical", lambda m, x: (m.logical_xor(x > 0.5, x < 0.7), m.logical_and(x > 0.5, x < 0.7)), V),
    *in_place(
        "neg exp sin cos tanh sqrt abs sigmoid relu log reciprocal square floor round trunc erf lgamma rsqrt frac"
    ),
    *in_place("add sub mul div pow true_divide fill", 2.0),
    *in_place("clamp clip", 0.3, 0.6),
    *in_place("clamp_min clamp_max", 0.5),
    *in_place("copy atan2", "other"),
    *in_place("masked_fill", "mask", 0.0),
    *in_place("lerp", "other", 0.3),
    *in_place("addcmul addcdiv", "other", "other"),
    *in_place("zero"),
    *in_place("cumsum", 0),
    *in_place("tril triu", x=S),
]


def derivatives(case: Named) -> Any:
    """Values, types and the gradient of their weighted sum, without the nodes' names."""

    def run(m: Any) -> Any:
        x = m.tensor(case.x.copy(), requires_grad=True)
        found = case.call(m, x)
        outputs = list(found) if isinstance(found, tuple) else [found]
        weights = np.random.default_rng(5)
        total = None
        told: list[Any] = []
        for output in outputs:
            if not hasattr(output, "requires_grad"):
                told.append(output)
                continue
            told += [output.detach(), output.requires_grad]
            if output.requires_grad and output.grad_fn is not None:
                weighted = (output * m.tensor(weights.uniform(-1, 1, tuple(output.shape)))).sum()
                total = weighted if total is None else total + weighted
        if total is not None:
            told.append(m.autograd.grad(total, x, allow_unused=True)[0].detach())
        return told

    return run


def skip_where_pytorch_has_no_method(case: Named) -> None:
    method = case.name.removeprefix("x.").partition("(")[0]
    if case.name.startswith("x.") and not theirs(lambda m: hasattr(m.Tensor, method)):
        pytest.skip("PyTorch has no such method")


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name.replace(" ", "")[:60])
def test_named_as_in_pytorch(case: Named) -> None:
    skip_where_pytorch_has_no_method(case)
    run = derivatives(case)
    same(outcome(run, gradcli), theirs(run))


def second_derivatives(case: Named) -> Any:
    """The gradient of weighted squares, and the gradient of that."""

    def run(m: Any) -> Any:
        x = m.tensor(case.x.copy(), requires_grad=True)
        found = case.call(m, x)
        weights = np.random.default_rng(5)
        squares = [
            (out * out * m.tensor(weights.uniform(-1, 1, tuple(out.shape)))).sum()
            for out in (found if isinstance(found, tuple) else [found])
            if getattr(out, "grad_fn", None) is not None
        ]
        if not squares:
            return None
        (first,) = m.autograd.grad(sum(squares), x, create_graph=True)
        total = (first * m.tensor(weights.uniform(-1, 1, tuple(first.shape)))).sum()
        second = m.autograd.grad(total, x, allow_unused=True)[0] if total.requires_grad else m.zeros_like(x)
        return first.detach(), second.detach()

    return run


INEXACT = {"lgamma", "gammaln", "matrix_exp", "polygamma"}
"""Of which PyTorch's second derivatives have lost digits: SymPy's agree with gradcli's, in tests/ops."""
SINGULAR = {"logdet"}


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.name.replace(" ", "")[:60])
def test_second_derivatives_as_in_pytorch(case: Named) -> None:
    plain = case.name.partition(".")[2].partition("(")[0] or case.name.rstrip("_")
    if plain in INEXACT or (plain in SINGULAR and case.x.shape == (2, 2)):
        pytest.skip("PyTorch's are none, or not exact")
    skip_where_pytorch_has_no_method(case)
    run = second_derivatives(case)
    same(outcome(run, gradcli), theirs(run))


def with_input(case: Named, make: Callable[[Any], Any]) -> Any:
    """Values, types and the gradient of the sum, of another input than the case's."""

    def run(m: Any) -> Any:
        x = make(m)
        found = case.call(m, x)
        outputs = found if isinstance(found, tuple) else [found]
        sums = [out.sum() for out in outputs if getattr(out, "grad_fn", None) is not None]
        told = [out.detach() if hasattr(out, "detach") else out for out in outputs]
        return told, m.autograd.grad(sum(sums), x, allow_unused=True)[0] if sums else None

    return run


OTHERWISE = {
    "a number": {"cumsum_", "linalg.norm 1", "mT", "max of two"},
    "no rows": {
        "linalg.cond", "cond",
        "chunk", "svd square 0", "svd square 2", "linalg.norm nuc", "linalg.matrix_norm", "outer", "vdot", "topk",
    },
    "truth values": {"sign", "topk", "diff", "alpha"},
}  # fmt: skip
"""What PyTorch has there and gradcli has not, or NumPy otherwise."""

INPUTS: dict[str, Callable[[Any], Any]] = {
    "a number": lambda m: m.tensor(0.4, requires_grad=True),
    "no rows": lambda m: m.zeros(0, 3, requires_grad=True),
    "truth values": lambda m: m.tensor([True, False, True, True]),
}


@pytest.mark.parametrize("kind", INPUTS)
def test_other_inputs_as_in_pytorch(kind: str) -> None:
    compared = 0
    for case in CASES:
        plain = case.name.partition(".")[2].partition("(")[0] or case.name
        if not OTHERWISE[kind] & {plain, case.name}:
            run = with_input(case, INPUTS[kind])
            expected = theirs(run)
            if not isinstance(expected, Exception):  # gradcli takes more, as NumPy does
                compared += 1
                try:
                    same(outcome(run, gradcli), expected)
                except AssertionError as error:
                    raise AssertionError(case.name) from error
    assert compared > 200


TYPED = "sinc diag_embed reciprocal polygamma matrix_exp special.ndtr logsumexp sum mean std softmax erf norm"


@pytest.mark.parametrize(
    "case", [c for c in CASES if any(n in c.name for n in TYPED.split())], ids=lambda c: c.name[:60]
)
@pytest.mark.parametrize("dtype", ["float32", "int64"])
def test_the_type_of_the_argument_is_that_of_the_result(case: Named, dtype: str) -> None:
    def run(m: Any) -> Any:
        found = case.call(m, m.tensor(case.x * 1.5).to(getattr(m, dtype)))
        return [str(out.dtype).rpartition(".")[2] for out in (found if isinstance(found, tuple) else [found])]

    expected = theirs(run)
    if not isinstance(expected, Exception):
        same(outcome(run, gradcli), expected)


def several(m: Any) -> Any:
    """Nodes and indices of what has several outputs."""
    x = m.tensor(M.copy(), requires_grad=True)
    made = [x.split(2, 1), x.split([1, 3], 1), x.chunk(2), x.unbind(1), m.linalg.svd(x, full_matrices=False)]
    made += [m.linalg.qr(x), m.linalg.eigh(x @ x.T), m.slogdet(x[:, :3])]
    return [
        [(type(output.grad_fn).__name__ if m is not gradcli else output.grad_fn.name(),
          (output * 1).grad_fn.next_functions[0][1], output.output_nr) for output in outputs if output.requires_grad]
        for outputs in made
    ]  # fmt: skip


def test_several_outputs_have_pytorchs_nodes_and_indices() -> None:
    assert several(gradcli) == told("torch", several)


def test_one_of_several_views_is_not_changed_in_place() -> None:
    def change(m: Any) -> Any:
        x = m.tensor(M.copy(), requires_grad=True) * 1
        x.split(2)[0].mul_(2)

    assert isinstance(theirs(change), Raised)
    with pytest.raises(gradcli.Problem):
        change(gradcli)


@pytest.mark.parametrize(
    "call",
    [
        lambda x: np.split(x, 2, axis=1)[1],
        lambda x: np.split(x, [1, 3], axis=1)[1],
        lambda x: np.array_split(x, 3, axis=1)[2],
        lambda x: np.meshgrid(x[0], x[1])[1],
        lambda x: np.linalg.slogdet(x[:, :3])[1],
        lambda x: np.linalg.eigh(x @ x.T)[1],
        lambda x: np.linalg.svd(x, full_matrices=False)[2],
        lambda x: np.linalg.svd(x[:, :3])[0],
        lambda x: np.linalg.svd(x, compute_uv=False),
        lambda x: np.linalg.qr(x)[1],
        lambda x: np.var(x, axis=0),
        lambda x: np.std(x, axis=0, ddof=1),
        lambda x: np.max(x, axis=0),
        lambda x: np.sort(x, axis=0),
        np.median,
        lambda x: np.repeat(x, 2, axis=0),
        lambda x: np.equal(x, x.T.T) * x,
    ],
)
def test_numpys_functions_mean_what_numpy_means(call: Callable[[Any], Any]) -> None:
    found = call(gradcli.tensor(M.copy(), requires_grad=True))
    assert found.requires_grad
    np.testing.assert_allclose(found.array, call(M), rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("call", [np.vsplit, np.trapezoid, np.linalg.eig, np.fft.fft, np.gradient, np.nansum, np.ptp])
def test_numpys_other_functions_are_refused_by_name(call: Any) -> None:
    x = gradcli.tensor(S.copy(), requires_grad=True)
    with pytest.raises(gradcli.Problem, match=call.__name__):
        call(x, 3) if call is np.vsplit else call(x)
