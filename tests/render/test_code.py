"""Generated code, compiled and run where its tools are at hand, has the engine's numbers."""

from __future__ import annotations

import itertools
import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from gradcli.cli.commands.code import TARGETS
from gradcli.errors import UsageProblem
from gradcli.ops import TABLE, Op
from gradcli.render.code.lower import MADE, OPERATORS
from gradcli.render.code.printer import LANGUAGES, language_of, render_code
from gradcli.transforms.operators.code import routine
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from tests.cli.runner import gradcli

ELEMENTWISE = [op for op in TABLE.values() if op.kind == "elementwise" and not op.statics]

LACKING = {
    "beta", "betaln", "digamma", "dsinc", "erfcx", "erfinv", "i0", "i1", "iv", "j0", "j1", "jv", "log_ndtr", "loggamma",
    "polygamma",
}  # fmt: skip
"""What no language has, but for a few that are below."""

ALSO_LACKING = {
    "python": set(),
    "numpy": {"erf", "erfc", "gamma", "lgamma", "ndtr", "gelu"},
    "c": set(),
    "c++": set(),
    "javascript": {"erf", "erfc", "gamma", "lgamma", "ndtr", "gelu"},
    "rust": {"erf", "erfc", "gamma", "lgamma", "ndtr", "gelu"},
    "fortran": {"expm1", "log1p", "log2", "log_sigmoid", "logaddexp", "logit", "softplus"},
    "julia": {"erf", "erfc", "gamma", "lgamma", "ndtr", "gelu"},
    "matlab": set(),
    "r": {"erf", "erfc", "fmod", "ndtr", "gelu"},
}
HAVING = {"matlab": {"digamma", "erfcx"}, "r": {"digamma"}}


class Trial(NamedTuple):
    """A call of a generated function: its arguments, flat, and the numbers that it must give, flat."""

    code: Callable[[str], str]
    arguments: list[list[float] | float]
    wanted: list[float]
    sizes: list[int]


PROGRAMS: list[tuple[str, dict[str, Any]]] = [
    ("a = w + x; b = w + 1; a*b", {"w": 1.0, "x": 2.0}),
    ("s = sin(x)*y; s*exp(s) - x % y + (x > 1)*y", {"x": 1.7, "y": -0.4}),
    ("where((x > 0) & (y < 1) | ~(x < 5), sqrt(x), x**2)*y - -x", {"x": 2.0, "y": 3.0}),
    ("log(x) if x > 1 else x*y", {"x": 0.5, "y": 2.0}),
    ("norm(A@x - b)**2 + max(x) - logsumexp(b)", {"A": [[1.0, 2.0], [3.0, 5.0]], "x": [0.5, -1.0], "b": [1.0, 2.0]}),
    ("int*end + θ**int", {"int": 2.5, "end": 2.0, "θ": 1.5}),
    ("value*f + 1e-300*exp(value)", {"value": 2.5, "f": 2.0}),
    ("x**3 - 2*x**-2 + x**y", {"x": 1.3, "y": 2.0}),
    ("+".join(f"sin({i}*x)" for i in range(300)), {"x": 0.1}),
    ("max(x, y, z) + min(x, y)", {"x": 2.0, "y": 2.0, "z": 1.0}),
    ("(x - y)*pi/e + (x == y)", {"x": 2.0, "y": 2.0}),
]  # fmt: skip


def trial(text: str, values: dict[str, Any], parts: Sequence[str] = ("value", "gradient")) -> Trial:
    shapes = {name: np.shape(value) for name, value in values.items()}
    made = routine(text, parts, shapes={name: shape for name, shape in shapes.items() if shape})
    engine = grad(text, values)
    wanted = [engine.value, *(engine.gradients[name] for name in made.meaning.inputs)]
    if "hessian" in parts:
        wanted.append(hessian(text, values).hessian)
    arguments = [np.ravel(values[p.name]).tolist() if p.shape else float(values[p.name]) for p in made.parameters]
    sizes = [len(output.nodes) for output in made.outputs]
    numbers = [float(number) for array in wanted for number in np.ravel(array)]
    return Trial(lambda language: render_code(made, language_of(language), "f_"), arguments, numbers, sizes)


def table_trials(language: str) -> list[tuple[str, Trial]]:
    found = []
    for op in ELEMENTWISE:
        moving = [param for i, param in enumerate(op.params) if op.partials[i] is not None]
        points = list(itertools.product(*[[float(np.mean(one)) for one in domain] for domain in op.sample_domains]))
        for point in points[:2]:
            values = dict(zip(op.params, point, strict=True))
            fixed = {param: repr(value) for param, value in values.items() if param not in moving}
            call = f"{op.name}({', '.join(fixed.get(param, param) for param in op.params)})"
            try:
                made = trial(call, {param: values[param] for param in moving})
                made.code(language)
            except UsageProblem:
                continue
            found.append((f"{call} at {point}", made))
    return found


