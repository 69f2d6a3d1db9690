"""Ways to spell a call: by position and by name, with lists, names, nested calls, axes, masks."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import numpy as np

from gradcli.ops import REQUIRED, Op, lookup, names
from gradcli.ops.table.lookup import INTERNAL
from tests.conformance.reference import namespace
from tests.corpora import DATA

__all__ = ["VALUES", "Spelling", "spellings"]

_RANDOM = np.random.default_rng(5)
VALUES = {
    "x": np.array([0.3, 1.7, 0.9]),
    "y": np.array([1.2, 0.4, 0.6]),
    "A": _RANDOM.uniform(0.2, 1.8, (2, 3)),
    "B": _RANDOM.uniform(0.2, 1.8, (2, 3)),
    "S": np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.1]]),
    "U": _RANDOM.uniform(0.2, 1.8, (2, 3, 2)),
    "s": 0.7,
    "k": 1,
    "m": np.array([True, False, True]),
}
"""The values of the names, the same for both."""


class Spelling(NamedTuple):
    """A program in our spelling and in Python's."""

    name: str
    ours: str
    python: str


_ARRAYS = ("x", "A", "s", "U", "[0.5, 1.5]", "[[1, 2], [3, 4]]", "[x, y]", "x[::-1]", "A.T", "m", "k")
_SECOND = ("y", "B", "s", "2", "[1, 2, 3]", "m")
_MATRICES = ("S", "[[2, 1], [1, 3]]", "S[:2, :2]", "A", "[S, S]")
_AXES = ("0", "1", "-1", "(0, 1)", "None", "k", "2", "[0, 1]", "0.5", "True")

_STATICS: dict[str, tuple[str, ...]] = {
    "axis": _AXES,
    "axes": ("(1, 0)", "[-1, 0]", "1", "0", "None", "(0, 1)"),
    "axis1": ("0", "-1"),
    "axis2": ("1", "-2"),
    "ddof": ("1", "0"),
    "destination": ("0", "-1", "(0, 1)"),
    "indexing": ("'ij'", "'xy'"),
    "indices": ("[0, 1]", "1", "[[0, 1], [1, 0]]", "m", "[0.7, 1.2]", "k"),
    "k": ("1", "-1", "k"),
    "keepdims": ("True", "False"),
    "m": ("2", "3"),
    "n": ("2", "3", "-1", "0", "k"),
    "num": ("3", "4"),
    "offset": ("1", "-1"),
    "ord": ("1", "2", "inf", "'fro'", "3", "None"),
    "pad_width": ("1", "(1, 2)", "[[1, 0], [0, 2]]"),
    "repeats": ("2", "[1, 2, 3]"),
    "reps": ("2", "(2, 1)", "[1, 2]"),
    "chunks": ("2", "3"),
    "sections": ("3", "[1]", "[1, 2]", "1"),
    "shape": ("3", "(3, 2)", "[2, 3]", "(1, 3)", "(-1,)", "6"),
    "shift": ("1", "-1", "(1, 1)"),
    "source": ("0", "-1", "(0, 1)"),
    "start": ("1", "0.5"),
    "step": ("1", "0.5"),
    "stop": ("4", "2.5"),
    "full_matrices": ("False", "True"),
    "mode": ("'reduced'",),
    "subscripts": ("'ij,ij->i'", "'ij->ji'"),
}

_PYTHON_KEYWORDS = {
    "expand_dims": {},
    "split": {"sections": "indices_or_sections"},
    "array_split": {"sections": "indices_or_sections"},
    "tensor_split": {"sections": "indices_or_sections"},
    "eye": {"n": "N", "m": "M"},
    "tile": {"reps": "reps"},
    "svd": {},
}

_OF_MATRICES = frozenset({"cholesky", "det", "eigh", "eigvalsh", "expm", "inv", "logabsdet", "logdet", "matrix_power",
                          "pinv", "qr", "slogdet", "svd", "svdvals", "solve", "trace", "diag", "diagonal"})  # fmt: skip


def _params(op: Op) -> list[tuple[str, ...]]:
    pools: list[tuple[str, ...]] = [_ARRAYS if op.name not in _OF_MATRICES else _MATRICES]
    if len(op.params) > 1:
        pools.append(_SECOND if op.name != "solve" else ("x", "S", "A.T"))
    pools += [("1", "y")] * (len(op.params) - 2)
    return pools[: len(op.params)]


