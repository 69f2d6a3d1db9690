"""The page of formulas, docs/formulas.md: real ones, each made as it is printed there."""

from __future__ import annotations

import itertools

from gradcli.errors import UsageProblem
from gradcli.formulas import FUNCTION, cost, gradient, interpret
from gradcli.lang import parse
from gradcli.ops import TABLE
from gradcli.ops.calls.resolve import resolve
from gradcli.render.code.printer import LANGUAGES, language_of, render_code
from gradcli.render.formulas.latex import latex
from gradcli.transforms.operators.code import Routine, routine
from tests.cli.runner import gradcli

__all__ = ["formulas_page"]

_HEAD = f"""# Formulas and code

Written by `python -m tests.docs`, which runs each command; the tests fail while it is out of date.

A derivative is a program of the language: what `gradcli diff` prints, `gradcli eval` reads. Nothing is simplified that
would change where it has a value: a divisor stays a divisor, 0*u goes only where u has a value everywhere, numbers are
folded only where the result is exact. In programs that are to be run, `gradcli code`, signs are gathered and factors of
1 left out; nothing else is rearranged, unless `--fast` is asked for: the file's head then says what is given up.

## What is counted

+ - * / and negation count 1, x**2 too, which is computed as x*x; any other function counts {FUNCTION}. Value and
gradient together then take about 2.5 times the operations of the value in long programs. A power `x**y` takes more
where both x and y may be 0: 0**0 is 1, its derivatives are 0 there, and two choices see to it. They are left out where
the program has no value at 0, as `x**k*log(x)` has none.
"""

_SECTIONS = [
    ("Scalars", ['diff "x/(x**2 + 1)" --no-check', 'diff "exp(-k*t)*sin(w*t)" --wrt t --no-check',
                 'diff "x if x > 1 else log(x)" --no-check', 'diff "sin(x)*x**3" --order 3 --no-check',
                 'diff "x**k" --no-check']),
    ("Vectors and matrices of any size",
     ['diff "norm(A@x - b)**2" --shape A=m,n --shape x=n --shape b=m --no-check',
      'diff "x@A@x" --shape A=n,n --shape x=n --no-check', 'diff "log(det(X))" --shape X=n,n --no-check',
      'diff "trace(A@X@B)" --shape A=n,m --shape X=m,k --shape B=k,n --wrt X --no-check',
      'diff "sum(log(1 + exp(-y*(X@w))))" --shape X=m,n --shape w=n --shape y=m --wrt w --no-check',
      'diff "x*(A@x)" --shape A=n,n --shape x=n --jacobian --wrt x --no-check',
      'diff "norm(A@x - b)**2" --shape A=m,n --shape x=n --shape b=m --hessian --wrt x --no-check',
      'diff "x@inv(A)@x" --shape A=n,n --shape x=n --symmetric A --no-check']),
    ("Loops",
     ['diff "sum(x[i]**2*i for i in range(len(x)))" --shape x=n --no-check',
      'diff "sum((x[i+1] - x[i])**2 for i in range(len(x) - 1))" --shape x=n --no-check',
      'diff "sum(A[i,j]*x[i]*x[j] for i in range(len(x)) for j in range(len(x)))" --shape A=n,n --shape x=n --no-check',
      'diff "prod(x[i] + 1 for i in range(len(x)))" --shape x=n --no-check',
      'diff "sum(x**k/k for k in range(1, 1001))" --no-check']),
    ("Entry by entry",
     ['diff "[x*y, x/y]" --jacobian --no-check', 'diff "x**2*y" --hessian --no-check',
      'diff "x[0]*sin(x[1])" --shape x=2 --no-check']),
    ("The shortest form",
     ['diff "x*acos(x) - sqrt(1 - x**2)" --simplify on --no-check',
      'diff "log(x + sqrt(x**2 + 1))" --simplify on --no-check',
      'diff "x**2/x" --simplify on --no-check']),
    ("In several lines of characters, for SymPy, as MathML",
     ['diff "exp(-x**2)/(1 + x)" --format pretty --no-check',
      'diff "sqrt(alpha_1)*x/(x + 1)" --wrt x --format sympy --no-check',
      'diff "x**2/2" --format mathml --no-check']),
    ("LaTeX", ['diff "sqrt(alpha_1)*x/(x + 1)" --wrt x --format latex --no-check']),
    ("Code", ['code "s = x**2 + y**2; s*exp(-s)" --to c --gradient', 'code "atan2(y, x)**3" --to c --gradient --fast',
              'code "[x*y, x/y]" --to numpy --jacobian',
              'code "exp(-k*t)" --to julia --gradient --hessian --wrt t',
              'code "norm(A@x - b)**2" --to numpy --gradient --wrt x --shape A=m,n --shape x=n --shape b=m',
              'code "exp(-k*t)" --to sql --gradient --wrt k --table decay --keep id',
              'code "exp(-k*t)" --to excel --gradient', 'code "s = x**2 + y**2; s*exp(-s)" --to latex --gradient']),
]  # fmt: skip


