"""What the derivative table says of one operation.

An `Op` is data: text and dotted paths, nothing imported, so that reading the table costs neither NumPy
nor SymPy nor SciPy. The engine compiles an entry into NumPy calls on first use; the oracle reads the
same entry's SymPy counterpart; the tests and the documentation read all of it.

Paths are `module.attribute`; `ops.sinc.dsinc` is short for `gradcli.ops.functions.sinc.dsinc`, and `ops.f` for `f` in
`gradcli.ops.functions.numeric` (values) or `gradcli.ops.functions.transposes` (transposes and weights).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple, TypeAlias

from gradcli.ops.entry.domains import Interval
from gradcli.ops.entry.record import Record

__all__ = ["OBJECTS", "REQUIRED", "Hints", "Kind", "Op", "Peers"]

Kind: TypeAlias = Literal[
    "elementwise", "predicate", "linear", "multilinear", "reduction", "general", "constructor", "composite"
]

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


class Hints(NamedTuple):
    """What to say where a number is not finite.

    Attributes:
        infinite: why the value is infinite, and what does without.
        undefined: why there is no real value.
        steep: where the derivative is infinite, and what does without.
    """

    infinite: str = ""
    undefined: str = ""
    steep: str = ""


NO_HINTS = Hints()

NO_TEXTS: Mapping[str, tuple[str, ...]] = {}


class Op(Record):
    """One operation, declared once; read it part by part.

    Its call:
        name: the canonical one.
        params: the arguments that may be differentiated; the last one takes any number of them if `variadic`.
        statics: the arguments that may not (axes, shapes, flags), with their defaults; `REQUIRED` for none.
        keyword_only: those of them that a call gives by name, the last ones.
        aliases: other names; infix: its operator; pairwise: the elementwise operation that a call with several
            arguments means, as in `max(x, y)`.
        outputs: the names of several outputs; multi_output: whether the value is a tuple of arrays.

    Its value:
        kind: which rules follow from the entry, see `gradcli.ops.entry.declare`.
        value: the path of the NumPy function.
        views: whether the value may share the argument's memory.
        output_size: the path of a function of the arguments' shapes and the statics, for an operation whose value
            can be larger than what its arguments broadcast to: how many entries it has, so that too many are refused
            before they are made.
        accepts_bool: whether it takes truth values and integers as they are; others compute with them as float64.

    Its derivative:
        partials: for each parameter the partial derivative (of a reduction the weight), in gradcli's own language
            over the parameters and `out`, the operation's value. None stands for a parameter that cannot be
            differentiated; "0" for a derivative that is zero wherever it exists.
        transposes: paths of VJPs; jvps: paths of JVPs.
        texts: the VJPs in gradcli's own language over `g`, the parameters and `out`, by the arguments' numbers of axes:
            "21" for a matrix and a vector; for formulas of whole arrays.
        node: the graph node's name, where it is not made from the operation's.
        quotient: see `declare.general`; of_matrices: whether it is a function of square matrices made of their powers.
        selects_entries: whether it only moves entries, so that a zero in its VJP or JVP means that nothing depends
            on the entry.

    Where the derivative exists:
        sample_domains: for each parameter the intervals inside its domain, where the tests sample it.
        domain: a condition of the language over the parameters, where `sample_domains` is a part of that alone.
        reach: a condition of the language over the parameters, outside of which value and derivatives are not known to
            their last digits, and the operation refuses its arguments; "" for none.
        unlearned: why there is no derivative by a parameter whose partial is None.
        kinks: expressions that are zero where the operation is not differentiable; "ties" for equal entries.
        convention: what the derivative is taken to be there; peers: what other packages give.
        piecewise: the operation in the language, made of `where`, comparisons and smooth operations, for one-sided
            derivatives at kinks; not needed where the counterpart is such an expression.

    Facts for those who check it:
        sympy: the counterpart, a function's name in `gradcli.symbolic.program.counterparts` or in SymPy where it is
            an identifier, an expression in gradcli's own language otherwise; `OBJECTS` says that the NumPy value
            itself works entry by entry on arrays of symbols.
        analytic: whether the NumPy value, given complex numbers, is the analytic continuation, to full precision in
            both parts next to the real axis: the numeric witness then takes a complex step through it.
        backward_stable: whether the value is the exact one of slightly changed matrices, and not one that is right
            to half a unit in each entry.
        inverse: the path of the function that gives its argument back from its value, where its rules keep only that.
        nonfinite_hints: what to say where a number is not finite.
        unstable_forms: expressions, equal to the operation, that overflow or cancel where it does not.
        doc: one sentence.
    """

    name: str
    params: tuple[str, ...]
    statics: dict[str, Any]
    variadic: bool
    keyword_only: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    infix: str = ""
    pairwise: str = ""
    outputs: tuple[str, ...] = ()
    multi_output: bool = False

    kind: Kind
    value: str
    views: bool = False
    output_size: str = ""
    accepts_bool: bool = False

    partials: tuple[str | None, ...] = ()
    transposes: tuple[str, ...] = ()
    jvps: tuple[str, ...] = ()
    texts: Mapping[str, tuple[str, ...]] = NO_TEXTS
    node: str = ""
    quotient: tuple[str, ...] = ()
    of_matrices: bool = False
    selects_entries: bool = False

    sample_domains: tuple[tuple[Interval, ...], ...] = ()
    domain: str = ""
    reach: str = ""
    unlearned: str = ""
    kinks: tuple[str, ...] = ()
    convention: str = ""
    peers: Peers | None = None
    piecewise: str = ""

    sympy: str
    analytic: bool = False
    backward_stable: bool = False
    inverse: str = ""
    nonfinite_hints: Hints = NO_HINTS
    unstable_forms: tuple[str, ...] = ()
    doc: str

    @property
    def signature(self) -> str:
        """The call as the language writes it.

        >>> from gradcli.ops import lookup
        >>> lookup("sum").signature
        'sum(x, axis=None, *, keepdims=False)'
        """
        star = "*" if self.variadic else ""
        parts = [f"{star}{p}" for p in self.params]
        for key, default in self.statics.items():
            parts += ["*"] if self.keyword_only[:1] == (key,) and not self.variadic else []
            parts.append(key if default is REQUIRED else f"{key}={default!r}")
        return f"{self.name}({', '.join(parts)})"

    @property
    def differentiable(self) -> bool:
        """Whether any gradient can pass through."""
        return self.kind not in ("predicate", "constructor") and (self.kind != "general" or bool(self.transposes))

    @property
    def node_name(self) -> str:
        """The name of the graph node, PyTorch's way: `mul` makes `MulBackward0`."""
        return self.node or "".join(part.capitalize() for part in self.name.split("_")) + "Backward0"
