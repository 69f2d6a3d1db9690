"""Random programs of tensors, written once for PyTorch and for gradcli: views, changes in place, indices, joins."""

from __future__ import annotations

import re
from random import Random

__all__ = ["statement"]

ONE = (
    *("sin", "cos", "tanh", "sigmoid", "square", "neg", "abs", "relu", "exp2", "expm1", "erf", "atan", "asinh"),
    *("sign", "floor", "round", "trunc", "frac", "logit", "reciprocal", "digamma"),
)
POSITIVE = ("log", "sqrt", "log1p", "rsqrt", "log2", "lgamma", "acosh", "reciprocal", "log10")
TWO = (
    *("maximum", "minimum", "atan2", "logaddexp", "hypot", "fmax", "fmin", "mul", "sub", "add", "div", "copysign"),
    *("remainder", "fmod", "xlogy"),
)
PLACES: dict[str, tuple[str, ...]] = {
    "one": ONE,
    "two": TWO,
    "positive": POSITIVE,
    "into": ("add_", "mul_", "sub_", "copy_", "div_"),
    "alone": (*("sin_", "cos_", "neg_", "zero_", "abs_", "relu_", "exp2_", "square_", "tanh_", "sigmoid_", "floor_"),),
    "c": ("0", "1", "0.5", "2", "-1", "1.5"),
    "d": ("0", "0", "1", "-1", "-2"),
    "f": ("[0, 2]", "[1, 1]", "[2, 1, 0]", "[1]"),
    "i": ("0", "1", "1", "2", "3"),
    "j": ("-1", "1", "-2", "0"),
    "k": ("True", "False"),
    "l": ("[0, 2]", "[1, 1]", "[0, 0, 1]", "[-1, 0]", "[2, 1, 0]", "[1]"),
    "n": ("2", "3", "0", "1", "2.0"),
    "o": ("[0, 2]", "[2, 0]", "[1]", "[-1]"),  # which value stays where an entry is named twice is not defined
    "p": ("1", "2", "float('inf')", "3", "2.5"),
}
MASKS = ("({t} > 0)", "({t} >= {u})", "({t} == {u})", "({t} < 1).logical_not()", "({t} != 0)", "({t} * 2 <= {u})")

