"""What an operation is, and the ways to declare one.

An `Op` is data: text and dotted paths, nothing imported, so that reading the table costs neither NumPy
nor SymPy nor SciPy. The engine compiles an entry into NumPy calls on first use; the oracle reads the
same entry's SymPy counterpart; the tests and the documentation read all of it.

Signatures read as `name(x, y; axis=None)`: parameters before the semicolon may be differentiated, those
after it are static (axes, shapes, flags). `*arrays` takes any number of differentiable arguments.

Paths are `module.attribute`; `ops.sinc.dsinc` is short for `gradcli.ops.functions.sinc.dsinc`, and `ops.f` for `f` in
`gradcli.ops.functions.numeric` (values) or `gradcli.ops.functions.transposes` (transposes and weights).

An operation with several outputs gives a tuple of arrays. Its VJP gets a list of cotangents, one for each output
(of a general operation's outputs None for one that was not used), its JVP gives a tuple of tangents; `out` is the
tuple of all values.

The functions of a general operation are called by the names of their parameters: the cotangent (or the
tangent) first, then any of the operation's parameters and statics, `out`, its value, `shape`, the shape of the
first argument, and `inputs`, all arguments. What a function names is what backward keeps for it.

A partial is written in gradcli's own language over the parameters and `out`, the operation's value.
`None` stands for a parameter that cannot be differentiated; "0" for a derivative that is zero wherever
it exists.

The SymPy counterpart is the name of a function in `gradcli.symbolic.program.counterparts` or in SymPy where it
is an identifier, an expression in gradcli's own language otherwise; `OBJECTS` says that the NumPy value
itself works entry by entry on arrays of symbols.

`entries` is the path of a function of the arguments' shapes and the statics, for an operation whose value can be
larger than what its arguments broadcast to: how many entries it has, so that too many are refused before they are made.

`analytic` says that the NumPy value, given complex numbers, is the analytic continuation, to full precision in both
parts next to the real axis: the numeric witness then takes a complex step through it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal, NamedTuple, TypeAlias

from gradcli.errors import Problem
from gradcli.ops.entry.domains import REAL, Interval

__all__ = [
    "OBJECTS",
    "REQUIRED",
    "Op",
    "Peers",
    "Trouble",
    "constructor",
    "elementwise",
    "general",
    "linear",
    "multilinear",
    "predicate",
    "reduction",
]

Kind: TypeAlias = Literal["elementwise", "predicate", "linear", "multilinear", "reduction", "general", "constructor"]

OBJECTS = "<object arrays>"


class _Required:
    def __repr__(self) -> str:
        return "REQUIRED"


REQUIRED = _Required()


class Peers(NamedTuple):
    """What other packages give for the derivative at a kink: measured, and measured again by the tests.

    Attributes:
        call: the operation in the variable x.
        x: where the call is at its kink.
        torch: PyTorch's derivative by x; "" if it has no such operation or no derivative of it.
        jax: JAX's.
        sympy: SymPy's, its own derivative with x put in; "" also where what it gives is not a number.
    """

    call: str
    x: float
    torch: str = ""
    jax: str = ""
    sympy: str = ""

    @property
    def told(self) -> str:
        """In words.

        >>> Peers("cbrt(x)", 0.0, "", "inf", "nan").told
        'cbrt(x) at x = 0: JAX inf, SymPy nan'
        """
        known = [("PyTorch", self.torch), ("JAX", self.jax), ("SymPy", self.sympy)]
        return f"{self.call} at x = {self.x:g}: " + ", ".join(f"{name} {slope}" for name, slope in known if slope)


class Trouble(NamedTuple):
    """What to say where a number is not finite.

    Attributes:
        infinite: why the value is infinite, and what does without.
        undefined: why there is no real value.
        steep: where the derivative is infinite, and what does without.
    """

    infinite: str = ""
    undefined: str = ""
    steep: str = ""


NO_TROUBLE = Trouble()


class Op(NamedTuple):
    """One operation, declared once. See the module's text for what each field means."""

    name: str
    kind: Kind
    params: tuple[str, ...]
    statics: dict[str, Any]
    variadic: bool
    value: str
    sympy: str
    partials: tuple[str | None, ...]
    transposes: tuple[str, ...]
    doc: str
    on: tuple[tuple[Interval, ...], ...]
    kinks: tuple[str, ...]
    convention: str
    aliases: tuple[str, ...]
    infix: str
    pairwise: str
    node: str
    several: bool
    views: bool
    pushes: tuple[str, ...]
    sides: str
    peers: Peers | None
    analytic: bool
    picks: bool = False
    trouble: Trouble = NO_TROUBLE
    replaces: tuple[str, ...] = ()
    undoes: tuple[str, ...] = ()
    of_matrices: bool = False
    outputs: tuple[str, ...] = ()
    truths: bool = False
    stable: bool = False
    undo: str = ""
    entries: str = ""
    abreast: str = ""
    domain: str = ""

    @property
    def signature(self) -> str:
        """The call as the language writes it.

        >>> from gradcli.ops import lookup
        >>> lookup("sum").signature
        'sum(x, axis=None, keepdims=False)'
        """
        star = "*" if self.variadic else ""
        parts = [f"{star}{p}" for p in self.params]
        parts += [k if v is REQUIRED else f"{k}={v!r}" for k, v in self.statics.items()]
        return f"{self.name}({', '.join(parts)})"

    @property
    def differentiable(self) -> bool:
        """Whether any gradient can pass through."""
        return self.kind not in ("predicate", "constructor") and (self.kind != "general" or bool(self.transposes))

    @property
    def node_name(self) -> str:
        """The name of the graph node, PyTorch's way: `mul` makes `MulBackward0`."""
        return self.node or "".join(part.capitalize() for part in self.name.split("_")) + "Backward0"


