"""What the printer has to know of a language."""

from __future__ import annotations

from collections.abc import Callable, Container, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple, TypeAlias

from gradcli.lang import Tree

__all__ = ["ArrayFrame", "ArrayWritten", "Arrays", "Frame", "Language", "Result", "Table", "Written", "words"]


def words(text: str) -> frozenset[str]:
    """Words with blanks between them, as a set.

    >>> sorted(words("if else"))
    ['else', 'if']
    """
    return frozenset(text.split())


class Result(NamedTuple):
    """A result of a function.

    Attributes:
        name: its name.
        shape: its shape.
        entries: their expressions, in C order.
        labels: what each entry is, such as df/dx.
    """

    name: str
    shape: tuple[int, ...]
    entries: tuple[str, ...]
    labels: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    """Where a query finds its points.

    Attributes:
        name: the table's, with a dot after its schema.
        keep: columns to give with the results, as they are.
    """

    name: str = "t"
    keep: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Written:
    """A function's parts, each in the language.

    Attributes:
        name: the function's.
        comments: lines about it.
        parameters: (name, shape) of each argument.
        lines: (name, expression) of each intermediate result.
        outputs: the results.
        table: of the points, for a query.
    """

    name: str
    comments: tuple[str, ...]
    parameters: tuple[tuple[str, tuple[int, ...]], ...]
    lines: tuple[tuple[str, str], ...]
    outputs: tuple[Result, ...]
    table: Table = Table()


Frame: TypeAlias = Callable[[Written], str]


@dataclass(frozen=True, slots=True)
class Language:
    """The facts of a language.

    Attributes:
        name: what the user calls it.
        functions: how operations are spelled, by their names in the derivative table: a template of {0}, {1}, ...; an
            operation that is not here is made of others (`gradcli.render.code.lower`), or the language lacks it.
        conditional: a template of {0} (a condition), {1} and {2}, an operand of everything.
        frame: writes the function.
        entry: (name, indices, shape) -> an entry of an array argument.
        number: (value) -> a finite number that is not negative.
        constants: how inf and nan are spelled, and others where the number itself is not to be written.
        reserved: names that a variable cannot have.
        made: operations that are made of others in another way than for most languages.
        operators: spellings of operators that are not C's.
        number_argument: a template for a number where a function's argument is no bare number.
        quoted: a template for a name that may be any text; names are then left as they are.
        any_case: whether x and X are one name.
        spell: writes an expression of some variables whole, with any operation; `functions` and what belongs to it is
            then not looked at.
        careful: spellings that have a value everywhere, for programs with choices: what is used in a branch that is not
            taken may be computed before; where they are not needed, the others read better.
        overflowing: functions that raise an error where they are too large, so that what is finite beyond them, such as
            1/(1 + exp(x)), needs their careful spelling.
        flags: how a file without guards is meant to be compiled.
        queries: whether the points come from a table.
    """

    name: str
    functions: dict[str, str]
    conditional: str
    frame: Frame
    entry: Callable[[str, tuple[int, ...], tuple[int, ...]], str]
    constants: dict[str, str]
    reserved: Container[str]
    number: Callable[[float], str] = repr
    made: Mapping[str, str] = field(default_factory=dict)
    operators: dict[str, str] | None = None
    number_argument: str = "{0}"
    quoted: str = ""
    any_case: bool = False
    spell: Callable[[Tree, Container[str]], str] | None = None
    careful: Mapping[str, str] = field(default_factory=dict)
    overflowing: frozenset[str] = frozenset()
    flags: str = ""
    queries: bool = False


@dataclass(frozen=True, slots=True)
class ArrayWritten:
    """A function of whole arrays: its parts, each in the language.

    Attributes:
        name: the function's.
        comments: lines about it.
        letters: the sizes that are arguments.
        parameters: (name, sizes) of each argument.
        lines: (name, sizes, expression) of each intermediate result.
        outputs: (name, sizes, expression) of each result.
    """

    name: str
    comments: tuple[str, ...]
    letters: tuple[str, ...]
    parameters: tuple[tuple[str, tuple[str, ...]], ...]
    lines: tuple[tuple[str, tuple[str, ...], str], ...]
    outputs: tuple[tuple[str, tuple[str, ...], str], ...]


ArrayFrame: TypeAlias = Callable[[ArrayWritten], str]


@dataclass(frozen=True, slots=True)
class Arrays:
    """The facts of a language about whole arrays.

    Attributes:
        language: its facts about operations on each entry.
        functions: how operations on arrays are spelled, by their names and the ranks of their arguments, with the axis
            of a sum and whether it is kept: "matmul 21", "sum 2 0", "sum 2 0 kept". A {0} that does not stand alone
            between parentheses and commas gets its own. Those that take a vector apart are spelled with what they are
            told by name: "part" from {first} up to {last} as in Python, "padded" with zeros {before} and {after},
            "entry" with {index}, "arange" with {start} and {stop}, "one_hot" with the place {at} and the length {of}.
        frame: writes the function.
        size: a template for the length of an array {0} along an axis, which is {1} counted from 0 and {2} from 1; ""
            where sizes are arguments.
        row: a template for a vector that meets a matrix, each of whose rows it belongs to.
        row_sizes: whether that template takes the matrix's number of rows, as {1}.
        reserved: names that a variable cannot have, beside the language's.
    """

    language: Language
    functions: dict[str, str]
    frame: ArrayFrame
    size: str
    row: str = "{0}"
    row_sizes: bool = False
    reserved: frozenset[str] = frozenset()