def run(language: str, trials: Sequence[Trial], folder: Path) -> list[list[float]]:
    """What the generated functions give; all of them in one process."""
    return RUNNERS[language](trials, folder)


def _python(trials: Sequence[Trial], folder: Path, language: str = "python") -> list[list[float]]:
    lines = ["import json, warnings", "import numpy as np", "warnings.simplefilter('ignore')", "def flat(v):",
             "    v = v.tolist() if hasattr(v, 'tolist') else v",
             "    return [n for part in v for n in flat(part)] if isinstance(v, (list, tuple)) else [float(v)]",
             "found = []"]  # fmt: skip
    for t in trials:
        arguments = [np.reshape(a, (2, 2)).tolist() if isinstance(a, list) and len(a) == 4 else a for a in t.arguments]
        wrapped = [f"np.array({a})" if language == "numpy" and isinstance(a, list) else repr(a) for a in arguments]
        lines += [t.code(language), f"found.append(flat(f_({', '.join(wrapped)})))"]
    lines.append("print(json.dumps(found))")
    path = folder / "run.py"
    path.write_text("\n".join(lines), encoding="utf-8")
    return _told([sys.executable, str(path)])


def _javascript(trials: Sequence[Trial], folder: Path) -> list[list[float]]:
    lines = ["const found = [];"]
    for t in trials:
        arguments = [np.reshape(a, (2, 2)).tolist() if isinstance(a, list) and len(a) == 4 else a for a in t.arguments]
        call = f"f_({', '.join(map(json.dumps, arguments))})"
        lines += ["{", t.code("javascript"), f"const r = {call};"]
        lines += ["found.push(Object.values(r).flat(3).map(Number));", "}"]
    lines.append("console.log(JSON.stringify(found.map(row => row.map(String))));")
    path = folder / "run.js"
    path.write_text("\n".join(lines), encoding="utf-8")
    return [[float(number.replace("Infinity", "inf")) for number in row] for row in _told(["node", str(path)])]


def _c(trials: Sequence[Trial], folder: Path, language: str = "c") -> list[list[float]]:
    lines, calls = ["#include <stdio.h>", "#include <math.h>"], []
    for i, t in enumerate(trials):
        lines.append(t.code(language).replace("void f_(", f"static void f{i}("))
        arguments = [
            f"(double[]){{{', '.join(map(repr, a))}}}" if isinstance(a, list) else repr(a) for a in t.arguments
        ]
        if language == "c++":
            arguments = []
            for j, a in enumerate(t.arguments):
                if isinstance(a, list):
                    calls.append(f"double a{i}_{j}[] = {{{', '.join(map(repr, a))}}};")
                arguments.append(f"a{i}_{j}" if isinstance(a, list) else repr(a))
        outputs = [f"r{i}_{j}" for j in range(len(t.sizes))]
        calls += [f"double {name}[{size}];" for name, size in zip(outputs, t.sizes, strict=True)]
        calls.append(f"f{i}({', '.join([*arguments, *outputs])});")
        for name, size in zip(outputs, t.sizes, strict=True):
            calls.append(f'for (int k = 0; k < {size}; k++) printf("%.17g ", {name}[k]);')
        calls.append('printf("\\n");')
    path, program = folder / ("run.c" if language == "c" else "run.cpp"), folder / f"run_{language[-1]}"
    path.write_text("\n".join([*lines, "int main(void) {", *calls, "return 0; }"]), encoding="utf-8")
    compiler = ["gcc", "-std=c99", "-Wall", "-Werror", "-Wno-parentheses", "-Wno-unused-variable"]
    if language == "c++":
        compiler = ["g++", "-std=c++11", "-Wall", "-Werror", "-Wno-parentheses", "-Wno-unused-variable"]
    subprocess.run([*compiler, "-O1", "-ffp-contract=off", str(path), "-o", str(program), "-lm"], check=True)
    text = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    return [[float(number) for number in line.split()] for line in text.splitlines()]


def _rust(trials: Sequence[Trial], folder: Path) -> list[list[float]]:
    lines, calls = ["#![allow(unused_parens, dead_code)]"], []
    for i, t in enumerate(trials):
        lines.append(t.code("rust").replace("pub fn f_(", f"fn f{i}("))
        arguments = [f"&[{', '.join(f'{n!r}' for n in a)}]" if isinstance(a, list) else repr(a) for a in t.arguments]
        calls.append(f"let r = f{i}({', '.join(arguments)});")
        calls.append('print!("{:e} ", r.0); for n in r.1.iter() { print!("{:e} ", n); }')
        if len(t.sizes) == 3:
            calls.append('for n in r.2.iter() { print!("{:e} ", n); }')
        calls.append("println!();")
    path, program = folder / "run.rs", folder / "run_rs"
    path.write_text("\n".join([*lines, "fn main() {", *calls, "}"]), encoding="utf-8")
    subprocess.run(["rustc", "--edition=2021", str(path), "-o", str(program)], check=True, capture_output=True)
    text = subprocess.run([str(program)], check=True, capture_output=True, text=True).stdout
    return [[float(number) for number in line.split()] for line in text.splitlines()]