FORMS: tuple[tuple[float, tuple[str, ...]], ...] = (
    (
        3.0,
        (
            "{a} + {b}", "{a} - {b}", "{a} * {b}", "{a} / ({b}.abs() + 0.5)", "{a} ** {n}",
            "({a}.abs() + 0.5) ** ({b}*{b} + 0.5)", "({a}.abs() + 0.5) ** {b}.detach()",
            "{c} - {a}", "{c} / ({a} * {a} + 1)", "-{a}", "{c} ** ({a} * {a} + 0.5)", "{a}.detach() // {c}",
            "{a} % {c}", "{a} / {b}",
            "m.{two}({a}, {b})", "{a}.{two}({b})", "m.{one}({a})", "{a}.{one}()", "({a}.abs() + 0.5).{positive}()",
            "m.where({mask}, {a}, {b})", "m.where({mask}, {a}, {c})", "{a}.where({mask}, {b})",
            "m.clamp({a}, min={c})", "{a}.clamp(max={c})", "m.clamp({a}, {b}, {b} + 1)", "{a}.clip({c}, 2)",
            "m.lerp({a}, {b}, 0.3)", "m.addcmul({a}, {b}, {b}, value=0.5)", "{a}.add({b}, alpha=2)",
            "m.sub({a}, {b}, alpha={c})", "m.div({a}, {c}, rounding_mode='floor')",
            "m.masked_fill({a}, {mask}, {c})", "{a}.double()", "{a} * {mask}", "{mask} * {a} + {mask}",
        ),
    ),
    (
        2.0,
        (
            "{a}.sum()", "{a}.sum({d})", "{a}.sum(dim={d}, keepdim={k})", "{a}.mean({d}, keepdim={k})", "{a}.mean()",
            "{a}.sum(({d}, {d}))", "m.sum({a}, dim=({d}, {d}), keepdim={k})", "m.prod({a}, {d})", "{a}.prod()",
            "m.prod({a}, dim={d}, keepdim={k})", "m.amax({a}, {d})", "{a}.amin(dim={d}, keepdim={k})", "{a}.max()",
            "{a}.amax()", "{a}.amax(({d}, {d}))", "{a}.min()", "{a}.max({d})[0]", "m.max({a}, {d}, keepdim={k})[0]",
            "m.min({a}, dim={d}).values", "{a}.var()", "{a}.var({d}, unbiased={k})",
            "m.var({a}, dim={d}, keepdim={k})",
            "m.std({a}, dim={d}, correction=0, keepdim={k})", "m.logsumexp({a}, {d}, keepdim={k})",
            "{a}.logsumexp(dim={d})", "{a}.norm()", "m.norm({a}, p={p}, dim={d}, keepdim={k})", "{a}.norm({p})",
            "m.linalg.vector_norm({a}, {p}, dim={d})", "m.cumsum({a}, {d})", "{a}.cumprod(dim={d})",
            "m.softmax({a}, {d})", "{a}.log_softmax(dim={d})", "{a}.median()", "{a}.median({d})[0]",
            "m.std_mean({a}, dim={d}, keepdim={k})[1]", "m.var_mean({a}, {d}, keepdim={k})[0]", "m.sort({a}, {d})[0]",
            "{a}.sort(dim={d}, descending={k}).values", "m.topk({a}.exp2() * m.tensor([1.0, 1.01, 1.02]), {i})[0]",
            "m.count_nonzero({a}, dim={d})",
            "m.argmax({a}, dim={d})", "m.any({mask}, dim={d})", "{mask}.all()", "m.diff({a}, dim={d})",
            "m.trapz({a}, dim={d})", "m.nansum({a}, dim={d}, keepdim={k})", "m.dist({a}, {b}, {p})",
        ),
    ),
    (
        1.5,
        (
            "m.stack([{a}, {b}], {d})", "m.stack(({a}, {a}, {b}), dim={d})", "m.cat([{a}, {b}], {d})",
            "m.cat(({a}, {b}, {a}), dim={d})", "m.concat([{a}, {b}])", "m.hstack([{a}, {b}])", "m.vstack(({a}, {b}))",
            "m.stack(list({a}.unbind({d})), {d})", "m.cat(m.split({a}, {i}, dim={d})[::-1], {d})",
            "m.stack(m.meshgrid({a}, {b}, indexing='ij'))", "m.cat([m.stack([{a}, {b}]), m.stack([{b}, {a}])], {d})",
            "m.stack(m.broadcast_tensors({a}, {b}))", "m.tile({a}, (2, 1))", "{a}.repeat(2, 1)",
            "{a}[None].repeat_interleave(2, dim={d})", "m.kron({a}, {b})",
        ),
    ),
    (
        2.0,
        (
            "{a}[{i}]", "{a}[{j}]", "{a}[..., {i}]", "{a}[:, {i}]", "{a}[{i}:]", "{a}[..., ::2]", "{a}[None]",
            "{a}[:, None]", "{a}[{l}]", "{a}[:, {l}]", "{a}[m.tensor({l})]", "{a}[{l}, {l}]", "{a}[{mask}]",
            "{a}[{mask}.logical_not()]", "{a}[{a} > {c}]", "{a}[({a} > 0) & ({a} < 2)]", "{a}[{mask}, {i}]",
            "{a}[m.tensor({l})[:, None], m.tensor({l})]", "{a}[..., {l}]", "{a}[{l}, :, {l}]", "{a}[:, {l}, None]",
            "m.index_select({a}, {d}, m.tensor({l}))", "m.gather({a}, 0, m.argsort({a}, dim=0))",
            "m.take({a}, m.tensor({l}))", "m.masked_select({a}, {mask})", "{a}[m.argmax({a})]", "{a}[{a}.argsort()]",
            "m.take_along_dim({a}, m.argsort({a}, dim=-1), dim=-1)", "m.select({a}, {d}, {i})",
            "m.narrow({a}, {d}, 0, {i})", "{a}[{mask}].sum()", "{a}[m.tensor([True, False, True])]",
            "{a}.scatter_add(-1, m.argsort({a}, dim=-1), {a})", "m.index_add({a}, {d}, m.tensor({l}), {b})",
        ),
    ),
    (
        1.5,
        (
            "{a}.reshape(-1)", "{a}.view(-1)", "{a}.view(3, -1)", "{a}.reshape(({i}, -1))", "{a}.t()", "{a}.T",
            "{a}.transpose({d}, {d})", "m.permute({a}, ({d}, {d}))", "{a}.unsqueeze({d})", "{a}.squeeze()",
            "{a}.squeeze({d})", "{a}.expand(3, -1)", "{a}.expand(2, 3, 3)", "{a}.diagonal()",
            "m.diagonal({a}, offset=1)", "m.diagonal({a}, 0, {d}, {d})", "m.diag({a})", "m.tril({a}, {j})",
            "m.triu({a}, diagonal={j})", "m.flip({a}, ({d},))", "m.roll({a}, {j}, {d})", "{a}.roll({i})",
            "{a}.unbind({d})[{i}]", "{a}.split({i}, {d})[0]", "{a}.split([1, 2], dim={d})[1]",
            "{a}.chunk(2, {d})[-1]",
            "m.tensor_split({a}, 2, dim={d})[0]", "{a}.flatten()", "m.flatten({a}, {d}, {d})",
            "m.movedim({a}, {d}, {d})",
            "m.swapaxes({a}, {d}, {d})", "{a}.view_as({b})", "{a}.clone()", "{a}.detach()", "{a}.contiguous()",
            "{a}.expand_as({b})", "{a}.unflatten({d}, (1, -1))", "{a}.select({d}, {j})", "m.diag_embed({a})",
        ),
    ),
    (
        0.8,
        (
            "{a} @ {b}", "m.matmul({a}, {b})", "{a}.T @ {b}", "m.dot({a}, {b})", "m.outer({a}, {b})",
            "m.mv({a}, {b})",
            "m.mm({a}, {b})", "m.einsum('ij,jk->ik', {a}, {b})", "m.einsum('ij,ij', {a}, {b})",
            "m.einsum('i,i,i->', {a}, {a}, {b})", "m.einsum('...i,...i->...', {a}, {b})",
            "m.einsum('ii->i', {a}).clone()",
            "m.tensordot({a}, {b}, dims=1)", "m.trace({a})", "m.det({a} @ {a}.T + m.eye(3))",
            "m.inverse({a} @ {a}.T + m.eye(3))",
            "m.linalg.solve({a} @ {a}.T + m.eye(3), {b})", "m.linalg.norm({a}, {p}, {d})", "m.matrix_power({a}, {i})",
            "m.linalg.cholesky({a} @ {a}.T + m.eye(3))", "m.cross({a}, {b}, dim={d})", "m.inner({a}, {b})",
            "m.einsum('ij->ji', {a}).clone()", "m.addmm({a}, {b}, {a}, beta=0.5)",
            "m.linalg.slogdet({a} @ {a}.T + m.eye(3))[1]",
        ),
    ),
)  # fmt: skip
"""Expressions for a new tensor, with their weights."""