def elementwise(
    signature: str,
    value: str,
    sympy: str,
    *partials: str | None,
    doc: str,
    on: Sequence[tuple[Interval, ...]] = (),
    kinks: Sequence[str] = (),
    convention: str = "",
    aliases: Sequence[str] = (),
    infix: str = "",
    node: str = "",
    sides: str = "",
    peers: Peers | None = None,
    analytic: bool = False,
    trouble: Trouble = NO_TROUBLE,
    replaces: Sequence[str] = (),
    undoes: tuple[str, ...] = (),
    truths: bool = False,
    domain: str = "",
) -> Op:
    """An operation on each entry, after broadcasting: one partial for each parameter.

    Args:
        on: for each parameter the intervals inside its domain, where the tests sample it (default: the reals).
        domain: where it has a derivative, a condition of the language over the parameters, where `on` is a part of
            that alone; "all reals" where it is everywhere.
        kinks: expressions over the parameters that are zero where the operation is not differentiable.
        convention: what the derivative is taken to be there.
        sides: the operation in the language, made of `where`, comparisons and smooth operations, for one-sided
            derivatives at kinks; not needed where the counterpart is such an expression.
        peers: what other packages give there.
        infix: the operator, where the language has one.
        trouble: what to say where a number is not finite.
        replaces: expressions over the parameters, equal to the operation, that overflow or cancel where it does not.
        undoes: as for `general`.
        truths: as for `predicate`.
    """
    name, params, statics, variadic = _split(signature)
    domains = tuple(on) or (REAL,) * len(params)
    if len(partials) != len(params) or len(domains) != len(params):
        raise Problem(f"{signature}: one partial and one domain for each of {', '.join(params)}")
    return _op(
        name, "elementwise", params, statics, variadic, value, sympy, doc,
        partials=partials, on=domains, kinks=tuple(kinks), convention=convention,
        aliases=tuple(aliases), infix=infix, node=node, sides=sides, peers=peers, analytic=analytic,
        trouble=trouble, replaces=tuple(replaces), undoes=undoes, truths=truths, domain=domain,
    )  # fmt: skip


