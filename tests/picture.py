"""Pictures of a terminal: what commands really show, as rich draws it; README opens with one, the gallery has more."""

from __future__ import annotations

import io
import shlex
from collections.abc import Sequence

from rich.console import Console
from rich.terminal_theme import TerminalTheme
from rich.text import Text

from tests.cli.runner import gradcli

COMMANDS = (
    'gradcli grad "x*exp(-x*y)" --x 3 --y 0.5',
    'gradcli jacobian "px = r*cos(phi); py = r*sin(phi); [px, py]" --r 2 --phi 1',
    'gradcli graph "a = w + x; b = w + 1; a*b" --w 1 --x 2',
    'gradcli grad "1/2x" --x 3',
)

GALLERY = {
    "steps": ('gradcli explain "x*sin(x*y)" --x 2 --y 3 --no-check',),
    "curve": ('gradcli plot "x**4 - 3*x**2 + x" --x -2:2 --mark roots,extrema --no-check',),
    "answers": (
        'gradcli diff "norm(A@x - b)**2" --shape A=m,n --shape x=n --shape b=m --wrt x --simplify off',
        'gradcli check "x**2*sin(x)" --claim x="2*x*cos(x)"',
        'gradcli propagate "4*pi**2*L/T**2" --L "1.000(2)" --T 2.006±0.003',
        'gradcli grad "sqrt(x)*log(x)" --x 0',
    ),
}
"""Commands of the gallery by the names of their pictures, docs/pictures/NAME.svg."""

GRAPH = (
    'gradcli graph "decay = exp(-k*t); decay*cos(w*t) + abs(w - 2)" --k 0.5 --t 1 --w 2 '
    "--layout layered -o docs/graph.svg"
)
"""The command whose picture is docs/graph.svg."""

_WIDTH = 88
_THEME = TerminalTheme(
    (30, 34, 42),
    (220, 223, 228),
    [(40, 44, 52), (240, 113, 120), (152, 195, 121), (229, 192, 123),
     (97, 175, 239), (198, 120, 221), (86, 182, 194), (220, 223, 228)],
    [(110, 118, 135), (255, 135, 142), (180, 220, 150), (240, 210, 150),
     (130, 195, 255), (215, 150, 235), (120, 205, 215), (255, 255, 255)],
)  # fmt: skip

_FORMAT = """<svg class="rich-terminal" viewBox="0 0 {width} {height}" xmlns="http://www.w3.org/2000/svg">
    <!-- Written by `python -m tests.docs`; the tests fail while it is out of date. -->
    <style>
    .{unique_id}-matrix {{
        font-family: ui-monospace, "DejaVu Sans Mono", Menlo, Consolas, monospace;
        font-size: {char_height}px;
        line-height: {line_height}px;
        white-space: pre;
    }}
    .{unique_id}-title {{ font-size: 18px; font-weight: bold; font-family: sans-serif; }}
    {styles}
    </style>
    <defs>
    <clipPath id="{unique_id}-clip-terminal">
      <rect x="0" y="0" width="{terminal_width}" height="{terminal_height}" />
    </clipPath>
    {lines}
    </defs>
    {chrome}
    <g transform="translate({terminal_x}, {terminal_y})" clip-path="url(#{unique_id}-clip-terminal)">
    {backgrounds}
    <g class="{unique_id}-matrix">
    {matrix}
    </g>
    </g>
</svg>
"""
"""As rich's own, without a font that would have to be fetched."""


def graph_picture() -> str:
    """The picture of a graph that the command writes."""
    words = [*shlex.split(GRAPH)[1:-2], "--format", "svg"]
    return gradcli(words).stdout


def picture(commands: Sequence[str] = COMMANDS) -> str:
    """Commands and what they show, as SVG."""
    console = Console(
        record=True,
        width=_WIDTH,
        file=io.StringIO(),
        force_terminal=True,
        color_system="truecolor",
        legacy_windows=False,
    )
    for i, command in enumerate(commands):
        shown = gradcli(shlex.split(command)[1:], terminal=True, width=_WIDTH, variables={"FORCE_COLOR": "1"})
        if i:
            console.print()
        console.print(Text.assemble(("$ ", "bold green"), (command, "bold")))
        console.print(Text.from_ansi(shown.stdout + shown.stderr), end="")
    return console.export_svg(title="gradcli", theme=_THEME, code_format=_FORMAT, unique_id="gradcli")
