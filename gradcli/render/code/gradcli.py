"""The program in the language itself."""

from __future__ import annotations

from gradcli.lang import unparse
from gradcli.ops import CONSTANTS
from gradcli.render.code.language import Language, Written
from gradcli.render.code.shapes import nested

__all__ = ["LANGUAGE"]


def _frame(written: Written) -> str:
    """Statements and the result; of several results all entries in one row."""
    lines = [f"# {line}" for line in written.comments]
    outputs = written.outputs
    if len(outputs) > 1:
        lines.append(f"# in one row: {', '.join(output.name for output in outputs)}")
    lines += [f"{name} = {text}" for name, text in written.lines]
    if len(outputs) == 1:
        lines.append(nested(outputs[0].entries, outputs[0].shape))
    else:
        lines.append(f"[{', '.join(entry for output in outputs for entry in output.entries)}]")
    return "\n".join(lines) + "\n"


LANGUAGE = Language(
    name="gradcli",
    functions={},
    conditional="",
    frame=_frame,
    entry=lambda name, at, shape: f"{name}[{', '.join(map(str, at))}]",
    constants={},
    reserved=frozenset(CONSTANTS),
    quoted="{0}",
    spell=lambda tree, variables: unparse(tree),
)
