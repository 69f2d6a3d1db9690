"""What stands in a program stands in the resolved one, or an error was raised: over all of the tests' texts."""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import pytest

from gradcli.errors import Problem, Span
from gradcli.lang import Call, Literal, Name, Program, Tree, is_conditional, parse, unroll
from gradcli.ops import lookup
from gradcli.ops.calls.resolve import resolve
from tests.conformance.spellings import spellings
from tests.corpora import DATA
from tests.docs import TOP

RENAMED = {"a_max": "upper", "a_min": "lower", "max": "upper", "min": "lower"}
FIELDS = ("expr", "antiderivative", "integrand", "expression", "f", "command")


class Parts(NamedTuple):
    """The places of a program's literals and names, and the names of its keyword arguments."""

    leaves: set[tuple[str, Span]]
    keywords: set[str]


def parts(program: Program) -> Parts:
    leaves: set[tuple[str, Span]] = set()
    keywords: set[str] = set()
    stack: list[Tree] = [program.result, *(a.tree for a in program.assignments)]
    seen: set[int] = set()
    while stack:
        node = stack.pop()
        if isinstance(node, Call) and id(node) not in seen:
            seen.add(id(node))
            stack += [*node.args, *(tree for _, tree in node.keywords)]
            keywords |= {key for key, _ in node.keywords if key not in parameters(node.function)}
        elif isinstance(node, Literal | Name):
            leaves.add((type(node).__name__, node.span))
    return Parts(leaves, keywords)


def parameters(function: str) -> set[str]:
    """The arguments that a resolved call gives by position, by any name."""
    names = set(lookup(function).params)
    return names | {ours for ours, canonical in RENAMED.items() if canonical in names}


def texts() -> Iterator[str]:
    """Every expression in the tests' cases, data and examples."""
    for path in [
        *sorted((TOP / "tests" / "cases").rglob("*.txt")),
        TOP / "README.md",
        *sorted((TOP / "docs").glob("*.md")),
    ]:
        for command in re.findall(
            r"^\$ (?:scripts/)?gradcli (.+)$", path.read_text(encoding="utf-8", errors="replace"), re.MULTILINE
        ):
            yield from words_of(command)
    for path in sorted(DATA.glob("*.jsonl")):
        for line in path.read_text(encoding="utf-8").splitlines():
            record = json.loads(line)
            for field in FIELDS:
                text = record.get(field)
                if isinstance(text, str):
                    yield from words_of(text) if field == "command" else [text]
    for spelling in list(spellings())[::15]:
        yield spelling.ours


def words_of(command: str) -> list[str]:
    """What may be an expression among a command's words."""
    try:
        return [word for word in shlex.split(command)[1:] if not word.startswith("-")]
    except ValueError:
        return []


@cache
def programs() -> list[tuple[str, Program, Program]]:
    """Each text that resolves, without its loops, and resolved."""
    found = []
    for text in dict.fromkeys(texts()):
        try:
            unrolled = unroll(parse(text), lambda name: 3)
            found.append((text, unrolled, resolve(unrolled)))
        except Problem:
            continue
    return found


def has_constant_condition(program: Program) -> bool:
    """Whether a branch may have been left out: one of a constant condition is."""
    stack: list[Tree] = [program.result, *(a.tree for a in program.assignments)]
    while stack:
        node = stack.pop()
        if isinstance(node, Call):
            if is_conditional(node):
                return True
            stack += [*node.args, *(tree for _, tree in node.keywords)]
    return False


def test_each_literal_name_and_keyword_is_there() -> None:
    checked = 0
    for text, unrolled, resolved in programs():
        if has_constant_condition(unrolled) or re.search(r"None", text):
            continue
        before, after = parts(unrolled), parts(resolved)
        assert before.leaves <= after.leaves, text
        assert before.keywords <= after.keywords, text
        checked += 1
    assert checked > 3000


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("1 if 1 else [1, 2, 3]", "1"),
        ("clip(x, None, 1)", "minimum(x, 1)"),
        ("clip(x, 0)", "maximum(x, 0)"),
        ("f = 2; x if f > 1 else y", "f = 2; x"),
        ("x if c else y", "x if c else y"),
    ],
)
def test_what_may_be_left_out(text: str, kept: str) -> None:
    from gradcli.lang import unparse

    assert unparse(resolve(parse(text))) == kept
