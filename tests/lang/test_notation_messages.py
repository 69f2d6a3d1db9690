"""Messages about other notations speak of the text, and not of the reader."""

from __future__ import annotations

import ast
from pathlib import Path

import gradcli


def _constants(tree: ast.AST) -> list[tuple[int, str]]:
    """Texts on one line: docstrings of more may show code."""
    return [
        (node.lineno, node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    ]


def test_no_message_names_an_attribute() -> None:
    """Such as "not self.told", which a change of names left behind."""
    found = [
        f"{path.name}:{line}"
        for path in Path(gradcli.__file__).parent.joinpath("lang").rglob("*.py")
        for line, text in _constants(ast.parse(path.read_text("utf-8")))
        if "self." in text and "\n" not in text
    ]
    assert found == []
