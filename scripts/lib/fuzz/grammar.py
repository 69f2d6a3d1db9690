"""Random programs over the whole table of operations, most of them with shapes that go together."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from gradcli.errors import Problem
from gradcli.lang import parse, variables
from gradcli.ops import TABLE, Op
from gradcli.ops.entry.op import REQUIRED
from gradcli.ops.table.lookup import INTERNAL

SHAPES: dict[str, tuple[int, ...]] = {
    "a": (), "b": (), "c": (), "u": (3,), "v": (3,), "w": (1,), "z": (0,), "A": (3, 3), "B": (3, 3), "C": (2, 3),
    "R": (3, 1), "T": (2, 3, 3), "E": (0, 3), "m": (3,), "M": (3, 3), "k": (2,), "n": (),
}  # fmt: skip
"""The variables and their shapes; those of three entries fit to almost everything."""

TRUTHS = ("m", "M")
WHOLE = ("k", "n")
"""Variables of truth values, and of whole numbers that are positions: there is no derivative by them."""

_COMMON = ("a", "b", "u", "v", "A", "B")
_BINARY = ("+", "-", "*", "/", "//", "%", "**", "@", "<", "<=", ">", ">=", "==", "!=", "&", "|", " and ", " or ")
_OFTEN = ("+", "-", "*", "/", "**")
_NUMBERS = ("0", "1", "2", "3", "0.5", "1.5", "1e-3", "1e3", "7", "pi", "e")
_HARD_NUMBERS = ("inf", "nan", "1e308", "1e-308", "5e-324", "0.1", "12345678901234567890", "True", "-0.0")
_STATICS: dict[str, tuple[str, ...]] = {
    "axis": ("0", "1", "-1", "None", "0", "-1", "(0, 1)", "2", "-3"),
    "axis1": ("0", "1", "-1"),
    "axis2": ("0", "1", "-1", "2"),
    "axes": ("1", "2", "0", "None", "(1, 0)", "((0,), (1,))", "((1,), (0,))", "(0, 2, 1)"),
    "keepdims": ("True", "False"),
    "shape": ("3", "(3, 3)", "(-1,)", "(1, 3)", "(9,)", "(3, 1)", "[]", "(2, 3, 3)", "(0,)", "(1, -1)", "(2, -1)"),
    "subscripts": (
        "'i,i->'", "'ij,jk->ik'", "'ij,j->i'", "'ii->i'", "'ij->ji'", "'ij,ij->'", "'i,j->ij'", "'ij->'",
        "'...i,i->...'",
        "'ij,j'", "'bij->bji'", "'ii'", "'ab,bc,cd->ad'", "'i->ii'", "'ij,k->'", "''", "'->'",
    ),
    "indices": ("0", "[0, 2]", "[0, 0, -1]", "[[0, 1], [2, 0]]", "-1", "[[0, 0, 1]]", "[[0], [1], [2]]", "[]"),
    "reps": ("2", "(2, 1)", "(2, 1, 2)", "0", "1"),
    "repeats": ("2", "1", "0", "(1, 0, 2)"),
    "pad_width": ("1", "(1, 0)", "((1, 0), (0, 2))", "0", "((1, 1),)"),
    "shift": ("1", "-2", "(1, 2)", "0", "7"),
    "source": ("0", "1", "(0, 1)", "-1"),
    "destination": ("0", "-1", "(1, 0)", "2"),
    "k": ("0", "1", "-1", "5"),
    "offset": ("0", "1", "-1"),
    "n": ("0", "1", "2", "3", "-1", "-2"),
    "m": ("2", "3"),
    "num": ("3", "1", "0"),
    "start": ("0", "1", "2"),
    "stop": ("3", "4", "0"),
    "step": ("1", "2", "-1", "0.5"),
    "ord": ("1", "2", "'fro'", "'nuc'", "inf", "-inf", "0", "-1", "3", "2.5", "None"),
    "ddof": ("0", "1", "2", "3"),
    "sections": ("1", "3", "2", "[1]", "[1, 2]", "(0, 2, 2)", "[2, 1]", "[-1]", "[7]", "0", "[]"),
    "chunks": ("1", "2", "3", "0", "7", "-1"),
    "indexing": ("'xy'", "'ij'"),
    "full_matrices": ("True", "False"),
    "mode": ("'reduced'", "'complete'", "'r'"),
}  # fmt: skip
_ANY_STATIC = ("0", "1", "-1", "2", "None", "True", "(0, 1)", "[0, 2]", "'x'", "0.5", "'ij'", "1e9", "...", "a")
_INDICES = (
    "0",
    "-1",
    "1",
    ":",
    "1:",
    "::-1",
    "::2",
    "[0, 2]",
    "[0, 0, 1]",
    "...",
    "None",
    "u > 0.5",
    "A > 1",
    *("m", "k", "n", "n:", "not m", "~M", "[n, 0]", "[[0, 1], k]"),
    *("(u > 0)*(v < 1)", "(A > 1).T", "roll(u > 1, 1)", "maximum(u > 1, m)", "m & (u >= v)", "u == v"),
    *("where(m, u > 0, v > 0)", "sort(u > 0)", "stack(u > 0, v > 0, m)", "argmax(u)", "argsort(u)", "k*0 + n"),
    "5",
    "0.5",
    ":0",
)

_PICKS = ("{}[0]", "{}[0]", "{}[0]", "{}[1]", "{}[-1]", "concatenate({})", "stack({}[::-1])", "sum({}[0])", "{}")

Operations = tuple[Op, ...]


def operations() -> Operations:
    """What a user may write as a function."""
    return tuple(op for op in TABLE.values() if op.name not in INTERNAL)


def variables_of(source: str) -> list[str]:
    """The variables of a text that have a shape here."""
    try:
        return [name for name in variables(parse(source)) if name in SHAPES]
    except Problem:
        return []


class Writer:
    """Writes one program."""

    def __init__(self, random: Random, ops: Operations) -> None:
        self.random = random
        self.ops = ops
        # Families of shapes: a program keeps to one or two, so that most of it fits together.
        self.names: tuple[str, ...] = random.choice(
            (
                ("a", "b", "c"),
                ("a", "u", "v"),
                ("u", "v", "A"),
                ("A", "B"),
                ("a", "A", "B"),
                ("u", "m", "k"),
                ("A", "M", "n"),
                _COMMON,
                tuple(SHAPES),
            )
        )
        self.hard = random.random() < 0.2
        self.assigned: list[str] = []

    def program(self) -> str:
        """Up to three assignments and a result."""
        parts = []
        for name in self.random.sample(("p", "q", "r"), self.random.choice((0, 0, 0, 1, 1, 2, 3))):
            if self.random.random() < 0.1:
                parts.append(self.unpacked(name))
            else:
                parts.append(f"{name} = {self.tree(self.random.randint(1, 3))}")
            self.assigned.append(name)
        result = self.tree(self.random.randint(1, 4))
        if self.random.random() < 0.35:
            result = f"sum({result})"
        return "; ".join([*parts, result])

    def whole(self) -> str:
        """An array that most operations on arrays take."""
        return self.random.choice(("A", "B", "u", "A@B", "exp(A)", "u*v", "A*u"))

    def unpacked(self, name: str) -> str:
        """An assignment of several outputs to names, the last of which is used."""
        several = self.random.choice([op for op in self.ops if op.multi_output])
        others = ", ".join(("_s", "_t")[: self.random.choice((1, 1, 1, 2))])
        args = [self.whole() for _ in range(2 if several.variadic else len(several.params))]
        statics = [f"{key}={self.static(key)}" for key, default in several.statics.items() if default is REQUIRED]
        return f"{others}, {name} = {several.name}({', '.join([*args, *statics])})"

    def tree(self, depth: int) -> str:
        if depth <= 0:
            return self.leaf()
        (form,) = self.random.choices(_WAYS, _WEIGHTS)
        return form(self, depth - 1)

    def leaf(self) -> str:
        draw = self.random.random()
        if self.assigned and draw < 0.25:
            return self.random.choice(self.assigned)
        if draw < 0.8:
            return self.random.choice(self.names)
        return self.random.choice(_HARD_NUMBERS if self.hard and draw > 0.9 else _NUMBERS)

    def call(self, depth: int) -> str:
        op = self.random.choice(self.ops)
        count = len(op.params)
        if op.variadic:
            count = self.random.choice((1, 2, 2, 3))
        elif op.pairwise and self.random.random() < 0.4:
            count = self.random.choice((2, 2, 3))
        if self.random.random() < 0.02:
            count += self.random.choice((-1, 1))
        args = [self.tree(depth if i == 0 else self.random.randint(0, depth)) for i in range(max(0, count))]
        if op.multi_output and self.random.random() < 0.6:
            args[:1] = [self.whole()]
        statics = []
        for key, default in op.statics.items():
            if default is REQUIRED or self.random.random() < 0.4:
                statics.append(f"{key}={self.static(key)}")
        if op.name == "einsum" and self.random.random() < 0.8:
            return f"einsum({', '.join([self.static('subscripts'), *args])})"
        if not op.variadic and statics and self.random.random() < 0.2:
            statics = [s.partition("=")[2] for s in statics]
        elif op.variadic and len(args) > 1 and self.random.random() < 0.3:
            args = [f"[{', '.join(args)}]"]
        elif len(args) == len(op.params) and self.random.random() < 0.12:
            args, statics = [], [f"{key}={arg}" for key, arg in zip(op.params, args, strict=True)] + statics
            self.random.shuffle(statics)
        name = self.random.choice((op.name, op.name, *op.aliases))
        written = f"{name}({', '.join([*args, *statics])})"
        # Of several outputs one is taken, or what can be joined is joined.
        return self.random.choice(_PICKS).format(written) if op.multi_output else written

    def static(self, key: str) -> str:
        if self.random.random() < 0.04 or key not in _STATICS:
            return self.random.choice(_ANY_STATIC)
        return self.random.choice(_STATICS[key])

    def binary(self, depth: int) -> str:
        operator = self.random.choice(_OFTEN if self.random.random() < 0.7 else _BINARY)
        return f"({self.tree(depth)} {operator} {self.tree(self.random.randint(0, depth))})"

    def prefix(self, depth: int) -> str:
        return f"({self.random.choice(('-', '-', '-', '+', 'not ', '~'))}{self.tree(depth)})"

    def power(self, depth: int) -> str:
        return (
            f"({self.tree(depth)})**{self.random.choice(('2', '3', '0.5', '-1', '0', '1', '-2', 'a', '2.5', '(-1)'))}"
        )

    def comparison(self, depth: int) -> str:
        low, high = self.leaf(), self.leaf()
        return f"where({low} < {self.tree(depth)} <= {high}, {self.tree(depth)}, {self.leaf()})"

    def condition(self, depth: int) -> str:
        test = f"{self.leaf()} {self.random.choice(('<', '>', '==', '>='))} {self.leaf()}"
        return f"({self.tree(depth)} if {test} else {self.tree(depth)})"

    def array(self, depth: int) -> str:
        items = [self.tree(self.random.randint(0, depth)) for _ in range(self.random.choice((1, 2, 3, 3)))]
        return f"[{', '.join(items)}]"

    def index(self, depth: int) -> str:
        picked = [self.random.choice(_INDICES) for _ in range(self.random.choice((1, 1, 1, 2, 3)))]
        return f"({self.tree(depth)})[{', '.join(picked)}]"

    def transposed(self, depth: int) -> str:
        return f"({self.tree(depth)}).T"

    def loop(self, depth: int) -> str:
        bound = self.random.choice(("3", "1, 3", "2, 0, -1", "0", "len(u)", "len(A)", "2"))
        element = self.random.choice(
            (self.tree(depth), f"{self.leaf()}*i", f"u[i]*{self.leaf()}", f"A[i]**{self.leaf()}")
        )
        body = f"{element} for i in range({bound})"
        if self.random.random() < 0.15:
            body = f"{element} for j in range(2) for i in range({bound})"
        return (
            f"[{body}]"
            if self.random.random() < 0.4
            else f"{self.random.choice(('sum', 'prod', 'max', 'min'))}({body})"
        )


_FORMS: tuple[tuple[float, Callable[[Writer, int], str]], ...] = (
    (10, Writer.call),
    (5, Writer.binary),
    (1.2, Writer.power),
    (1, Writer.prefix),
    (1, Writer.array),
    (1.2, Writer.index),
    (0.5, Writer.loop),
    (0.5, Writer.comparison),
    (0.4, Writer.condition),
    (0.3, Writer.transposed),
)
_WEIGHTS = [weight for weight, _ in _FORMS]
_WAYS = [form for _, form in _FORMS]
