"""Derivatives as programs: operations, C code and the time to generate it, beside CasADi, SymPy and code by hand."""

from __future__ import annotations

import ctypes
import itertools
import json
import math
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from bench.measure import best, row, title
from gradcli.formulas import Graph, Meaning, cost
from gradcli.formulas.graph import Constant
from gradcli.lang import Program, parse, variables
from gradcli.ops import CONSTANTS
from gradcli.render.code.lower import lower
from gradcli.render.code.printer import language_of, render_code
from gradcli.transforms.operators.code import Routine, routine

FLAGS = ["-O2", "-march=native"]
CALLS_MS = 2
CORPORA = ("feynman", "sr_benchmarks", "cas_pairs", "rubi_core", "rubi_reciprocal", "rubi_long", "rubi_erf")
STATEMENTS = (200, 1000, 5000, 20_000)


class Problem(NamedTuple):
    """A program, the parts of it that are computed, its arrays, and where it is evaluated."""

    name: str
    text: str
    parts: list[str]
    shapes: dict[str, tuple[int, ...]]
    by_hand: str = ""


def arm() -> str:
    """The pose of a six-joint arm of standard lengths: position, roll, pitch and yaw."""
    links = [(0.0, math.pi / 2, 0.089159), (-0.425, 0.0, 0.0), (-0.39225, 0.0, 0.0), (0.0, math.pi / 2, 0.10915),
             (0.0, -math.pi / 2, 0.09465), (0.0, 0.0, 0.0823)]  # fmt: skip
    lines, before = [], [["1" if i == j else "0" for j in range(4)] for i in range(3)]
    for k, (a, alpha, d) in enumerate(links, start=1):
        c, s = f"c{k}", f"s{k}"
        lines += [f"{c} = cos(q{k})", f"{s} = sin(q{k})"]
        ca, sa = round(math.cos(alpha)), round(math.sin(alpha))
        step = [[c, _times(-ca, s), _times(sa, s), _times(a, c)], [s, _times(ca, c), _times(-sa, c), _times(a, s)],
                ["0", str(sa), str(ca), repr(d)], ["0", "0", "0", "1"]]  # fmt: skip
        after = []
        for i in range(3):
            entries = []
            for j in range(4):
                terms = [_product(before[i][m], step[m][j]) for m in range(4)]
                text = " + ".join(term for term in terms if term != "0") or "0"
                name = f"r{k}_{i}{j}"
                if text.isidentifier() or text.replace(".", "").lstrip("-").isdigit():
                    entries.append(text)
                else:
                    lines.append(f"{name} = {text}")
                    entries.append(name)
            after.append(entries)
        before = after
    r = before
    pose = [r[0][3], r[1][3], r[2][3], f"atan2({r[2][1]}, {r[2][2]})",
            f"atan2(-{r[2][0]}, sqrt({r[2][1]}**2 + {r[2][2]}**2))", f"atan2({r[1][0]}, {r[0][0]})"]  # fmt: skip
    return "; ".join([*lines, f"[{', '.join(pose)}]"])


def _times(factor: float, name: str) -> str:
    return {0: "0", 1: name, -1: f"-{name}"}.get(factor, f"{factor!r}*{name}")


def _product(a: str, b: str) -> str:
    if "0" in (a, b) or "0.0" in (a, b):
        return "0"
    return b if a == "1" else a if b == "1" else f"({a})*({b})" if "-" in a + b else f"{a}*{b}"