CHANGES = (
    "{a}.{alone}()", "{a}.{into}({b})", "{a}.{into}({b})", "{a}.{into}({c})", "{a}[{i}] = {b}", "{a}[{i}] = {c}",
    "{a}[{mask}] = {c}", "{a}[..., {i}] = {b}", "{a}[{o}] = {b}", "{a}[{i}:] *= {b}", "{a}[{i}] += {c}",
    "{a}.fill_({c})", "{a}.clamp_({c}, 2)", "{a}.masked_fill_({mask}, {c})", "{a}.diagonal().zero_()",
    "{a}.add_({b}, alpha=2)", "{a} += {b}", "{a} *= {c}", "{a}.t().{alone}()", "{a}.view(-1)[{i}] = {b}",
    "{a}.pow_(2)", "{a}[:, {i}].{alone}()", "{a}[{a} > {c}] = {b}.sum()", "{a}[{i}, {i}] = {b}.sum()",
)  # fmt: skip
"""Statements that change a tensor in place."""


def statement(random: Random, names: list[str], new: str) -> str:
    """One statement: a new tensor, or a change of one in its place."""
    if random.random() < 0.12:
        changed = random.choice(CHANGES)
        if random.random() < 0.15:
            changed = f"with m.no_grad(): {changed}"
        return _filled(random, names, changed)
    (forms,) = random.choices([forms for _, forms in FORMS], [weight for weight, _ in FORMS])
    return f"{new} = {_filled(random, names, random.choice(forms))}"


def _filled(random: Random, names: list[str], form: str) -> str:
    """The form with its places filled: `a` and `b` are two tensors, what else there is is drawn at each place."""
    tensors = {"a": random.choice(names[-4:] if random.random() < 0.7 else names), "b": random.choice(names)}

    def drawn(place: re.Match[str]) -> str:
        word = place[1]
        if word == "mask":
            t, u = random.choice(names), random.choice(names)
            return random.choice(MASKS).format(t=t, u=u)
        return tensors[word] if word in tensors else random.choice(PLACES[word])

    return re.sub(r"\{(\w+)\}", drawn, form)
