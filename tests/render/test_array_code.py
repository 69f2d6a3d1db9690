"""Generated code of whole arrays, run where its tools are at hand, has the engine's numbers."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pytest

from gradcli.address import EntryAddress, Input
from gradcli.errors import Problem, UsageProblem
from gradcli.lang import parse, variables
from gradcli.render.code.array_printer import arrays_of, render_arrays
from gradcli.render.code.printer import LANGUAGES, language_of
from gradcli.transforms.operators.array_code import array_routine
from gradcli.transforms.operators.evaluate import evaluate
from gradcli.transforms.operators.grad import grad
from gradcli.transforms.operators.hessian import hessian
from gradcli.transforms.operators.jacobian import jacobian
from gradcli.transforms.verify.rounding import rounding_bounds
from tests.cli.runner import gradcli
from tests.render.code_runners import missing

SIZES: dict[str, tuple[str, ...]] = {
    "A": ("m", "n"), "B": ("n", "m"), "S": ("n", "n"), "x": ("n",), "y": ("n",), "b": ("m",), "k": (),
}  # fmt: skip
VALUES: dict[str, Any] = {
    "A": [[1.5, -0.5], [0.25, 2.0], [-1.25, 0.75]], "B": [[0.5, 1.0, -2.0], [1.25, 0.0, 0.3]],
    "S": [[2.0, 0.5], [0.25, 3.0]], "x": [0.7, -1.3], "y": [1.0, -1.0], "b": [0.1, -0.2, 0.4], "k": 1.5,
}  # fmt: skip
PROGRAMS = [
    "norm(A@x - b)**2",
    "x@S@x",
    "log(det(S)) + k",
    "trace(A@S@B)",
    "sum(log(1 + exp(-y*(S@x))))",
    "sum(solve(S, x)**2)",
    "inv(S)@x@y",
    "sum(A*x) + sum(exp(A), axis=1)@b - sum(B - b, axis=0)@b",
    "mean((A@x - b)**2)/k + mean(A) + sum(mean(A, axis=0)*y)",
    "sum(where((x > 0) & (y < 2), x*k, x**2) + maximum(x, y)) + sum(x % k)",
    "norm(A)*sum(tanh(x**2)**k)",
    "r = b - A@x; r@r + k*norm(x)",
    "x@y*sum(S + x) - sum(x/S)",
    "sum(A.T@b + B@b) + sum(outer(x, b)*B)",
    "sum(A@S@B)*k + sum(b@A)",
    "sum(A*where(A > 0, x, -k))",
    "logsumexp(S@x) + log_softmax(b)@softmax(b) + logsumexp(A)",
    "std(x)*max(x - k) + var(A)*min(A)",
]
LOOPS = [
    "sum((x[i + 1] - x[i])**2*i for i in range(len(x) - 1)) + x[0]*prod(x[i] for i in range(len(x)))",
    "sum(x[i]*y[j]*S[j, i] for i in range(len(x)) for j in range(len(y)))*k",
]
"""In Python's languages: the others have no such parts of arrays."""  # fmt: skip


class Trial(NamedTuple):
    text: str
    code: str
    arguments: list[Any]
    wanted: list[list[float]]
    bounds: list[list[float]]


def trials(language: str) -> list[Trial]:
    found = []
    for text in [*PROGRAMS, *(LOOPS if language in ("jax", "numpy", "torch") else [])]:
        names = [name for name in SIZES if name in variables(parse(text))]
        made = array_routine(text, ["value", "gradient"], shapes={n: s for n, s in SIZES.items() if n in names and s})
        try:
            code = render_arrays(made, arrays_of(language), "f_")
        except UsageProblem as problem:
            if language != "fortran" or "not written in" not in problem.message:
                raise
            continue
        names = [parameter.name for parameter in made.parameters]
        result = grad(text, {name: VALUES[name] for name in names})
        by_name = [
            [EntryAddress(0)],
            *([EntryAddress(0, (Input(n, i),)) for i in range(np.size(VALUES[n]))] for n in names),
        ]
        wanted = [[result.number(address) for address in addresses] for addresses in by_name]
        bounds = [rounding_bounds(result, addresses) for addresses in by_name]
        found.append(Trial(text, code, [VALUES[name] for name in names], wanted, bounds))
    return found


