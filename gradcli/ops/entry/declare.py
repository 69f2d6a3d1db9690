"""The ways to declare an operation: one function for each kind of entry.

Signatures read as `name(x, y; axis=None, *, keepdims=False)`: parameters before the semicolon may be differentiated,
those after it are static (axes, shapes, flags), and those of them after a `*` are given by name alone in the language.
`*arrays` takes any number of differentiable arguments.

An operation with several outputs gives a tuple of arrays. Its VJP gets a list of cotangents, one for each output
(of a general operation's outputs None for one that was not used), its JVP gives a tuple of tangents; `out` is the
tuple of all values.

The functions of a general operation are called by the names of their parameters: the cotangent (or the
tangent) first, then any of the operation's parameters and statics, `out`, its value, `shape`, the shape of the
first argument, and `inputs`, all arguments. What a function names is what backward keeps for it.

What each field means, `gradcli.ops.entry.op.Op` says.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypedDict

from gradcli.errors import Problem
from gradcli.ops.entry.domains import REAL, Interval
from gradcli.ops.entry.op import NO_HINTS, OBJECTS, REQUIRED, Hints, Op, Peers

NO_TEXTS: Mapping[str, tuple[str, ...]] = {}

__all__ = ["composite", "constructor", "elementwise", "general", "linear", "multilinear", "predicate", "reduction"]


def elementwise(
    signature: str,
    value: str,
    sympy: str,
    *partials: str | None,
    doc: str,
    sample_domains: Sequence[tuple[Interval, ...]] = (),
    domain: str = "",
    reach: str = "",
    unlearned: str = "",
    kinks: Sequence[str] = (),
    convention: str = "",
    peers: Peers | None = None,
    piecewise: str = "",
    aliases: Sequence[str] = (),
    infix: str = "",
    node: str = "",
    quotient: tuple[str, ...] = (),
    analytic: bool = False,
    accepts_bool: bool = False,
    nonfinite_hints: Hints = NO_HINTS,
    unstable_forms: Sequence[str] = (),
) -> Op:
    """An operation on each entry, after broadcasting: one partial for each parameter.

    Args:
        sample_domains: for each parameter (default: the reals).
        domain: where it has a derivative, a condition of the language over the parameters, where `sample_domains` is
            a part of that alone; "all reals" where it is everywhere.
        reach, unlearned: see `Op`.
    """
    call = _split(signature)
    params = call["params"]
    domains = tuple(sample_domains) or (REAL,) * len(params)
    if len(partials) != len(params) or len(domains) != len(params):
        raise Problem(f"{signature}: one partial and one domain for each of {', '.join(params)}")
    return Op(
        kind="elementwise", **call, value=value, sympy=sympy, doc=doc,
        partials=partials, sample_domains=domains, domain=domain, reach=reach, unlearned=unlearned, kinks=tuple(kinks),
        convention=convention, peers=peers, piecewise=piecewise, aliases=tuple(aliases), infix=infix, node=node,
        quotient=quotient, analytic=analytic, accepts_bool=accepts_bool, nonfinite_hints=nonfinite_hints,
        unstable_forms=tuple(unstable_forms),
    )  # fmt: skip


def predicate(
    signature: str,
    value: str,
    sympy: str,
    *,
    doc: str,
    kinks: Sequence[str] = (),
    peers: Peers | None = None,
    aliases: Sequence[str] = (),
    infix: str = "",
    accepts_bool: bool = False,
) -> Op:
    """A comparison or a logical operation on each entry: gives booleans, passes no gradient."""
    call = _split(signature)
    return Op(
        kind="predicate", **call, value=value, sympy=sympy, doc=doc,
        sample_domains=(REAL,) * len(call["params"]), kinks=tuple(kinks), peers=peers,
        convention="that of what the condition picks, as in PyTorch, JAX and SymPy" if kinks else "",
        aliases=tuple(aliases), infix=infix, accepts_bool=accepts_bool,
    )  # fmt: skip


def linear(
    signature: str,
    value: str,
    sympy: str,
    *,
    transpose: str,
    doc: str,
    aliases: Sequence[str] = (),
    node: str = "",
    multi_output: bool = False,
    views: bool = False,
    output_size: str = "",
    texts: Mapping[str, tuple[str, ...]] = NO_TEXTS,
    analytic: bool = True,
    accepts_bool: bool = False,
) -> Op:
    """A linear map: its JVP is itself, its VJP the transpose, `transpose(g, shape, **statics)`.

    `shape` is the shape of the argument. A variadic map's transpose is `transpose(g, shapes, **statics)`
    and gives one cotangent for each argument.

    Args:
        multi_output: whether the value is a tuple of arrays; `g` is then a list of cotangents.
    """
    return Op(
        kind="linear", **_split(signature), value=value, sympy=sympy, doc=doc,
        transposes=(transpose,), aliases=tuple(aliases), node=node, multi_output=multi_output, views=views,
        output_size=output_size, texts=texts, analytic=analytic, accepts_bool=accepts_bool,
    )  # fmt: skip


def multilinear(
    signature: str,
    value: str,
    sympy: str,
    *,
    transposes: tuple[str, str],
    doc: str,
    aliases: Sequence[str] = (),
    infix: str = "",
    output_size: str = "",
    texts: Mapping[str, tuple[str, ...]] = NO_TEXTS,
    analytic: bool = True,
) -> Op:
    """A map linear in each of two arguments: transpose i is `transpose(g, a, b, **statics)`."""
    return Op(
        kind="multilinear", **_split(signature), value=value, sympy=sympy, doc=doc,
        transposes=transposes, texts=texts, aliases=tuple(aliases), infix=infix, output_size=output_size,
        analytic=analytic,
    )  # fmt: skip


def reduction(
    signature: str,
    value: str,
    sympy: str,
    weight: str,
    *,
    otherwise: str = "",
    doc: str,
    sample_domains: tuple[Interval, ...] = REAL,
    domain: str = "",
    kinks: Sequence[str] = (),
    convention: str = "",
    peers: Peers | None = None,
    aliases: Sequence[str] = (),
    pairwise: str = "",
    texts: Mapping[str, tuple[str, ...]] = NO_TEXTS,
    selects_entries: bool = False,
    analytic: bool = False,
    nonfinite_hints: Hints = NO_HINTS,
    unstable_forms: Sequence[str] = (),
) -> Op:
    """A map of a whole axis (or several) to one entry each, with d out = sum(weight * dx) over the axis.

    One weight serves both modes: the VJP spreads `g` over the axis and multiplies by it, the JVP
    multiplies the tangent by it and sums. It is an expression over `x`, `out` (kept as an axis of length
    one), `n` (how many entries are reduced to one) and `axis`, or the path of such a function.

    Args:
        otherwise: the weight where a static other than the axes is not at its default.
        selects_entries: whether a weight is 0 just where the value does not depend on the entry, as those of a
            maximum are.
    """
    return Op(
        kind="reduction", **_split(signature), value=value, sympy=sympy, doc=doc,
        partials=(weight, otherwise) if otherwise else (weight,), sample_domains=(sample_domains,), domain=domain,
        kinks=tuple(kinks), convention=convention, peers=peers, aliases=tuple(aliases), pairwise=pairwise, texts=texts,
        selects_entries=selects_entries, analytic=analytic, nonfinite_hints=nonfinite_hints,
        unstable_forms=tuple(unstable_forms),
    )  # fmt: skip


def general(
    signature: str,
    value: str,
    sympy: str,
    *,
    vjps: Sequence[str] = (),
    jvps: Sequence[str] = (),
    doc: str,
    kinks: Sequence[str] = (),
    convention: str = "",
    peers: Peers | None = None,
    aliases: Sequence[str] = (),
    node: str = "",
    outputs: Sequence[str] = (),
    output_size: str = "",
    quotient: tuple[str, ...] = (),
    texts: Mapping[str, tuple[str, ...]] = NO_TEXTS,
    of_matrices: bool = False,
    selects_entries: bool = False,
    inverse: str = "",
    analytic: bool = False,
    accepts_bool: bool = False,
    backward_stable: bool = False,
    nonfinite_hints: Hints = NO_HINTS,
    unstable_forms: Sequence[str] = (),
) -> Op:
    """Any other operation on whole arrays: for each parameter its VJP and its JVP; without them, no gradient passes.

    A variadic operation has one VJP, which gives a cotangent for each argument, and one JVP, which takes a tangent
    for each.

    Args:
        quotient: for a quotient the paths of `product(divisor, out, dividend)`, the first parameter named as the
            entry's is, of which the value is the `out` that gives the dividend, and of `division(divisor, product,
            dividend)`, which finds it for any product of that shape. Taylor series are divided by them.
        of_matrices: whether it is a function of square matrices made of their powers, exp(x) or x**3: its Taylor
            series is then its value at one larger matrix.
    """
    return Op(
        kind="general", **_split(signature), value=value, sympy=sympy, doc=doc,
        transposes=tuple(vjps), jvps=tuple(jvps), texts=texts, kinks=tuple(kinks), convention=convention, peers=peers,
        aliases=tuple(aliases), node=node, multi_output=bool(outputs), outputs=tuple(outputs), output_size=output_size,
        quotient=quotient, of_matrices=of_matrices, selects_entries=selects_entries, inverse=inverse,
        analytic=analytic, accepts_bool=accepts_bool, backward_stable=backward_stable,
        nonfinite_hints=nonfinite_hints, unstable_forms=tuple(unstable_forms),
    )  # fmt: skip


def constructor(signature: str, value: str, *, doc: str, output_size: str = "") -> Op:
    """An array made from static arguments alone."""
    return Op(
        kind="constructor", **_split(signature), value=value, sympy=OBJECTS, doc=doc, output_size=output_size
    )  # fmt: skip


def composite(signature: str, value: str, meaning: str, *, doc: str) -> Op:
    """An operation that others make up: `gradcli.ops.calls.composites` puts it together where a program is read.

    Args:
        meaning: what it is in the language, for people.
    """
    return Op(kind="composite", **_split(signature), value=value, sympy=meaning, doc=doc)


_DEFAULTS: dict[str, Any] = {"None": None, "False": False, "True": True, "": REQUIRED}


class _Call(TypedDict):
    name: str
    params: tuple[str, ...]
    statics: dict[str, Any]
    variadic: bool
    keyword_only: tuple[str, ...]


def _split(signature: str) -> _Call:
    """The parts of a call, `name(x, *y; axis=None)`."""
    name, _, inside = signature.rstrip(")").partition("(")
    before, _, after = inside.partition(";")
    params = tuple(p.strip() for p in before.split(",") if p.strip())
    statics: dict[str, Any] = {}
    by_position = len(after.split(","))
    for item in filter(None, (s.strip() for s in after.split(","))):
        if item == "*":
            by_position = len(statics)
            continue
        key, _, default = item.partition("=")
        quoted = default.startswith("'")
        statics[key] = default.strip("'") if quoted else _DEFAULTS[default] if default in _DEFAULTS else int(default)
    variadic = bool(params) and params[-1].startswith("*")
    names = tuple(p.lstrip("*") for p in params)
    keyword_only = tuple(statics)[by_position:]
    return {"name": name, "params": names, "statics": statics, "variadic": variadic, "keyword_only": keyword_only}
