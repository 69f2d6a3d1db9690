"""Random claims about derivatives, and files of cases that hold them."""

from __future__ import annotations

import json
from random import Random
from typing import Any

from fuzz import texts
from fuzz.grammar import SHAPES, Writer, variables_of

_TRUE = (
    ("a**2", "a", "2*a"),
    ("sin(a)*b", "a,b", "[b*cos(a), sin(a)]"),
    ("sin(a)**2", "a", "sin(2*a)"),
    ("log(a**2)", "a", "2/a"),
    ("sum(u**2)", "u", "2*u"),
    ("u@A@u", "u", "(A + A.T)@u"),
    ("abs(a)", "a", "sign(a)"),
    ("sqrt(a)", "a", "1/(2*sqrt(a))"),
    ("exp(-1/a**2)", "a", "2*exp(-1/a**2)/a**3"),
    ("a**b", "a", "b*a**(b - 1)"),
    ("trace(A@B)", "A", "B.T"),
    ("max(a, b)", "b", "where(b > a, 1, 0)"),
    ("clip(a, lower=0, upper=1)", "a", "where((a > 0) and (a < 1), 1, 0)"),
    ("sum(stack(u, v, axis=1)*[[1, 2], [3, 4], [5, 6]])", "u", "[1, 3, 5]"),
    ("sum(u[u > 0])", "u", "where(u > 0, 1, 0)"),
    ("a*b", "c", "0"),
    ("a*(0.1 + 0.2)", "a", "0.3"),
    ("relu(a)*a", "a", "2*relu(a)"),
)
_FALSE = (
    ("a**2", "a", "2*a + 1"),
    ("sin(a)*b", "a,b", "[b*cos(a), 2*sin(a)]"),
    ("sum(u**2)", "u", "3*u"),
    ("u@A@u", "u", "2*A@u"),
    ("max(a, b)", "b", "where(b > a, 2, 0)"),
    ("sum(stack(u, v, axis=1)*[[1, 2], [3, 4], [5, 6]])", "u", "[1, 2, 5]"),
    ("sum(concatenate(u, v)*[1, 2, 3, 4, 5, 6])", "v", "[1, 2, 3]"),
)
"""(expression, by what, claim): claims that are true, and that are false nearly everywhere."""

_RANGES = ("0:10", ":", "-1:1", "1:", ":0", "5:1", "0:0", "nan:1", "0:inf", "1e308:", "::", "0:x", "-1e-300:1e-300")
_POINTS = (1, 2, 5, 0, -1, 10**6, True, "3", 1.5, None)
_STRANGE: tuple[Any, ...] = (None, True, [], {}, "", 1e400, -0.0, 10**400, "\x1b[31m", "\ud800", [[1], 2], {"a": {}})


def statement(random: Random, writer: Writer) -> tuple[str, str, str]:
    """An expression, the names that it is differentiated by, and a formula."""
    if random.random() < 0.6:
        return random.choice(_TRUE if random.random() < 0.7 else _FALSE)
    expression = writer.tree(2)
    names = variables_of(expression) or ["a"]
    return expression, ",".join(random.sample(names, random.choice((1, 1, min(2, len(names)))))), writer.tree(2)


def words(random: Random, expression: str, names: str, formula: str) -> list[str]:
    """The words after `gradcli check` that claim it."""
    claim = random.choice((f"{names}={formula}", f"{names}={formula}", formula))
    told = [expression, "--claim" if random.random() < 0.85 else "--claim-hessian", claim]
    for name in variables_of(expression):
        if SHAPES[name]:
            told += ["--shape", f"{name}={','.join(map(str, SHAPES[name]))}"] if random.random() < 0.9 else []
        elif random.random() < 0.4:
            told += [f"--{name}", random.choice((*_RANGES, "1.5", "0"))]
    return [*told, f"--points={random.choice((1, 2, 3))}"] if random.random() < 0.9 else told


def truth(command: tuple[str, ...]) -> bool | None:
    """Whether a command's claim is true, if that is known: it has these words, and nothing that bounds its range."""
    word, text, option, claim = command[:4]
    options = [given for given in command[4:] if given.startswith("-")]
    if word != "check" or option != "--claim" or not all(w.startswith(("--shape", "--points")) for w in options):
        return None
    for known, expected in ((_TRUE, True), (_FALSE, False)):
        if any(text == e and claim in (f"{names}={formula}", formula) for e, names, formula in known):
            few = "where" in claim and any(w.startswith("--points") for w in command[4:])
            return None if few and not expected else expected  # all may lie on the side on which it is right
    return None


def file(random: Random, writer: Writer) -> tuple[str, str]:
    """The name and the text of a file of cases."""
    cases = [_case(random, writer) for _ in range(random.choice((0, 1, 1, 2)))]
    if random.random() < 0.5:
        name, text = "cases.jsonl", "".join(json.dumps(case) + "\n" for case in cases)
    else:
        name, text = "cases.toml", "\n".join("[[case]]\n" + _toml(case) for case in cases)
    if random.random() < 0.25:
        text = texts.spoilt(text, random)
    if random.random() < 0.02:
        text = random.choice(("[" * 50_000, '{"a":' * 20_000, "\x00", "\ufeff" + text, "case = 1", "[case]", "[[case"))
    return name, text


def _case(random: Random, writer: Writer) -> dict[str, Any]:
    expression, names, formula = statement(random, writer)
    claim: Any = {names: formula} if random.random() < 0.9 else formula
    case: dict[str, Any] = {"expr": expression, random.choice(("claim", "claim", "claim_hessian")): claim}
    shapes = {n: list(SHAPES[n]) for n in variables_of(expression) if SHAPES[n]}
    if shapes and random.random() < 0.9:
        case["shape"] = shapes
    if random.random() < 0.9:
        case["points"] = random.choice((1, 2, 2, 3)) if random.random() < 0.9 else random.choice(_POINTS)
    if random.random() < 0.3:
        case["at"] = {random.choice(("a", "b", "zz")): random.choice((*_RANGES, 1.5, [1, 2], "pi", True))}
    if random.random() < 0.1:
        case[random.choice(("name", "random_seed", "timeout", "at", "shape", "expr", "claim", "other"))] = (
            random.choice(_STRANGE)
        )
    return case


def _toml(case: dict[str, Any]) -> str:
    lines = []
    for key, value in case.items():
        if isinstance(value, dict):
            inner = ", ".join(f"{json.dumps(k)} = {json.dumps(v)}" for k, v in value.items())
            lines.append(f"{key} = {{{inner}}}")
        else:
            lines.append(f"{key} = {json.dumps(value)}")
    return "\n".join(lines) + "\n"