def _python(trials: Sequence[Trial], folder: Path) -> list[list[list[float]]]:
    lines = ["import json", "import numpy as np", "found = []"]
    for t in trials:
        arguments = [f"np.array({a})" if isinstance(a, list) else repr(a) for a in t.arguments]
        lines += [t.code, f"r = f_({', '.join(arguments)})"]
        lines.append("found.append([np.ravel(np.asarray(part)).tolist() for part in r])")
    path = folder / "run.py"
    path.write_text("\n".join([*lines, "print(json.dumps(found))"]), encoding="utf-8")
    output = subprocess.run([sys.executable, str(path)], check=True, capture_output=True, text=True).stdout
    numbers: list[list[list[float]]] = json.loads(output)
    return numbers


def _rows(command: list[str], trials: Sequence[Trial]) -> list[list[list[float]]]:
    """Lines of numbers, one a result."""
    text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    lines = iter([[float(number) for number in line.split()] for line in text.splitlines()])
    return [[next(lines) for _ in t.wanted] for t in trials]


def _matlab(trials: Sequence[Trial], folder: Path) -> list[list[list[float]]]:
    lines, calls = ["1;"], []
    for i, t in enumerate(trials):
        lines.append(t.code.replace("= f_(", f"= f{i}(", 1))
        arguments = [_octave(a) for a in t.arguments]
        results = [f"r{j}" for j in range(len(t.wanted))]
        calls.append(f"[{', '.join(results)}] = f{i}({', '.join(arguments)});")
        calls += [f"fprintf('%.17g ', {name}.'); fprintf('\\n');" for name in results]
    path = folder / "run.m"
    path.write_text("\n".join([*lines, *calls]), encoding="utf-8")
    return _rows(["octave-cli", "--norc", "--quiet", str(path)], trials)


def _octave(value: Any) -> str:
    if np.ndim(value) == 2:
        return f"[{'; '.join(' '.join(map(repr, row)) for row in value)}]"
    return f"[{'; '.join(map(repr, value))}]" if np.ndim(value) else repr(value)


def _julia(trials: Sequence[Trial], folder: Path) -> list[list[list[float]]]:
    lines = []
    for t in trials:
        arguments = [_octave(a).replace(" ", " ") if np.ndim(a) == 2 else repr(a) for a in t.arguments]
        lines += [t.code, f"for part in f_({', '.join(arguments)})"]
        lines += ["    for n in permutedims(part)", "        print(n, ' ')", "    end", "    println()", "end"]
    path = folder / "run.jl"
    path.write_text("\n".join(lines), encoding="utf-8")
    return _rows(["julia", str(path)], trials)


def _fortran(trials: Sequence[Trial], folder: Path) -> list[list[list[float]]]:
    lines, kinds, calls = [], [], []
    for i, t in enumerate(trials):
        lines.append(t.code.replace("subroutine f_", f"subroutine f{i}"))
        head = next(line for line in t.code.splitlines() if line.startswith("subroutine"))
        letters = [part for part in head.partition("(")[2][:-1].split(", ") if part in ("m", "n")]
        arguments = [str(len(VALUES["b"] if letter == "m" else VALUES["x"])) for letter in letters]
        for j, value in enumerate([*t.arguments, 0.0, *t.arguments]):
            name, shape = f"a{i}_{j}", np.shape(value)
            extent = f"({', '.join(map(str, shape))})" if shape else ""
            kinds.append(f"real(8) :: {name}{extent}")
            arguments.append(name)
            if j < len(t.arguments):
                listed = ", ".join(f"{n!r}d0" for n in np.ravel(value).tolist())
                matrix = f"reshape([{listed}], [{', '.join(map(str, shape))}], order=[2, 1])"
                calls.append(f"{name} = {matrix if len(shape) == 2 else f'[{listed}]' if shape else listed}")
        calls.append(f"call f{i}({', '.join(arguments)})")
        for j, value in enumerate([0.0, *t.arguments], start=len(t.arguments)):
            result = f"transpose(a{i}_{j})" if np.ndim(value) == 2 else f"a{i}_{j}"
            calls.append(f"print '(*(es26.17e3,1x))', {result}")
    path, program = folder / "run.f90", folder / "run_f90"
    path.write_text("\n".join([*lines, "program run", *kinds, *calls, "end program"]), encoding="utf-8")
    subprocess.run(["gfortran", "-std=f2008", "-O1", "-ffp-contract=off", str(path), "-o", str(program)], check=True)
    return _rows([str(program)], trials)