def _calls(name: str) -> Iterator[Spelling]:
    """Every way to give an operation's arguments."""
    op = lookup(name)
    tail = "[0]" if op.multi_output else ""
    renamed = _PYTHON_KEYWORDS.get(name, {})
    for args in product(*_params(op)):
        texts = list(args)
        yield Spelling(name, f"{name}({', '.join(texts)}){tail}", f"{name}({', '.join(texts)}){tail}")
        by_name = ", ".join(f"{p}={t}" for p, t in zip(op.params, texts, strict=True))
        yield Spelling(name, f"{name}({by_name}){tail}", f"{name}({', '.join(texts)}){tail}")
        assigned = "; ".join(f"v{i} = {t}" for i, t in enumerate(texts))
        held = ", ".join(f"v{i}" for i in range(len(texts)))
        if texts:
            yield Spelling(name, f"{assigned}; {name}({held}){tail}", f"{assigned}; {name}({held}){tail}")
        if texts and op.kind == "elementwise":
            yield Spelling(name, f"{name}({', '.join(texts)}, 1)", f"{name}({', '.join(texts)}, 1)")
        yield from _with_statics(name, op, texts, tail, renamed)


def _with_statics(name: str, op: Op, texts: list[str], tail: str, renamed: dict[str, str]) -> Iterator[Spelling]:
    if not op.statics:
        return
    required = [key for key, default in op.statics.items() if default is REQUIRED]
    pools = [[(key, value) for value in _STATICS[key]] for key in required]
    for given in product(*pools):
        needed = [value for _, value in given]
        if needed:
            text = f"{name}({', '.join([*texts, *needed])}){tail}"
            yield Spelling(name, text, text)
            ours = ", ".join([*texts, *(f"{key}={value}" for key, value in given)])
            python = ", ".join([*texts, *(f"{renamed.get(key, key)}={value}" for key, value in given)])
            yield Spelling(name, f"{name}({ours}){tail}", f"{name}({python}){tail}")
        optional = [key for key in op.statics if key not in required]
        for key in optional:
            for value in _STATICS[key]:
                parts = [*texts, *needed]
                yield Spelling(
                    name,
                    f"{name}({', '.join([*parts, f'{key}={value}'])}){tail}",
                    f"{name}({', '.join([*parts, f'{renamed.get(key, key)}={value}'])}){tail}",
                )
        if optional:
            for value in _STATICS[optional[0]]:
                text = f"{name}({', '.join([*texts, *needed, value])}){tail}"
                yield Spelling(name, text, text)
        if len(optional) > 1:
            for first, second in product(_STATICS[optional[0]][:3], _STATICS[optional[1]][:2]):
                text = f"{name}({', '.join([*texts, *needed, first, second])}){tail}"
                yield Spelling(name, text, text)


_JOINED = tuple((DATA / "spellings" / "joined.txt").read_text(encoding="utf-8").splitlines())


def _joins() -> Iterator[Spelling]:
    for name in ("stack", "concatenate", "concat", "cat", "hstack", "vstack"):
        for inside in _JOINED:
            endings = ["", ", 0", ", 1", ", -1", ", axis=0", ", axis=1", ", axis=-1", ", axis=2", ", axis=None", ", k"]
            for ending in endings if name not in ("hstack", "vstack") else endings[:1]:
                text = f"{name}({inside}{ending})"
                yield Spelling(name, text, text)
                if not inside.startswith("["):
                    continue
                held = f"v = {inside}; {name}(v{ending})"
                if inside.count("[") == 1 or inside.startswith("[["):
                    yield Spelling(name, held, held)


_INDICES = tuple((DATA / "spellings" / "indices.txt").read_text(encoding="utf-8").splitlines())


def _indices() -> Iterator[Spelling]:
    for index in _INDICES:
        for target in ("x", "S", "stack([x, y])[0]", "S[0]"):
            text = f"{target}[{index}]"
            yield Spelling("getitem", text, text)
        held = f"i = {index}; x[i]"
        if not any(sign in index for sign in (":", "...")):
            yield Spelling("getitem", held, held)
        yield Spelling("getitem", f"S[{index}, 1:]", f"S[{index}, 1:]")
        yield Spelling("getitem", f"S[1, {index}]", f"S[1, {index}]")
        if ":" not in index and index != "...":
            yield Spelling("sum", f"sum({index})", f"sum({index})")
            if not index.startswith("["):
                yield Spelling("add", f"1*({index}) + 0*k", f"1*({index}) + 0*k")
            yield Spelling("where", f"where({index}, x, y)", f"where({index}, x, y)")


_EXPRESSIONS = tuple((DATA / "spellings" / "expressions.txt").read_text(encoding="utf-8").splitlines())


def _expressions() -> Iterator[Spelling]:
    for text in _EXPRESSIONS:
        yield Spelling("expression", text, text)


def spellings() -> Iterator[Spelling]:
    """Every spelling, in a fixed order."""
    known = namespace()
    for name in names():
        if name in known and name not in INTERNAL and not lookup(name).variadic:
            yield from _calls(name)
    yield from _joins()
    yield from _indices()
    yield from _expressions()