_TOLD = {
    "Loops": """\
A loop is taken as the operations on arrays that it is, where its body allows: numbers, functions of each entry, entries
`x[i + 1]` and `A[i,i]`, choices of branches, sums and products inside. Any other is written out, term by term, which
takes numbers for sizes.
""",
    "The shortest form": """\
`--simplify on`, the default at a terminal, prints the shortest of the formula as it was derived and of the forms that
SymPy reaches within `--simplify-timeout`: by `simplify`, `factor`, `together`, `cancel`, `powsimp` and `trigsimp`, and
by writing all of it as one fraction of roots and functions. What is counted are the names, numbers and operations of
the text. A form is taken only if it has a value wherever the formula has one; conditions that the formula had, and the
form has not, stand beside it. So `log(x**2)` never becomes `2*log(x)`, which has no value below 0.
""",
}


_LANGUAGES = """## What to know of a language

| language | what differs |
|---|---|
| all | matrices are in C order where the language has none; values at kinks are gradcli's conventions |
| `python` | functions raise an error where they have no value; with a choice in the program they give NaN or infinity |
| | so do `exp`, `cosh`, `sinh`, powers and `gamma` inside of others, which may be finite where they overflow |
| `julia` | functions raise an error where they have no value, in a branch that is not taken too |
| `numpy`, `jax`, `torch` | entry by entry, numbers may be arrays of points, which are last in every result |
| `jax` | 64 bits are switched on for the whole process |
| `matlab` | NaN where its functions would give complex numbers; vectors are columns |
| `sql` | made for DuckDB; whole numbers become float64; NULL gives NULL; a database refuses what it lacks |
| `excel` | errors for infinity and NaN; it reads and compares 15 digits, so longer numbers are written as sums |
| | what is too long for one formula becomes two rows to paste: names, and formulas that use each other |
| `latex`, `gradcli` | every operation, none of them made of others |

`--arrays`, or letters for sizes, is for `numpy`, `jax`, `torch`, `julia`, `matlab` and `fortran`; without it each entry
is written, which is what loops in C would do, and what shares the most. Jacobians of arrays are those of vectors, and
Hessians by one variable; parts of vectors (`x[1:]`) are written in `numpy`, `jax` and `torch`. `--fast` drops what its
file's head names.
"""


def formulas_page() -> str:
    """The page."""
    parts = [_HEAD]
    for title, commands in _SECTIONS:
        parts.append(f"## {title}\n")
        parts += [_TOLD[title]] if title in _TOLD else []
        parts.append("```console")
        for command in commands:
            parts += [f"$ gradcli {command}", gradcli(command).stdout.rstrip("\n")]
        parts.append("```\n")
    formula = "x*sin(theta)/(2*sqrt(x**2 + 1))"
    parts += ["`--format markdown` puts LaTeX between dollars, which is then shown as mathematics:\n", "$$"]
    parts += [latex(parse(formula)), "$$\n"]
    return "\n".join([*parts, _LANGUAGES, *_costs(), "", *_lacking()]) + "\n"


def _costs() -> list[str]:
    """What value and gradient of each operation cost, where they cost more than four times the value."""
    rows = []
    for op in TABLE.values():
        if op.kind != "elementwise" or op.statics or None in op.partials:
            continue
        call = resolve(parse(f"{op.name}({', '.join(op.params)})"))
        meaning = interpret(call, dict.fromkeys(op.params, ()), simplified=True)
        value = cost(meaning.graph, meaning.entries)
        both = cost(meaning.graph, [*meaning.entries, *gradient(meaning, op.params)])
        if value and both > 4 * value:
            rows.append(f"| `{op.name}({', '.join(op.params)})` | {value} | {both} |")
    head = ["## Costly derivatives", "", "Value and gradient of these operations take more than four times the value:"]
    return [*head, "", "| operation | value | value and gradient |", "|---|---|---|", *rows]


def _lacking() -> list[str]:
    """For each operation the languages that lack it."""
    rows = []
    for op in TABLE.values():
        if op.kind == "elementwise" and not op.statics:
            made = routine(f"{op.name}({', '.join('abcdefgh'[: len(op.params)])})")
            lacking = [language for language in LANGUAGES if not _has(language, made)]
            if lacking:
                rows.append((op.name, ", ".join(lacking) if len(lacking) < len(LANGUAGES) else "all"))
    rows.sort(key=lambda row: row[1])
    told = []
    for languages, group in itertools.groupby(rows, key=lambda row: row[1]):
        told.append(f"| {', '.join(f'`{name}`' for name, _ in group)} | {languages} |")
    head = [
        "## What languages lack",
        "",
        "These operations are refused by name; others are made of what a language has.",
    ]
    return [*head, "", "| operations | languages |", "|---|---|", *told]


def _has(language: str, made: Routine) -> bool:
    try:
        render_code(made, language_of(language), "f")
    except UsageProblem:
        return False
    return True