def predicate(
    signature: str,
    value: str,
    sympy: str,
    *,
    doc: str,
    kinks: Sequence[str] = (),
    aliases: Sequence[str] = (),
    infix: str = "",
    peers: Peers | None = None,
    truths: bool = False,
) -> Op:
    """A comparison or a logical operation on each entry: gives booleans, passes no gradient.

    Args:
        truths: whether it takes truth values and integers as they are; others compute with them as float64.
    """
    name, params, statics, variadic = _split(signature)
    return _op(
        name, "predicate", params, statics, variadic, value, sympy, doc,
        on=(REAL,) * len(params), kinks=tuple(kinks), convention="that of what the condition picks" if kinks else "",
        aliases=tuple(aliases), infix=infix, peers=peers, truths=truths,
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
    several: bool = False,
    views: bool = False,
    analytic: bool = True,
    truths: bool = False,
    entries: str = "",
    abreast: str = "",
) -> Op:
    """A linear map: its JVP is itself, its VJP the transpose, `transpose(g, shape, **statics)`.

    `shape` is the shape of the argument. A variadic map's transpose is `transpose(g, shapes, **statics)`
    and gives one cotangent for each argument.

    Args:
        several: whether the value is a tuple of arrays; `g` is then a list of cotangents.
        views: whether the value may share the argument's memory.
        truths: as for `predicate`.
        abreast: the path of `statics(statics, count)`, where the operation with other statics maps so many arrays
            at once, side by side along one more axis at the end.
    """
    name, params, statics, variadic = _split(signature)
    return _op(
        name, "linear", params, statics, variadic, value, sympy, doc,
        transposes=(transpose,), aliases=tuple(aliases), node=node, several=several, views=views, analytic=analytic,
        truths=truths, entries=entries, abreast=abreast,
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
    analytic: bool = True,
    entries: str = "",
) -> Op:
    """A map linear in each of two arguments: transpose i is `transpose(g, a, b, **statics)`."""
    name, params, statics, variadic = _split(signature)
    return _op(
        name, "multilinear", params, statics, variadic, value, sympy, doc,
        transposes=transposes, aliases=tuple(aliases), infix=infix, analytic=analytic, entries=entries,
    )  # fmt: skip


def reduction(
    signature: str,
    value: str,
    sympy: str,
    weight: str,
    *,
    doc: str,
    on: tuple[Interval, ...] = REAL,
    kinks: Sequence[str] = (),
    convention: str = "",
    aliases: Sequence[str] = (),
    pairwise: str = "",
    otherwise: str = "",
    peers: Peers | None = None,
    analytic: bool = False,
    picks: bool = False,
    trouble: Trouble = NO_TROUBLE,
    replaces: Sequence[str] = (),
    domain: str = "",
) -> Op:
    """A map of a whole axis (or several) to one entry each, with d out = sum(weight * dx) over the axis.

    One weight serves both modes: the VJP spreads `g` over the axis and multiplies by it, the JVP
    multiplies the tangent by it and sums. It is an expression over `x`, `out` (kept as an axis of length
    one), `n` (how many entries are reduced to one) and `axis`, or the path of such a function.

    Args:
        pairwise: the elementwise operation that a call with several arguments means: `max(x, y)`.
        otherwise: the weight where a static other than the axes is not at its default.
        picks: whether a weight is 0 just where the value does not depend on the entry, as those of a maximum are.
        trouble, replaces, domain: as for `elementwise`.
    """
    name, params, statics, variadic = _split(signature)
    return _op(
        name, "reduction", params, statics, variadic, value, sympy, doc,
        partials=(weight, otherwise) if otherwise else (weight,), on=(on,), kinks=tuple(kinks), convention=convention,
        aliases=tuple(aliases), pairwise=pairwise, peers=peers, analytic=analytic,
        picks=picks, trouble=trouble, replaces=tuple(replaces), domain=domain,
    )  # fmt: skip


