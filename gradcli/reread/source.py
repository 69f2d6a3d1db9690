"""From the program's text to Python's tree of it."""

from __future__ import annotations

import ast
import re
import warnings

from gradcli.reread.outside import Outside

__all__ = ["python_tree"]

_LONGEST = 100_000
"""Characters; Python's parser takes about 0.1 s for so many, and gives up at a few thousand terms anyway."""

_QUOTED_OR_POWER = re.compile(r"'[^'\n]*'|\"[^\"\n]*\"|#[^\r\n]*|\^")
_LINES = re.compile(r"\r\n?|\n")
_DEFINITION = re.compile(r"(^|[;\n])[ \t]*([^\W\d]\w*)[ \t]*\(([^()]*)\)[ \t]*=(?!=)")


def python_tree(text: str) -> list[ast.stmt]:
    """The statements of a program, as Python's parser reads them.

    `^` is read as `**`, which it is documented to be, blanks before a line do not count, and the definition of a
    function is read as the assignment of a lambda.

    Raises:
        Outside: if Python's parser does not read it.

    >>> [ast.unparse(statement) for statement in python_tree("a = -x^2; a*2")]
    ['a = -x ** 2', 'a * 2']
    >>> ast.unparse(python_tree("f(x, k=2) = k*x; f(3)")[0])
    'f = lambda x, k=2: k * x'
    """
    if len(text) > _LONGEST:
        raise Outside(f"the program has more than {_LONGEST:,} characters")
    python = _QUOTED_OR_POWER.sub(lambda found: "**" if found[0] == "^" else found[0], text)
    lines = "\n".join(line.strip(" \t") for line in _LINES.split(python))
    lines = _DEFINITION.sub(r"\1\2 = lambda \3: ", lines)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return ast.parse(lines).body
    except (SyntaxError, ValueError) as error:
        why = error.msg if isinstance(error, SyntaxError) else str(error)
        raise Outside(f"Python's parser does not read it: {why}") from None
    except (MemoryError, RecursionError):
        raise Outside("it is nested too deeply for Python's parser") from None