RUNNERS: dict[str, Callable[[Sequence[Trial], Path], list[list[list[float]]]]] = {
    "numpy": _python,
    "jax": _python,
    "torch": _python,
    "matlab": _matlab,
    "julia": _julia,
    "fortran": _fortran,
}


@pytest.mark.parametrize("language", RUNNERS)
def test_arrays_run_and_agree(language: str, tmp_path: Path) -> None:
    if reason := missing(language):
        pytest.skip(reason)
    asked = trials(language)
    assert len(asked) >= (8 if language == "fortran" else len(PROGRAMS))
    for t, found in zip(asked, RUNNERS[language](asked, tmp_path), strict=True):
        for numbers, wanted, bounds in zip(found, t.wanted, t.bounds, strict=True):
            for number, exact, bound in zip(numbers, wanted, bounds, strict=True):
                assert abs(number - exact) <= 4 * 2.0**-52 * abs(exact) + 2 * bound, (language, t.text, found, t.wanted)


def test_every_language_with_arrays_runs_here() -> None:
    having = {name for name in LANGUAGES if hasattr(sys.modules[language_of(name).frame.__module__], "ARRAYS")}
    assert having == set(RUNNERS)


MATRICES = [
    ("A@x*k - sin(b)*sum(x**2)", "jacobian"),
    ("A@tanh(S@x) + b*k", "jacobian"),
    ("where(x > 0, x**2, k*x)", "jacobian"),
    ("x@S@x + norm(x - y)**2", "hessian"),
    ("sum(exp(S@x)) + k*sum(x**3*y)", "hessian"),
]


@pytest.mark.parametrize("language", ["numpy", "torch", "jax", "julia", "matlab"])
def test_jacobians_and_hessians_run_and_agree(language: str, tmp_path: Path) -> None:
    if reason := missing(language):
        pytest.skip(reason)
    asked = [matrix_trial(language, text, part) for text, part in MATRICES]
    for t, (first, second) in zip(asked, RUNNERS[language](asked, tmp_path), strict=True):
        assert first == pytest.approx(t.wanted[0], rel=1e-13), t.text
        assert second == pytest.approx(t.wanted[1], rel=1e-12, abs=1e-14), t.text


def matrix_trial(language: str, text: str, part: str) -> Trial:
    """The value and a matrix, row by row, as every runner prints it."""
    names = [name for name in SIZES if name in variables(parse(text))]
    shapes = {name: SIZES[name] for name in names if SIZES[name]}
    made = array_routine(text, ["value", part], ["x"], shapes)
    order = [parameter.name for parameter in made.parameters]
    values = {name: VALUES[name] for name in order}
    wanted = jacobian(text, values, ["x"]).jacobian if part == "jacobian" else hessian(text, values, ["x"]).hessian
    value = np.ravel(np.asarray(evaluate(text, values).value)).tolist()
    code = render_arrays(made, arrays_of(language), "f_")
    return Trial(text, code, list(values.values()), [value, np.ravel(wanted).tolist()], [])


@pytest.mark.parametrize(
    "text", [*PROGRAMS[:6], "sum(hypot(A@x, b)**3) + norm(x)*sum(tanh(x)/k)", "sum(maximum(x, y)**k)"]
)
def test_fast_arrays_agree_away_from_edges(text: str) -> None:
    names = [name for name in SIZES if name in variables(parse(text))]
    shapes = {name: SIZES[name] for name in names if SIZES[name]}
    made = array_routine(text, ["value", "gradient"], shapes=shapes, fast=True)
    code = render_arrays(made, arrays_of("numpy"), "f_")
    assert "# fast: " in code
    assert "hypot" not in code.split("import", 1)[1]
    assert "where" not in code or "maximum" in text
    namespace: dict[str, Any] = {}
    exec(code, namespace)
    order = [parameter.name for parameter in made.parameters]
    values = {name: np.abs(VALUES[name]) if "**k" in text else np.asarray(VALUES[name]) for name in order}
    result = grad(text, values)
    found = namespace["f_"](*values.values())
    assert float(found[0]) == pytest.approx(float(np.asarray(result.value)), rel=1e-13)
    for name, slope in zip(order, found[1:], strict=True):
        np.testing.assert_allclose(slope, result.gradients[name], rtol=1e-12, atol=1e-13)