def general(
    signature: str,
    value: str,
    sympy: str,
    *,
    pulls: Sequence[str] = (),
    pushes: Sequence[str] = (),
    doc: str,
    kinks: Sequence[str] = (),
    convention: str = "",
    aliases: Sequence[str] = (),
    peers: Peers | None = None,
    analytic: bool = False,
    picks: bool = False,
    trouble: Trouble = NO_TROUBLE,
    replaces: Sequence[str] = (),
    undoes: tuple[str, ...] = (),
    of_matrices: bool = False,
    node: str = "",
    outputs: Sequence[str] = (),
    truths: bool = False,
    stable: bool = False,
    undo: str = "",
    entries: str = "",
) -> Op:
    """Any other operation on whole arrays: for each parameter its VJP and its JVP; without them, no gradient passes.

    A variadic operation has one VJP, which gives a cotangent for each argument, and one JVP, which takes a tangent
    for each.

    Args:
        picks: whether it only moves entries, so that a zero in its VJP or JVP means that nothing depends on the entry.
        trouble, replaces: as for `elementwise`.
        undoes: for a quotient the paths of `product(divisor, out, dividend)`, the first parameter named as the
            entry's is, of which the value is the `out` that gives the dividend, and of `division(divisor, product,
            dividend)`, which finds it for any product of that shape. Taylor series are divided by them.
        of_matrices: whether it is a function of square matrices made of their powers, exp(x) or x**3: its Taylor
            series is then its value at one larger matrix.
        outputs: the names of its outputs, where there are several.
        truths: as for `predicate`.
        stable: whether its algorithm is backward stable: the value is the exact one of slightly changed matrices,
            and not one that is right to half a unit in each entry.
        undo: the path of the function that gives its argument back from its value, where its rules keep only that.
    """
    name, params, statics, variadic = _split(signature)
    return _op(
        name, "general", params, statics, variadic, value, sympy, doc,
        transposes=tuple(pulls), pushes=tuple(pushes), kinks=tuple(kinks), convention=convention,
        aliases=tuple(aliases), peers=peers, analytic=analytic,
        picks=picks, trouble=trouble, replaces=tuple(replaces), undoes=undoes, of_matrices=of_matrices,
        node=node, several=bool(outputs), outputs=tuple(outputs), truths=truths, stable=stable, undo=undo,
        entries=entries,
    )  # fmt: skip


def constructor(signature: str, value: str, *, doc: str, entries: str = "") -> Op:
    """An array made from static arguments alone."""
    name, params, statics, variadic = _split(signature)
    return _op(name, "constructor", params, statics, variadic, value, OBJECTS, doc, entries=entries)


def _op(
    name: str,
    kind: Kind,
    params: tuple[str, ...],
    statics: dict[str, Any],
    variadic: bool,
    value: str,
    sympy: str,
    doc: str,
    *,
    partials: tuple[str | None, ...] = (),
    transposes: tuple[str, ...] = (),
    on: tuple[tuple[Interval, ...], ...] = (),
    kinks: tuple[str, ...] = (),
    convention: str = "",
    aliases: tuple[str, ...] = (),
    infix: str = "",
    pairwise: str = "",
    node: str = "",
    several: bool = False,
    views: bool = False,
    pushes: tuple[str, ...] = (),
    analytic: bool = False,
    sides: str = "",
    peers: Peers | None = None,
    picks: bool = False,
    trouble: Trouble = NO_TROUBLE,
    replaces: tuple[str, ...] = (),
    undoes: tuple[str, ...] = (),
    of_matrices: bool = False,
    outputs: tuple[str, ...] = (),
    truths: bool = False,
    stable: bool = False,
    undo: str = "",
    entries: str = "",
    abreast: str = "",
    domain: str = "",
) -> Op:
    return Op(
        name, kind, params, statics, variadic, value, sympy, partials, transposes, doc, on, kinks, convention,
        aliases, infix, pairwise, node, several, views, pushes, sides, peers, analytic, picks, trouble, replaces,
        undoes, of_matrices, outputs, truths, stable, undo, entries, abreast, domain,
    )  # fmt: skip


_DEFAULTS: dict[str, Any] = {"None": None, "False": False, "True": True, "": REQUIRED}


def _split(signature: str) -> tuple[str, tuple[str, ...], dict[str, Any], bool]:
    name, _, inside = signature.rstrip(")").partition("(")
    before, _, after = inside.partition(";")
    params = tuple(p.strip() for p in before.split(",") if p.strip())
    statics: dict[str, Any] = {}
    for item in filter(None, (s.strip() for s in after.split(","))):
        key, _, default = item.partition("=")
        quoted = default.startswith("'")
        statics[key] = default.strip("'") if quoted else _DEFAULTS[default] if default in _DEFAULTS else int(default)
    variadic = bool(params) and params[-1].startswith("*")
    return name, tuple(p.lstrip("*") for p in params), statics, variadic
