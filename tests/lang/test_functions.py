"""Functions that a program defines: against Python's own, and what is refused."""

from __future__ import annotations

import math
import random
import re

import pytest

from gradcli.errors import Problem
from gradcli.lang import Call, Literal, Name, Program, Tree, equal, literals, parse, unparse, unroll, variables
from gradcli.lang.tree.names import calls_in
from gradcli.ops.calls.resolve import resolve
from gradcli.transforms.operators.evaluate import evaluate
from tests.cli.runner import gradcli

GLOBALS = ("a", "b", "c")
VALUES = {"a": 1.25, "b": -0.5, "c": 3.0}


def without_functions(text: str) -> str:
    return unparse(unroll(parse(text), lambda name: 3))


class Writer:
    """A random program, with the same as Python has it."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.functions: list[tuple[str, int, int]] = []

    def expression(self, names: list[str], depth: int) -> str:
        choice = self.random.random()
        if depth == 0 or choice < 0.2:
            return self.random.choice([*names, "2", "0.5", "3"])
        if choice < 0.3:
            condition = f"{self.expression(names, depth - 1)} > {self.expression(names, 0)}"
            return f"({self.expression(names, depth - 1)} if {condition} else {self.expression(names, depth - 1)})"
        if choice < 0.4:
            return f"sum({self.expression([*names, 'i'], depth - 1)} for i in range({self.random.randint(1, 3)}))"
        if choice < 0.7 and self.functions:
            return self.call(names, depth)
        left, right = self.expression(names, depth - 1), self.expression(names, depth - 1)
        return f"({left} {self.random.choice('+-*')} {right})"

    def call(self, names: list[str], depth: int) -> str:
        name, count, required = self.random.choice(self.functions)
        given = self.random.randint(required, count)
        args = [self.expression(names, depth - 1) for _ in range(given)]
        named = self.random.randint(0, given)
        positional = [arg if k < named else f"p{k}={arg}" for k, arg in enumerate(args)]
        return f"{name}({', '.join(positional)})"

    def program(self) -> list[tuple[str, str]]:
        """Statements of gradcli and of Python."""
        made: list[tuple[str, str]] = [("a2 = a*2", "a2 = a*2")]
        for k in range(self.random.randint(1, 4)):
            count = self.random.randint(0, 3)
            required = self.random.randint(0, count)
            names = [f"p{i}" for i in range(count)]
            # A parameter may be called as an index, or as a variable of the program.
            body = self.expression([*names, *GLOBALS, "a2"], 2)
            parameters = [n if i < required else f"{n}={self.expression(['a', 'a2'], 1)}" for i, n in enumerate(names)]
            made.append((f"f{k}({', '.join(parameters)}) = {body}", f"f{k} = lambda {', '.join(parameters)}: {body}"))
            self.functions.append((f"f{k}", count, required))
        last = self.expression([*GLOBALS, "a2"], 3)
        return [*made, (last, last)]


def run_python(statements: list[str]) -> float:
    scope = {**VALUES, "__builtins__": {"sum": sum, "range": range}}
    for statement in statements[:-1]:
        exec(statement, scope)
    return float(eval(statements[-1], scope))


@pytest.mark.parametrize("seed", range(150))
def test_as_in_python(seed: int) -> None:
    program = Writer(seed).program()
    text = "; ".join(ours for ours, _ in program)
    expected = run_python([theirs for _, theirs in program])
    used = variables(parse(text))
    found = float(evaluate(text, {name: value for name, value in VALUES.items() if name in used}).value)
    assert found == pytest.approx(expected, rel=1e-12, abs=1e-12) or math.isinf(expected), text


@pytest.mark.parametrize(
    ("text", "expanded"),
    [
        ("f(x, k) = exp(-k*x); f(a, 2) + f(b, 3)", "f_1 = exp(-2*a); f_2 = exp(-3*b); f_1 + f_2"),
        ("f(x) = x*x; f(f(sin(y)))", "x_f1 = sin(y); f_1 = x_f1*x_f1; f_1*f_1"),
        ("f(x) = x + 1; f(a)*f(a)", "f_1 = a + 1; f_1*f_1"),
        ("f(x, k=c + 1) = k*x; f(2) + f(2, k=3)", "f_1 = (c + 1)*2; f_2 = 3*2; f_1 + f_2"),
        ("f() = [1, 2]; x*f()", "f_1 = [1, 2]; x*f_1"),
        ("f(x) = x, 2*x; a, b = f(y); a*b", "f_1 = [y, 2*y]; a, b = f_1; a*b"),
        ("f(A) = qr(A); f(X)[0]", "f_1 = qr(X); f_1[0]"),
        ("f(x) = x**2; [f(i) for i in range(2)]", "f_1 = 0**2; f_2 = 1**2; [f_1, f_2]"),
        ("f(x) = sum(x*i for i in range(2)); sum(f(i) for i in range(1))",
         "f_1 = sum([0*0, 0*1], axis=0); sum([f_1], axis=0)"),
        ("f(x) = x*i; [f(2) for i in range(2)]", "f_1 = 2*i; [f_1, f_1]"),
        ("f(x) = sum(x[i] for i in range(len(x))); f([1, 2])", "x_f1 = [1, 2]; sum([x_f1[0], x_f1[1]], axis=0)"),
        ("s(n, x) = sum(x**k for k in range(n)); s(1 + 1, a)", "sum([a**0, a**1], axis=0)"),
        ("f(x) = x*x; f(log(y)) if y > 0 else 0", "log(y)*log(y) if y > 0 else 0"),
        ("f(x, k) = x; f(a, 2*b)", "k_f1 = 2*b; a"),
        ("f(x) = x; y = 1; b = f(y); y = 2; b + f(y)", "y = 1; b = y; y = 2; b + y"),
        ("f_1 = 2; f(x) = x + 1; f(a)*f_1*f(b)", "f_1 = 2; f_1_ = a + 1; f_2 = b + 1; f_1_*f_1*f_2"),
        ("f(x) = 0 < 2*x < 1; f(y)", "0 < 2*y < 1"),
        ("f(x) = 2*x; 0 < f(y) < 1", "f_1 = 2*y; 0 < f_1 < 1"),
        ("p(n, x) = x if n == 0 else sum(x**i for i in range(n)); p(0, a)", "a"),
        ("f(x) = g(x)*3; 2*y", "2*y"),
    ],
)  # fmt: skip
def test_what_stands_in_the_place_of_calls(text: str, expanded: str) -> None:
    assert without_functions(text) == expanded


def test_variables_are_those_of_bodies_that_are_called() -> None:
    text = "k = 2; f(x, d=v) = k*x + w + d; g(x) = u*x; [f(i) for i in range(2)]"
    assert list(variables(parse(text))) == ["v", "w"]


@pytest.mark.parametrize(
    ("text", "message", "place"),
    [
        ("f(x) = f(x - 1); f(2)", "'f' calls itself", "f(x - 1)"),
        ("f(x) = g(x); g(x) = f(x); f(1)", "'f' and 'g' call each other", "g(x)"),
        ("f(x) = g(x); g(x) = h(x); h(x) = f(x); f(1)", "'f' and 'g' call each other", "g(x)"),
        ("f(x) = g(x); g(x) = x; f(1)", "'g' is defined later", "g(x)"),
        ("z = f(2); f(x) = x; z", "'f' is defined later", "f(2)"),
        ("f(x) = x; f(1, 2)", "'f' takes 1 argument, not 2", "2)"),
        ("f(x) = x; f()", "'f' is missing its argument 'x'", "f()"),
        ("f(x) = x; f(y=2)", "'f' has no parameter 'y'", "2)"),
        ("f(x) = x; f(2, x=3)", "'f' is given its argument 'x' twice", "3)"),
        ("g(y) = f(y, 2); f(x) = x; 1", "'f' is defined later", "f(y"),
        ("f(x) = x; g(y) = f(y, 2); 1", "'f' takes 1 argument, not 2", "2)"),
        ("f(x, x) = 1; 2", "two parameters are called 'x'", "x) ="),
        ("f(2) = 3; 4", "the parameters of a function are names", "2) ="),
        ("f(x=1, y) = 3; 4", "an argument without a name follows one with a name", "y) ="),
        ("f(x) = x; f(x) = 2; 1", "'f' is defined twice", "f(x) = 2"),
        ("f(x) = x; f = 3; 1", "'f' is the name of a function and of a value", "f = 3"),
        ("f(x) = x; 2*f", "'f' is a function, and no value", "f"),
        ("g(f, x) = f(x); 1", "'f' is a parameter here, and no function", "f(x)"),
        ("f(x) = k*x; k = 3; f(2)",
         "'k' in 'f' may be what it was at the definition, or what it is assigned since", "f(2)"),
        ("f(x) = k*x; g(x) = f(x); k = 3; g(2)",
         "'k' in 'g' may be what it was at the definition, or what it is assigned since", "g(2)"),
        ("add(a, b) = 3; 1", "'add' is a function of the language", "add"),
        ("f(x) = x", "'f' is defined, and nothing is computed", "f(x) = x"),
        ("f(x) = y = 2; 1", "a statement has one '='", "= 2"),
        ("f(x)[0] = 2; 1", "only a name can stand before '='", "f(x)"),
        ("a, f(x) = 2, 3; 1", "only names can stand before '='", "a, f(x)"),
        ("f(x) = x; f(i for i in range(2))", "'f' cannot run over a loop", "f(i"),
        ("f(n) = sum(i for i in range(n)); f(y)", "'n' is not a constant", "n)); f"),
        ("f(x) = sum(x[i] for i in range(len(x))); f(y + 1)", "the length of 'x' is not known", "x)))"),
    ],
)  # fmt: skip
def test_what_is_refused(text: str, message: str, place: str) -> None:
    with pytest.raises(Problem) as caught:
        unroll(parse(text), lambda name: None)
    assert caught.value.message == message
    assert caught.value.span is not None
    rest = text[caught.value.span[0] :]
    assert rest.startswith(place) or place.startswith(rest), rest
    assert caught.value.hint


def test_a_name_is_not_ambiguous_where_no_call_follows() -> None:
    assert without_functions("f(x) = k*x; a = f(2); k = 3; a + k") == "f_1 = k*2; a = f_1; k = 3; a + k"
    assert without_functions("k = 1; f(x) = k*x; k*f(2)") == "k = 1; f_1 = k*2; k*f_1"


def test_nested_calls_are_shared() -> None:
    levels = [f"f{k}(x) = f{k - 1}(x) + f{k - 1}(x)*0.5" for k in range(1, 60)]
    text = "; ".join(["f0(x) = x**2 + 1", *levels, "f59(y)"])
    assert len(unroll(parse(text), lambda name: None).assignments) < 70


def test_more_than_can_be_computed_is_refused() -> None:
    levels = [f"f{k}(x) = f{k - 1}(f{k - 1}(x))" for k in range(1, 30)]
    text = "; ".join(["f0(x) = x*x + 1", *levels, "f29(y)"])
    with pytest.raises(Problem, match="the functions of this program make more than 250,000 operations"):
        unroll(parse(text), lambda name: None)
    branch = "f(x) = x*x + x; " + "f(" * 40 + "y" + ")" * 40
    assert len(unroll(parse(branch), lambda name: None).assignments) == 39
    with pytest.raises(Problem, match="more than 250,000 operations"):
        unroll(parse(branch.replace("; f", "; 0 if y < 0 else f", 1)), lambda name: None)


def test_an_error_in_a_body_names_its_calls() -> None:
    text = "f(A, B) = A@B; g(A) = 1 + f(A, y); g(x)"
    with pytest.raises(Problem) as caught:
        evaluate(text, {"x": [1.0, 2.0], "y": [1.0, 2.0, 3.0]})
    assert str(caught.value).splitlines()[1:5] == [f"  {text}", "             ^", "  in f(A, y)", "  in g(x)"]


def test_names_of_the_table_are_not_defined_anew() -> None:
    with pytest.raises(Problem, match="'sin' is a function already"):
        evaluate("sin(x) = 2*x; sin(y)", {"y": 1.0})
    with pytest.raises(Problem, match="unknown function 'sine'"):  # of a body that nobody calls, too
        evaluate("f(x) = sine(x); 2*y", {"y": 1.0})


def leaves(*trees: Tree) -> set[tuple[str, object]]:
    found: set[tuple[str, object]] = set()
    stack = list(trees)
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            stack += [*node.args, *(tree for _, tree in node.keywords)]
        elif isinstance(node, Literal):
            found.add(("literal", repr(node.value)))
        elif isinstance(node, Name):
            found.add(("name", node.id))
    return found


def parts(program: Program) -> tuple[set[tuple[str, object]], set[str]]:
    """The leaves and the keywords of a program without loops, and of the functions that it calls."""
    trees = [program.result, *(assignment.tree for assignment in program.assignments)]
    functions = {definition.name: definition for definition in program.definitions}
    found, keys = leaves(*trees), set[str]()
    waiting = list(trees)
    seen: set[str] = set()
    while waiting:
        for call in calls_in(waiting.pop()):
            if call.function not in functions:
                keys |= {key for key, _ in call.keywords}
            elif call.function not in seen:
                seen.add(call.function)
                definition = functions[call.function]
                parameters = {("name", parameter.name) for parameter in definition.parameters}
                found |= leaves(definition.body) - parameters
                waiting.append(definition.body)
    return found, keys


@pytest.mark.parametrize("seed", range(150))
def test_nothing_is_lost(seed: int) -> None:
    """Each literal, name and keyword of the text is in what is computed, loops and defaults apart."""
    text = "; ".join(ours for ours, _ in Writer(seed).program())
    text = re.sub(r"=(p\d)", r"=\1", text)
    if "for i" in text or " if " in text:
        text = re.sub(r"sum\(", "(", re.sub(r" for i in range\(\d\)", "", text)).replace("(i)", "(a)")
        text = re.sub(r"\bi\b", "c", re.sub(r" if .*? else ", " + ", text))
    try:
        program = parse(text)
    except Problem:
        pytest.skip("the rewritten text is no program")
    before, keywords = parts(program)
    unrolled = unroll(program, lambda name: None)
    after, kept = parts(unrolled)
    resolved, _ = parts(resolve(unrolled))
    assert before <= after, text
    assert after <= resolved, text
    assert keywords <= kept


def test_text_of_definitions() -> None:
    text = "f(x, k=2) = k*x; a = 2; g() = [1, 2]; g()*f(a)"
    program = parse(text)
    assert unparse(program) == text
    assert equal(parse(unparse(program)), program)
    assert not equal(parse(text.replace("k=2", "k=3")), program)
    assert [literal.value for literal in literals(program)] == [2.0, 2.0, 1.0, 2.0]


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("f(x) = 2x; f(y)", "f(x) = 2*x; f(y)"),
        ("f(x, k) = kx²; 3f(y, 2)", "f(x, k) = k*x**2; 3*f(y, 2)"),
        ("f(x) = 2x", "2*x"),
        ("f(x) = x^2", "x^2"),
    ],
)
def test_what_is_meant_by_another_spelling(text: str, line: str) -> None:
    outcome = gradcli(f"grad --loose '{text}' --no-check --{'y' if 'y' in text else 'x'} 2")
    assert outcome.status == 0
    assert outcome.stderr == f"note: read as {line}\n"
    assert f"hint: write {line}\n" in gradcli(f"grad '{text}' --{'y' if 'y' in text else 'x'} 2").stderr


def test_a_parameter_is_no_variable() -> None:
    outcome = gradcli("grad 'f(x) = x**2; f(y)' --x 2 --y 3")
    assert outcome.status == 2
    assert outcome.stderr.endswith("hint: 'x' is a parameter of f; it has y\n")
