"""From a routine of whole arrays to a function of a language."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from importlib import import_module

from gradcli.errors import UsageProblem
from gradcli.formulas import ArrayGraph, Shape, Size
from gradcli.formulas.array_sizes import letter_of
from gradcli.render.code.language import Arrays, ArrayWritten
from gradcli.render.code.lower import TRUTHS, FastLowering, Lowering
from gradcli.render.code.names import Names, comments_of
from gradcli.render.code.printer import DEEPEST, LANGUAGES
from gradcli.render.code.speller import ATOM, PRODUCT, Speller, Text, at, spelled
from gradcli.transforms.operators.array_code import ArrayRoutine

__all__ = ["arrays_of", "render_arrays"]

_UNNAMED = TRUTHS | {"arange", "eye", "one_hot", "ones", "size"}
_ATOMS = re.compile(r"[\w.]+\(.*\)(\[\d\])?|\(.*\)|\{0\}(\.T|\.?'|\[[^]]*\])?|\[.*\]")
_PLACE = re.compile(r"(?<=[(,])( ?)\{(\d)\}(?=[),])|\{(\d)\}")


def arrays_of(name: str) -> Arrays:
    """The facts of a language about whole arrays.

    Raises:
        UsageProblem: if it has none.

    >>> arrays_of("numpy").functions["matmul 21"]
    '{0} @ {1}'
    """
    module = import_module(LANGUAGES[name])
    found: Arrays | None = getattr(module, "ARRAYS", None)
    if found is None:
        having = "fortran, jax, julia, matlab, numpy and torch have"
        raise UsageProblem(
            f"functions of whole arrays are not written in {module.LANGUAGE.name}",
            hint=f"{having} arrays; --scalar, with numbers for sizes, writes each entry",
        )
    return found


def render_arrays(routine: ArrayRoutine, arrays: Arrays, name: str) -> str:
    """A file with one function of whole arrays.

    Args:
        routine: what the function computes.
        arrays: the facts of the language.
        name: the function's name.

    Raises:
        UsageProblem: for an operation that the language lacks, or a name that it cannot have.

    >>> from gradcli.transforms.operators.array_code import array_routine
    >>> made = array_routine("x@A@x", ["gradient"], ["x"], {"x": ("n",), "A": ("n", "n")})
    >>> print(render_arrays(made, arrays_of("julia"), "f"), end="")
    # f = x @ A @ x
    # gradient: df/dx
    function f(x, A)
        gradient = (A .+ A') * x
        return gradient
    end
    """
    language = replace(arrays.language, reserved=frozenset({*_words(arrays), *arrays.reserved}))
    graph, meaning = routine.meaning.graph, routine.meaning
    names = Names(language, name)
    shapes = {parameter.name: parameter.shape for parameter in routine.parameters}
    for parameter in routine.parameters:
        names.argument(parameter.name)
    letters = dict.fromkeys(size for shape in shapes.values() for size in shape if isinstance(size, str))
    sizes = _sizes(arrays, names, letters, shapes)
    results = [names.fresh(output.name) for output in routine.outputs]
    entries_by = (FastLowering if routine.fast else Lowering)(meaning.arithmetic, language)
    lowering = _ArrayLowering(graph, entries_by)
    made = lowering.all([output.node for output in routine.outputs])
    roots = [made[output.node] for output in routine.outputs]
    called = {made[node]: own for node, own in meaning.names.items() if node in made}
    speller = _ArraySpeller(arrays, graph, names.of, shapes, sizes)
    lines, entries, nodes = spelled(speller, roots, called, _UNNAMED, DEEPEST)

    def told(shape: Shape) -> tuple[str, ...]:
        return tuple(speller.size(size) for size in shape)

    written = ArrayWritten(
        names.function,
        comments_of(routine, results, names),
        tuple(sizes[letter] for letter in letters) if not arrays.size else (),
        tuple((names.of(parameter.name), told(parameter.shape)) for parameter in routine.parameters),
        tuple((own, told(graph.shapes[node]), text) for (own, text), node in zip(lines, nodes, strict=True)),
        tuple(
            (result, told(output.shape), text)
            for result, output, text in zip(results, routine.outputs, entries, strict=True)
        ),
    )
    return arrays.frame(written)


def _words(arrays: Arrays) -> set[str]:
    """The names that the language's templates use."""
    reserved = arrays.language.reserved
    own = {word for text in arrays.functions.values() for word in re.findall(r"(?<![\w.])[A-Za-z]\w*", text)}
    return own | (set(reserved) if isinstance(reserved, frozenset) else set())


def _sizes(
    arrays: Arrays, names: Names, letters: Sequence[str] | Mapping[str, None], shapes: Mapping[str, Shape]
) -> dict[str, str]:
    """How each size that is a letter is spelled: as an argument, or by an array that has it."""
    found: dict[str, str] = {}
    for letter in letters:
        if not arrays.size:
            found[letter] = names.fresh(letter)
            continue
        name, axis = next((name, shape.index(letter)) for name, shape in shapes.items() if letter in shape)
        found[letter] = arrays.size.format(names.of(name), axis, axis + 1)
    return found


class _ArrayLowering:
    """Operations on arrays stay as they are; those on entries become what the language has."""

    def __init__(self, graph: ArrayGraph, entries: Lowering) -> None:
        self.graph = graph
        self.entries = entries

    def all(self, roots: Sequence[int]) -> dict[int, int]:
        """For each node that some nodes are made of, and those themselves, what it becomes."""
        graph, made = self.graph, dict[int, int]()
        for node in graph.reachable(roots):
            args = [made[arg] for arg in graph.args[node]]
            made[node] = self.array(node, args) if graph.is_whole(node) else self.entries.node(node, args)
        for root in roots:
            made[root] = self.entries.as_number(made[root])
        return made

    def array(self, node: int, args: Sequence[int]) -> int:
        """An operation on arrays; a mean is a sum over a number, and what is made of others is written out."""
        graph = self.graph
        numbers = tuple([self.entries.as_number(arg) for arg in args])
        if graph.functions[node] in _WRITTEN:
            return _WRITTEN[graph.functions[node]](self, numbers[0])
        if graph.functions[node] != "mean":
            return graph.again(node, numbers)
        return self.mean(node, numbers)

    def mean(self, node: int, numbers: tuple[int, ...]) -> int:
        """A sum over the number of its terms."""
        graph = self.graph
        statics, shape = graph.statics.get(node, ()), graph.shapes[numbers[0]]
        total = graph.array("sum", numbers, graph.shapes[node], statics)
        axis = dict(statics).get("axis")
        for size in (shape[axis],) if isinstance(axis, int) else shape:
            count = graph.leaf(float(size)) if isinstance(size, int) else graph.array("size", (), (), (("of", size),))
            total = graph.call("div", (total, count))
        return total

    def exponentials(self, x: int) -> tuple[int, int, int]:
        """x less its largest entry, the exponentials of that, which do not overflow, and their sum."""
        graph = self.graph
        away = graph.call("sub", (x, graph.array("max", (x,), ())))
        powers = graph.call("exp", (away,))
        return away, powers, graph.array("sum", (powers,), ())

    def logsumexp(self, x: int) -> int:
        """max(x) + log(sum(exp(x - max(x))))."""
        total = self.exponentials(x)[2]
        return self.graph.call("add", (self.graph.array("max", (x,), ()), self.graph.call("log", (total,))))

    def softmax(self, x: int) -> int:
        """exp(x - max(x)) over its sum."""
        _, powers, total = self.exponentials(x)
        return self.graph.call("div", (powers, total))

    def log_softmax(self, x: int) -> int:
        """x - max(x) - log(sum(exp(x - max(x))))."""
        away, _, total = self.exponentials(x)
        return self.graph.call("sub", (away, self.graph.call("log", (total,))))

    def var(self, x: int) -> int:
        """The mean of the squared deviations from the mean."""
        graph = self.graph
        away = graph.call("sub", (x, self.mean(graph.array("mean", (x,), ()), (x,))))
        squares = graph.call("mul", (away, away))
        return self.mean(graph.array("mean", (squares,), ()), (squares,))

    def std(self, x: int) -> int:
        """sqrt(var(x))."""
        return self.graph.call("sqrt", (self.var(x),))


_TOLD = {
    "arange": "a vector of whole numbers",
    "cofactors": "the derivative of a determinant without its inverse",
    "entry": "an entry of a vector",
    "expand_dims": "a vector beside a matrix",
    "one_hot": "the derivative of an entry of a vector",
    "padded": "the derivative of a part of a vector",
    "part": "a part of a vector, such as x[1:],",
}
"""Operations that a program does not name."""

_WRITTEN: dict[str, Callable[[_ArrayLowering, int], int]] = {
    "log_softmax": _ArrayLowering.log_softmax,
    "logsumexp": _ArrayLowering.logsumexp,
    "softmax": _ArrayLowering.softmax,
    "std": _ArrayLowering.std,
    "var": _ArrayLowering.var,
}
"""What no language needs to have: operations on all entries as others."""


class _ArraySpeller(Speller):
    """Expressions of whole arrays."""

    def __init__(
        self,
        arrays: Arrays,
        graph: ArrayGraph,
        name_of: Callable[[str], str],
        shapes: Mapping[str, Shape],
        sizes: Mapping[str, str],
    ) -> None:
        super().__init__(arrays.language, graph, name_of, shapes)
        self.arrays = arrays
        self.whole = graph
        self.sizes = sizes

    def call(self, node: int) -> Text:
        """An operation, given its arguments."""
        graph = self.whole
        function, shape = graph.functions[node], graph.shapes[node]
        if function == "size":
            return self.size(dict(graph.statics[node])["of"]), ATOM  # type: ignore[arg-type]  # a size it is
        if function in ("eye", "ones"):
            return self.filled(f"{function} {len(shape)}", [self.size(size) for size in shape])
        if function in ("arange", "entry", "one_hot", "padded", "part"):
            return self.of_parts(node)
        if graph.is_whole(node):
            return self.template(node)
        if self.arrays.row == "{0}":
            return super().call(node)
        kept = {arg: self.texts[arg] for arg in graph.args[node]}
        for arg, text in kept.items():
            if self.arrays.row_sizes and graph.shapes[arg] not in ((), shape, shape[1:]):
                raise UsageProblem(f"{self.language.name} does not broadcast such arrays", hint="ask for --scalar")
            if len(graph.shapes[arg]) == 1 < len(shape):
                self.texts[arg] = self.row(text, shape)
        found = super().call(node)
        self.texts.update(kept)
        return found

    def row(self, text: Text, shape: Shape) -> Text:
        """A vector as each row of a matrix."""
        if self.arrays.row_sizes:
            return self.arrays.row.format(text[0], self.size(shape[0])), ATOM
        return self.arrays.row.format(at(text, ATOM)), ATOM

    def size(self, size: Size) -> str:
        """A number of entries."""
        letter, number = letter_of(size)
        if not letter or size in self.sizes:
            return self.sizes[letter] if letter else str(number)
        return f"({self.sizes[letter]} {'-' if number < 0 else '+'} {abs(number)})"

    def template(self, node: int) -> Text:
        """An operation on arrays by its template."""
        graph = self.whole
        function, args = graph.functions[node], graph.args[node]
        statics = dict(graph.statics.get(node, ()))
        parts = [function, "".join(str(len(graph.shapes[arg])) for arg in args)]
        if "axis" in statics:
            parts.append(str(statics["axis"]))
        if statics.get("keepdims") is True:
            parts.append("kept")
        key, found = " ".join(parts), [self.texts[arg] for arg in args]
        template = self.arrays.functions.get(key) or self.arrays.functions.get(function)
        if template is None:
            raise self.lacking(function)

        def placed(match: re.Match[str]) -> str:
            if match[2] is not None:
                return match[1] + self.argument(args[int(match[2])])
            return at(found[int(match[3])], ATOM)

        text = _PLACE.sub(placed, template)
        return text, ATOM if _ATOMS.fullmatch(template) else PRODUCT

    def of_parts(self, node: int) -> Text:
        """A part of a vector, a vector between zeros, a vector of whole numbers or with one 1."""
        graph = self.whole
        function, statics = graph.functions[node], dict(graph.statics[node])
        if function not in self.arrays.functions:
            raise self.lacking(function)
        sizes = {key: self.size(value) for key, value in statics.items() if isinstance(value, int | str)}
        args = [at(self.texts[arg], ATOM) for arg in graph.args[node]]
        if function == "part":
            first, left = str(statics["start"]), str(statics["left"])
            sizes = {"first": "" if first == "0" else first, "last": "" if left == "0" else f"-{left}"}
        return self.arrays.functions[function].format(*args, **sizes), ATOM

    def lacking(self, function: str) -> UsageProblem:
        """That the language has no such function."""
        told = _TOLD.get(function, f"{function} of such arrays")
        return UsageProblem(
            f"{told} is not written in {self.language.name}",
            hint="with numbers for sizes and --scalar it is written entry by entry",
        )

    def filled(self, key: str, sizes: Sequence[str]) -> Text:
        """An array of ones, or of the identity's entries."""
        template = self.arrays.functions.get(key)
        if template is None:
            raise UsageProblem(f"{self.language.name} has no such array of ones", hint="ask for --scalar")
        return template.format(*sizes), ATOM
