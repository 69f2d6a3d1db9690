"""Texts near the language: real expressions and cases of bad syntax, cut, spliced and spoilt."""

from __future__ import annotations

import json
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from random import Random

from fuzz.explained import Broken, explained
from gradcli.errors import Problem
from gradcli.lang import calls, equal, parse, unparse, unroll, variables

TOP = Path(__file__).parents[3]

TOKENS = (
    *("x", "f(", "sum(", "1", "2.5", "1e", "0x1", "1__0", "2j", "1e999", "007", "None", "True", "i", "range(3)", "T"),
    *("+", "-", "*", "/", "//", "%", "**", "^", "@", "~", "<", "==", "<=", "&", "|", "&&", "||", "!", "?", "$", "->"),
    *("(", ")", "[", "]", "{", "}", ",", ":", ".T", "...", ";", "=", ":=", "+=", "\n", "\r\n", "\\", "#", "'", '"'),
    *(" and ", " or ", " not ", " if ", " else ", " for i in ", "lambda", " is ", "np.", ".sum(", "len(", "'ij,j->i'"),
    *("×", "²", "√", "“", "\xa0", "\0", "\x1b[31m", "\u200b", "\u202e", "é", "e\u0301", "ﬁ", "\u2028", "\ud800", "😀"),
    *("２", "٣", "_", "\x85", "\x0c", "\x7f", "\x9b", "\ufeff", "\t", " "),
)


@cache
def corpus() -> tuple[str, ...]:
    """Every expression of the test data, and the command lines and texts of the test cases."""
    found: list[str] = []
    for path in sorted((TOP / "tests" / "data").glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            found += [record[key] for key in ("expr", "antiderivative", "integrand") if key in record]
            found += record.get("residuals", [])
    for path in sorted((TOP / "tests" / "cases").rglob("*.txt")):
        found.append(path.read_text(encoding="utf-8", errors="replace").partition("\n---")[0])
    return tuple(sorted({text[:400] for text in found}))


def make(random: Random) -> str:
    """A text of at most a few hundred characters."""
    shape = random.random()
    if shape < 0.1:
        return "".join(random.choices(TOKENS, k=random.randint(0, 25)))
    if shape < 0.15:
        return "".join(
            chr(random.randrange(0x300 if random.random() < 0.9 else 0x110000)) for _ in range(random.randint(0, 30))
        )
    if shape < 0.2:
        return random.randbytes(random.randint(0, 40)).decode("utf-8", "surrogateescape")
    if shape < 0.22:
        return random.choice(TOKENS) * random.randint(1, 2000)
    text = random.choice(corpus())
    if len(text) > 120 and random.random() < 0.5:
        start = random.randrange(len(text) - 100)
        text = text[start : start + random.randint(1, 120)]
    for _ in range(random.choice((0, 1, 1, 1, 2, 3))):
        text = spoilt(text, random)
    return text


def spoilt(text: str, random: Random) -> str:
    """A text with a piece left out, doubled or put in."""
    start = random.randint(0, len(text))
    end = min(len(text), start + random.choice((0, 1, 1, 2, 5, 20)))
    way = random.randrange(5)
    if way == 0:
        return text[:start] + text[end:]
    if way == 1:
        return text[:start] + random.choice(TOKENS) + text[end:]
    if way == 2:
        return text[:start] + random.choice(TOKENS) + text[start:]
    if way == 3:
        return text[:end] + text[start:end] * random.randint(1, 4) + text[end:]
    other = random.choice(corpus())
    place = random.randint(0, len(other))
    return text[:start] + other[place : place + 40]


def check(text: str) -> str:
    """A text becomes a program, which its own text gives back, or is explained."""
    try:
        program = parse(text)
    except Problem as problem:
        explained(problem)
        if problem.span is None or problem.source != text or not problem.hint:
            raise Broken(f"an error without a place or a way out: {problem.message!r}") from None
        return "refused"
    written = unparse(program)
    if not equal(parse(written), program):
        raise Broken(f"written as {written!r} it is another program")
    if not all(name.isidentifier() for name in variables(program)):
        raise Broken("a variable with a strange name")
    if not all(call.function.isidentifier() for call in calls(program)):
        raise Broken("a function with a strange name")
    try:
        unrolled = unroll(program, lambda name: 2)
    except Problem as problem:
        explained(problem)
        return "not unrolled"
    if not equal(unroll(unrolled, lambda name: None), unrolled):
        raise Broken("unrolled twice it is another program")
    return "read"


def smaller(text: str) -> Iterator[str]:
    """Texts with a piece left out, large pieces first."""
    size = len(text) // 2
    while size:
        for start in range(0, len(text), size):
            yield text[:start] + text[start + size :]
        size //= 2


def show(text: str) -> str:
    return f"parse({text!r})"