def test_vjp_and_jvp() -> None:
    namespace: dict[str, Any] = {}
    made = array_routine("A@x", ["value", "vjp"], ["x"], {"A": ("m", "n"), "x": ("n",)})
    exec(render_arrays(made, arrays_of("numpy"), "f"), namespace)
    seed = [1.0, 2.0, 3.0]
    value, pulled = namespace["f"](*map(np.array, (VALUES["A"], VALUES["x"], seed)))
    assert value.tolist() == pytest.approx((np.array(VALUES["A"]) @ VALUES["x"]).tolist())
    wanted = np.array(VALUES["A"]).T @ seed
    assert pulled.tolist() == pytest.approx(wanted.tolist())
    made = array_routine("norm(A@x)", ["jvp"], ["x"], {"A": ("m", "n"), "x": ("n",)})
    exec(render_arrays(made, arrays_of("numpy"), "f"), namespace)
    slope = grad("norm(A@x)", {"A": VALUES["A"], "x": VALUES["x"]}, ["x"]).gradients["x"]
    moved = namespace["f"](*map(np.array, (VALUES["A"], VALUES["x"], [3.0, -2.0])))
    assert moved == pytest.approx(np.dot(slope, [3.0, -2.0]))


@pytest.mark.parametrize(
    ("text", "parts", "message"),
    [
        ("x*2", ["gradient"], "the gradient of an array has no formula of whole arrays"),
        ("sum(tanh(x)@y)*y[0]", ["hessian"], "a Hessian over several variables has no formula of arrays"),
        ("x*2", ["jvp"], "the jvp of an array has no formula of whole arrays"),
        ("sum(sort(x))", ["gradient"], "sort of such arrays has no formula of arrays"),
    ],
)
def test_what_has_no_formula_of_arrays(text: str, parts: list[str], message: str) -> None:
    shapes = dict.fromkeys(variables(parse(text)), ("n",))
    with pytest.raises(Problem) as raised:
        array_routine(text, parts, shapes=shapes)
    assert raised.value.message == message
    assert "--scalar" in str(raised.value.hint)


def test_the_command() -> None:
    shapes = ["--shape", "A=n,n", "--shape", "x=n"]
    outcome = gradcli(["code", "x@A@x", "--to", "numpy", "--gradient", "--wrt", "x", *shapes])
    assert outcome.stdout == (
        "# f = x @ A @ x\n# value: f\n# gradient: df/dx\nimport numpy as np\n\n\ndef f(x, A):\n"
        "    value = (x @ A) @ x\n    gradient = (A + A.T) @ x\n    return value, gradient\n"
    )
    outcome = gradcli(["code", "x@A@x", "--to", "c", *shapes])
    assert (outcome.stdout, outcome.status) == ("", 2)
    assert "functions of whole arrays are not written in C" in outcome.stderr
    outcome = gradcli(["code", "x@A@x", "--to", "numpy", "--scalar", *shapes])
    assert (outcome.stdout, outcome.status) == ("", 2)
    outcome = gradcli(
        ["code", "x@A@x", "--to", "numpy", "--arrays", "--table", "t", "--shape", "A=2,2", "--shape", "x=2"]
    )
    assert (outcome.stdout, outcome.status) == ("", 2)


def test_names_of_sizes_are_no_variables_in_fortran() -> None:
    text = render_arrays(array_routine("n*sum(x)", shapes={"x": ("n",)}), arrays_of("fortran"), "f")
    assert "subroutine f(n_, n, x, value)" in text
    assert "x(n_)" in text