def _told(command: list[str]) -> list[list[Any]]:
    found: list[list[Any]] = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    return found


RUNNERS: dict[str, Callable[[Sequence[Trial], Path], list[list[float]]]] = {
    "python": _python,
    "numpy": lambda trials, folder: _python(trials, folder, "numpy"),
    "javascript": _javascript,
    "c": _c,
    "c++": lambda trials, folder: _c(trials, folder, "c++"),
    "rust": _rust,
}
TOOLS = {"javascript": "node", "c": "gcc", "c++": "g++", "rust": "rustc"}


@pytest.mark.parametrize("language", RUNNERS)
def test_generated_code_runs_and_agrees(language: str, tmp_path: Path) -> None:
    tool = TOOLS.get(language)
    if tool is not None and shutil.which(tool) is None:
        pytest.skip(f"{tool} is not here")
    trials = [(text, trial(text, values, ("value", "gradient", "hessian"))) for text, values in PROGRAMS]
    trials += table_trials(language)
    found = run(language, [t for _, t in trials], tmp_path)
    assert len(found) == len(trials)
    for (text, t), numbers in zip(trials, found, strict=True):
        assert len(numbers) == len(t.wanted), text
        for number, wanted in zip(numbers, t.wanted, strict=True):
            scale = max(abs(wanted), 1e-3 * max(map(abs, t.wanted)))
            assert number == wanted or abs(number - wanted) <= 2e-14 * scale, (language, text, numbers, t.wanted)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_a_language_lacks_is_known(language: str) -> None:
    facts = language_of(language)

    def has(op: Op) -> bool:
        try:
            render_code(routine(f"{op.name}({', '.join('abcdefgh'[: len(op.params)])})"), facts, "f")
        except UsageProblem as problem:
            return f"{facts.name} has no function" not in problem.message
        return True

    lacking = {op.name for op in ELEMENTWISE if not has(op)}
    assert lacking == (LACKING | ALSO_LACKING[language]) - HAVING.get(language, set())


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_writes_all_parts(language: str) -> None:
    made = routine("[x*y, x/y]", ["value", "jacobian", "jvp", "vjp"])
    text = render_code(made, language_of(language), "pair")
    for name in ("pair", "value", "jacobian", "jvp", "vjp", "seed", "tangent_x", "tangent_y"):
        assert name in text


def test_the_option_offers_every_language() -> None:
    assert tuple(LANGUAGES) == TARGETS


def test_a_name_of_the_language_is_changed_and_told() -> None:
    text = render_code(routine("int*exp(end)"), language_of("c"), "f")
    assert "// int_: int in the expression" in text
    assert "double f(double int_, double end)" in text


def test_names_stay_apart() -> None:
    text = render_code(routine("x*X + θ + theta"), language_of("fortran"), "f")
    assert "subroutine f(x, X_, theta, theta_, value)" in text


def test_a_comment_is_one_line() -> None:
    made = replace(routine("x + 1"), expression="x + 1 \u2028\n system() \\")
    assert render_code(made, language_of("c"), "f").startswith("// f = x + 1 system() \n// value: f\n")


@pytest.mark.parametrize("name", ["double", "a b", "1x", "θ", ""])
def test_names_of_functions(name: str) -> None:
    with pytest.raises(UsageProblem, match="cannot be the name of a function in C"):
        render_code(routine("x"), language_of("c"), name)


def test_every_made_operation_is_one_of_the_table() -> None:
    assert set(MADE) <= set(TABLE)
    assert OPERATORS - {"if"} <= set(TABLE)


def test_jvp_and_vjp_are_products_with_the_jacobian() -> None:
    made = routine("[x*y, x/y]", ["jvp", "vjp"])
    namespace: dict[str, Any] = {}
    exec(render_code(made, language_of("python"), "f"), namespace)
    matrix = jacobian("[x*y, x/y]", {"x": 2.0, "y": 4.0}).jacobian
    given = {"x": 2.0, "y": 4.0, "seed": [3.0, 5.0], "tangent_x": 7.0, "tangent_y": 11.0}
    jvp, vjp = namespace["f"](*[given[parameter.name] for parameter in made.parameters])
    assert jvp == pytest.approx((matrix @ [7.0, 11.0]).tolist())
    assert vjp == pytest.approx((np.array([3.0, 5.0]) @ matrix).tolist())


def test_the_file(tmp_path: Path) -> None:
    outcome = gradcli(["code", "x*y", "--to", "c", "--gradient", "-o", str(tmp_path / "f.c")])
    assert (outcome.stdout, outcome.stderr, outcome.status) == ("", "", 0)
    assert "*value = x*y;" in (tmp_path / "f.c").read_text(encoding="utf-8")
    outcome = gradcli(["code", "x*y", "--to", "c", "-o", str(tmp_path / "no" / "f.c")])
    assert outcome.status == 74