def chain(statements: int) -> str:
    """Statements that share deeply: written out without names it would be longer than any memory."""
    lines = ["a0 = x*y", "b0 = sin(x) + y"]
    for i in range(statements // 2 - 1):
        lines += [f"a{i + 1} = a{i} - 0.1*sin(b{i})*y", f"b{i + 1} = b{i} + 0.1*a{i + 1}*x"]
    return "; ".join([*lines, f"a{i + 1}*b{i + 1}"])


def network() -> str:
    """A small network: tanh layers of eight."""
    random = np.random.default_rng(3)
    before, lines = [f"x[{i}]" for i in range(8)], []
    for layer in range(3):
        after = []
        for i in range(8):
            weights = random.normal(size=8).round(3) / 2
            lines.append(
                f"h{layer}_{i} = tanh({' + '.join(f'({w})*{b}' for w, b in zip(weights, before, strict=True))})"
            )
            after.append(f"h{layer}_{i}")
        before = after
    return "; ".join([*lines, " + ".join(f"{h}**2" for h in before)])


def energy() -> str:
    """The energy of five bodies that attract each other."""
    lines, pairs = [], []
    for i in range(5):
        for j in range(i):
            square = " + ".join(f"(p[{3 * i + k}] - p[{3 * j + k}])**2" for k in range(3))
            lines.append(f"d{i}{j} = sqrt({square})")
            pairs.append(f"{(i + 1) * (j + 1)}.0/d{i}{j}")
    return "; ".join([*lines, "-(" + " + ".join(pairs) + ")"])


def logistic(rows: int = 20, columns: int = 5) -> tuple[str, np.ndarray, np.ndarray]:
    random = np.random.default_rng(5)
    features, labels = random.normal(size=(rows, columns)).round(3), np.sign(random.normal(size=rows))
    terms = []
    for x, y in zip(features, labels, strict=True):
        inner = " + ".join(f"({value})*w[{i}]" for i, value in enumerate(x))
        terms.append(f"log(1 + exp({-y}*({inner})))")
    return " + ".join(terms), features, labels


ROSENBROCK = "sum([100*(x[i+1] - x[i]**2)**2 + (1 - x[i])**2 for i in range(9)])"

ROSENBROCK_BY_HAND = """
#include <math.h>
void hand(const double *x, double *value, double *gradient)
{
    double f = 0.0;
    for (int i = 0; i < 10; i++) gradient[i] = 0.0;
    for (int i = 0; i < 9; i++) {
        double a = x[i + 1] - x[i]*x[i], b = 1.0 - x[i];
        f += 100.0*a*a + b*b;
        gradient[i] += -400.0*a*x[i] - 2.0*b;
        gradient[i + 1] += 200.0*a;
    }
    *value = f;
}
"""

NETS = """
#include <math.h>
static const double weights[%d][%d] = {%s};
static const double labels[%d] = {%s};
void hand(const double *w, double *value, double *gradient)
{
    double f = 0.0;
    for (int j = 0; j < %d; j++) gradient[j] = 0.0;
    for (int i = 0; i < %d; i++) {
        double z = 0.0;
        for (int j = 0; j < %d; j++) z += weights[i][j]*w[j];
        double e = exp(-labels[i]*z);
        f += log(1.0 + e);
        double g = -labels[i]*e/(1.0 + e);
        for (int j = 0; j < %d; j++) gradient[j] += g*weights[i][j];
    }
    *value = f;
}
"""

GAUSS = "exp(-(theta/sigma)**2/2)/(sqrt(2*pi)*sigma)"
GAUSS_BY_HAND = """
#include <math.h>
void hand(double theta, double sigma, double *value, double *gradient)
{
    double r = 1.0/sigma, z = theta*r, f = exp(-0.5*z*z)*0.3989422804014327*r;
    *value = f;
    gradient[0] = -f*z*r;
    gradient[1] = f*(z*z - 1.0)*r;
}
"""


def problems() -> list[Problem]:
    text, features, labels = logistic()
    rows, columns = features.shape
    listed = ", ".join("{" + ", ".join(map(repr, line)) + "}" for line in features.tolist())
    by_hand = NETS % (
        rows,
        columns,
        listed,
        rows,
        ", ".join(map(repr, labels.tolist())),
        columns,
        rows,
        columns,
        columns,
    )
    both = ["value", "gradient"]
    return [
        Problem("Gaussian", GAUSS, both, {}, GAUSS_BY_HAND),
        Problem("Rosenbrock, n = 10", ROSENBROCK, both, {"x": (10,)}, ROSENBROCK_BY_HAND),
        Problem("logistic regression, 20 x 5", text, both, {"w": (5,)}, by_hand),
        Problem("arm of six joints, pose and Jacobian", arm(), ["value", "jacobian"], {}),
        Problem("energy of five bodies", energy(), both, {"p": (15,)}),
        Problem("network, 3 layers of 8", network(), both, {"x": (8,)}),
        Problem("chain of 200 statements", chain(200), both, {}),
        Problem("chain of 2,000 statements", chain(2000), both, {}),
    ]


def run(rounds: int = 60) -> None:
    if not find_spec("casadi"):
        print("formulas: casadi is not installed; scripts/bench --peers installs it")
    operations()
    over_value()
    times(rounds)
    generation()


def operations() -> None:
    title("Operations of value and derivatives, each counted 1; CasADi's after its cse")
    for problem in problems():
        made = routine(problem.text, problem.parts, shapes=problem.shapes)
        ours = _count(made)
        if find_spec("casadi"):
            theirs = _instructions(_casadi_function(made))
            row(problem.name, f"{ours}", f"{ours / theirs:.2f} x CasADi", "target <= 1.05 x")
        else:
            row(problem.name, f"{ours}")


SHORTEST = 20
"""Operations of a program from which on what its derivatives cost beside it is asked."""


def over_value() -> None:
    title("Operations of value and derivatives over those of the value; + - * / and negation 1, any other function 4")
    for problem in problems():
        made = routine(problem.text, problem.parts, shapes=problem.shapes)
        nodes = [node for output in made.outputs for node in output.nodes]
        value = cost(made.meaning.graph, made.meaning.entries)
        ratio = cost(made.meaning.graph, nodes) / value
        if value >= SHORTEST:
            long = problem.name.startswith(("chain", "network", "energy"))
            row(problem.name, f"{ratio:.2f} x the value", "", f"target <= {3 if long else 4} x")
    ratios = [ratio for text, names in _corpora() if names and (ratio := _gradient_over_value(text, names)) is not None]
    within = sum(ratio <= 4 for ratio in ratios)
    row(f"{len(ratios):,} corpus programs of {SHORTEST} operations and more, median", f"{np.median(ratios):.2f} x")
    row("the same, at most 4 x", f"{within:,} of {len(ratios):,}", "", "")
    row("the same, the most", f"{max(ratios):.2f} x the value", "", "target <= 4 x")


def _corpora() -> Iterator[tuple[str, list[str]]]:
    for file in CORPORA:
        for line in Path("tests/data", f"{file}.jsonl").read_text("utf-8").splitlines():
            record = json.loads(line)
            text = record.get("expr") or record["antiderivative"]
            yield text, [name for name in variables(parse(text)) if name in record["points"][0]]


def _gradient_over_value(text: str, names: list[str]) -> float | None:
    made = routine(text, ["value", "gradient"], names)
    value = cost(made.meaning.graph, made.meaning.entries)
    nodes = [node for output in made.outputs for node in output.nodes]
    return cost(made.meaning.graph, nodes) / value if value >= SHORTEST else None


def _count(made: Routine) -> int:
    graph = made.meaning.graph
    nodes = [node for output in made.outputs for node in output.nodes]
    lowered, _ = lower(made.meaning.arithmetic, nodes, language_of("c"), made.fast)
    return sum(1 for node in graph.reachable(lowered) if graph.functions[node] and graph.constants[node] is None)


def _casadi_functions(ca: Any) -> dict[str, Callable[..., Any]]:
    same = (
        "acos acosh asin asinh atan atan2 atanh ceil cos cosh erf exp floor fmod hypot log log10 sin sinh sqrt tan tanh"
    )
    return {name: getattr(ca, name) for name in same.split()} | {
        "abs": ca.fabs, "add": lambda a, b: a + b, "div": lambda a, b: a / b, "equal": lambda a, b: a == b,
        "expm1": ca.expm1, "greater": lambda a, b: a > b, "greater_equal": lambda a, b: a >= b, "if": ca.if_else,
        "less": lambda a, b: a < b, "less_equal": lambda a, b: a <= b, "log1p": ca.log1p, "maximum": ca.fmax,
        "minimum": ca.fmin, "mul": lambda a, b: a * b, "neg": lambda a: -a, "pow": lambda a, b: a**b, "sign": ca.sign,
        "square": lambda a: a * a, "sub": lambda a, b: a - b, "where": ca.if_else,
    }  # fmt: skip


def _casadi_values(meaning: Meaning, leaves: dict[int, Any], ca: Any) -> list[Any]:
    """The program's value in CasADi's symbols, each node once."""
    graph: Graph = meaning.graph
    functions = _casadi_functions(ca)
    found: dict[int, Any] = {}
    for node in graph.reachable(meaning.entries):
        leaf = graph.leaves[node]
        if node in leaves:
            found[node] = leaves[node]
        elif leaf is not None:
            found[node] = CONSTANTS[leaf.name] if isinstance(leaf, Constant) else leaf
        else:
            found[node] = functions[graph.functions[node]](*[found[arg] for arg in graph.args[node]])
    return [found[entry] for entry in meaning.entries]


def _casadi_function(made: Routine) -> Any:
    """Value and derivatives by CasADi, of one vector of all inputs."""
    import casadi as ca

    meaning = made.meaning
    count = sum(map(len, meaning.inputs.values()))
    x = ca.SX.sym("x", count)
    names = [leaf for leaves in meaning.inputs.values() for leaf in leaves]
    value = ca.vertcat(*_casadi_values(meaning, {leaf: x[i] for i, leaf in enumerate(names)}, ca))
    slopes = (
        ca.densify(ca.jacobian(value, x)) if "jacobian" in [o.name for o in made.outputs] else ca.gradient(value, x)
    )
    return ca.Function("peer", [x], ca.cse([value, slopes]))


def _instructions(function: Any) -> int:
    import casadi as ca

    free = {ca.OP_INPUT, ca.OP_OUTPUT, ca.OP_CONST, ca.OP_PARAMETER}
    return sum(function.instruction_id(i) not in free for i in range(function.n_instructions()))


def times(rounds: int) -> None:
    title(f"Value and derivatives in C, cc {' '.join(FLAGS)}, ns a call; best of {rounds} interleaved runs")
    with tempfile.TemporaryDirectory() as folder:
        for problem in problems():
            made = routine(problem.text, problem.parts, shapes=problem.shapes)
            quick = routine(problem.text, problem.parts, shapes=problem.shapes, fast=True)
            point = _point(made)
            tasks = {
                "fast": _compiled(render_code(quick, language_of("c"), "f"), made, Path(folder), "fast"),
                "exact": _compiled(render_code(made, language_of("c"), "f"), made, Path(folder), "exact"),
            }
            if problem.by_hand:
                tasks["hand"] = _compiled(problem.by_hand, made, Path(folder), "hand")
            if find_spec("casadi"):
                tasks["CasADi"] = _casadi_compiled(made, Path(folder))
            _agree(tasks, made, point)
            calls = {name: max(1, int(CALLS_MS * 1e-3 / _seconds(task, point))) for name, task in tasks.items()}
            found = best({name: partial(task, point, calls[name]) for name, task in tasks.items()}, rounds)
            each = {name: found[name] / calls[name] for name in tasks}
            long = problem.name.startswith(("arm", "chain", "network", "energy"))
            for name, limit in (("CasADi", 0.95 if long else 1.15), ("hand", 1.3)):
                if name in each:
                    ratio = f"{each['fast'] / each[name]:.2f} x {name}"
                    row(f"{problem.name}: --fast", f"{each['fast'] * 1e9:.0f} ns", ratio, f"target <= {limit} x")
            other = f"{each['exact'] / each['CasADi']:.2f} x CasADi" if "CasADi" in each else ""
            row(f"{problem.name}: as it is", f"{each['exact'] * 1e9:.0f} ns", other)


def _point(made: Routine) -> np.ndarray:
    count = sum(map(len, made.meaning.inputs.values()))
    return np.random.default_rng(1).uniform(0.4, 0.9, count)


_Call = Callable[..., np.ndarray]


def _build(source: str, folder: Path, name: str) -> ctypes.CDLL:
    path, library = folder / f"{name}.c", folder / f"{name}_{time.monotonic_ns()}.so"
    path.write_text(source, encoding="utf-8")
    subprocess.run(["cc", *FLAGS, "-fPIC", "-shared", str(path), "-o", str(library), "-lm"], check=True)
    return ctypes.CDLL(str(library))


_LOOP = """
void many(const double *x, double *out, long calls)
{
    double in[%(count)d];
    for (int i = 0; i < %(count)d; i++) in[i] = x[i];
    for (long n = 0; n < calls; n++) {
        in[0] = x[0]*(1.0 + 1e-9*(n & 7));
        %(call)s
    }
}
"""


def _compiled(source: str, made: Routine, folder: Path, name: str) -> _Call:
    """A function of the generated C that calls it many times."""
    arguments, taken = [], 0
    for leaves, shape in zip(made.meaning.inputs.values(), made.meaning.shapes.values(), strict=True):
        arguments.append(f"in + {taken}" if shape else f"in[{taken}]")
        taken += len(leaves)
    results, place = [], 0
    for output in made.outputs:
        results.append(f"out + {place}")
        place += len(output.nodes)
    called = "hand" if name == "hand" else "f"
    marked = source.replace(f"void {called}(", f"__attribute__((noinline)) void {called}(")
    loop = _LOOP % {"count": taken, "call": f"{called}({', '.join([*arguments, *results])});"}
    return _caller(_build(marked + loop, folder, name), place)


def _casadi_compiled(made: Routine, folder: Path) -> _Call:
    function = _casadi_function(made)
    import casadi as ca

    generator = ca.CodeGenerator("peer.c", {"with_header": False})
    generator.add(function)
    source = generator.dump()
    count = sum(map(len, made.meaning.inputs.values()))
    sizes = [len(output.nodes) for output in made.outputs]
    work = function.sz_w()
    call = (
        f"const double *arg[8] = {{in}}; double *res[8] = {{out, out + {sizes[0]}}}; static double w[{work + 1}]; "
        "static casadi_int iw[8]; peer(arg, res, iw, w, 0);"
    )
    return _caller(_build(source + _LOOP % {"count": count, "call": call}, folder, "peer"), sum(sizes))


def _caller(library: ctypes.CDLL, size: int) -> _Call:
    out = np.zeros(size)
    pointer = ctypes.POINTER(ctypes.c_double)
    library.many.argtypes = [pointer, pointer, ctypes.c_long]

    def call(point: np.ndarray, calls: int = 1) -> np.ndarray:
        library.many(point.ctypes.data_as(pointer), out.ctypes.data_as(pointer), calls)
        return out

    return call


def _agree(tasks: dict[str, _Call], made: Routine, point: np.ndarray) -> None:
    found = {name: task(point).copy() for name, task in tasks.items()}
    for name, numbers in found.items():
        wanted = found["exact"]
        if name == "CasADi" and "jacobian" in [output.name for output in made.outputs]:
            rows = len(made.outputs[0].nodes)
            numbers = np.concatenate([numbers[:rows], numbers[rows:].reshape(-1, rows).T.ravel()])
        assert np.allclose(numbers, wanted, rtol=1e-9, atol=1e-12 * abs(wanted).max()), (name, numbers, wanted)


def _seconds(task: _Call, point: np.ndarray) -> float:
    calls = 1
    while True:
        began = time.perf_counter()
        task(point, calls)
        took = time.perf_counter() - began
        if took > 2e-3:
            return took / calls
        calls *= 4


def generation() -> None:
    title("C text of value and gradient of statements that share deeply; processor time, best of 5")
    for statements in STATEMENTS:
        text = chain(statements)
        made = routine(text, ["value", "gradient"])
        program = parse(text)
        tasks: dict[str, Callable[[], object]] = {"text": _generator(text), "program": lambda p=program: _generate(p)}
        if find_spec("casadi"):
            tasks["CasADi"] = lambda statements=statements: _casadi_generate(statements)
        found = best(tasks, 5, clock=time.process_time)
        written = _count(made)
        for name, told in (("text", "target <= 15 us"), ("program", "target <= 1 x")):  # CasADi reads no text
            each = f"{found[name] / written * 1e6:.1f} us"
            ratio = f"{found[name] / found['CasADi']:.2f} x CasADi" if "CasADi" in found else ""
            row(f"{statements:,} statements, from {name}, an operation of {written:,}", each, ratio, told)
    for statements in (10, 20, 30):
        began = time.process_time()
        finished = _sympy_generate(statements)
        took = time.process_time() - began
        row(f"SymPy's diff, cse and ccode, {statements} statements", f"{took:.2f} s" if finished else "given up")
        if took > 5 or not finished:
            break


def _generator(text: str) -> Callable[[], str]:
    """Each call reads the text anew: parsing remembers texts."""
    turns = itertools.count()

    def generate() -> str:
        return _generate(text + " " * next(turns))

    return generate


def _generate(program: str | Program) -> str:
    return render_code(routine(program, ["value", "gradient"]), language_of("c"), "f")


def _casadi_generate(statements: int) -> str:
    import casadi as ca

    x, y = ca.SX.sym("x"), ca.SX.sym("y")
    a, b = x * y, ca.sin(x) + y
    for _ in range(statements // 2 - 1):
        a = a - 0.1 * ca.sin(b) * y
        b = b + 0.1 * a * x
    value = a * b
    slopes = ca.gradient(value, ca.vertcat(x, y))
    function = ca.Function("peer", [x, y], ca.cse([value, slopes]))
    generator = ca.CodeGenerator("peer.c", {"with_header": False})
    generator.add(function)
    text: str = generator.dump()
    return text


def _sympy_generate(statements: int) -> Sequence[str] | None:
    import sympy

    x, y = sympy.symbols("x y")
    a, b = x * y, sympy.sin(x) + y
    for _ in range(statements // 2 - 1):
        a = a - 0.1 * sympy.sin(b) * y
        b = b + 0.1 * a * x
        if sympy.count_ops(a) > 200_000:
            return None
    value = a * b
    shared, results = sympy.cse([value, value.diff(x), value.diff(y)])
    return [sympy.ccode(part) for _, part in shared] + [sympy.ccode(part) for part in results]
