"""From nodes of a graph of whole arrays back to a program."""

from __future__ import annotations

from collections.abc import Mapping

from gradcli.formulas.array_meaning import ArrayMeaning
from gradcli.formulas.array_sizes import Shape, Size, letter_of
from gradcli.formulas.statements import Writer, written
from gradcli.lang import Call, Literal, Name, Program, Tree

__all__ = ["array_statements"]

_NOWHERE = (0, 0)

_OF_ENTRIES = ("logsumexp", "max", "min", "norm")
"""Reductions that are written around a list where their arguments are entries."""


def array_statements(meaning: ArrayMeaning, node: int) -> Program:
    """A program that computes a node.

    >>> from gradcli.formulas.array_meaning import interpret_arrays
    >>> from gradcli.formulas.array_sweep import array_gradient
    >>> from gradcli.lang import parse
    >>> meaning = interpret_arrays(parse("x@A@x"), {"x": ("n",), "A": ("n", "n")})
    >>> array_statements(meaning, array_gradient(meaning, "x")).source
    '(A + A.T) @ x'
    """
    shapes = {name: meaning.graph.shapes[leaf] for name, leaf in meaning.inputs.items()}
    return written(_ArrayWriter(meaning, shapes), node, inline=True)


class _ArrayWriter(Writer):
    def __init__(self, meaning: ArrayMeaning, shapes: Mapping[str, Shape]) -> None:
        super().__init__(
            meaning.graph, meaning.names, set(shapes), frozenset({"arange", "eye", "one_hot", "ones", "size"})
        )
        self.arrays = meaning.graph
        self.letters: dict[Size, Tree] = {}
        for axis in (0, 1):
            for name, shape in shapes.items():
                if len(shape) > axis and isinstance(shape[axis], str):
                    array: Tree = Name(name, _NOWHERE)
                    array = array if axis == 0 else _call("transpose", array)
                    self.letters.setdefault(shape[axis], _call("len", array))

    def size(self, size: Size) -> Tree:
        """A number of entries: of a letter the length of an array that has it."""
        letter, number = letter_of(size)
        if not letter:
            return Literal(float(number), _NOWHERE)
        found = self.letters.get(str(size), self.letters.get(letter))
        assert found is not None
        if size in self.letters or not number:
            return found
        return _call("sub" if number < 0 else "add", found, Literal(float(abs(number)), _NOWHERE))

    def tree(self, node: int) -> Tree:
        """The expression of a node, given those of its arguments."""
        graph, function = self.arrays, self.graph.functions[node]
        statics = dict(graph.statics.get(node, ()))
        if function == "size":
            return self.size(statics["of"])  # type: ignore[arg-type]  # a size it is
        if function in ("eye", "ones"):
            sizes = [self.size(size) for size in graph.shapes[node][: 1 if function == "eye" else None]]
            return _call(function, sizes[0] if len(sizes) == 1 else _call("array", *sizes))
        args = [self.texts[arg] for arg in graph.args[node]]
        if function in ("arange", "entry", "one_hot", "padded", "part"):
            return self.of_parts(function, args, statics)
        if function == "expand_dims":
            return _call(function, args[0], _number(statics["axis"]))
        if function in _OF_ENTRIES:
            return _call(function, *args)
        if statics:
            keywords = tuple((key, _number(value)) for key, value in statics.items())
            return Call(function, tuple(args), _NOWHERE, _NOWHERE, keywords)
        if function in ("mul", "neg"):
            return self._in_front(node, function, args) or super().tree(node)
        return super().tree(node)

    def of_parts(self, function: str, args: list[Tree], statics: Mapping[str, object]) -> Tree:
        """A part of a vector, a vector between zeros, a vector of whole numbers or with one 1."""
        if function == "arange":
            stop = self.size(statics["stop"])  # type: ignore[arg-type]  # a size it is
            return _call(function, *([_number(statics["start"])] if statics["start"] else []), stop)
        if function == "one_hot":
            at, of = (self.size(statics[key]) for key in ("at", "of"))  # type: ignore[arg-type]  # sizes they are
            return _call(function, at, of)
        if function == "entry":
            return _call("getitem", *args, _number(statics["index"]))
        if function == "part":
            start, left = (float(str(statics[key])) for key in ("start", "left"))
            ends = [Literal(end or None, _NOWHERE) for end in (start, -left)]
            return _call("getitem", *args, _call("slice", *ends, Literal(None, _NOWHERE)))
        zeros = [_zeros(int(str(statics[key]))) for key in ("before", "after")]
        return _call("concatenate", _call("array", *zeros[0], *args, *zeros[1]))

    def _in_front(self, node: int, function: str, args: list[Tree]) -> Tree | None:
        """A number or sign before a matrix product, where it needs no parentheses: 2*A@x."""
        graph, product = self.graph, self.graph.args[node][-1]
        text = args[-1]
        if graph.functions[product] != "matmul" or not isinstance(text, Call):
            return None
        if function == "mul" and graph.constants[graph.args[node][0]] is None:
            return None
        left, right = text.args
        return _call("matmul", _call(function, *args[:-1], left), right)


def _zeros(count: int) -> list[Tree]:
    if not count:
        return []
    number = Literal(float(count), _NOWHERE)
    return [_call("array", Literal(0.0, _NOWHERE)) if count == 1 else _call("zeros", number)]


def _call(function: str, *args: Tree) -> Call:
    return Call(function, args, _NOWHERE, _NOWHERE)


def _number(value: object) -> Literal:
    assert isinstance(value, bool | int)
    return Literal(value if isinstance(value, bool) else float(value), _NOWHERE)
